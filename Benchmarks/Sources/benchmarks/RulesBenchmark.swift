import SubsgenRuntime

/// What rules cost an event: one goes to the only subscription of a field without rules, and of one with four that are compared with it.
enum RulesBenchmark {
    private static let sdl = """
        type Query { ok: Boolean }
        type Subscription {
          open: Reading! @topic(name: "open")
          ruled: Reading! @topic(name: "ruled") @authenticated @requiresScopes(scopes: [["read"]])
            @tenant @federation @rowFilter(field: "site", claim: "sites") @rowFilter(field: "owner", claim: "user_id")
        }
        type Reading { n: Int! site: ID! owner: ID! tenantId: ID! federationId: ID! serviceName: String! }
        """
    private static let event = Array(
        #"{"n":1,"site":"s7","owner":"u1","tenantId":"t1","federationId":"f1","serviceName":"s"}"#.utf8)

    /// One subscriber to each field, and then a thousand of other tenants beside it.
    static func run() {
        let open = cost("open", others: 0)
        for others in [0, 1000] {
            let ruled = cost("ruled", others: others)
            print(
                "an event that four rules let through to one of \(others + 1) tenants: \(fixed(ruled.median, 0)) ns median; "
                    + "\(fixed(ruled.median - open.median, 0)) ns and \(Int(ruled.allocations) - Int(open.allocations)) allocations more than without rules")
        }
    }

    /// So many events past four rules, or past none, for callgrind.
    static func checkOnce(_ field: String, events: Int) {
        let (executor, sessions) = connected(field, others: 0)
        for _ in 0..<events {
            DispatchBenchmark.publish(executor, field, event)
            _ = sessions[0].take(256)
        }
    }

    private static func cost(_ field: String, others: Int) -> Measurement {
        let (executor, sessions) = connected(field, others: others)
        return Measurement.of(runs: 5000) {
            DispatchBenchmark.publish(executor, field, event)
            _ = sessions[0].take(256)
        }
    }

    private static func connected(_ field: String, others: Int) -> (SubscriptionExecutor, [Session]) {
        let tenants = ["t1"] + (0..<others).map { "other\($0)" }
        let (executor, sessions) = DispatchBenchmark.connected(
            sdl: sdl,
            claims: tenants.map {
                #"{"user_id":"u1","tenant_id":"\#($0)","federation_id":"f1","service_name":"s","sites":["s1","s7"],"scope":"read"}"#
            })
        for session in sessions { DispatchBenchmark.subscribe(session, "0", "subscription { \(field) { n } }") }
        _ = sessions[0].take(16)
        return (executor, sessions)
    }
}
