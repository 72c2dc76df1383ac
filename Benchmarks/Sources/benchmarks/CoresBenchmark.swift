import Glibc
import SubsgenRuntime

/// What a second core gains: two publishers against one, and an event for many with help against one without.
enum CoresBenchmark {
    private static let sdl = """
        type Query { ok: Boolean }
        type Subscription { left: Tick!  right: Tick! }
        type Tick { n: Int! ts: String! }
        """
    private static let tick = Array(#"{"n":1,"ts":"1234567890123456789"}"#.utf8)
    private static let rounds = 40

    static func run() {
        let (left, right) = (server(topic: "left", sessions: 100, each: 10), server(topic: "right", sessions: 100, each: 10))
        var (alone, together) = (Double.infinity, Double.infinity)
        for _ in 0..<rounds {
            alone = min(alone, time { left.publish(times: 100) })
            together = min(together, time { inParallel({ left.publish(times: 100) }, { right.publish(times: 100) }) })
        }
        print("two publishers of two topics, 1,000 subscriptions each: \(fixed(2 * alone / together, 2)) times the deliveries/s of one")

        let (plain, split) = (server(topic: "left", sessions: 1000, each: 100, helpers: 0), server(topic: "left", sessions: 1000, each: 100, helpers: 1))
        (alone, together) = (.infinity, .infinity)
        for _ in 0..<rounds {
            alone = min(alone, time { plain.publishOne() })
            plain.drain()
            together = min(together, time { split.publishOne() })
            split.drain()
        }
        print(
            "one event to 100,000 subscriptions: \(fixed(alone / 1e6, 2)) ms, with a thread that helps \(fixed(together / 1e6, 2)) ms: "
                + "\(fixed(alone / together, 2)) times")
    }

    /// An executor with the connections of one topic.
    private struct Server: Sendable {
        let executor: SubscriptionExecutor
        let sessions: [Session]
        let topic: String

        func publishOne() { DispatchBenchmark.publish(executor, topic, tick) }

        func publish(times: Int) {
            for _ in 0..<times { publishOne() }
            drain()
        }

        func drain() {
            for session in sessions { while !session.take(1 << 16).isEmpty {} }
        }
    }

    private static func server(topic: String, sessions: Int, each: Int, helpers: Int = 0) -> Server {
        var limits = RuntimeLimits(outbox: Outbox.Limits(subscriptionMessages: 1 << 20, connectionBytes: 1 << 32))
        limits.fanOutThreads = helpers
        limits.subscriptionsPerConnection = .max
        limits.clientMessageBurst = 10_000_000
        do {
            let executor = try SubscriptionExecutor(sdl: sdl, bus: MemoryBus(), limits: limits)
            let connected = (0..<sessions).map { _ in executor.connect {} }
            for session in connected {
                session.receive(Array(#"{"type":"connection_init"}"#.utf8))
                session.authenticated(claims: nil)
                for id in 0..<each { DispatchBenchmark.subscribe(session, "\(id)", "subscription { \(topic) { n ts } }") }
                _ = session.take(1 << 16)
            }
            return Server(executor: executor, sessions: connected, topic: topic)
        } catch {
            fail("error: \(error)\n")
        }
    }

    private static func time(_ work: () -> Void) -> Double {
        let start = ContinuousClock.now
        work()
        let elapsed = ContinuousClock.now - start
        return Double(elapsed.components.attoseconds) / 1e9 + Double(elapsed.components.seconds) * 1e9
    }

    private final class Work: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private static func inParallel(_ one: () -> Void, _ other: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let failure = pthread_create(&thread, nil, { work in
            if let work { Unmanaged<Work>.fromOpaque(work).takeRetainedValue().run() }
            return nil
        }, Unmanaged.passRetained(Work(other)).toOpaque())
        guard failure == 0 else { fail("error: no thread\n") }
        one()
        pthread_join(thread, nil)
    }
}
