import Glibc

/// A time in seconds as nanoseconds: of one that is negative or no number none, of one that is too long a century.
func nanoseconds(_ seconds: Double) -> UInt64 {
    let century = 3_155_760_000.0
    return seconds > 0 ? UInt64(min(seconds, century) * 1e9) : 0
}

/// The time of day, in seconds since 1970.
func wallClock() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
