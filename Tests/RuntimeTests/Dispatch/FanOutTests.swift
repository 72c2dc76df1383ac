import Testing

@testable import SubsgenRuntime

@Suite("An event that reaches many")
struct FanOutTests {
    @Test("It arrives once at each, in the order of its topic, whoever publishes and whoever helps", arguments: [0, 1, 3])
    func order(threads: Int) async throws {
        let executor = try Self.executor(threads: threads)
        let ticks = try (0..<3000).map { _ in try executor.subscribe("subscription { tick { n } }") }
        // Small groups, beside a large one, behind it and before it.
        let messages = try (0..<2500).map { number in
            let alias = number % 2 == 0 ? "id" : "a\(number % 300): id"
            return try executor.subscribe(#"subscription { message(roomId: "\#(number % 3)") { \#(alias) } }"#)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask { for number in 0..<8 { try executor.publish("tick", #"{"n":\#(number)}"#) } }
                group.addTask {
                    for number in 0..<8 { for room in 0..<3 { try executor.publish("message", #"{"id":"\#(number)","roomId":"\#(room)"}"#) } }
                }
            }
            try await group.waitForAll()
        }
        let first = ticks[0].drain()
        #expect(first.count == 16)
        #expect(ticks.dropFirst().allSatisfy { $0.drain() == first })
        let numbers = messages.map { $0.drain().map { $0.filter(\.isNumber).suffix(1) } }
        #expect(numbers.allSatisfy { $0.count == 16 })
        for room in 0..<3 {
            let inRoom = stride(from: room, to: messages.count, by: 3).map { numbers[$0] }
            #expect(inRoom.allSatisfy { $0 == inRoom[0] })
        }
        #expect(executor.metrics[.deliveries] == (3000 + 2500) * 16)
    }

    @Test("Those whose outboxes are full are ended and told, each once")
    func fullOutboxes() throws {
        let executor = try Self.executor(threads: 2, outbox: Outbox.Limits(subscriptionMessages: 2))
        let clients = try (0..<3000).map { _ in try executor.subscribe("subscription { tick { n } }") }
        for number in 0..<2 { try executor.publish("tick", #"{"n":\#(number)}"#) }
        for client in clients.prefix(1000) { _ = client.drain() }
        for number in 2..<4 { try executor.publish("tick", #"{"n":\#(number)}"#) }
        #expect(clients.map(\.ended) == clients.indices.map { $0 >= 1000 })
        #expect(clients.dropFirst(1000).allSatisfy { $0.drain().count == 3 })
        #expect(clients.prefix(1000).allSatisfy { $0.drain().count == 2 })
        #expect(executor.metrics.total("dropped") == 2000)
        #expect(executor.metrics[.subscriptions] == 1000)
    }

    @Test("Whoever waits is woken once, and a resolver's answer is shared out as an event is")
    func wakes() throws {
        let executor = try Self.executor(threads: 2)
        let calls = Calls()
        try executor.setResolver(field: "tick", FieldFunctions(resolve: .perArguments), host: calls)
        let woken = Tally()
        let clients = try (0..<3000).map { _ in try executor.subscribe(query: "subscription { tick { n } }") { woken.add() } }
        try executor.publish("tick", #"{"n":1}"#)
        try executor.publish("tick", #"{"n":2}"#)
        #expect(woken.value == 0)
        for (number, call) in calls.take().enumerated() { call.finish(#"{"n":\#(number)}"#) }
        #expect(woken.value == 3000)
        let expected = (0..<2).map { #"{"data":{"tick":{"n":\#($0)}}}"# }
        #expect(clients.allSatisfy { $0.drain() == expected })
    }

    private static func executor(threads: Int, outbox: Outbox.Limits = Outbox.Limits()) throws -> SubscriptionExecutor {
        var limits = RuntimeLimits(outbox: outbox)
        limits.fanOutThreads = threads
        return try Chat.executor(limits: limits)
    }
}
