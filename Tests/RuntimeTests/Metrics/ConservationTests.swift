import Testing

@testable import SubsgenRuntime

/// Each pair of an event and a subscription of its topic ends once: considered = deliveries + filtered + dropped + abandoned, when no
/// event waits in a lane.
@Suite("Every event is accounted for to every subscription of its topic")
struct ConservationTests {
    private static let sdl = """
        type Query { ok: Boolean }
        type Subscription {
          tick(min: Int @filter(field: "n")): Tick
          slow(who: ID @resolverArgument): Tick @topic(name: "tick")
          scored: Tick @topic(name: "tick")
          both: Tick @topic(name: "tick")
          fed: Tick
        }
        type Tick { n: Int! score: Int @resolver }
        """

    private let calls = Calls()

    private func executor(_ limits: RuntimeLimits = RuntimeLimits()) throws -> SubscriptionExecutor {
        let executor = try SubscriptionExecutor(sdl: Self.sdl, bus: MemoryBus(), limits: limits)
        for field in ["slow", "both"] { try executor.setResolver(field: field, FieldFunctions(resolve: .perArguments), host: calls) }
        try executor.setResolver(field: "fed", FieldFunctions(source: .perArguments), host: calls)
        try executor.setSupplier(type: "Tick", field: "score", .perArguments, host: calls)
        return executor
    }

    /// The numbers that are not 0, of those that pairs are counted in.
    private func pairs(_ executor: SubscriptionExecutor) -> [String: Int] {
        let names = ["considered", "deliveries", "filtered", "dropped", "abandoned", "events_in_lanes"]
        let totals = executor.metrics.totals.filter { names.contains($0.name) && $0.value != 0 }
        return Dictionary(uniqueKeysWithValues: totals.map { ($0.name, $0.value) })
    }

