import Testing

@testable import SubsgenRuntime

@Suite("graphql-transport-ws, as a state machine: operations")
struct TransportOperationTests {
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
}
