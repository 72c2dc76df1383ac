import Synchronization

/// A clock for tests, which stands still until it is turned: rate limits, the claims' expiry, and the age of what a memory bus keeps go by it.
public final class ManualClock: Sendable {
    /// Nanoseconds since 1970 when it was made.
    private let start: Int64
    /// Nanoseconds by which it has been turned. Alone: nothing else is read or written in its order.
    private let turned = Atomic<UInt64>(0)

    /// A clock that shows an instant, in nanoseconds since 1970.
    public init(nanoseconds: Int64) { start = nanoseconds }

    /// Lets time pass. It never goes back.
    func advance(nanoseconds: UInt64) {
        turned.wrappingAdd(nanoseconds, ordering: .sequentiallyConsistent)
    }

    /// What durations are measured by.
    var monotonic: MonotonicClock {
        // From one on, as nothing in the runtime happens at zero.
        MonotonicClock { [self] in turned.load(ordering: .sequentiallyConsistent) &+ 1 }
    }

    /// The time of day.
    var wall: WallClock {
        WallClock { [self] in (Double(start) + Double(turned.load(ordering: .sequentiallyConsistent))) / 1e9 }
    }
}

extension SubscriptionExecutor {
    /// Turns the clock that the executor was made with: what was held back until an instant that has come goes. Does nothing where it
    /// was made without (`RuntimeLimits.manualClock`). Whose claims expire, their host tells sessions, as ever.
    public func turnClock(byNanoseconds nanoseconds: UInt64) {
        guard let clock = limits.manualClock else { return }
        clock.advance(nanoseconds: nanoseconds)
        context.rates.timer.ring()
    }
}
