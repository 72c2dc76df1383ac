import CMallocCounter
import SubsgenRuntime

/// Finding the subscriptions that an event concerns.
enum IndexBenchmark {
    private static let sdl = """
        type Query { ok: Boolean }
        type Subscription {
          any: Reading! @topic(name: "any")
          reading(site: ID!, kind: Kind!, channel: Int!): Reading! @topic(name: "readings")
          larger(than: Int! @filter(field: "n", op: GT)): Reading! @topic(name: "larger")
        }
        type Reading { id: ID! site: ID! kind: Kind! channel: Int! n: Int! }
        enum Kind { A B }
        """

    static func run() {
        let any = cost(topic: "any") { session in DispatchBenchmark.subscribe(session, "0", "subscription { any { n } }") }
        for count in [1000, 100_000] {
            let hit = cost(topic: "readings") { subscribe($0, count) }
            print(
                "an event to one of \(count) subscriptions with three conditions: \(fixed(hit.median, 0)) ns median, \(hit.allocations) allocations; "
                    + "\(fixed(hit.median - any.median, 0)) ns and \(Int(hit.allocations) - Int(any.allocations)) allocations more than "
                    + "to the only one, without conditions")
        }
        let compared = cost(topic: "larger") { session in
            for id in 0..<1000 { DispatchBenchmark.subscribe(session, "\(id)", "subscription { larger(than: \(id)) { n } }") }
        }
        print("an event compared with 1000 subscriptions by GT, of which it reaches one: \(fixed(compared.median / 1000, 1)) us median")
        memory()
    }

    /// So many events to one of a thousand subscriptions with three conditions each, for callgrind.
    static func hitOnce(events: Int) {
        let (executor, sessions) = DispatchBenchmark.connected(sessions: 1, sdl: sdl)
        subscribe(sessions[0], 1000)
        for _ in 0..<events {
            DispatchBenchmark.publish(executor, "readings", event)
            _ = sessions[0].take(256)
        }
    }

    private static let event = Array(#"{"id":"1","site":"s7","kind":"A","channel":7,"n":1}"#.utf8)

    private static func subscribe(_ session: Session, _ count: Int) {
        for id in 0..<count {
            DispatchBenchmark.subscribe(
                session, "\(id)", "subscription($s: ID!, $c: Int!) { reading(site: $s, kind: A, channel: $c) { n } }",
                variables: "{\"s\":\"s\(id)\",\"c\":\(id)}")
        }
    }

    private static func cost(topic: String, _ subscribe: (Session) -> Void) -> Measurement {
        let (executor, sessions) = DispatchBenchmark.connected(sessions: 1, sdl: sdl)
        subscribe(sessions[0])
        return Measurement.of(runs: 5000) {
            DispatchBenchmark.publish(executor, topic, event)
            _ = sessions[0].take(256)
        }
    }

    /// What a subscription with arguments of its own takes: an audience, a group, and an entry of the index.
    private static func memory() {
        let (executor, sessions) = DispatchBenchmark.connected(sessions: 1, sdl: sdl)
        let count = 100_000
        subscribe(sessions[0], 1)
        _ = sessions[0].take(1 << 20)
        let before = subsgen_live_bytes()
        for id in 0..<count {
            DispatchBenchmark.subscribe(
                sessions[0], "m\(id)", "subscription($s: ID!, $c: Int!) { reading(site: $s, kind: A, channel: $c) { n } }",
                variables: "{\"s\":\"m\(id)\",\"c\":\(id)}")
        }
        while !sessions[0].take(1 << 16).isEmpty {}
        let after = subsgen_live_bytes()
        withExtendedLifetime((executor, sessions)) {}
        print("a subscription with three arguments of its own: \(fixed(Double(after - before) / Double(count), 0)) bytes")
    }
}
