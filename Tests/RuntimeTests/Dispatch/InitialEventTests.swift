import Synchronization
import Testing

@testable import SubsgenRuntime

@Suite("Initial events")
struct InitialEventTests {
    private let executor: SubscriptionExecutor
    private let calls = Calls()
    private let query = "subscription { tick { n } }"

    init() throws {
        executor = try Self.executor(Outbox.Limits(), calls)
    }

    private static func executor(_ limits: Outbox.Limits, _ calls: Calls) throws -> SubscriptionExecutor {
        let executor = try Chat.executor(limits: RuntimeLimits(outbox: limits))
        try executor.setResolver(field: "tick", FieldFunctions(initial: true), host: calls)
        return executor
    }

    private func call() throws -> ResolverCall { try #require(calls.take().first) }
    private func tick(_ n: Int) throws { try executor.publish("tick", #"{"n":\#(n)}"#) }
    private func next(_ n: Int) -> String { #"{"id":"s","type":"next","payload":{"data":{"tick":{"n":\#(n)}}}}"# }

    private func subscribed(to executor: SubscriptionExecutor? = nil) -> SessionClient {
        let client = SessionClient.acknowledged(executor ?? self.executor, claims: #"{"sub":"ann"}"#)
        client.subscribe("s", query)
        #expect(client.heard() == ["started s tick{}"])
        return client
    }

    @Test("It comes before the events that were published since the subscription began, and those in their order")
    func order() throws {
        let client = subscribed()
        try tick(1)
        try tick(2)
        #expect(client.heard() == [])
        let asked = try call()
        #expect(asked.kind == .initial)
        #expect(asked.subscriber == ResolverCall.Subscriber(subscription: "s", connection: client.session.handle))
        #expect(asked.claimText == #"{"sub":"ann"}"#)
        asked.finish(#"{"n":0}"#)
        try tick(3)
        #expect(client.heard() == [next(0), next(1), next(2), next(3)])
        #expect(executor.metrics[.deliveries] == 3)
        #expect(executor.metrics[.initialEvents] == 1)
    }

    @Test("Each subscription gets its own, and holds up no other")
    func separate() throws {
        let client = subscribed()
        let first = try call()
        client.subscribe("t", query)
        try tick(1)
        try call().finish(#"{"n":7}"#)
        let other = { (n: Int) in #"{"id":"t","type":"next","payload":{"data":{"tick":{"n":\#(n)}}}}"# }
        #expect(client.heard() == ["started t tick{}", other(7), other(1)])
        first.finish(#"{"n":8}"#)
        #expect(client.heard() == [next(8), next(1)])
    }

    @Test("One that is skipped lets the events flow")
    func skipped() throws {
        let client = subscribed()
        try tick(1)
        try call().skip()
        #expect(client.heard() == [next(1)])
    }

    @Test("One that fails is an error in its place, and the subscription goes on", arguments: ["fail", "no JSON", "thrown away"])
    func failed(how: String) throws {
        let client = subscribed()
        try tick(1)
        do {
            let asked = try call()
            if how == "fail" { asked.fail("It failed.") }
            if how == "no JSON" { asked.finish("{") }
        }
        let heard = client.heard()
        #expect(heard.count == 2 && heard.last == next(1))
        #expect(heard.first?.hasPrefix(#"{"id":"s","type":"next","payload":{"data":null,"errors":[{"message":"#) == true)
        #expect(heard.first?.contains(#""path":["tick"]"#) == true)
        #expect(executor.metrics[.resolverErrors] == 1)
        try tick(2)
        #expect(client.heard() == [next(2)])
    }

    @Test("The topic completes meanwhile: the initial event, what was held back, then the end")
    func topicCompletes() throws {
        let client = subscribed()
        try tick(1)
        try executor.complete(topic: "tick")
        #expect(client.heard() == [])
        #expect(executor.metrics[.subscriptions] == 0)
        try call().finish(#"{"n":0}"#)
        #expect(client.heard() == [next(0), next(1), "ended 1", #"{"id":"s","type":"complete"}"#])
    }

    @Test("The client completes meanwhile: the call is cancelled, and nothing is sent, whatever it answers", arguments: [false, true])
    func clientCompletes(afterTopic: Bool) throws {
        let client = subscribed()
        try tick(1)
        if afterTopic { try executor.complete(topic: "tick") }
        client.complete("s")
        let asked = try call()
        #expect(asked.isCancelled && calls.takeChanged().count == 1)
        asked.finish(#"{"n":0}"#)
        #expect(client.heard() == ["ended 1"])
        #expect(executor.metrics[.subscriptions] == 0)
    }

    @Test("The connection ends meanwhile: the call is cancelled, and what was held back is dropped", arguments: [false, true])
    func connectionEnds(drains: Bool) throws {
        let client = subscribed()
        try tick(1)
        if drains { client.session.drainAndClose() } else { client.session.disconnected() }
        let asked = try call()
        #expect(asked.isCancelled)
        asked.finish(#"{"n":0}"#)
        #expect(client.heard() == (drains ? [#"{"id":"s","type":"complete"}"#, "ended 1", "close 1001 Going away"] : ["ended 1"]))
        #expect(executor.metrics[.subscriptions] == 0)
    }

    @Test("What is held back is bounded as what waits is: the initial event and what was held back, then an error")
    func messageLimit() throws {
        let executor = try Self.executor(Outbox.Limits(subscriptionMessages: 2), calls)
        let client = subscribed(to: executor)
        for n in 1...3 { try executor.publish("tick", #"{"n":\#(n)}"#) }
        #expect(client.heard() == [])
        try call().finish(#"{"n":0}"#)
        let heard = client.heard()
        #expect(heard.prefix(4) == [next(0), next(1), next(2), "ended 1"])
        #expect(heard.last?.contains("more than 2 messages waited") == true)
        #expect(executor.metrics.total("dropped") == 1)
    }

    @Test("Bytes that are held back count as bytes that wait: too many close the connection", arguments: [false, true])
    func byteLimit(byInitialEvent: Bool) throws {
        let executor = try Self.executor(Outbox.Limits(connectionBytes: 300), calls)
        let client = subscribed(to: executor)
        for n in 1...(byInitialEvent ? 3 : 4) { try executor.publish("tick", #"{"n":\#(n)}"#) }
        if byInitialEvent { try call().finish(#"{"n":0}"#) }
        #expect(client.heard() == ["ended 1", "close 1013 Slow consumer"])
        #expect(executor.metrics[.subscriptions] == 0)
        #expect(executor.metrics[.droppedConnectionFull] == (byInitialEvent ? 0 : 1))
        #expect(executor.metrics[.initialEventsDropped] == (byInitialEvent ? 1 : 0))
        _ = calls.take()
        #expect(client.heard() == [])
    }

    @Test("Bytes of a subscription that left do not count any more")
    func bytesAreGivenBack() throws {
        let executor = try Self.executor(Outbox.Limits(connectionBytes: 300), calls)
        let client = SessionClient.acknowledged(executor)
        for _ in 1...10 {
            client.subscribe("s", query)
            try executor.publish("tick", #"{"n":1}"#)
            try executor.publish("tick", #"{"n":2}"#)
            client.complete("s")
            #expect(client.heard().count == 2)
        }
        #expect(executor.metrics.total("dropped") == 0)
    }

    @Test("A subscription without a connection gets it first too")
    func pulled() throws {
        let subscription = try executor.subscribe(query)
        try tick(1)
        #expect(subscription.drain() == [])
        try call().finish(#"{"n":0}"#)
        #expect(subscription.drain() == [#"{"data":{"tick":{"n":0}}}"#, #"{"data":{"tick":{"n":1}}}"#])
        let ending = try executor.subscribe(query)
        try executor.complete(topic: "tick")
        #expect(!ending.ended)
        try call().finish(#"{"n":0}"#)
        #expect(ending.drain() == [#"{"data":{"tick":{"n":0}}}"#])
        #expect(ending.ended)
    }

    @Test("Subscriptions that begin while events are published get an initial event, then every event that it does not hold")
    func races() async throws {
        let host = CountingHost()
        let executor = try Chat.executor()
        try executor.setResolver(field: "tick", FieldFunctions(initial: true), host: host)
        let clients = (0..<4).map { _ in SessionClient.acknowledged(executor) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in clients {
                group.addTask {
                    for id in 0..<50 {
                        client.subscribe("\(id)", query)
                        await Task.yield()
                    }
                }
            }
            group.addTask {
                for _ in 0..<200 {
                    // What is published has happened: a snapshot that is taken after it holds it.
                    try executor.publish("tick", #"{"n":\#(host.last.add(1, ordering: .relaxed).newValue)}"#)
                    await Task.yield()
                }
            }
            try await group.waitForAll()
        }
        await host.finished()
        try executor.complete(topic: "tick")
        for client in clients {
            var numbers: [String: [Int]] = [:]
            for frame in client.heard() where frame.hasPrefix("{") {
                let message = try JSONDocument.parse(Array(frame.utf8)).root
                guard message["type"]?.string == "next", let id = message["id"]?.string else { continue }
                numbers[id, default: []].append(try #require(message["payload"]?["data"]?["tick"]?["n"]?.integer))
            }
            #expect(numbers.count == 50)
            for var (_, events) in numbers {
                let initial = events.removeFirst()
                let first = events.first ?? 201
                #expect(first <= initial + 1, "no gap")
                #expect(events == Array(first..<201), "in order, each once")
            }
        }
        #expect(executor.metrics[.subscriptions] == 0)
    }
}

/// A host whose initial events say how many have been published, from tasks.
private final class CountingHost: ResolverHost {
    let last = Atomic<Int>(0)
    private let tasks = Guarded<[Task<Void, Never>]>([])

    func start(_ call: ResolverCall) {
        let task = Task {
            await Task.yield()
            call.finish(#"{"n":\#(self.last.load(ordering: .relaxed))}"#)
        }
        tasks.withLock { $0.append(task) }
    }

    func finished() async {
        for task in tasks.withLock({ $0 }) { await task.value }
    }
}
