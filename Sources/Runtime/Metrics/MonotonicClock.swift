import Glibc

/// What durations are measured by: it never goes back. Tests give one that they turn themselves.
struct MonotonicClock: Sendable {
    /// Nanoseconds since some instant.
    let now: @Sendable () -> UInt64
    /// Whether it is the system's: threads can wait until an instant of it.
    private(set) var passes = false

    init(now: @escaping @Sendable () -> UInt64) { self.now = now }

    /// The system's.
    static let system: MonotonicClock = {
        var clock = MonotonicClock {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec)
        }
        clock.passes = true
        return clock
    }()

    /// How long it is since an instant that `now` gave.
    func nanoseconds(since start: UInt64) -> UInt64 {
        let end = now()
        return end > start ? end - start : 0
    }
}
