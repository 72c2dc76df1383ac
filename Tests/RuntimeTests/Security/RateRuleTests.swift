import GraphQLSchema
import Testing

@testable import SubsgenRuntime

@Suite("A rate limit's arithmetic")
struct RateRuleTests {
    @Test("a burst comes at once, then one an interval, and what was idle for long has its burst again")
    func refill() {
        let cell = RateCell(RateRule(RateLimit(limit: 4, window: 1000, burst: 3, scope: .user)))
        let quarter: UInt64 = 250_000_000
        func taken(at now: UInt64) -> Int { (0..<10).count { _ in cell.take(at: now) } }
        #expect(taken(at: 1_000_000_000) == 3)
        #expect(cell.opening == 1_000_000_000 + quarter)
        #expect(taken(at: 1_000_000_000 + quarter - 1) == 0)
        #expect(taken(at: 1_000_000_000 + quarter) == 1)
        #expect(taken(at: 1_000_000_000 + 2 * quarter + quarter / 2) == 1, "half an interval more is none")
        #expect(taken(at: 1_000_000_000 + 3 * quarter) == 1, "and is not lost")
        #expect(!cell.isIdle(at: 1_000_000_000 + 3 * quarter))
        #expect(cell.isIdle(at: 1_000_000_000 + 6 * quarter))
        #expect(taken(at: 9_000_000_000) == 3)
    }

    @Test("an interval that is no whole number of nanoseconds is rounded up: never more than the limit")
    func rounding() {
        #expect(RateRule(limit: 3, window: 1_000_000_000, burst: 1).interval == 333_333_334)
        #expect(RateRule(limit: 4, window: 1_000_000_000, burst: 1).interval == 250_000_000)
        #expect(RateRule(limit: 5_000, window: 1_000, burst: 1).interval == 1)
    }

    @Test("numbers beyond every clock neither trap nor open", arguments: [(Int.max, Int.max, Int.max), (1, Int.max, Int.max), (0, 0, 0), (-1, -5, -7)])
    func extremes(limit: Int, window: Int, burst: Int) {
        let cell = RateCell(RateRule(RateLimit(limit: limit, window: window, burst: burst, scope: .user)))
        #expect(cell.take(at: 5))
        #expect(cell.take(at: .max))
        #expect(cell.take(at: 7) == (cell.opening <= 7))
        cell.giveBack()
    }

    @Test("whatever comes when, as many are let in as a bucket would that counts in fractions")
    func reference() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let (limit, burst) = (Int.random(in: 1...50, using: &random), Int.random(in: 1...20, using: &random))
            let rule = RateRule(limit: limit, window: 1_000_000_000, burst: burst)
            let cell = RateCell(rule)
            // A bucket of `burst` tokens that holds one more every interval; counted in nanoseconds, so exactly.
            var (now, level, last): (UInt64, UInt64, UInt64) = (1, UInt64(burst) * rule.interval, 1)
            for _ in 0..<100 {
                now += UInt64.random(in: 0...(2 * rule.interval), using: &random)
                level = min(UInt64(burst) * rule.interval, level + now - last)
                last = now
                let isIn = level >= rule.interval
                if isIn { level -= rule.interval }
                guard cell.take(at: now) == isIn else {
                    Issue.record("seed \(seed): limit \(limit), burst \(burst), at \(now)")
                    return
                }
            }
        }
    }

    @Test("of many threads that take at once as many get one as there are")
    func contended() {
        let there = 400_000
        let cell = RateCell(RateRule(limit: there, window: 1_000_000_000, burst: there))
        let taken = Guarded(0)
        // Threads of their own: the tasks of all tests have few.
        SoakThreads.run(
            Array(repeating: {
                let own = (0..<there / 2).count { _ in cell.take(at: 1) }
                taken.withLock { $0 += own }
            }, count: 4))
        #expect(taken.withLock(\.self) == there)
        #expect(cell.opening == 1 + cell.rule.interval)
    }

    @Test("one more may be taken from the instant on that is told, and not before", arguments: [1, 2, 7])
    func opening(burst: Int) {
        let cell = RateCell(RateRule(limit: 1, window: 1_000, burst: burst))
        #expect(cell.opening == 0)
        while cell.take(at: 1) {}
        #expect(cell.opening == 1 + 1_000)
        #expect(!cell.take(at: cell.opening - 1))
        #expect(cell.take(at: cell.opening))
    }

    @Test("an instant is read from the clock once")
    func instant() {
        let hand = Hand()
        var instant = SharedInstant()
        let first = instant.now(hand.clock)
        hand.turn(7)
        #expect(instant.now(hand.clock) == first)
        #expect(SharedInstant().read(hand.clock) == first + 7)
    }

    @Test("what nobody needs is forgotten when there are too many: as often as the number has doubled")
    func forgetting() {
        let (cells, rule) = (RateCells(), RateRule(limit: 1, window: 1_000, burst: 1))
        func cell(_ user: Int) -> RateCell { cells.cell(RateCells.Key(field: 0, limit: 0, user: "\(user)"), rule, at: 1_000) }
        for user in 0..<64 { _ = cell(user) }
        #expect(cells.count == 64)
        let kept = (100..<200).map(cell)
        #expect(cells.count == 100, "the first that were idle are gone")
        for user in 300..<328 { _ = cell(user) }
        #expect(cells.count == 128, "twice as many as were needed when it was looked at")
        _ = cell(400)
        #expect(cells.count == 101)
        #expect(kept[0] === cell(100))
        #expect(kept[1].take(at: 1_000))
    }

    @Test("of several limits each must allow, and one that does not takes nothing of the others")
    func several() throws {
        let limits = RateLimits(Metrics())
        let cells = [(4, 4), (2, 2), (8, 8)].map { RateCell(RateRule(limit: $0.0, window: 1_000_000_000, burst: $0.1)) }
        let gate = RateGate(cells[0], Array(cells[1...]), of: limits)
        let now: UInt64 = 1_000_000_000
        #expect((0..<5).count { _ in gate.take(at: now) } == 2)
        #expect(gate.opening == now + 500_000_000)
        #expect((0..<5).count { _ in cells[0].take(at: now) } == 2)
        #expect((0..<9).count { _ in cells[2].take(at: now) } == 6)
    }
}

extension SharedInstant {
    /// As it is for one who asks alone.
    fileprivate func read(_ clock: MonotonicClock) -> UInt64 {
        var copy = self
        return copy.now(clock)
    }
}
