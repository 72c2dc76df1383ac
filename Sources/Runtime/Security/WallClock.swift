import Glibc

/// The time of day, by which claims expire. It may jump. Tests give one that they turn themselves.
struct WallClock: Sendable {
    /// Seconds since 1970.
    let seconds: @Sendable () -> Double

    /// The system's.
    static let system = WallClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
