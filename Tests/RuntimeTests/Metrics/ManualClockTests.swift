import Testing

@testable import SubsgenRuntime

@Suite("A clock for tests")
struct ManualClockTests {
    @Test("Claims, durations and rate limits go by it, from where it stands when the executor is made")
    func turned() throws {
        let clock = ManualClock(nanoseconds: 1_735_732_800_000_000_000)
        var limits = RuntimeLimits()
        limits.manualClock = clock
        let executor = try SubscriptionExecutor(
            sdl: "type Query { ok: Boolean } type Subscription { tick: Int }", bus: MemoryBus(), limits: limits)
        let began = executor.counters.clock.now()
        #expect(executor.limits.wallClock.seconds() == 1_735_732_800)
        executor.turnClock(byNanoseconds: 1_500_000_000)
        #expect(executor.limits.wallClock.seconds() == 1_735_732_801.5)
        #expect(executor.counters.clock.nanoseconds(since: began) == 1_500_000_000)
    }

    @Test("An executor without one takes no notice of being turned")
    func unturned() throws {
        let executor = try SubscriptionExecutor(sdl: "type Query { ok: Boolean } type Subscription { tick: Int }", bus: MemoryBus())
        executor.turnClock(byNanoseconds: .max)
        #expect(executor.limits.manualClock == nil)
        #expect(executor.counters.clock.passes)
    }
}
