import Testing

@testable import SubsgenRuntime

@Suite("graphql-transport-ws, as a state machine: malformed messages")
struct MalformedMessageTests {
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
}

private func expectInvalid(_ message: String, sourceLocation: Testing.SourceLocation = #_sourceLocation) {
    let machine = MachineInWords()
    #expect(machine.receive(message).hasPrefix("close 4400 Invalid message received: "), sourceLocation: sourceLocation)
    #expect(machine.receive(#"{"type":"ping"}"#) == "ignore", sourceLocation: sourceLocation)
}
