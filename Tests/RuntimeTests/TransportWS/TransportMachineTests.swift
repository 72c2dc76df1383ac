import Testing

@testable import SubsgenRuntime

@Suite("graphql-transport-ws, as a state machine")
struct TransportMachineTests {
    // MARK: Connecting

    @Test("connection_init asks for authentication, with its payload as the client wrote it")
    func connectionInit() {
        let machine = MachineInWords()
        #expect(machine.receive(#"{"type":"connection_init","payload":{"token": "a\u0062"}}"#) == #"authenticate {"token": "a\u0062"}"#)
    }

    @Test(
        "connection_init may have no payload, or null",
        arguments: [#"{"type":"connection_init"}"#, #"{"type":"connection_init","payload":null}"#])
    func connectionInitWithoutPayload(message: String) {
        let machine = MachineInWords()
        #expect(machine.receive(message) == "authenticate")
    }

    @Test("connection_ack follows when the client is authenticated, and once")
    func acknowledgement() {
        let machine = MachineInWords()
        _ = machine.receive(#"{"type":"connection_init"}"#)
        #expect(machine.authenticated() == #"{"type":"connection_ack"}"#)
        #expect(machine.authenticated() == "ignore")
    }

    @Test("Nobody is acknowledged without connection_init")
    func acknowledgementTooEarly() {
        let machine = MachineInWords()
        #expect(machine.authenticated() == "ignore")
        #expect(machine.receive(#"{"id":"1","type":"subscribe","payload":{"query":"{a}"}}"#) == "close 4401 Unauthorized")
    }

    @Test("A client that is rejected is closed with 4403 Forbidden")
    func forbidden() {
        let machine = MachineInWords()
        _ = machine.receive(#"{"type":"connection_init"}"#)
        #expect(machine.rejected(4403, "Forbidden") == "close 4403 Forbidden")
        #expect(machine.authenticated() == "ignore")
    }

    @Test("A client that has been acknowledged, or says nothing, cannot be rejected")
    func rejectionOutOfPlace() {
        let acknowledged = MachineInWords.acknowledged()
        #expect(acknowledged.rejected(4403, "Forbidden") == "ignore")
        let silent = MachineInWords()
        #expect(silent.rejected(4403, "Forbidden") == "ignore")
    }

    @Test("A client that sends no connection_init in time is closed with 4408")
    func initTimeout() {
        let machine = MachineInWords()
        #expect(machine.initTimedOut() == "close 4408 Connection initialisation timeout")
    }

    @Test("The time limit is for connection_init, not for the authentication")
    func initTimeoutTooLate() {
        let machine = MachineInWords()
        _ = machine.receive(#"{"type":"connection_init"}"#)
        #expect(machine.initTimedOut() == "ignore")
        _ = machine.authenticated()
        #expect(machine.initTimedOut() == "ignore")
    }

    @Test("A second connection_init closes with 4429, after the acknowledgement and before it")
    func tooManyInits() {
        let authenticating = MachineInWords()
        _ = authenticating.receive(#"{"type":"connection_init"}"#)
        #expect(authenticating.receive(#"{"type":"connection_init"}"#) == "close 4429 Too many initialisation requests")
        let acknowledged = MachineInWords.acknowledged()
        #expect(acknowledged.receive(#"{"type":"connection_init"}"#) == "close 4429 Too many initialisation requests")
    }

    @Test("subscribe before connection_init closes with 4401")
    func unauthorized() {
        let machine = MachineInWords()
        #expect(machine.receive(#"{"id":"1","type":"subscribe","payload":{"query":"{a}"}}"#) == "close 4401 Unauthorized")
    }

    @Test("subscribe while the client is being authenticated closes with 4401")
    func unauthorizedWhileAuthenticating() {
        let machine = MachineInWords()
        _ = machine.receive(#"{"type":"connection_init"}"#)
        #expect(machine.receive(#"{"id":"1","type":"subscribe","payload":{"query":"{a}"}}"#) == "close 4401 Unauthorized")
        #expect(machine.authenticated() == "ignore")
    }

    @Test("complete before the acknowledgement is ignored")
    func completeTooEarly() {
        let machine = MachineInWords()
        #expect(machine.receive(#"{"id":"1","type":"complete"}"#) == "ignore")
        _ = machine.receive(#"{"type":"connection_init"}"#)
        #expect(machine.receive(#"{"id":"1","type":"complete"}"#) == "ignore")
    }

    // MARK: Ping and pong

    @Test("ping is answered with pong in every state of a connection")
    func ping() {
        let machine = MachineInWords()
        #expect(machine.receive(#"{"type":"ping"}"#) == #"{"type":"pong"}"#)
        _ = machine.receive(#"{"type":"connection_init"}"#)
        #expect(machine.receive(#"{"type":"ping"}"#) == #"{"type":"pong"}"#)
        _ = machine.authenticated()
        #expect(machine.receive(#"{"type":"ping"}"#) == #"{"type":"pong"}"#)
    }

    @Test("pong carries the payload of the ping as the client wrote it")
    func pingPayload() {
        let machine = MachineInWords.acknowledged()
        #expect(
            machine.receive(#"{"payload":{"n": 1.0, "s":"\u00e9"},"type":"ping"}"#)
                == #"{"type":"pong","payload":{"n": 1.0, "s":"\u00e9"}}"#)
        #expect(machine.receive(#"{"type":"ping","payload":{}}"#) == #"{"type":"pong","payload":{}}"#)
        #expect(machine.receive(#"{"type":"ping","payload":null}"#) == #"{"type":"pong"}"#)
    }

    // MARK: Who stays

    @Test("ping with credentials asks for authentication, and is answered when the client may stay")
    func renewal() {
        let machine = MachineInWords.acknowledged()
        #expect(machine.receive(#"{"type":"ping","payload":{"auth":{"token": "b"},"n":1}}"#) == #"authenticate {"token": "b"}"#)
        #expect(machine.receive(#"{"type":"ping"}"#) == #"{"type":"pong"}"#)
        #expect(machine.authenticated() == #"1 × {"type":"pong"}"#)
        #expect(machine.authenticated() == "ignore")
        #expect(machine.rejected(4403, "Forbidden") == "ignore")
    }

    @Test("A client whose new credentials are refused is closed, and what runs is stopped")
    func refusedRenewal() throws {
        let machine = MachineInWords.acknowledged()
        _ = try #require(machine.running("1"))
        _ = machine.receive(#"{"type":"ping","payload":{"auth":{}}}"#)
        #expect(machine.rejected(4403, "Forbidden") == "close 4403 Forbidden, stops 1")
        #expect(machine.authenticated() == "ignore")
    }

    @Test("Of the credentials that come while others are decided on the last count, and each ping is answered once")
    func laterCredentials() {
        let machine = MachineInWords.acknowledged()
        #expect(machine.receive(#"{"type":"ping","payload":{"auth":{"n":1}}}"#) == #"authenticate {"n":1}"#)
        #expect(machine.receive(#"{"type":"ping","payload":{"auth":{"n":2}}}"#) == "ignore")
        #expect(machine.receive(#"{"type":"ping","payload":{"auth":{"n":3}}}"#) == "ignore")
        #expect(machine.authenticated() == #"1 × {"type":"pong"}, authenticate {"n":3}"#)
        #expect(machine.authenticated() == #"2 × {"type":"pong"}"#)
        #expect(machine.authenticated() == "ignore")
    }

    @Test("ping with credentials before the acknowledgement renews nothing, and its pong does not carry them back")
    func earlyCredentials() {
        let machine = MachineInWords()
        #expect(machine.receive(#"{"type":"ping","payload":{"auth":{"token":"b"}}}"#) == #"{"type":"pong"}"#)
        _ = machine.receive(#"{"type":"connection_init"}"#)
        #expect(machine.receive(#"{"type":"ping","payload":{"auth":{"token":"b"}}}"#) == #"{"type":"pong"}"#)
        #expect(machine.authenticated() == #"{"type":"connection_ack"}"#)
    }

    @Test("Credentials that are no object close with 4400")
    func malformedCredentials() {
        let machine = MachineInWords.acknowledged()
        #expect(
            machine.receive(#"{"type":"ping","payload":{"auth":"secret"}}"#)
                == #"close 4400 Invalid message received: "auth" must be an object or null"#)
    }

    @Test("Who may not stay is closed, whatever state the connection is in, once")
    func expelled() throws {
        let machine = MachineInWords.acknowledged()
        _ = try #require(machine.running("1"))
        _ = machine.receive(#"{"type":"ping","payload":{"auth":{}}}"#)
        #expect(machine.expelled() == "close 4403 Credentials expired, stops 1")
        #expect(machine.expelled() == "ignore")
        #expect(machine.authenticated() == "ignore")
        #expect(MachineInWords().expelled() == "close 4403 Credentials expired")
    }

    @Test(
        "pong from the client is ignored",
        arguments: [#"{"type":"pong"}"#, #"{"type":"pong","payload":{"a":1}}"#, #"{"type":"pong","payload":null}"#])
    func pong(message: String) {
        let machine = MachineInWords()
        #expect(machine.receive(message) == "ignore")
    }

    // MARK: Malformed messages

    @Test(
        "Text that is no JSON closes with 4400",
        arguments: ["", "garbage", "{", #"{"type":"ping"} x"#, #"{"type":"ping",}"#, #"{"type":"\ud800"}"#])
    func notJSON(message: String) {
        expectInvalid(message)
    }

    @Test("A message that says one thing twice closes with 4400")
    func duplicateKeys() {
        expectInvalid(#"{"type":"ping","type":"connection_init"}"#)
        expectInvalid(#"{"id":"1","type":"subscribe","payload":{"query":"{a}","query":"{b}"}}"#)
    }

    @Test("A message that nests without end closes with 4400")
    func deep() {
        expectInvalid(#"{"type":"ping","payload":"# + String(repeating: #"{"a":"#, count: 100_000))
    }

    @Test("A message that is no object closes with 4400", arguments: ["null", "true", "7", #""ping""#, "[]", #"[{"type":"ping"}]"#])
    func notAnObject(message: String) {
        expectInvalid(message)
    }

    @Test(
        "A message whose type is missing, no string or unknown closes with 4400",
        arguments: ["{}", #"{"type":null}"#, #"{"type":1}"#, #"{"type":""}"#, #"{"type":"start"}"#, #"{"type":"PING"}"#, #"{"type":["ping"]}"#])
    func type(message: String) {
        expectInvalid(message)
    }

    @Test("A message that only servers send closes with 4400", arguments: ["connection_ack", "next", "error"])
    func serverMessage(type: String) {
        let machine = MachineInWords.acknowledged()
        #expect(machine.receive(#"{"id":"1","type":"\#(type)","payload":{}}"#) == "close 4400 Unexpected message of type \(type) received")
    }

    @Test(
        "subscribe and complete whose id is missing, empty or no string close with 4400",
        arguments: ["subscribe", "complete"], ["", #""id":null,"#, #""id":"","#, #""id":1,"#, #""id":["1"],"#, #""id":{},"#])
    func id(type: String, id: String) {
        expectInvalid(#"{\#(id)"type":"\#(type)","payload":{"query":"{a}"}}"#)
    }

    @Test(
        "subscribe whose payload is missing or no object closes with 4400",
        arguments: ["", #","payload":null"#, #","payload":"{a}""#, #","payload":[]"#, #","payload":1"#])
    func payload(payload: String) {
        expectInvalid(#"{"id":"1","type":"subscribe"\#(payload)}"#)
    }

    @Test(
        "subscribe whose query is missing or no string closes with 4400",
        arguments: ["", #""query":null"#, #""query":1"#, #""query":{}"#, #""query":["{a}"]"#])
    func query(query: String) {
        expectInvalid(#"{"id":"1","type":"subscribe","payload":{\#(query)}}"#)
    }

    @Test("subscribe whose variables are no object closes with 4400", arguments: [#""{}""#, "1", "[]", "true"])
    func variables(variables: String) {
        expectInvalid(#"{"id":"1","type":"subscribe","payload":{"query":"{a}","variables":\#(variables)}}"#)
    }

    @Test("subscribe whose operationName is no string closes with 4400", arguments: ["{}", "1", "[]", "true"])
    func operationName(name: String) {
        expectInvalid(#"{"id":"1","type":"subscribe","payload":{"query":"{a}","operationName":\#(name)}}"#)
    }

    @Test("subscribe whose extensions are no object closes with 4400", arguments: [#""{}""#, "1", "[]", "true"])
    func extensions(extensions: String) {
        expectInvalid(#"{"id":"1","type":"subscribe","payload":{"query":"{a}","extensions":\#(extensions)}}"#)
    }

    @Test(
        "connection_init, ping and pong whose payload is no object close with 4400",
        arguments: ["connection_init", "ping", "pong"], [#""a""#, "1", "[]", "true"])
    func controlPayload(type: String, payload: String) {
        expectInvalid(#"{"type":"\#(type)","payload":\#(payload)}"#)
    }

    @Test("A binary frame closes with 4400")
    func binary() {
        let machine = MachineInWords.acknowledged()
        #expect(machine.receiveBinary() == "close 4400 Invalid message received: binary frame")
        #expect(machine.receiveBinary() == "ignore")
    }

    @Test("A malformed message is 4400 whoever sends it: before connection_init, and after the acknowledgement")
    func malformedInEveryState() {
        expectInvalid(#"{"type":"subscribe"}"#)
        let machine = MachineInWords.acknowledged()
        #expect(machine.receive(#"{"type":"subscribe"}"#).hasPrefix("close 4400 "))
    }

    // MARK: Operations

    @Test("subscribe asks to compile its operation")
    func subscribe() {
        let machine = MachineInWords.acknowledged()
        let payload = #"{"query":"subscription A{a}","operationName":"A","variables":{"x":1},"extensions":{"y":2}}"#
        #expect(machine.receive(#"{"id":"1","type":"subscribe","payload":\#(payload)}"#) == #"compile 1: subscription A{a} A {"x":1}"#)
    }

    @Test("operationName, variables and extensions may be null")
    func nulls() {
        let machine = MachineInWords.acknowledged()
        let message = #"{"id":"1","type":"subscribe","payload":{"query":"{a}","operationName":null,"variables":null,"extensions":null}}"#
        #expect(machine.receive(message) == "compile 1: {a} - -")
    }

    @Test("Members that the protocol does not know are allowed")
    func unknownMembers() {
        let machine = MachineInWords.acknowledged()
        #expect(machine.receive(#"{"id":"1","type":"subscribe","payload":{"query":"{a}","more":1},"and":[]}"#) == "compile 1: {a} - -")
    }

    @Test("An id that is in use closes with 4409", arguments: ["1", "a \"b\"", "é"])
    func idInUse(id: String) {
        let machine = MachineInWords.acknowledged()
        _ = machine.running(id)
        #expect(machine.receive(MachineInWords.subscribe(id)) == "close 4409 Subscriber for \(id) already exists, stops 1")
    }

    @Test("An id is in use while its operation is being compiled")
    func idInUseWhileCompiling() throws {
        let machine = MachineInWords.acknowledged()
        let ticket = try #require(machine.ticket("1"))
        #expect(machine.receive(MachineInWords.subscribe("1")) == "close 4409 Subscriber for 1 already exists")
        #expect(machine.start(Running(), ticket) == "discard")
    }

    @Test("A subscription that somebody is asked about starts when it is allowed, and is refused when not")
    func authorization() throws {
        let machine = MachineInWords.acknowledged()
        for isAllowed in [true, false] {
            let (ticket, running) = (try #require(machine.ticket("\(isAllowed)")), Running())
            #expect(machine.authorize(running, ticket) == "ask")
            #expect(machine.receive(MachineInWords.subscribe("other")).hasPrefix("compile"))
            _ = machine.receive(#"{"id":"other","type":"complete"}"#)
            if isAllowed {
                #expect(machine.start(running, ticket) == "start")
            } else {
                #expect(machine.refuse("no", ticket) == #"{"id":"false","type":"error","payload":[{"message":"no"}]}"#)
            }
        }
        #expect(machine.disconnected().count == 1)
    }

    @Test("A client that completes while somebody is asked stops the asking, and no answer follows")
    func completeWhileAsking() throws {
        let machine = MachineInWords.acknowledged()
        let (ticket, running) = (try #require(machine.ticket("1")), Running())
        #expect(machine.authorize(running, ticket) == "ask")
        #expect(machine.receive(#"{"id":"1","type":"complete"}"#) == "stop opening")
        #expect(machine.start(running, ticket) == "discard")
        #expect(machine.refuse("no", ticket) == "ignore")
    }

    @Test("A client that completed an operation while it was compiled is asked about no more")
    func completeBeforeAsking() throws {
        let machine = MachineInWords.acknowledged()
        let ticket = try #require(machine.ticket("1"))
        #expect(machine.receive(#"{"id":"1","type":"complete"}"#) == "ignore")
        #expect(machine.authorize(Running(), ticket) == "discard")
    }

    @Test("The end of a connection stops what is asked about, and says no complete for it")
    func endWhileAsking() throws {
        for drains in [true, false] {
            let machine = MachineInWords.acknowledged()
            let (ticket, running) = (try #require(machine.ticket("1")), Running())
            _ = machine.authorize(running, ticket)
            if drains {
                #expect(machine.drain() == "stop opening close 1001 Going away")
            } else {
                #expect(machine.disconnected().first === running)
            }
            #expect(machine.start(running, ticket) == "discard")
        }
    }

    @Test("Ids are opaque: other bytes are another id")
    func opaqueIDs() {
        let machine = MachineInWords.acknowledged()
        for id in ["1", "01", "1 ", "\u{e9}", "e\u{301}", "\u{0}"] {
            #expect(machine.running(id) != nil)
        }
    }

    @Test("An id that is spelled with escapes is the same id")
    func escapedIDs() {
        let machine = MachineInWords.acknowledged()
        _ = machine.running("a")
        #expect(machine.receive(#"{"id":"\u0061","type":"complete"}"#) == "stop")
    }

    @Test("A reason that is too long for a close frame is cut between characters")
    func longReason() {
        let machine = MachineInWords.acknowledged()
        let id = String(repeating: "\u{1F600}", count: 100)
        _ = machine.running(id)
        let action = machine.receive(MachineInWords.subscribe(id))
        #expect(action == "close 4409 Subscriber for " + String(repeating: "\u{1F600}", count: 27) + ", stops 1")
        #expect(TransportClose(code: 4403, reason: String(repeating: "x", count: 123)).reason.utf8.count == 123)
        #expect(TransportClose(code: 4403, reason: String(repeating: "x", count: 124)).reason.utf8.count == 123)
        #expect(TransportClose(code: 4403, reason: String(repeating: "x", count: 122) + "é").reason.utf8.count == 122)
    }

    @Test("A close code that no endpoint may send is not sent", arguments: [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65535] as [UInt16])
    func closeCode(code: UInt16) {
        #expect(TransportClose(code: code, reason: "").code == 4403)
    }

    @Test("A query is answered with next and complete, and its id is free again")
    func answer() throws {
        let machine = MachineInWords.acknowledged()
        let ticket = try #require(machine.ticket("1"))
        #expect(
            machine.answer(#"{"data":{}}"#, ticket)
                == #"{"id":"1","type":"next","payload":{"data":{}}} {"id":"1","type":"complete"}"#)
        #expect(machine.running("1") != nil)
    }

    @Test("A result of request errors is an error, without a complete, and its id is free again")
    func requestErrors() throws {
        let machine = MachineInWords.acknowledged()
        let ticket = try #require(machine.ticket("1"))
        #expect(machine.execute(Executing(), ticket) == "begin")
        #expect(
            machine.answer(.requestErrors(Array(#"[{"message":"no"}]"#.utf8)), ticket)
                == #"{"id":"1","type":"error","payload":[{"message":"no"}]}"#)
        #expect(machine.running("1") != nil)
    }

    @Test("While an operation is executed its id is taken, and closes with 4409")
    func executing() throws {
        let machine = MachineInWords.acknowledged()
        let ticket = try #require(machine.ticket("1"))
        #expect(machine.execute(Executing(), ticket) == "begin")
        #expect(machine.receive(MachineInWords.subscribe("1")) == "close 4409 Subscriber for 1 already exists, stops 1")
        #expect(machine.answer("{}", ticket) == "ignore")
    }

    @Test("The client's complete stops what is executed, its answer is void, and its id is free again")
    func completedWhileExecuting() throws {
        let machine = MachineInWords.acknowledged()
        let ticket = try #require(machine.ticket("1"))
        #expect(machine.execute(Executing(), ticket) == "begin")
        #expect(machine.receive(#"{"id":"1","type":"complete"}"#) == "stop executing")
        let second = try #require(machine.ticket("1"))
        #expect(machine.answer("{}", ticket) == "ignore")
        #expect(machine.execute(Executing(), ticket) == "discard")
        #expect(machine.refuse("no", second) == #"{"id":"1","type":"error","payload":[{"message":"no"}]}"#)
    }

    @Test("No more operations are executed at the same time than may be, however those before them ended")
    func executionLimit() throws {
        let machine = MachineInWords.acknowledged()
        let refusal = #""type":"error","payload":[{"message":"This connection has 2 queries and mutations under way, and may not have more."}]}"#
        for round in 0..<3 {
            let tickets = try ["a", "b", "c"].map { try #require(machine.ticket($0)) }
            #expect(machine.execute(Executing(), tickets[0], limit: 2) == "begin")
            #expect(machine.execute(Executing(), tickets[1], limit: 2) == "begin")
            #expect(machine.execute(Executing(), tickets[2], limit: 2) == #"{"id":"c",\#(refusal)"#)
            #expect(machine.running("s\(round)") != nil, "subscriptions are not counted")
            switch round {
            case 0: for ticket in tickets { _ = machine.answer("{}", ticket) }
            case 1: for ticket in tickets { _ = machine.refuse("no", ticket) }
            default: for id in ["a", "b"] { #expect(machine.receive(#"{"id":"\#(id)","type":"complete"}"#) == "stop executing") }
            }
        }
        let ticket = try #require(machine.ticket("a"))
        #expect(machine.execute(Executing(), ticket, limit: 1) == "begin")
    }

    @Test("What is executed when the connection ends is stopped, and gets no frame", arguments: [true, false])
    func endWhileExecuting(vanishes: Bool) throws {
        let machine = MachineInWords.acknowledged()
        let ticket = try #require(machine.ticket("1"))
        let executing = Executing()
        #expect(machine.execute(executing, ticket) == "begin")
        if vanishes {
            #expect(machine.disconnected().first === executing)
        } else {
            #expect(machine.drain() == "stop executing close 1001 Going away")
        }
        #expect(machine.answer("{}", ticket) == "ignore")
    }

    @Test("An operation that is refused gets one error, no complete, and its id is free again")
    func refuse() throws {
        let machine = MachineInWords.acknowledged()
        let ticket = try #require(machine.ticket("\"1\""))
        #expect(
            machine.refuse("No \"x\".", ticket)
                == #"{"id":"\"1\"","type":"error","payload":[{"message":"No \"x\"."}]}"#)
        #expect(machine.refuse("Again", ticket) == "ignore")
        #expect(machine.receive(#"{"id":"\"1\"","type":"complete"}"#) == "ignore")
        #expect(machine.running("\"1\"") != nil)
    }

    @Test("The client's complete stops its subscription and is not answered")
    func complete() throws {
        let machine = MachineInWords.acknowledged()
        let running = try #require(machine.running("1"))
        #expect(machine.stopped("1") === running)
        #expect(machine.receive(#"{"id":"1","type":"complete"}"#) == "ignore")
    }

    @Test("The client's complete leaves other subscriptions alone")
    func completeOther() throws {
        let machine = MachineInWords.acknowledged()
        let other = try #require(machine.running("2"))
        _ = machine.running("1")
        #expect(machine.receive(#"{"id":"1","type":"complete"}"#) == "stop")
        #expect(machine.ended(other, "2") == #"{"id":"2","type":"complete"}"#)
    }

    @Test("A complete for an id that nobody knows is ignored")
    func completeUnknown() {
        let machine = MachineInWords.acknowledged()
        #expect(machine.receive(#"{"id":"never","type":"complete"}"#) == "ignore")
    }

    @Test("An id can be used again after the client's complete")
    func reuse() {
        let machine = MachineInWords.acknowledged()
        _ = machine.running("1")
        _ = machine.receive(#"{"id":"1","type":"complete"}"#)
        #expect(machine.running("1") != nil)
    }

    @Test("A subscription that the server ends gets complete, once, and its id is free again")
    func ended() throws {
        let machine = MachineInWords.acknowledged()
        let running = try #require(machine.running("1"))
        #expect(machine.ended(running, "1") == #"{"id":"1","type":"complete"}"#)
        #expect(machine.ended(running, "1") == "ignore")
        #expect(machine.running("1") != nil)
    }

    @Test("A subscription that the server ends with errors gets error and no complete")
    func endedWithErrors() throws {
        let machine = MachineInWords.acknowledged()
        let running = try #require(machine.running("1"))
        #expect(
            machine.ended(running, "1", error: "Too slow")
                == #"{"id":"1","type":"error","payload":[{"message":"Too slow"}]}"#)
        #expect(machine.ended(running, "1") == "ignore")
    }

    // MARK: Races

    @Test("The client's complete and the server's cross on the wire: nothing more is sent")
    func crossingComplete() throws {
        let machine = MachineInWords.acknowledged()
        let running = try #require(machine.running("1"))
        _ = machine.ended(running, "1")
        #expect(machine.receive(#"{"id":"1","type":"complete"}"#) == "ignore")
    }

    @Test("The server ends a subscription whose id names another one by now: the other one lives")
    func lateEnd() throws {
        let machine = MachineInWords.acknowledged()
        let first = try #require(machine.running("1"))
        _ = machine.receive(#"{"id":"1","type":"complete"}"#)
        let second = try #require(machine.running("1"))
        #expect(machine.ended(first, "1") == "ignore")
        #expect(machine.ended(second, "1") == #"{"id":"1","type":"complete"}"#)
    }

    @Test("The client completes while its operation is being compiled: it does not start, whatever comes of it")
    func completeWhileCompiling() throws {
        let machine = MachineInWords.acknowledged()
        let ticket = try #require(machine.ticket("1"))
        #expect(machine.receive(#"{"id":"1","type":"complete"}"#) == "ignore")
        #expect(machine.start(Running(), ticket) == "discard")
        #expect(machine.answer("{}", ticket) == "ignore")
        #expect(machine.refuse("No", ticket) == "ignore")
    }

    @Test("The client completes and subscribes again while the first operation is being compiled: only the second starts")
    func resubscribeWhileCompiling() throws {
        let machine = MachineInWords.acknowledged()
        let first = try #require(machine.ticket("1"))
        _ = machine.receive(#"{"id":"1","type":"complete"}"#)
        let second = try #require(machine.ticket("1"))
        #expect(machine.start(Running(), first) == "discard")
        #expect(machine.start(Running(), second) == "start")
        #expect(machine.refuse("No", first) == "ignore")
    }

    @Test("The connection closes while an operation is being compiled: it does not start")
    func closeWhileCompiling() throws {
        let machine = MachineInWords.acknowledged()
        let ticket = try #require(machine.ticket("1"))
        #expect(machine.receive("garbage").hasPrefix("close 4400 "))
        #expect(machine.start(Running(), ticket) == "discard")
    }

    // MARK: The end

    @Test("A close stops everything that runs")
    func closeStops() {
        let machine = MachineInWords.acknowledged()
        _ = (machine.running("1"), machine.running("2"))
        #expect(machine.receive(#"{"type":"connection_init"}"#) == "close 4429 Too many initialisation requests, stops 2")
    }

    @Test("After a close everything is ignored")
    func afterClose() throws {
        let machine = MachineInWords.acknowledged()
        let running = try #require(machine.running("1"))
        _ = machine.receive("garbage")
        #expect(machine.receive("garbage") == "ignore")
        #expect(machine.receive(#"{"type":"ping"}"#) == "ignore")
        #expect(machine.receive(#"{"type":"connection_init"}"#) == "ignore")
        #expect(machine.receive(MachineInWords.subscribe("2")) == "ignore")
        #expect(machine.receive(#"{"id":"1","type":"complete"}"#) == "ignore")
        #expect(machine.receiveBinary() == "ignore")
        #expect(machine.authenticated() == "ignore")
        #expect(machine.rejected(4403, "Forbidden") == "ignore")
        #expect(machine.initTimedOut() == "ignore")
        #expect(machine.ended(running, "1") == "ignore")
        #expect(machine.drain() == "ignore")
        #expect(machine.overflowed() == "ignore")
        #expect(machine.disconnected().isEmpty)
    }

    @Test("A server that goes away completes what runs and closes with 1001")
    func drain() throws {
        let machine = MachineInWords.acknowledged()
        _ = machine.running("1")
        let pending = try #require(machine.ticket("2"))
        #expect(machine.drain() == #"{"id":"1","type":"complete"} close 1001 Going away"#)
        #expect(machine.start(Running(), pending) == "discard")
        #expect(machine.receive(MachineInWords.subscribe("3")) == "ignore")
    }

    @Test("A server that goes away does not complete what its client goes on with elsewhere")
    func drainResumed() {
        let machine = MachineInWords.acknowledged()
        _ = machine.running("1")
        #expect(machine.drain(resumed: true) == "stop close 1001 Going away")
    }

    @Test("A server that goes away closes also who has not been acknowledged")
    func drainBeforeInit() {
        let machine = MachineInWords()
        #expect(machine.drain() == "close 1001 Going away")
    }

    @Test("A client that reads too slowly is closed with 1013")
    func overflow() {
        let machine = MachineInWords.acknowledged()
        _ = machine.running("1")
        #expect(machine.overflowed() == "close 1013 Slow consumer, stops 1")
    }

    @Test("A socket that vanishes leaves nothing that runs")
    func disconnected() throws {
        let machine = MachineInWords.acknowledged()
        let running = try #require(machine.running("1"))
        let pending = try #require(machine.ticket("2"))
        let stopped = machine.disconnected()
        #expect(stopped.count == 1)
        #expect(stopped.first === running)
        #expect(machine.start(Running(), pending) == "discard")
        #expect(machine.disconnected().isEmpty)
    }
}

private func expectInvalid(_ message: String, sourceLocation: Testing.SourceLocation = #_sourceLocation) {
    let machine = MachineInWords()
    #expect(machine.receive(message).hasPrefix("close 4400 Invalid message received: "), sourceLocation: sourceLocation)
    #expect(machine.receive(#"{"type":"ping"}"#) == "ignore", sourceLocation: sourceLocation)
}
