import CMallocCounter
import SubsgenRuntime

/// Taking events to subscriptions: from `publish` until every message is in its outbox.
enum DispatchBenchmark {
    private static let sdl = """
        type Query { ok: Boolean }
        type Subscription { tick: Tick!  message(roomId: ID!): Message! }
        type Tick { n: Int! ts: String! }
        type Message { id: ID! roomId: ID! body: String! ts: String! author: User! }
        type User { id: ID! name: String! }
        """
    private static let tick = Array(#"{"n":1,"ts":"1234567890123456789"}"#.utf8)

    static func run() {
        // First, while nothing of another measurement is freed meanwhile.
        memory()
        oneGroup()
        distinctGroups()
        routed()
    }

    /// One event to 100 subscriptions that select the same.
    private static func oneGroup() {
        let (executor, sessions) = connected(sessions: 10)
        for session in sessions { for id in 0..<10 { subscribe(session, "\(id)", "subscription { tick { n ts } }") } }
        report("one event to 100 subscriptions of one group", deliveries: 100, executor, sessions)

        let (wide, many) = connected(sessions: 100)
        for session in many { for id in 0..<10 { subscribe(session, "\(id)", "subscription { tick { n ts } }") } }
        report("one event to 1,000 subscriptions of one group on 100 connections", deliveries: 1000, wide, many)
    }

    /// One event to 100 subscriptions of which no two select the same.
    private static func distinctGroups() {
        let (executor, sessions) = connected(sessions: 10)
        for (number, session) in sessions.enumerated() {
            for id in 0..<10 { subscribe(session, "\(id)", "subscription { tick { a\(number)_\(id): n ts } }") }
        }
        report("one event to 100 subscriptions of 100 groups", deliveries: 100, executor, sessions)
    }

    private static func report(_ title: String, deliveries: Int, _ executor: SubscriptionExecutor, _ sessions: [Session]) {
        let cost = Measurement.of(runs: 400) {
            publish(executor, "tick", tick)
            for session in sessions { _ = session.take(1 << 20) }
        }
        print(
            "\(title): \(fixed(cost.fastest / 1000, 1)) us (median \(fixed(cost.median / 1000, 1))), \(cost.allocations) allocations, "
                + "\(fixed(1e3 * Double(deliveries) / cost.fastest, 2)) million deliveries/s, taking them out included")
    }

    /// An event that matches 10 subscriptions, among a thousand and among a million with distinct arguments.
    private static func routed() {
        var costs: [Double] = []
        for count in [1000, 1_000_000] {
            let (executor, sessions) = connected(sessions: 10)
            var random = SystemRandomNumberGenerator()
            var rooms: [UInt64] = []
            for number in 0..<count / 10 {
                let room = random.next()
                rooms.append(room)
                for session in sessions {
                    subscribe(session, "\(number)", "subscription($r: ID!) { message(roomId: $r) { id body } }", variables: "{\"r\":\"\(room)\"}")
                }
            }
            rooms.shuffle()
            var next = 0
            let cost = Measurement.of(runs: 2000) {
                next = (next + 1) % rooms.count
                publish(
                    executor, "message",
                    Array(#"{"id":"1","roomId":"\#(rooms[next])","body":"hello","ts":"1","author":{"id":"7","name":"Ada"}}"#.utf8))
                for session in sessions { _ = session.take(1 << 20) }
            }
            costs.append(cost.median)
            print("an event that matches 10 of \(count) subscriptions: \(fixed(cost.median / 1000, 2)) us median, \(cost.allocations) allocations")
        }
        print("  that is \(fixed(costs[1] / costs[0], 2)) times the cost")
    }

    /// So many events to one of a thousand subscriptions each, for callgrind.
    static func routeOnce(events: Int) {
        let (executor, sessions) = connected(sessions: 10)
        for (number, session) in sessions.enumerated() {
            for room in 0..<100 {
                subscribe(session, "\(room)", "subscription($r: ID!) { message(roomId: $r) { id body } }", variables: "{\"r\":\"\(number * 100 + room)\"}")
            }
        }
        let payloads = (0..<1000).map { Array(#"{"id":"1","roomId":"\#($0)","body":"hello","ts":"1","author":{"id":"7","name":"Ada"}}"#.utf8) }
        for event in 0..<events {
            publish(executor, "message", payloads[event % 1000])
            _ = sessions[event % 1000 / 100].take(256)
        }
    }

    /// So many events to one group of so many connections with so many subscriptions each, for callgrind.
    static func fanOnce(connections: Int, each: Int, events: Int) {
        let (executor, sessions) = connected(sessions: connections)
        for session in sessions { for id in 0..<each { subscribe(session, "\(id)", "subscription { tick { n ts } }") } }
        for _ in 0..<events {
            publish(executor, "tick", tick)
            for session in sessions { _ = session.take(1 << 20) }
        }
    }

    /// What one more subscription of a group that exists takes.
    private static func memory() {
        let (executor, sessions) = connected(sessions: 1)
        let count = 100_000
        subscribe(sessions[0], "first", "subscription { tick { n ts } }")
        _ = sessions[0].take(1 << 20)
        let before = subsgen_live_bytes()
        for id in 0..<count { subscribe(sessions[0], "\(id)", "subscription { tick { n ts } }") }
        while !sessions[0].take(1 << 16).isEmpty {}
        let after = subsgen_live_bytes()
        withExtendedLifetime(sessions) {
            guard executor.metrics[.subscriptions] == count + 1 else { fail("error: \(executor.metrics)\n") }
        }
        print("a subscription in an existing group: \(fixed(Double(after - before) / Double(count), 0)) bytes")
    }

    // MARK: Driving the runtime as a server does

    static func connected(sessions count: Int, sdl: String = sdl) -> (SubscriptionExecutor, [Session]) {
        connected(sdl: sdl, claims: Array(repeating: nil, count: count))
    }

    /// A session for each claims.
    static func connected(sdl: String, claims: [String?]) -> (SubscriptionExecutor, [Session]) {
        do {
            var limits = RuntimeLimits(outbox: Outbox.Limits(subscriptionMessages: 1 << 20, connectionBytes: 1 << 32))
            limits.subscriptionsPerConnection = .max
            limits.clientMessageBurst = 10_000_000
            let executor = try SubscriptionExecutor(sdl: sdl, bus: MemoryBus(), limits: limits)
            let sessions = claims.map { _ in executor.connect {} }
            for (session, claims) in zip(sessions, claims) {
                session.receive(Array(#"{"type":"connection_init"}"#.utf8))
                session.authenticated(claims: claims.map { Array($0.utf8) })
                _ = session.take(16)
            }
            return (executor, sessions)
        } catch {
            fail("error: \(error)\n")
        }
    }

    static func subscribe(_ session: Session, _ id: String, _ query: String, variables: String = "{}") {
        session.receive(Array(#"{"type":"subscribe","id":"\#(id)","payload":{"query":"\#(query)","variables":\#(variables)}}"#.utf8))
    }

    static func publish(_ executor: SubscriptionExecutor, _ topic: String, _ payload: [UInt8]) {
        do { try executor.publish(topic: topic, payload: payload) } catch { fail("error: \(error)\n") }
    }
}
