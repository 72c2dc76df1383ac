import Testing

@testable import SubsgenRuntime

@Suite("Sources")
struct SourceTests {
    private let executor: SubscriptionExecutor
    private let calls = Calls()

    init() throws {
        executor = try Chat.executor(limits: RuntimeLimits(outbox: Outbox.Limits(subscriptionMessages: 4), resolverQueue: 2))
        try executor.setResolver(field: "message", FieldFunctions(source: .perArguments), host: calls)
    }

    private func message(_ room: Int, claims: String? = nil) throws -> PulledSubscription {
        try executor.subscribe(#"subscription { message(roomId: "\#(room)") { id } }"#, claims: claims)
    }

    private func call() throws -> ResolverCall { try #require(calls.take().first) }
    private func result(_ id: String) -> String { #"{"data":{"message":{"id":"\#(id)"}}}"# }

    @Test("It is started with the first subscriber of its arguments, and serves all of them, whatever its events hold")
    func sharing() throws {
        let clients = try [message(1, claims: #"{"u":1}"#), message(1, claims: #"{"u":2}"#), message(2)]
        let started = calls.take()
        #expect(started.map(\.kind) == [.source, .source])
        #expect(started.map(\.argumentText) == [#"{"roomId":"1"}"#, #"{"roomId":"2"}"#])
        #expect(started.map(\.claimText) == [nil, nil])
        #expect(started.map(\.subscriber) == [nil, nil])
        #expect(executor.metrics[.sources] == 2)
        #expect(executor.metrics[.topics] == 0)
        // The arguments are the source's to mind: nothing is compared with its events.
        #expect(started[0].emit(#"{"id":"a","roomId":"9"}"#))
        #expect(clients.map { $0.drain() } == [[result("a")], [result("a")], []])
    }

    @Test("One that reads claims serves equal claims")
    func claims() throws {
        try executor.setResolver(field: "message", FieldFunctions(source: .perClaims), host: calls)
        let clients = try [message(1, claims: #"{"u":1}"#), message(1, claims: #"{"u":1}"#), message(1, claims: #"{"u":2}"#), message(1)]
        let started = calls.take()
        #expect(started.map(\.claimText) == [#"{"u":1}"#, #"{"u":2}"#, nil])
        for (number, call) in started.enumerated() { #expect(call.emit(#"{"id":"\#(number)"}"#)) }
        #expect(clients.map { $0.drain() } == [[result("0")], [result("0")], [result("1")], [result("2")]])
    }

    @Test("When the last subscriber leaves it is cancelled, and what it gives goes nowhere; the next subscriber starts another")
    func lastLeaves() throws {
        let (first, second) = (try message(1), try message(1))
        let source = try call()
        first.complete()
        #expect(!source.isCancelled)
        second.complete()
        #expect(source.isCancelled)
        #expect(calls.takeChanged().map(\.handle) == [source.handle])
        #expect(executor.metrics[.sources] == 0)
        let third = try message(1)
        #expect(source.emit(#"{"id":"late"}"#))
        source.complete()
        #expect(third.drain() == [] && !third.ended)
        let next = try call()
        #expect(next.emit(#"{"id":"a"}"#))
        #expect(third.drain() == [result("a")])
    }

    @Test("When it ends, its subscribers get what it gave, then complete; the next subscriber starts another")
    func ends() throws {
        let client = SessionClient.acknowledged(executor)
        client.subscribe("s", #"subscription { message(roomId: "1") { id } }"#)
        let source = try call()
        #expect(source.emit(#"{"id":"a"}"#))
        source.complete()
        #expect(
            client.heard() == [
                #"started s message{"roomId":"1"}"#, #"{"id":"s","type":"next","payload":\#(result("a"))}"#, "ended 1",
                #"{"id":"s","type":"complete"}"#,
            ])
        #expect(executor.metrics[.sources] == 0 && executor.metrics[.subscriptions] == 0)
        client.subscribe("s", #"subscription { message(roomId: "1") { id } }"#)
        #expect(try !call().isCancelled)
    }

    @Test("When it fails, gives no JSON or is thrown away, its subscribers get an error", arguments: ["fail", "no JSON", "thrown away"])
    func fails(how: String) throws {
        let client = try message(1)
        do {
            let source = try call()
            if how == "fail" { source.fail("It failed.") }
            if how == "no JSON" { #expect(source.emit("{")) }
        }
        #expect(client.ended)
        let results = client.drain()
        #expect(results.count == 1 && results.first?.hasPrefix(#"{"errors":[{"message":""#) == true)
        #expect(executor.metrics[.sources] == 0 && executor.metrics[.subscriptions] == 0)
        #expect(executor.metrics[.resolverErrors] == 1)
    }

    @Test("A subscriber that reads too slowly is ended as any other, and the source of none but such is cancelled")
    func slowSubscriber() throws {
        let slow = try message(1)
        let source = try call()
        for number in 0..<5 { _ = source.emit(#"{"id":"\#(number)"}"#) }
        #expect(slow.ended && source.isCancelled)
        #expect(slow.drain().count == 5)
        #expect(executor.metrics[.sources] == 0)
    }

    @Test("It waits while a resolver has no room for more events, and may go on when there is some")
    func backPressure() throws {
        try executor.setResolver(field: "message", FieldFunctions(resolve: .perArguments, source: .perArguments), host: calls)
        let client = try message(1)
        let source = try call()
        #expect(source.emit(#"{"id":"a"}"#))
        #expect(!source.emit(#"{"id":"b"}"#))
        let resolving = calls.take()
        #expect(resolving.map(\.kind) == [.resolve, .resolve])
        resolving[1].finish(#"{"id":"B"}"#)
        #expect(calls.takeChanged().isEmpty)
        resolving[0].finish(#"{"id":"A"}"#)
        #expect(calls.takeChanged().map(\.handle) == [source.handle])
        #expect(!source.isCancelled)
        #expect(client.drain() == [result("A"), result("B")])
        source.complete()
        #expect(client.ended)
    }

    @Test("It goes on when those who had no room leave")
    func backPressureOfLeavers() throws {
        try executor.setResolver(field: "message", FieldFunctions(resolve: .perClaims, source: .perArguments), host: calls)
        let (slow, other) = (try message(1, claims: #"{"u":1}"#), try message(1))
        let source = try call()
        for id in ["a", "b"] { _ = source.emit(#"{"id":"\#(id)"}"#) }
        let resolving = calls.take()
        for call in resolving where call.claims == nil { call.skip() }
        #expect(calls.takeChanged().isEmpty)
        slow.complete()
        for call in resolving where call.claims != nil { call.skip() }
        #expect(calls.takeChanged().map(\.handle) == [source.handle])
        #expect(!other.ended && resolving.count == 4)
    }

    @Test("Events that are with resolvers when it ends are delivered first")
    func endsWhileResolving() throws {
        try executor.setResolver(field: "message", FieldFunctions(resolve: .perArguments, source: .perArguments), host: calls)
        let client = try message(1)
        let source = try call()
        #expect(source.emit(#"{"id":"a"}"#))
        source.complete()
        #expect(!client.ended)
        let late = try message(1)
        let next = calls.take()
        #expect(next.map(\.kind) == [.resolve, .source])
        next[0].finish(#"{"id":"A"}"#)
        #expect(client.ended && client.drain() == [result("A")])
        #expect(!late.ended && !next[1].isCancelled)
    }

    @Test("The initial event comes before those of the source")
    func initialEvent() throws {
        try executor.setResolver(field: "message", FieldFunctions(initial: true, source: .perArguments), host: calls)
        let client = try message(1)
        let asked = calls.take()
        #expect(asked.map(\.kind) == [.source, .initial])
        #expect(asked[0].emit(#"{"id":"1"}"#))
        asked[0].complete()
        #expect(client.drain() == [] && !client.ended)
        asked[1].finish(#"{"id":"0"}"#)
        #expect(client.drain() == [result("0"), result("1")] && client.ended)
    }

    @Test("A topic that only fields with sources read takes no event; one that another field reads goes by them")
    func publishing() throws {
        let client = try message(1)
        try executor.publish("message", #"{"id":"1","roomId":"1"}"#)
        #expect(client.drain() == [], "tagged and seen read the topic, and no source feeds them")
        try executor.setResolver(field: "posted", FieldFunctions(source: .perArguments), host: calls)
        #expect(throws: PublishError.fedBySource("chat.1")) { try executor.publish("chat.1", "null") }
        #expect(throws: PublishError.fedBySource("chat.1")) { try executor.complete(topic: "chat.1") }
    }

    @Test("A field gets and loses no source while it has subscribers")
    func change() throws {
        let client = try message(1)
        #expect(throws: ResolverError.self) { try executor.setResolver(field: "message", FieldFunctions(), host: calls) }
        try executor.setResolver(field: "message", FieldFunctions(resolve: .perArguments, source: .perArguments), host: calls)
        client.complete()
        try executor.setResolver(field: "message", FieldFunctions(), host: calls)
    }

    @Test("Subscribers come and go while sources give events, end and fail: nothing is left")
    func churn() async throws {
        let host = EmittingHost()
        let executor = try Chat.executor()
        try executor.setResolver(
            field: "message", FieldFunctions(authorize: true, initial: true, source: .perArguments), host: host)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<4 {
                group.addTask {
                    let client = SessionClient.acknowledged(executor, claims: #"{"u":\#(client)}"#)
                    for round in 0..<100 {
                        client.subscribe("\(round)", #"subscription { message(roomId: "\#(round % 3)") { id } }"#)
                        _ = client.heard()
                        if round.isMultiple(of: 2) { client.complete("\(round)") }
                        await Task.yield()
                    }
                    client.session.disconnected()
                }
            }
            try await group.waitForAll()
        }
        await host.finished()
        #expect(host.count > 0)
        #expect(executor.metrics[.subscriptions] == 0)
        #expect(executor.metrics[.groups] == 0)
        #expect(executor.metrics[.sources] == 0)
        #expect(executor.metrics[.connections] == 0)
    }
}

/// A host that answers from tasks: allows three of four, gives an event first, and feeds each source until it is cancelled.
private final class EmittingHost: ResolverHost {
    private let tasks = Guarded<[Task<Void, Never>]>([])

    var count: Int { tasks.withLock { $0.count } }

    func start(_ call: ResolverCall) {
        let number = count
        let task = Task {
            switch call.kind {
            case .authorize: call.finish(number.isMultiple(of: 4) ? "false" : "true")
            case .initial: call.finish(#"{"id":"first"}"#)
            case .resolve, .field, .execute, .policies, .handle: call.finish(call.eventText)
            case .source:
                for event in 0..<50 where !call.isCancelled {
                    _ = call.emit(#"{"id":"\#(event)"}"#)
                    await Task.yield()
                }
                if number.isMultiple(of: 2) { call.complete() } else { call.fail("It failed.") }
            }
        }
        tasks.withLock { $0.append(task) }
    }

    /// Waits for everything that was started.
    func finished() async {
        var done = 0
        while case let tasks = tasks.withLock({ $0 }), done < tasks.count {
            for task in tasks[done...] { await task.value }
            done = tasks.count
        }
    }
}

extension ResolverCall {
    fileprivate func emit(_ event: String) -> Bool { emit(Array(event.utf8)) }
}
