import GraphQLSchema
import Testing

@testable import SubsgenRuntime

@Suite("Who is called when a rate limit allows it")
struct RateTimerTests {
    private let hand = Hand()

    // MARK: When

    private struct Waiting {
        let field: Int
        let id: Int
        let due: UInt64
    }

    @Test("whatever is held back until whenever, each goes at its time, with those that are due before and none that are due after")
    func order() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        // One in so many milliseconds.
        let windows = [1_000, 10, 300, 5, 70, 2_000, 40]
        let sdl = "type Query { ok: Boolean } type Subscription { "
            + windows.indices.map { "f\($0)(id: ID): Tick @overflow(policy: DROP_OLDEST)" }.joined(separator: " ") + " } type Tick { id: ID n: Int }"
        let executor = try secured(sdl, clock: hand.clock) { table in
            for (field, window) in windows.enumerated() {
                table.fields[field].rateLimits = [RateLimit(limit: 1, window: window, burst: 1, scope: .subscription)]
            }
        }
        let ids = 12
        let clients = windows.indices.map { field in
            (0..<ids).map { id in
                let client = SessionClient.acknowledged(executor)
                client.subscribe("s", "subscription { f\(field)(id: \"\(id)\") { n } }")
                _ = client.heard()
                return client
            }
        }
        /// From when on one goes at once.
        var marks = windows.map { _ in [UInt64](repeating: 0, count: ids) }
        var (waiting, now): ([Waiting], UInt64) = ([], 0)
        for round in 0..<400 {
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                let (field, id) = (Int.random(in: 0..<windows.count, using: &random), Int.random(in: 0..<ids, using: &random))
                if waiting.contains(where: { $0.field == field && $0.id == id }) { continue }
                for n in 0..<2 { try executor.publish("f\(field)", #"{"id":"\#(id)","n":\#(n)}"#) }
                let isOpen = marks[field][id] <= now
                if isOpen { marks[field][id] = now + UInt64(windows[field]) * 1_000_000 }
                try #require(clients[field][id].heard().count == (isOpen ? 1 : 0), "seed \(seed), round \(round)")
                waiting.append(Waiting(field: field, id: id, due: marks[field][id]))
            }
            let step = UInt64.random(in: 0...30_000_000, using: &random)
            now += step
            hand.turn(step)
            executor.context.rates.timer.ring()
            for one in waiting {
                let count = clients[one.field][one.id].heard().count
                guard count == (one.due <= now ? 1 : 0) else {
                    Issue.record("seed \(seed), round \(round): of f\(one.field)(id: \(one.id)) \(count) came at \(now), and it was due at \(one.due)")
                    return
                }
                if count > 0 { marks[one.field][one.id] = now + UInt64(windows[one.field]) * 1_000_000 }
            }
            waiting.removeAll { $0.due <= now }
            try #require(executor.metrics[.eventsHeld] == waiting.count, "seed \(seed), round \(round)")
        }
    }

    // MARK: Who is gone

    private func subscription() -> Subscription {
        Subscription(handle: 1, id: "s", prefix: [], outbox: Outbox(limits: Outbox.Limits(), waker: {}), owner: nil)
    }

    private var timer: RateTimer { RateTimer(Metrics(clock: hand.clock)) }

    /// So many that are called on at an instant, and gone before.
    private func leave(_ count: Int, _ timer: RateTimer, due: UInt64 = .max, isTold: Bool = true) {
        for _ in 0..<count { timer.call(on: subscription(), at: due) }
        if isTold { for _ in 0..<count { timer.forget() } }
    }

    @Test("those who are gone are forgotten when there are more than 64 of them")
    func manyAreGone() {
        let (timer, one) = (timer, subscription())
        leave(64, timer)
        timer.call(on: one, at: 1)
        #expect(timer.count == 65)
        leave(1, timer)
        #expect(timer.count == 66)
        timer.call(on: one, at: 1)
        #expect(timer.count == 2)
        leave(10, timer)
        #expect(timer.count == 12, "they are counted from the start again")
        leave(55, timer)
        #expect(timer.count == 67)
        timer.call(on: one, at: 1)
        #expect(timer.count == 3)
    }

    @Test("those who are gone are forgotten when they are more than half of all")
    func halfAreGone() {
        let timer = timer
        let stay = (0..<80).map { _ in subscription() }
        for one in stay { timer.call(on: one, at: .max) }
        leave(80, timer)
        timer.call(on: stay[0], at: .max)
        #expect(timer.count == 161, "80 of 160 are not more than half")
        leave(2, timer)
        timer.call(on: stay[0], at: .max)
        #expect(timer.count == 82)
    }

    @Test("who is gone when its time comes need not be forgotten any more, and who is there need not either")
    func goneInTime() {
        let (timer, one) = (timer, subscription())
        let soon = hand.clock.now() + 1
        leave(60, timer, due: soon)
        hand.turn(1)
        timer.ring()
        #expect(timer.count == 0)
        leave(60, timer)
        timer.call(on: one, at: soon)
        #expect(timer.count == 61, "those before are not counted again")
        timer.ring()
        #expect(timer.count == 60)
        leave(5, timer)
        timer.call(on: one, at: .max)
        #expect(timer.count == 1)
    }

    @Test("who went without a word, and was called on, is not taken for one that was told of")
    func untold() {
        let (timer, one) = (timer, subscription())
        leave(10, timer, due: 1, isTold: false)
        timer.ring()
        #expect(timer.count == 0)
        leave(65, timer)
        timer.call(on: one, at: .max)
        #expect(timer.count == 1)
    }

    @Test("when those who are gone have been forgotten the others are called on in their order")
    func orderAfterForgetting() {
        let timer = timer
        let start = hand.clock.now()
        let stay = (0..<20).map { _ in subscription() }
        for (position, one) in stay.enumerated() { timer.call(on: one, at: start + UInt64((position * 7) % 20) + 1) }
        leave(70, timer, due: start + 5)
        timer.call(on: stay[0], at: start + 30)
        #expect(timer.count == 21)
        for left in (0..<20).reversed() {
            hand.turn(1)
            timer.ring()
            #expect(timer.count == left + 1)
        }
    }
}
