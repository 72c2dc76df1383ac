import Testing

@testable import SubsgenRuntime

@Suite("How fast a client may talk")
struct MessageRateTests {
    private let hand = Hand()

    private func client(perSecond: Int, burst: Int) throws -> SessionClient {
        var limits = RuntimeLimits()
        limits.clientMessagesPerSecond = perSecond
        limits.clientMessageBurst = burst
        return SessionClient(try secured(Chat.sdl, limits: limits, clock: hand.clock) { _ in })
    }

    @Test("a burst, then one after the other; one that comes too early closes the connection with 4429")
    func rate() throws {
        let client = try client(perSecond: 10, burst: 3)
        for _ in 0..<3 { client.say(#"{"type":"ping"}"#) }
        hand.turn(100_000_000)
        client.say(#"{"type":"ping"}"#)
        #expect(client.heard() == Array(repeating: #"{"type":"pong"}"#, count: 4))
        hand.turn(99_999_999)
        client.say(#"{"type":"ping"}"#)
        client.say(#"{"type":"ping"}"#)
        #expect(client.heard() == ["close 4429 Too many messages"])
    }

    @Test("messages of every kind count: those before connection_init, those that are none, and binary frames")
    func kinds() throws {
        for message in [#"{"type":"connection_init"}"#, "nonsense", #"{"type":"pong"}"#] {
            let client = try client(perSecond: 1, burst: 1)
            client.say(#"{"type":"pong"}"#)
            client.say(message)
            #expect(client.heard() == ["close 4429 Too many messages"], "\(message)")
        }
        let client = try client(perSecond: 1, burst: 1)
        client.say(#"{"type":"pong"}"#)
        client.session.receiveBinary()
        #expect(client.heard() == ["close 4429 Too many messages"])
    }

    @Test("what runs on the connection ends with it, and other connections do not care")
    func ends() throws {
        var limits = RuntimeLimits()
        limits.clientMessageBurst = 2
        limits.clientMessagesPerSecond = 1
        let executor = try secured(Chat.sdl, limits: limits, clock: hand.clock) { _ in }
        let (loud, quiet) = (SessionClient.acknowledged(executor), SessionClient.acknowledged(executor))
        for client in [loud, quiet] { client.subscribe("s", "subscription { tick { n } }") }
        _ = (loud.heard(), quiet.heard())
        loud.say(#"{"type":"ping"}"#)
        #expect(loud.heard() == ["ended 1", "close 4429 Too many messages"])
        #expect(executor.metrics[.subscriptions] == 1)
        try executor.publish("tick", #"{"n":1}"#)
        #expect(quiet.heard().count == 1)
    }
}
