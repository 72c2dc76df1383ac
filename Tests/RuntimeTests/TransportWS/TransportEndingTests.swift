import Testing

@testable import SubsgenRuntime

@Suite("graphql-transport-ws, as a state machine: races, and the end")
struct TransportEndingTests {
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
