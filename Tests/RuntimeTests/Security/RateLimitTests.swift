import GraphQLSchema
import Testing

@testable import SubsgenRuntime

@Suite("@rateLimit")
struct RateLimitTests {
    private static let sdl = """
        type Query { ok: Boolean }
        type Subscription {
          strict: Tick
          newest: Tick @overflow(policy: DROP_NEWEST)
          oldest: Tick @overflow(policy: DROP_OLDEST)
          latest: Tick @overflow(policy: LATEST, capacity: 2, key: "id")
          free: Tick @topic(name: "strict")
        }
        type Tick { n: Int id: ID }
        """
    private let hand = Hand()
    private let executor: SubscriptionExecutor

    /// Two a second, one every half, in each scope that is given.
    private static let half: UInt64 = 500_000_000

    init() throws { executor = try Self.limited(.subscription, by: hand) }

    private static func limited(_ scopes: RateLimitScope..., burst: Int = 2, by hand: Hand) throws -> SubscriptionExecutor {
        try secured(sdl, clock: hand.clock) { table in
            for position in table.fields.indices where table.fields[position].name != "free" {
                table.fields[position].rateLimits = scopes.map { RateLimit(limit: 2, window: 1000, burst: burst, scope: $0) }
            }
        }
    }

    private func client(_ field: String, _ executor: SubscriptionExecutor? = nil, claims: String? = nil) -> SessionClient {
        let client = SessionClient.acknowledged(executor ?? self.executor, claims: claims)
        client.subscribe("s", "subscription { \(field) { n } }")
        _ = client.heard()
        return client
    }

