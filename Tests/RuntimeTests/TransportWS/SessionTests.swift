import Testing

@testable import SubsgenRuntime

@Suite("Sessions")
struct SessionTests {
    private let executor: SubscriptionExecutor

    init() throws {
        executor = try SubscriptionExecutor(sdl: chatSDL, bus: MemoryBus())
    }

    @Test("A client is authenticated by the host, then acknowledged")
    func handshake() {
        let client = SessionClient(executor)
        client.say(#"{"type":"connection_init","payload":{"token":"t"}}"#)
        #expect(client.heard() == [#"authenticate {"token":"t"}"#])
        client.session.authenticated(claims: nil)
        #expect(client.heard() == [#"{"type":"connection_ack"}"#])
        client.session.initTimedOut()
        #expect(client.heard().isEmpty)
    }

    @Test("A client that the host rejects is closed with the host's words")
    func rejected() {
        let client = SessionClient(executor)
        client.say(#"{"type":"connection_init"}"#)
        client.session.rejected(code: 4403, reason: "Forbidden")
        #expect(client.heard() == ["authenticate", "close 4403 Forbidden"])
    }

    @Test("A client that says nothing is closed when its time is over")
    func initTimeout() {
        let client = SessionClient(executor)
        client.session.initTimedOut()
        #expect(client.heard() == ["close 4408 Connection initialisation timeout"])
    }

    @Test("The host is woken when there is something to take, once until it has taken it")
    func wakes() {
        let client = SessionClient(executor)
        #expect(client.wakes.count == 0)
        client.say(#"{"type":"ping"}"#)
        client.say(#"{"type":"ping"}"#)
        #expect(client.wakes.count == 1)
        #expect(client.session.take(1).count == 1)
        #expect(client.heard() == [#"{"type":"pong"}"#])
        client.say(#"{"type":"ping"}"#)
        #expect(client.wakes.count == 2)
    }

    @Test("An operation that is no GraphQL gets an error, and the socket lives")
    func syntaxError() {
        let client = SessionClient.acknowledged(executor)
        client.subscribe("1", "subscription {")
        let heard = client.heard()
        #expect(heard.count == 1)
        #expect(heard.first?.hasPrefix(#"{"id":"1","type":"error","payload":[{"message":""#) == true)
        client.say(#"{"type":"ping"}"#)
        #expect(client.heard() == [#"{"type":"pong"}"#])
        #expect(executor.metrics[.operationsRejected] == 1)
    }

    @Test("A client that sends without reading is closed with 1013, and nothing more is kept for it")
    func overflow() throws {
        let executor = try SubscriptionExecutor(
            sdl: chatSDL, bus: MemoryBus(), limits: RuntimeLimits(outbox: Outbox.Limits(connectionBytes: 1000)))
        let client = SessionClient(executor)
        for _ in 0..<100 { client.say(#"{"type":"ping"}"#) }
        #expect(client.heard() == ["close 1013 Slow consumer"])
    }

    @Test("Whatever bytes a client sends, it is answered or closed, and the server lives")
    func garbage() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        let messages = [
            #"{"type":"connection_init","payload":{"a":[1,2.5e3,null,true,"\u00e9"]}}"#, #"{"type":"ping","payload":{"auth":{"a":"x"}}}"#,
            #"{"id":"1","type":"subscribe","payload":{"query":"subscription($r: ID!) { messageAdded(roomId: $r) { id } }","variables":{"r":1}}}"#,
            #"{"id":"1","type":"complete"}"#,
        ]
        for _ in 0..<2000 {
            let client = SessionClient.acknowledged(executor)
            var text = Array(messages[Int.random(in: 0..<messages.count, using: &random)].utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) where !text.isEmpty {
                let place = Int.random(in: 0..<text.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: text[place] = UInt8.random(in: .min ... .max, using: &random)
                case 1: text.remove(at: place)
                default: text.removeSubrange(place...)
                }
            }
            client.session.receive(text)
            let heard = client.heard()
            let ends = heard.filter { $0.hasPrefix("close ") }
            #expect(ends.allSatisfy { $0.hasPrefix("close 4400 ") || $0.hasPrefix("close 4429 ") }, "seed \(seed), \(text)")
            #expect(ends.count <= 1, "seed \(seed), \(text)")
            client.session.disconnected()
        }
        #expect(executor.metrics[.connections] == 0)
        #expect(executor.metrics[.subscriptions] == 0)
    }

    @Test("A connection is counted until it is gone, and counted out once")
    func gauge() {
        let client = SessionClient(executor)
        #expect(executor.metrics[.connections] == 1)
        client.say("garbage")
        #expect(executor.metrics[.connections] == 1, "its socket is still there")
        client.session.disconnected()
        client.session.disconnected()
        #expect(executor.metrics[.connections] == 0)
    }

    @Test("A connection that is thrown away is counted out")
    func thrownAway() {
        do {
            let client = SessionClient(executor)
            client.say(#"{"type":"ping"}"#)
            #expect(executor.metrics[.connections] == 1)
        }
        #expect(executor.metrics[.connections] == 0)
    }

    @Test("What comes after the socket is gone is dropped")
    func afterDisconnect() {
        let client = SessionClient(executor)
        client.say(#"{"type":"connection_init"}"#)
        client.session.disconnected()
        client.session.authenticated(claims: nil)
        client.say(#"{"type":"ping"}"#)
        client.session.receiveBinary()
        client.session.drainAndClose()
        #expect(client.heard().isEmpty)
    }
}

let chatSDL = """
    type Query { version: String! }
    type Message { id: ID! roomId: ID! text: String! }
    type Subscription { messageAdded(roomId: ID!): Message! presence: String }
    """
