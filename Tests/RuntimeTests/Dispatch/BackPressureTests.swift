import Testing

@testable import SubsgenRuntime

@Suite("Room for events")
struct BackPressureTests {
    private let executor: SubscriptionExecutor
    private let calls = Calls()

    init() throws {
        executor = try Chat.executor(limits: RuntimeLimits(resolverQueue: 2))
        try executor.setResolver(field: "message", FieldFunctions(resolve: .perArguments), host: calls)
    }

    private func message(_ room: Int) throws -> PulledSubscription {
        try executor.subscribe(#"subscription { message(roomId: "\#(room)") { id } }"#)
    }

    private func payload(_ id: String) -> [UInt8] { Array(#"{"id":"\#(id)","roomId":"1"}"#.utf8) }

    private func publish(_ id: String) throws { try executor.publish(topic: "message", payload: payload(id)) }

    private func waiting(_ id: String, _ woken: Tally = Tally()) throws -> WaitingEvent {
        try executor.awaitRoom(topic: "message", payload: payload(id)) { woken.add() }
    }

    private func ids(_ subscription: PulledSubscription) -> [String] {
        subscription.drain().map { String($0.dropFirst(#"{"data":{"message":{"id":""#.count).dropLast(4)) }
    }

    @Test("Where the resolvers of a topic have as many events as they may, publishing throws, and nothing was published")
    func overload() throws {
        let (client, seen) = (try message(1), try executor.subscribe("subscription { tagged { id } }"))
        try publish("a")
        try publish("b")
        #expect {
            try publish("c")
        } throws: { error in
            guard let error = error as? PublishError else { return false }
            return error.isOverloaded && error.message.hasPrefix("2 events of the topic \"message\" wait for resolvers, as many as may: await")
        }
        #expect(seen.drain().count == 2)
        #expect(executor.metrics[.eventsPublished] == 2 && executor.metrics[.eventsRejected] == 1)
        // Out of their order: the first still waits.
        let taken = calls.take()
        taken[1].finish(taken[1].eventText)
        #expect(throws: PublishError.self) { try publish("d") }
        taken[0].finish(taken[0].eventText)
        try publish("e")
        for call in calls.take() { call.finish(call.eventText) }
        #expect(ids(client) == ["a", "b", "e"])
        #expect(!client.ended)
    }

    @Test("Other topics have their own room, and one that nobody listens to has it always")
    func otherTopics() throws {
        for number in 0..<9 { try publish("\(number)") }
        let (client, tick) = (try message(1), try executor.subscribe("subscription { tick { n } }"))
        try publish("a")
        try publish("b")
        #expect(throws: PublishError.self) { try publish("c") }
        for number in 0..<9 { try executor.publish("tick", #"{"n":\#(number)}"#) }
        #expect(tick.drain().count == 9)
        client.complete()
    }

    @Test("Who waits is let in when there is room, first come, first served; who does not wait has to wait for those too")
    func order() throws {
        let client = try message(1)
        try publish("a")
        try publish("b")
        let woken = Tally()
        let (first, second) = (try waiting("c", woken), try waiting("d", woken))
        #expect(try first.publish() == nil)
        #expect(try second.publish() == nil)
        #expect(try first.publish() == nil)
        #expect(executor.metrics[.publishersWaiting] == 2)
        let taken = calls.take()
        taken[0].finish(taken[0].eventText)
        #expect(woken.value == 1)
        #expect(throws: PublishError.self) { try publish("e") }
        #expect(try second.publish() == nil)
        #expect(try first.publish() != nil)
        taken[1].finish(taken[1].eventText)
        #expect(woken.value == 2)
        #expect(try second.publish() != nil)
        #expect(executor.metrics[.publishersWaiting] == 0)
        for call in calls.take() { call.finish(call.eventText) }
        try publish("f")
        for call in calls.take() { call.finish(call.eventText) }
        #expect(ids(client) == ["a", "b", "c", "d", "f"])
    }

    @Test("Who gives up leaves its place in the line, or the room that it was given, to the next")
    func givingUp() throws {
        let client = try message(1)
        try publish("a")
        try publish("b")
        let woken = Tally()
        var first: WaitingEvent? = try waiting("c")
        var second: WaitingEvent? = try waiting("d", woken)
        let third = try waiting("e", woken)
        #expect(try first?.publish() == nil)
        #expect(try second?.publish() == nil)
        #expect(try third.publish() == nil)
        first = nil
        let taken = calls.take()
        taken[0].finish(taken[0].eventText)
        #expect(woken.value == 1)
        second = nil
        #expect(woken.value == 2)
        #expect(try third.publish() != nil)
        taken[1].finish(taken[1].eventText)
        for call in calls.take() { call.finish(call.eventText) }
        #expect(ids(client) == ["a", "b", "e"])
        #expect(executor.metrics[.publishersWaiting] == 0)
    }

    @Test("A subscriber who leaves, and a topic that completes, make room")
    func leaving() throws {
        let client = try message(1)
        try publish("a")
        try publish("b")
        let woken = Tally()
        let (first, second) = (try waiting("c", woken), try waiting("d", woken))
        #expect(try first.publish() == nil)
        #expect(try second.publish() == nil)
        client.complete()
        #expect(woken.value == 2)
        #expect(try first.publish() != nil)
        #expect(try second.publish() != nil)
        withExtendedLifetime(calls.take()) {}
        let other = try message(1)
        try publish("e")
        try publish("f")
        let third = try waiting("g", woken)
        #expect(try third.publish() == nil)
        try executor.complete(topic: "message")
        #expect(woken.value == 2)
        for call in calls.take() { call.finish(call.eventText) }
        #expect(other.ended && woken.value == 3)
        #expect(try third.publish() != nil)
    }

    @Test("An awaited event is published when there is room, and one whose task is cancelled is not")
    func awaiting() async throws {
        let (executor, calls) = (executor, calls)
        let client = try message(1)
        let events = ["a", "b", "c", "d"].map { payload($0) }
        try await executor.publish(topic: "message", payload: events[0])
        try await executor.publish(topic: "message", payload: events[1])
        let cancelled = Task { try await executor.publish(topic: "message", payload: events[2]) }
        while executor.metrics[.publishersWaiting] < 1 { await Task.yield() }
        let patient = Task { try await executor.publish(topic: "message", payload: events[3]) }
        while executor.metrics[.publishersWaiting] < 2 { await Task.yield() }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        for call in calls.take() { call.finish(call.eventText) }
        _ = try await patient.value
        for call in calls.take() { call.finish(call.eventText) }
        #expect(ids(client) == ["a", "b", "d"])
        await #expect(throws: PublishError.unknownTopic("nope")) { try await executor.publish(topic: "nope", payload: events[0]) }
    }

    @Test("What functions supply makes publishers wait as resolvers do, and both together never exceed the limit")
    func supplied() throws {
        let executor = try SubscriptionExecutor(
            sdl: """
                type Query { ok: Boolean }
                type Subscription { post: Post }
                type Post { id: ID! score: Int! @resolver }
                """, bus: MemoryBus(), limits: RuntimeLimits(resolverQueue: 3))
        try executor.setResolver(field: "post", FieldFunctions(resolve: .perArguments), host: calls)
        try executor.setSupplier(type: "Post", field: "score", .perArguments, host: calls)
        let client = try executor.subscribe("subscription { post { id score } }")
        var waiting: [ResolverCall] = []
        for step in 0..<20 {
            while (try? executor.publish("post", #"{"id":"\#(step)"}"#)) != nil {}
            waiting += calls.take()
            // The oldest of each kind, by turns.
            let kind = step % 2 == 0 ? ResolverCall.Kind.resolve : .field
            if let position = waiting.firstIndex(where: { $0.kind == kind }) {
                let call = waiting.remove(at: position)
                call.finish(kind == .resolve ? call.eventText : #"{"values":[1]}"#)
            }
        }
        #expect(!client.ended)
        #expect(executor.metrics[.subscriptions] == 1)
    }
}