    private func publish(_ n: Int, _ executor: SubscriptionExecutor) throws {
        try executor.publish("tick", #"{"n":\#(n)}"#)
    }

    @Test("what the arguments do not select is filtered, and an event without subscriptions concerns nobody")
    func filters() throws {
        let executor = try executor()
        try publish(0, executor)
        #expect(pairs(executor) == [:])
        let clients = try ["tick(min: 1) { n }", "tick(min: 1) { n }", "tick(min: 2) { n }", "tick { n }"].map {
            try executor.subscribe("subscription { \($0) }")
        }
        try publish(1, executor)
        #expect(pairs(executor) == ["considered": 4, "deliveries": 3, "filtered": 1])
        #expect(clients.map { $0.drain().count } == [1, 1, 0, 1])
    }

    @Test("what a resolver skips is filtered; what it fails for is delivered, as an error")
    func resolvers() throws {
        let executor = try executor()
        let clients = try (0..<2).map { _ in try executor.subscribe("subscription { slow { n } }") }
        try publish(1, executor)
        try publish(2, executor)
        #expect(pairs(executor) == ["considered": 4, "events_in_lanes": 2])
        let asked = calls.take()
        asked[1].fail("no")
        asked[0].skip()
        #expect(pairs(executor) == ["considered": 4, "filtered": 2, "deliveries": 2])
        #expect(clients.map { $0.drain().count } == [1, 1])
    }

    @Test("who leaves while events are with resolvers abandons them; who joins meanwhile is not concerned")
    func leaving() throws {
        let executor = try executor()
        let stays = try executor.subscribe("subscription { both { n score } }")
        let leaves = try executor.subscribe("subscription { both { n score } }")
        try publish(1, executor)
        try publish(2, executor)
        let joins = try executor.subscribe("subscription { both { n score } }")
        let resolving = calls.take()
        resolving[0].finish(#"{"n":1}"#)
        // One event waits for its score now, the other for the field's resolver.
        #expect(pairs(executor) == ["considered": 4, "events_in_lanes": 2])
        leaves.complete()
        #expect(pairs(executor) == ["considered": 4, "abandoned": 2, "events_in_lanes": 2])
        resolving[1].finish(#"{"n":2}"#)
        for call in calls.take() { call.finish(#"{"values":[5]}"#) }
        #expect(pairs(executor) == ["considered": 4, "abandoned": 2, "deliveries": 2])
        #expect([stays, joins].map { $0.drain().count } == [2, 0])
        stays.complete()
        joins.complete()
        #expect(pairs(executor) == ["considered": 4, "abandoned": 2, "deliveries": 2])
    }

    @Test("the last who leaves takes along what waits in the lanes")
    func lastLeaves() throws {
        let executor = try executor()
        let client = try executor.subscribe("subscription { scored { n score } }")
        try publish(1, executor)
        try publish(2, executor)
        #expect(pairs(executor) == ["considered": 2, "events_in_lanes": 2])
        client.complete()
        #expect(pairs(executor) == ["considered": 2, "abandoned": 2])
    }

    @Test("a topic's end is no event, though it waits in the lanes behind events")
    func completing() throws {
        let executor = try executor()
        let client = try executor.subscribe("subscription { both { n score } }")
        try publish(1, executor)
        try executor.complete(topic: "tick")
        try publish(2, executor)
        #expect(pairs(executor) == ["considered": 2, "events_in_lanes": 2])
        for call in calls.take() { call.finish(#"{"n":1}"#) }
        for call in calls.take() { call.finish(#"{"values":[5]}"#) }
        #expect(client.drain().count == 1)
        #expect(pairs(executor) == ["considered": 2, "deliveries": 1, "abandoned": 1])
    }

    @Test("what a source gives is accounted for as what is published")
    func sources() throws {
        let executor = try executor()
        let client = try executor.subscribe("subscription { fed { n } }")
        let source = try #require(calls.take().first)
        _ = source.emit(Array(#"{"n":1}"#.utf8))
        #expect(pairs(executor) == ["considered": 1, "deliveries": 1])
        #expect(executor.metrics[.eventsPublished] == 0)
        #expect(client.drain().count == 1)
    }

    @Test("who takes nothing is dropped, told apart by what was full")
    func dropping() throws {
        let messages = try executor(RuntimeLimits(outbox: Outbox.Limits(subscriptionMessages: 1)))
        let slow = try messages.subscribe("subscription { tick { n } }")
        for n in 0..<3 { try publish(n, messages) }
        #expect(slow.ended)
        #expect(messages.metrics[.droppedSubscriptionFull] == 1)
        #expect(pairs(messages) == ["considered": 2, "deliveries": 1, "dropped": 1])

        let bytes = try executor(RuntimeLimits(outbox: Outbox.Limits(connectionBytes: 150)))
        let client = SessionClient.acknowledged(bytes)
        for id in ["a", "b", "c"] { client.subscribe(id, "subscription { tick { n } }") }
        _ = client.heard()
        try publish(1, bytes)
        // One push for all of a connection: it is taken, or it is not.
        #expect(bytes.metrics[.droppedConnectionFull] == 3)
        #expect(pairs(bytes) == ["considered": 3, "dropped": 3])

        let events = try executor(RuntimeLimits(resolverQueue: 1))
        let waiting = try events.subscribe("subscription { slow { n } }")
        for n in 0..<2 { try? publish(n, events) }
        #expect(events.metrics[.considered] == events.metrics.total("dropped") + events.metrics[.abandoned] + events.metrics[.eventsInLanes])
        _ = consume waiting
    }

    @Test("whatever happens in whatever order, the sum is right", arguments: [false, true])
    func random(tight: Bool) throws {
        for round in 0..<40 {
            let seed = UInt64.random(in: 0..<(1 << 40))
            var random = SeededRandom(seed: seed)
            var limits = RuntimeLimits()
            if tight {
                limits = RuntimeLimits(outbox: Outbox.Limits(subscriptionMessages: 3, connectionBytes: 900), resolverQueue: 3)
            }
            let executor = try executor(limits)
            let fields = ["tick { n }", "tick(min: 1) { n }", "tick(min: 2) { m: n }", "slow { n }", "slow(who: 1) { n }", "scored { n score }", "both { n score }", "both { n }", "fed { n }"]
            var clients = [SessionClient]()
            var heard = 0
            var asked: [ResolverCall] = []
            for step in 0..<150 {
                switch Int.random(in: 0..<12, using: &random) {
                case 0: clients.append(SessionClient.acknowledged(executor))
                case 1...3:
                    clients.randomElement(using: &random)?.subscribe("\(step)", "subscription { \(fields.randomElement(using: &random) ?? "") }")
                case 4:
                    guard let client = clients.randomElement(using: &random) else { break }
                    // So that nothing is thrown away with it.
                    heard += client.messages()
                    client.complete("\(Int.random(in: 0...step, using: &random))")
                case 5:
                    guard Int.random(in: 0..<4, using: &random) == 0, !clients.isEmpty else { break }
                    let client = clients.remove(at: Int.random(in: clients.indices, using: &random))
                    heard += client.messages()
                    client.session.disconnected()
                    heard += client.messages()
                case 6: heard += clients.randomElement(using: &random)?.messages() ?? 0
                case 7...9: try? publish(Int.random(in: 0..<3, using: &random), executor)
                default:
                    asked = (asked + calls.take()).filter { !$0.isCancelled }
                    guard !asked.isEmpty else { break }
                    answer(asked.remove(at: Int.random(in: asked.indices, using: &random)), &asked, &random)
                }
            }
            while true {
                asked += calls.take()
                guard let call = asked.popLast() else { break }
                switch call.kind {
                case .source: call.complete()
                default: call.fail("over")
                }
            }
            for client in clients { heard += client.messages() }
            let metrics = executor.metrics
            let sum = metrics[.deliveries] + metrics[.filtered] + metrics.total("dropped") + metrics.total("denied") + metrics[.abandoned]
            #expect(metrics[.considered] == sum, "seed \(seed), round \(round): \(metrics.totals)")
            #expect(metrics[.eventsInLanes] == 0, "seed \(seed)")
            if !tight {
                #expect(metrics[.deliveries] == heard, "seed \(seed)")
                #expect(metrics.total("dropped") == 0)
            }
        }
    }

    private func answer(_ call: ResolverCall, _ asked: inout [ResolverCall], _ random: inout SeededRandom) {
        switch (call.kind, Int.random(in: 0..<4, using: &random)) {
        case (.source, 0): call.complete()
        case (.source, _):
            _ = call.emit(Array(#"{"n":1}"#.utf8))
            asked.append(call)
        case (_, 0): call.skip()
        case (_, 1): call.fail("no")
        case (.field, _): call.finish(#"{"values":[1]}"#)
        default: call.finish(#"{"n":1}"#)
        }
    }
}

extension SessionClient {
    /// Takes everything; how many results of subscriptions were in it.
    fileprivate func messages() -> Int {
        heard().count { $0.contains(#""type":"next""#) }
    }
}
