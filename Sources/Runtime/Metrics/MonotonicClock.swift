import Glibc

/// What durations are measured by: it never goes back. Tests give one that they turn themselves.
struct MonotonicClock: Sendable {
    /// Nanoseconds since some instant.
    let now: @Sendable () -> UInt64

    /// The system's.
    static let system = MonotonicClock {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec)
    }

    /// How long it is since an instant that `now` gave.
    func nanoseconds(since start: UInt64) -> UInt64 {
        let end = now()
        return end > start ? end - start : 0
    }
}
