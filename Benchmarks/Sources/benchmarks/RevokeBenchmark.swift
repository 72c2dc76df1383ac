import SubsgenRuntime

/// How long it takes to revoke claims, from the call until every connection that is concerned is closed or has been decided about again.
enum RevokeBenchmark {
    private static let each = 10
    private static let sdl = """
        type Query { ok: Boolean }
        type Subscription { reading(site: ID): Reading! @requiresRole(roles: ["staff"]) @tenant }
        type Reading { n: Int! site: ID! tenantId: ID! secret: Int @requiresScopes(scopes: [["secret"]]) }
        """

    static func run() {
        for connections in [1_000, 10_000] { run(connections) }
    }

    private static func run(_ connections: Int) {
        report(connections, "one user", closes: 1) { $0.revoke(.user("u7")) }
        report(connections, "all, looked at again", closes: 0) { executor in (try? executor.revoke(.claim("tenant_id", equals: tenant), recheck: true)) ?? 0 }
        report(connections, "all, closed", closes: connections) { executor in (try? executor.revoke(.claim("tenant_id", equals: tenant))) ?? 0 }
    }

    private static let tenant = Array(#""t""#.utf8)

    private static func report(_ connections: Int, _ what: String, closes: Int, _ revoke: (SubscriptionExecutor) -> Int) {
        let (executor, sessions) = DispatchBenchmark.connected(
            sdl: sdl, claims: (0..<connections).map { #"{"user_id":"u\#($0)","tenant_id":"t","roles":["staff"],"scope":"read"}"# })
        for session in sessions {
            for id in 0..<each { DispatchBenchmark.subscribe(session, "\(id)", #"subscription { reading(site: \"\#(id)\") { n secret } }"#) }
            while !session.take(256).isEmpty {}
        }
        let before = executor.metrics[.subscriptions]
        let start = ContinuousClock.now
        let concerned = revoke(executor)
        let elapsed = ContinuousClock.now - start
        let ended = before - executor.metrics[.subscriptions]
        guard before == connections * each, ended == closes * each, concerned == max(closes, 1) || concerned == connections else {
            fail("error: \(before) subscriptions, of which \(ended) ended; \(concerned) connections\n")
        }
        withExtendedLifetime(sessions) {
            let milliseconds = Double(elapsed.components.attoseconds) / 1e15 + Double(elapsed.components.seconds) * 1e3
            print("revoke, \(connections) connections with \(each) subscriptions each, \(what): \(fixed(milliseconds, 1)) ms")
        }
    }
}
