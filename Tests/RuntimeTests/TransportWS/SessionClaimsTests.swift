import Synchronization
import Testing

@testable import SubsgenRuntime

@Suite("Claims of a connection")
struct SessionClaimsTests {
    private let executor: SubscriptionExecutor
    private let time = Time()

    /// Seconds since 1970, as the test likes.
    private final class Time: Sendable {
        let now = Atomic<Int>(1000)
    }

    init() throws {
        var limits = RuntimeLimits()
        limits.wallClock = WallClock { [time] in Double(time.now.load(ordering: .relaxed)) }
        executor = try SubscriptionExecutor(sdl: chatSDL, bus: MemoryBus(), limits: limits)
    }

    @Test("Without a connection nothing is handed out when claims have expired, and a subscription with such claims does not begin")
    func pulled() throws {
        let claims = #"{"sub":"ann","exp":\#(time.now.load(ordering: .relaxed) + 10)}"#
        let subscription = try executor.subscribe("subscription { presence }", claims: claims)
        try executor.publish("presence", #""ANY""#)
        pass(9)
        #expect(subscription.next() != nil)
        try executor.publish("presence", #""ANY""#)
        pass(1)
        #expect(
            subscription.drain()
                == [#"{"errors":[{"message":"The subscription was ended because its claims have expired.","extensions":{"code":"FORBIDDEN"}}]}"#])
        #expect(subscription.state == .ended)
        #expect(executor.metrics[.subscriptions] == 0)
        #expect(throws: GraphQLErrors.self) { try executor.subscribe("subscription { presence }", claims: claims) }
    }

    private func pass(_ seconds: Int) { time.now.add(seconds, ordering: .relaxed) }

    private func connect(_ claims: String?) -> SessionClient {
        let client = SessionClient(executor)
        client.say(#"{"type":"connection_init"}"#)
        client.session.authenticated(claims: claims.map { Array($0.utf8) })
        return client
    }

    private func renew(_ client: SessionClient, _ claims: String?) {
        client.say(#"{"type":"ping","payload":{"auth":{}}}"#)
        client.session.authenticated(claims: claims.map { Array($0.utf8) })
    }

    @Test("A connection is closed with 4403 when its claims expire, not before, and its subscriptions end")
    func expiry() throws {
        let client = connect(#"{"exp":1010}"#)
        #expect(client.heard() == ["authenticate", "expires at 1010.0", #"{"type":"connection_ack"}"#])
        client.subscribe("1", "subscription { presence }")
        pass(9)
        client.session.expired()
        #expect(client.heard().last == "expires at 1010.0")
        #expect(executor.metrics[.subscriptions] == 1)
        pass(1)
        client.session.expired()
        #expect(client.heard().last == "close 4403 Credentials expired")
        #expect(executor.metrics[.subscriptions] == 0)
    }

    @Test("Claims that have expired let nobody in, and the host is told why", arguments: [#"{"exp":1000}"#, #"{"exp":999.5}"#, #"{"exp":-1e999}"#])
    func late(claims: String) {
        let client = SessionClient(executor)
        client.say(#"{"type":"connection_init"}"#)
        #expect(client.session.authenticated(claims: Array(claims.utf8))?.description == "The claims have expired.")
        #expect(client.heard() == ["authenticate", "close 4403 Forbidden"])
    }

    @Test("An expiry that is no number lets nobody in", arguments: [#""2100-01-01""#, "true", "[4102444800]", "{}"])
    func malformed(expiry: String) {
        let client = SessionClient(executor)
        client.say(#"{"type":"connection_init"}"#)
        let error = client.session.authenticated(claims: Array(#"{"exp":\#(expiry)}"#.utf8))
        #expect(error?.description.hasPrefix(#"The claim "exp" is a number of seconds since 1970"#) == true)
        #expect(client.heard() == ["authenticate", "close 4403 Forbidden"])
    }

    @Test("Claims without an expiry hold for as long as the connection lasts", arguments: [nil, "{}", #"{"exp":null}"#])
    func forEver(claims: String?) {
        let client = connect(claims)
        #expect(client.heard() == ["authenticate", #"{"type":"connection_ack"}"#])
        pass(1_000_000)
        client.session.expired()
        #expect(client.heard().isEmpty)
    }

    @Test("Who authenticates again stays beyond the expiry of the claims before")
    func renewal() {
        let client = connect(#"{"exp":1010}"#)
        client.subscribe("1", "subscription { presence }")
        _ = client.heard()
        renew(client, #"{"exp":1020}"#)
        #expect(client.heard() == ["authenticate {}", "expires at 1020.0", #"{"type":"pong"}"#])
        pass(15)
        // The host's timer of before was under way.
        client.session.expired()
        #expect(client.heard() == ["expires at 1020.0"])
        #expect(executor.metrics[.subscriptions] == 1)
        pass(5)
        client.session.expired()
        #expect(client.heard().last == "close 4403 Credentials expired")
    }

    @Test("New claims without an expiry take the one before away")
    func withoutExpiry() {
        let client = connect(#"{"exp":1010}"#)
        _ = client.heard()
        renew(client, #"{"sub":"ann"}"#)
        #expect(client.heard() == ["authenticate {}", "expires never", #"{"type":"pong"}"#])
        pass(100)
        client.session.expired()
        #expect(client.heard().isEmpty)
    }

    @Test("Claims that expire while new credentials are decided on close the connection")
    func expiryDuringRenewal() {
        let client = connect(#"{"exp":1010}"#)
        client.say(#"{"type":"ping","payload":{"auth":{}}}"#)
        pass(10)
        client.session.expired()
        #expect(client.heard().last == "close 4403 Credentials expired")
        client.session.authenticated(claims: Array(#"{"exp":2000}"#.utf8))
        #expect(client.heard().isEmpty)
    }
}
