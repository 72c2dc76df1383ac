import Testing

@testable import SubsgenRuntime

private struct NoArguments: ObjectPayload {
    init(decoding fields: inout PayloadFields) throws(PayloadError) {}
    func writeFields(into writer: inout JSONWriter) {}
}

@Suite("Time limits of typed resolvers")
struct ResolverTimeTests {
    private typealias Resolver = FieldResolver<Int32, NoArguments>

    private let executor: SubscriptionExecutor
    private let clock = ManualClock()
    private let failures = Stream<any Error>()

    init() throws {
        executor = try SubscriptionExecutor(
            sdl: "type Query { ok: Boolean } type Subscription { count: Int! }", bus: MemoryBus())
    }

    private func serve(_ resolver: Resolver) throws -> Results {
        try executor.setResolver("count", resolver, clock: clock) { [failures] _, error in failures.give(error) }
        let wakes = Stream<Void>()
        return Results(subscription: try executor.subscribe(query: "subscription { count }", waker: { wakes.give(()) }), wakes: wakes)
    }

    private func publish(_ events: Int...) throws {
        for event in events { try executor.publish(topic: "count", payload: Array("\(event)".utf8)) }
    }

    @Test("A call whose time is over is an error to its subscribers and a ResolverTimeout to the developer; its task is cancelled")
    func timeout() async throws {
        let (begun, cancelled) = (Stream<Void>(), Stream<Void>())
        let results = try serve(
            .resolve { event, _ in
                guard event == 1 else { return .event(event) }
                begun.give(())
                await withTaskCancellationHandler { await Stream<Void>().next() } onCancel: { cancelled.give(()) }
                throw CancellationError()
            })
        try publish(1, 2)
        await begun.next()
        clock.advance(by: .seconds(5))
        #expect(await results.next()?.contains(#"The resolver of \"count\" took too long."#) == true)
        #expect(await results.next() == #"{"data":{"count":2}}"#)
        #expect(await failures.next() as? ResolverTimeout == ResolverTimeout(limit: .seconds(5)))
        await cancelled.next()
    }

    @Test("Each call has its own time, counted from when it began, and a field may have another one than five seconds")
    func ownTimes() async throws {
        let begun = Stream<Void>()
        let results = try serve(
            .resolve { _, _ in
                begun.give(())
                await Stream<Void>().next()
                throw CancellationError()
            }
            .limited(timeout: .seconds(2)))
        try publish(1)
        await begun.next()
        clock.advance(by: .seconds(1))
        try publish(2)
        await begun.next()
        clock.advance(by: .seconds(1))
        #expect(await results.next() != nil)
        #expect(results.subscription.next() == nil, "the second has a second left")
        clock.advance(by: .seconds(1))
        #expect(await results.next()?.contains("took too long") == true)
    }

    @Test("One that goes on after its time is under way until it returns, and what it returns is dropped")
    func stubborn() async throws {
        let (begun, go) = (Stream<Int32>(), Stream<Void>())
        let results = try serve(
            .resolve { event, _ in
                begun.give(event)
                if event == 1 { await Task { await go.next() }.value }
                return .event(event)
            }
            .limited(inFlight: 1))
        try publish(1, 2)
        #expect(await begun.next() == 1)
        clock.advance(by: .seconds(5))
        #expect(await results.next()?.contains("took too long") == true)
        #expect(executor.metrics[.resolversInFlight] == 1)
        #expect(executor.metrics[.resolversWaiting] == 1)
        go.give(())
        #expect(await results.next() == #"{"data":{"count":2}}"#)
        #expect(await begun.next() == 2)
        // Who watches the second goes when its time is over.
        clock.advance(by: .seconds(5))
    }

    @Test("Many calls that are in time run out of none")
    func inTime() async throws {
        let results = try serve(.resolve { event, _ in .event(event) })
        for round in 0..<20 {
            for event in 0..<50 { try publish(round * 50 + event) }
            for event in 0..<50 { #expect(await results.next() == #"{"data":{"count":\#(round * 50 + event)}}"#) }
            clock.advance(by: .seconds(1))
        }
        #expect(executor.metrics[.resolverErrors] == 0)
        clock.advance(by: .seconds(5))
    }
}

/// A subscription's results, waited for.
private struct Results {
    let subscription: PulledSubscription
    let wakes: Stream<Void>

    func next() async -> String? {
        while true {
            if let result = subscription.next() { return String(decoding: result, as: UTF8.self) }
            await wakes.next()
        }
    }
}

/// What one side gives, in its order, to another that waits for it; nothing more when the one who waits is cancelled.
private final class Stream<Element: Sendable>: Sendable {
    private let stream: AsyncStream<Element>
    private let continuation: AsyncStream<Element>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func give(_ element: Element) { continuation.yield(element) }

    @discardableResult
    func next() async -> Element? {
        var iterator = stream.makeAsyncIterator()
        return await iterator.next()
    }
}

/// A clock that a test moves.
private final class ManualClock: Clock {
    struct Instant: InstantProtocol {
        var offset = Duration.zero
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (one: Instant, other: Instant) -> Bool { one.offset < other.offset }
    }

    private struct State: Sendable {
        var now = Instant()
        var sleepers: [(due: Instant, continuation: CheckedContinuation<Void, Never>)] = []
    }

    /// Guards the time and who sleeps.
    private let state = Guarded(State())

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .zero }

    func sleep(until due: Instant, tolerance: Duration?) async throws {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if due <= state.now { return true }
                state.sleepers.append((due, continuation))
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let now = state.now
            let woken = state.sleepers.filter { $0.due <= now }
            state.sleepers.removeAll { $0.due <= now }
            return woken.map(\.continuation)
        }
        for continuation in woken { continuation.resume() }
    }
}
