import Testing

@testable import SubsgenRuntime

@Suite("Workers")
struct WorkerTests {
    private static func executor(workers: Int, resolverQueue: Int = 1024, events: Int = 1024, bytes: Int = 1 << 20) throws -> SubscriptionExecutor {
        var limits = RuntimeLimits(outbox: Outbox.Limits(subscriptionMessages: 1 << 20), resolverQueue: resolverQueue)
        limits.workers = workers
        limits.eventsPerWorkerQueue = events
        limits.bytesPerWorkerQueue = bytes
        return try Chat.executor(limits: limits)
    }

    @Test(
        "Many publishers over many topics: nothing is lost, all subscribers of a topic see the order of its publishers, then its end",
        arguments: [0, 1, 2, 4])
    func stress(workers: Int) async throws {
        let executor = try Self.executor(workers: workers, resolverQueue: 16, events: 32)
        let answering = Answering()
        try executor.setResolver(field: "message", FieldFunctions(resolve: .perArguments), host: answering)
        let rooms = try (0..<6).map { room in
            try (0..<4).map { _ in try executor.subscribe(#"subscription { posted(roomId: "\#(room)") { id } }"#) }
        }
        let resolved = try (0..<3).map { _ in try executor.subscribe(#"subscription { message(roomId: "0") { id } }"#) }
        let (publishers, events) = (5, 60)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for publisher in 0..<publishers {
                group.addTask {
                    for number in 0..<events {
                        let event = Array(#"{"id":"\#(publisher * 1000 + number)","roomId":"0"}"#.utf8)
                        for room in 0..<6 { try await executor.publish(topic: "chat.\(room)", payload: event) }
                        try await executor.publish(topic: "message", payload: event)
                    }
                }
            }
            try await group.waitForAll()
        }
        for room in 0..<6 { try executor.complete(topic: "chat.\(room)") }
        try executor.complete(topic: "message")
        executor.flush()
        while executor.metrics[.subscriptions] > 0 { await Task.yield() }
        func check(_ clients: [PulledSubscription]) {
            let received = clients.map { $0.drain().compactMap { Int($0.filter(\.isNumber)) } }
            #expect(received.allSatisfy { $0 == received[0] })
            #expect(received[0].count == publishers * events)
            for publisher in 0..<publishers {
                #expect(received[0].filter { $0 / 1000 == publisher } == (0..<events).map { publisher * 1000 + $0 })
            }
            #expect(clients.allSatisfy { $0.ended })
        }
        for clients in rooms { check(clients) }
        check(resolved)
        let metrics = executor.metrics
        #expect(metrics[.eventsPublished] == publishers * events * 7)
        #expect(metrics[.deliveries] == publishers * events * (6 * 4 + 3))
        #expect(metrics[.eventsQueued] == 0 && metrics[.topics] == 0 && metrics.total("dropped") == 0 && metrics[.publishersWaiting] == 0)
    }

    @Test("A full queue refuses who does not wait; who does is woken when there is room, and the order is that of publishing")
    func overload() throws {
        let executor = try Self.executor(workers: 1, events: 3)
        let worker = Held()
        let client = try executor.subscribe(query: "subscription { tick { n } }", waker: worker.hold)
        try executor.publish("tick", #"{"n":0}"#)
        worker.begun.wait()
        // One is being dispatched, and has its room until that is done.
        for number in 1...2 { try executor.publish("tick", #"{"n":\#(number)}"#) }
        #expect {
            try executor.publish("tick", #"{"n":9}"#)
        } throws: { error in
            guard let error = error as? PublishError else { return false }
            return error.isOverloaded && error.message.hasPrefix("The queue of the topic \"tick\" is full; it takes 3 events and 1048576 bytes")
        }
        let woken = Semaphore()
        let waiting = try executor.awaitRoom(topic: "tick", payload: Array(#"{"n":3}"#.utf8)) { woken.signal() }
        #expect(try waiting.publish() == nil)
        #expect(executor.metrics[.eventsQueued] == 3)
        worker.mayGo.signal()
        woken.wait()
        #expect(try waiting.publish() != nil)
        executor.flush()
        #expect(client.drain() == (0..<4).map { #"{"data":{"tick":{"n":\#($0)}}}"# })
        #expect(executor.metrics[.eventsQueued] == 0)
    }

    @Test("A queue is bounded in bytes too, and one large event has room where nothing waits")
    func bytes() throws {
        let executor = try Self.executor(workers: 1, bytes: 10)
        let worker = Held()
        let client = try executor.subscribe(query: "subscription { tick { n } }", waker: worker.hold)
        try executor.publish("tick", #"{"n":0,"more":"than ten bytes"}"#)
        worker.begun.wait()
        #expect { try executor.publish("tick", #"{"n":1}"#) } throws: { ($0 as? PublishError)?.isOverloaded == true }
        worker.mayGo.signal()
        executor.flush()
        try executor.publish("tick", #"{"n":2}"#)
        executor.flush()
        #expect(client.drain() == [0, 2].map { #"{"data":{"tick":{"n":\#($0)}}}"# })
    }

    @Test("A bus that brings more than the queue holds helps to empty it")
    func foreignBus() throws {
        let bus = ForeignBus()
        var limits = RuntimeLimits(outbox: Outbox.Limits(subscriptionMessages: 1 << 20))
        limits.workers = 2
        limits.eventsPerWorkerQueue = 2
        let executor = try SubscriptionExecutor(sdl: Chat.sdl, bus: bus, limits: limits)
        let client = try executor.subscribe("subscription { tick { n } }")
        for number in 0..<500 {
            try bus.deliver("tick", #"{"n":\#(number)}"#)
            #expect(executor.metrics[.eventsQueued] <= 3)
        }
        executor.flush()
        #expect(client.drain() == (0..<500).map { #"{"data":{"tick":{"n":\#($0)}}}"# })
    }

    @Test("A topic that completes ends those who subscribed before that, after what was published before, and nobody else")
    func completion() throws {
        let executor = try Self.executor(workers: 2)
        let worker = Held()
        let before = try executor.subscribe(query: "subscription { tick { n } }", waker: worker.hold)
        try executor.publish("tick", #"{"n":1}"#)
        worker.begun.wait()
        try executor.publish("tick", #"{"n":2}"#)
        try executor.complete(topic: "tick")
        let after = try executor.subscribe("subscription { tick { n } }")
        try executor.publish("tick", #"{"n":3}"#)
        worker.mayGo.signal()
        executor.flush()
        #expect(before.ended && before.drain() == [1, 2].map { #"{"data":{"tick":{"n":\#($0)}}}"# })
        #expect(!after.ended && after.drain() == [#"{"data":{"tick":{"n":3}}}"#])
        #expect(executor.metrics[.topics] == 1)
        after.complete()
        #expect(executor.metrics[.topics] == 0)
    }

    @Test("A runtime that is let go of while it dispatches and has events queued goes, with its threads")
    func end() async throws {
        let worker = Held()
        weak var left: SubscriptionExecutor?
        weak var queue: DispatchPartition?
        do {
            let executor = try Self.executor(workers: 2)
            (left, queue) = (executor, executor.dispatcher?.partition(of: "tick"))
            #expect(queue != nil)
            let client = try executor.subscribe(query: "subscription { tick { n } }", waker: worker.hold)
            for number in 0..<200 { try executor.publish("tick", #"{"n":\#(number)}"#) }
            worker.begun.wait()
            worker.mayGo.signal()
            withExtendedLifetime(client) {}
        }
        // A worker may be the last who holds it, until it has done what it does.
        while left != nil || queue != nil { await Task.yield() }
    }

    /// Holds the thread that wakes a subscription's host for the first time, until it may go.
    private final class Held: Sendable {
        let begun = Semaphore()
        let mayGo = Semaphore()
        private let count = Tally()

        var hold: @Sendable () -> Void {
            {
                if self.count.value > 0 { return }
                self.count.add()
                self.begun.signal()
                self.mayGo.wait()
            }
        }
    }

    /// Answers every call by its event, some time later.
    private final class Answering: ResolverHost {
        func start(_ call: ResolverCall) {
            Task {
                if call.event.count % 2 == 0 { await Task.yield() }
                call.finish(call.event)
            }
        }
    }
}