    private func tick(_ topic: String, _ numbers: ClosedRange<Int>, id: String? = nil, _ executor: SubscriptionExecutor? = nil) throws {
        for n in numbers { try (executor ?? self.executor).publish(topic, #"{"n":\#(n)\#(id.map { #","id":"\#($0)""# } ?? "")}"#) }
    }

    /// Time goes on, and who waits for it is called.
    private func turn(_ nanoseconds: UInt64) {
        hand.turn(nanoseconds)
        executor.context.rates.timer.ring()
    }

    private func next(_ field: String, _ n: Int, dropped: Int = 0) -> String {
        let told = dropped == 0 ? "" : #","extensions":{"subsgen":{"dropped":\#(dropped)}}"#
        return #"{"id":"s","type":"next","payload":{"data":{"\#(field)":{"n":\#(n)}}\#(told)}}"#
    }

    private static let tooFast =
        #"{"id":"s","type":"error","payload":[{"message":"The subscription was ended because its events came faster than its rate limit allows.","extensions":{"code":"RATE_LIMITED"}}]}"#

    private func expectConservation(_ executor: SubscriptionExecutor? = nil, place: SourceLocation = #_sourceLocation) {
        let metrics = (executor ?? self.executor).metrics
        let ends = metrics[.deliveries] + metrics.total("dropped") + metrics[.abandoned] + metrics[.eventsHeld]
        #expect(metrics[.considered] == ends, sourceLocation: place)
    }

    // MARK: Policies

    @Test("DISCONNECT ends the subscription with an error, and it may come again when the limit allows")
    func disconnect() throws {
        let client = client("strict")
        try tick("strict", 1...2)
        #expect(client.heard() == [next("strict", 1), next("strict", 2)])
        turn(Self.half)
        try tick("strict", 3...5)
        #expect(client.heard() == [next("strict", 3), "ended 1", Self.tooFast])
        #expect(executor.metrics.total("dropped") == 1)
        #expect(executor.metrics[.subscriptions] == 0)
        expectConservation()
    }

    @Test("DROP_NEWEST drops what comes too early, and the next message says how many are missing")
    func dropNewest() throws {
        let client = client("newest")
        try tick("newest", 1...5)
        #expect(client.heard() == [next("newest", 1, dropped: 3), next("newest", 2)])
        try tick("newest", 6...6)
        turn(Self.half)
        #expect(client.heard() == [], "what was dropped does not come later")
        try tick("newest", 7...7)
        #expect(client.heard() == [next("newest", 7, dropped: 1)])
        #expect(executor.metrics[.droppedRateLimit] == 4)
        expectConservation()
    }

    @Test("DROP_OLDEST holds the newest back until the limit allows it, and says how many are missing")
    func dropOldest() throws {
        let client = client("oldest")
        try tick("oldest", 1...5)
        #expect(client.heard() == [next("oldest", 1, dropped: 2), next("oldest", 2)])
        #expect(executor.metrics[.eventsHeld] == 1)
        expectConservation()
        turn(Self.half - 1)
        #expect(client.heard() == [])
        let wakes = client.wakes.count
        turn(1)
        #expect(client.wakes.count == wakes + 1)
        #expect(client.heard() == [next("oldest", 5)])
        try tick("oldest", 6...6)
        turn(Self.half)
        #expect(client.heard() == [next("oldest", 6)])
        turn(10 * Self.half)
        #expect(client.heard() == [])
        #expect(executor.metrics[.droppedRateLimit] == 2)
        #expect(executor.metrics[.eventsHeld] == 0)
        expectConservation()
    }

    @Test("LATEST holds the newest of each key back, in the turn of the first that was, and of too many keys the oldest goes")
    func latest() throws {
        let client = client("latest")
        try tick("latest", 1...2)
        #expect(client.heard() == [next("latest", 2, dropped: 1)], "no limit: what waits has the same key")
        for (n, id) in [(3, "a"), (4, "b"), (5, "a"), (6, "c")] { try tick("latest", n...n, id: id) }
        #expect(executor.metrics[.eventsHeld] == 2)
        expectConservation()
        turn(Self.half)
        #expect(client.heard() == [next("latest", 4, dropped: 2)])
        try tick("latest", 7...7, id: "c")
        turn(Self.half)
        #expect(client.heard() == [next("latest", 7, dropped: 1)])
        #expect(executor.metrics[.droppedRateLimit] == 3)
        #expect(executor.metrics[.droppedNotLatest] == 1)
        expectConservation()
    }

    @Test("none overtakes what is held back, also where the limit allows it before anybody was called")
    func order() throws {
        let client = client("latest")
        try tick("latest", 1...1, id: "x")
        try tick("latest", 2...2, id: "y")
        try tick("latest", 3...3, id: "a")
        hand.turn(Self.half)
        try tick("latest", 4...4, id: "b")
        #expect(client.heard() == [next("latest", 1), next("latest", 2)])
        turn(0)
        #expect(client.heard() == [next("latest", 3)])
        turn(Self.half)
        #expect(client.heard() == [next("latest", 4)])
        expectConservation()
    }

    @Test("what is let go takes its place among what waits, by the policy")
    func letGoIntoFull() throws {
        let client = client("latest")
        try tick("latest", 1...1, id: "a")
        try tick("latest", 2...2, id: "b")
        try tick("latest", 3...3, id: "c")
        turn(Self.half)
        #expect(client.heard() == [next("latest", 2, dropped: 1), next("latest", 3)])
        #expect(executor.metrics[.droppedNotLatest] == 1)
        expectConservation()
    }

    // MARK: Scopes

    @Test("per subscription each has its own, per connection those of one connection share one, per user those of all connections")
    func scopes() throws {
        for (scope, expected) in [(RateLimitScope.subscription, [2, 2, 2]), (.connection, [2, 2]), (.user, [2])] {
            let executor = try Self.limited(scope, by: hand)
            let clients = (0..<2).map { _ in client("newest", executor, claims: #"{"user_id":"u"}"#) }
            clients[0].subscribe("t", "subscription { newest { n } }")
            try tick("newest", 1...5, executor)
            let told = clients.map { $0.heard().filter { $0.contains("next") }.count }
            #expect(told.reduce(0, +) == expected.reduce(0, +), "\(scope): \(told)")
            let stranger = client("newest", executor, claims: #"{"user_id":"v"}"#)
            try tick("newest", 6...6, executor)
            #expect(stranger.heard() == [next("newest", 6)], "\(scope)")
            expectConservation(executor)
        }
    }

    @Test("who has no user id shares the limit of a user with nobody but its connection")
    func anonymous() throws {
        let executor = try Self.limited(.user, by: hand)
        let clients = [nil, nil, #"{"scope":"a"}"#].map { client("newest", executor, claims: $0) }
        clients[0].subscribe("t", "subscription { newest { n } }")
        _ = clients[0].heard()
        try tick("newest", 1...3, executor)
        #expect(clients.map { $0.heard().count } == [2, 2, 2])
    }

    @Test("each limit of a field holds")
    func several() throws {
        let executor = try Self.limited(.subscription, .user, by: hand)
        let clients = (0..<3).map { _ in client("newest", executor, claims: #"{"user_id":7}"#) }
        try tick("newest", 1...1, executor)
        #expect(clients.map { $0.heard().count }.reduce(0, +) == 2)
        let other = client("newest", executor, claims: #"{"sub":"8"}"#)
        try tick("newest", 2...4, executor)
        #expect(other.heard().count == 2)
    }

    @Test("a field without a limit is not bounded by that of another on its topic")
    func free() throws {
        let (free, strict) = (client("free"), client("strict"))
        try tick("strict", 1...10)
        #expect(free.heard().count == 10)
        #expect(strict.heard().count == 4)
    }

    @Test("many subscriptions, whose events several threads take out, are within their limits too")
    func fanOut() throws {
        var limits = RuntimeLimits()
        limits.fanOutSplit = 2
        limits.subscriptionsPerConnection = 3000
        let executor = try secured(Self.sdl, limits: limits, clock: hand.clock) { table in
            for position in table.fields.indices { table.fields[position].rateLimits = [RateLimit(limit: 2, window: 1000, burst: 100, scope: .user)] }
        }
        let client = client("newest", executor, claims: #"{"user_id":"u"}"#)
        for id in 0..<2999 { client.subscribe("\(id)", "subscription { newest { n } }") }
        _ = client.heard()
        try tick("newest", 1...1, executor)
        #expect(client.heard().count == 100)
        #expect(executor.metrics[.droppedRateLimit] == 2900)
        expectConservation(executor)
    }

    // MARK: Comings and goings

    @Test("who leaves and comes again has no new limit, per user and per connection")
    func again() throws {
        for scope in [RateLimitScope.user, .connection] {
            let executor = try Self.limited(scope, by: hand)
            let client = client("newest", executor, claims: #"{"user_id":"u"}"#)
            try tick("newest", 1...2, executor)
            client.complete("s")
            client.subscribe("s", "subscription { newest { n } }")
            _ = client.heard()
            try tick("newest", 3...3, executor)
            #expect(client.heard() == [], "\(scope)")
        }
    }

    @Test("who takes another one's place goes on with what that one took")
    func succeeding() throws {
        let limits = executor.context.fields[0].rateLimits + [RateLimit(limit: 9, window: 1000, burst: 9, scope: .subscription)]
        let first = try #require(executor.context.rates.gate(0, "strict", limits, of: nil, on: RateCells()))
        let second = try #require(executor.context.rates.gate(0, "strict", limits, of: nil, on: RateCells(), after: first))
        let now: UInt64 = 1_000_000_000
        #expect([first.take(at: now), second.take(at: now), first.take(at: now), second.take(at: now)] == [true, true, false, false])
        #expect(first.cell(1) != nil && second.cell(1) === first.cell(1))
        #expect(second.cell(2) == nil)
    }

    @Test("the limits of users who left are forgotten when they are idle, and not before")
    func forgetting() throws {
        let executor = try Self.limited(.user, by: hand)
        let stays = client("newest", executor, claims: #"{"user_id":"stays"}"#)
        let busy = client("newest", executor, claims: #"{"user_id":"busy"}"#)
        for number in 0..<1000 {
            hand.turn(10 * Self.half)
            if number == 999 { try tick("newest", 1...2, executor) }
            let passing = client("newest", executor, claims: #"{"user_id":"\#(number)"}"#)
            passing.complete("s")
        }
        #expect((2...130).contains(executor.context.rates.userCount))
        _ = busy.heard()
        busy.complete("s")
        for number in 0..<200 { client("newest", executor, claims: #"{"user_id":"\#(number)"}"#).session.disconnected() }
        let again = client("newest", executor, claims: #"{"user_id":"busy"}"#)
        try tick("newest", 3...3, executor)
        #expect(again.heard() == [])
        withExtendedLifetime(stays) {}
    }

    @Test("what is held back for one who leaves is abandoned, its bytes are given back and nobody is called for it")
    func leaving() throws {
        for isHasty in [true, false] {
            let client = client("latest")
            try tick("latest", 1...2)
            for id in ["a", "b"] { try tick("latest", 1...1, id: id) }
            #expect(executor.metrics[.eventsHeld] == 2)
            if isHasty { client.complete("s") } else { client.session.disconnected() }
            #expect(executor.metrics[.eventsHeld] == 0)
            expectConservation()
            _ = client.heard()
            turn(Self.half)
            #expect(client.heard() == [])
        }
        #expect(executor.metrics[.abandoned] == 4)
    }

    @Test("a topic that completes ends the subscription after what is held back")
    func ends() throws {
        let client = client("oldest")
        try tick("oldest", 1...3)
        try executor.complete(topic: "oldest")
        #expect(client.heard() == [next("oldest", 1), next("oldest", 2)])
        turn(Self.half)
        #expect(client.heard() == [next("oldest", 3), "ended 1", #"{"id":"s","type":"complete"}"#])
        expectConservation()
    }

    @Test("what waits for an initial event is within the limit, which the initial event is not counted in")
    func initial() throws {
        let calls = Calls()
        for field in ["oldest", "strict"] { try executor.setResolver(field: field, FieldFunctions(initial: true), host: calls) }
        let client = client("oldest")
        try tick("oldest", 1...4)
        turn(Self.half)
        try tick("oldest", 5...5)
        try #require(calls.take().first).finish(#"{"n":0}"#)
        #expect(client.heard() == [next("oldest", 0), next("oldest", 1, dropped: 1), next("oldest", 2), next("oldest", 4)])
        turn(Self.half)
        #expect(client.heard() == [next("oldest", 5)])
        let strict = self.client("strict")
        try tick("strict", 1...3)
        try #require(calls.take().first).finish(#"{"n":0}"#)
        #expect(strict.heard().last == Self.tooFast)
        expectConservation()
    }

    @Test("the end of one that waits for its initial event and for its rate limit comes after both")
    func initialEnd() throws {
        let calls = Calls()
        try executor.setResolver(field: "oldest", FieldFunctions(initial: true), host: calls)
        let client = client("oldest")
        try tick("oldest", 1...3)
        try executor.complete(topic: "oldest")
        try #require(calls.take().first).finish(#"{"n":0}"#)
        #expect(client.heard() == [next("oldest", 0), next("oldest", 1), next("oldest", 2)])
        turn(Self.half)
        #expect(client.heard() == [next("oldest", 3), "ended 1", #"{"id":"s","type":"complete"}"#])
    }

    @Test("who pulls results has limits too")
    func pulled() throws {
        let pulled = try executor.subscribe("subscription { oldest { n } }")
        try tick("oldest", 1...4)
        #expect(pulled.drain().count == 2)
        turn(Self.half)
        #expect(pulled.drain() == [#"{"data":{"oldest":{"n":4}}}"#])
    }

    @Test("what is held back counts among the connection's bytes")
    func bytes() throws {
        var limits = RuntimeLimits()
        limits.outbox.connectionBytes = 1000
        let executor = try secured(Self.sdl, limits: limits, clock: hand.clock) { table in
            for position in table.fields.indices { table.fields[position].rateLimits = [RateLimit(limit: 1, window: 1000, burst: 1, scope: .subscription)] }
        }
        let client = client("oldest", executor)
        for _ in 0..<200 { try tick("oldest", 1...1, executor) }
        #expect(client.heard().count == 1, "one that takes the place of another takes no more")
        for id in 0..<8 { client.subscribe("\(id)", "subscription { oldest { n } }") }
        _ = client.heard()
        try tick("oldest", 1...1, executor)
        #expect(client.heard().count == 8)
        try tick("oldest", 1...1, executor)
        for id in 8..<12 { client.subscribe("\(id)", "subscription { oldest { n } }") }
        _ = client.heard()
        try tick("oldest", 1...1, executor)
        #expect(client.heard().last == "close 1013 Slow consumer")
        expectConservation(executor)
    }

    @Test("what a schema says is held to")
    func directive() throws {
        let executor = try SubscriptionExecutor(
            sdl: """
                type Query { ok: Boolean }
                type Subscription { strict: Tick @rateLimit(limit: 1, window: "1h", per: CONNECTION) @overflow(policy: DROP_NEWEST) }
                type Tick { n: Int }
                """, bus: MemoryBus())
        let client = client("strict", executor)
        try tick("strict", 1...3, executor)
        #expect(client.heard() == [next("strict", 1, dropped: 2)])
    }

    @Test("by the system's clock it comes by itself")
    func systemClock() async throws {
        let executor = try secured(Self.sdl) { table in
            for position in table.fields.indices { table.fields[position].rateLimits = [RateLimit(limit: 100, window: 1000, burst: 1, scope: .user)] }
        }
        let client = client("oldest", executor)
        try tick("oldest", 1...2, executor)
        #expect(await client.heard(2) == [next("oldest", 1), next("oldest", 2)])
    }

    @Test("by the system's clock one comes after the other, also where the one that was held back first comes last")
    func systemClockAgain() async throws {
        let executor = try secured(Self.sdl) { table in
            for (position, window) in zip(table.fields.indices, [10, 10, 40, 20, 10]) {
                table.fields[position].rateLimits = [RateLimit(limit: 1, window: window, burst: 1, scope: .subscription)]
            }
        }
        let clients = ["oldest", "latest"].map { client($0, executor) }
        for field in ["oldest", "latest"] {
            try tick(field, 1...1, id: "a", executor)
            try tick(field, 2...2, id: "b", executor)
        }
        #expect(await clients[0].heard(2).count == 2)
        #expect(await clients[1].heard(2).count == 2)
    }
}
