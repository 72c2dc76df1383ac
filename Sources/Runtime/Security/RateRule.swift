import GraphQLSchema

/// So many within a window, evenly, and a few at once: the generic cell rate algorithm (ITU-T I.371), whose whole state is one instant.
///
/// That instant, the mark, is when everything that came would have come, one `interval` after the other. It may be ahead of the clock by
/// `tolerance` at most. So it refills by itself, and what was idle is as good as new.
struct RateRule: Sendable, Hashable {
    /// Nanoseconds between two at the even rate; rounded up, so that never more than the limit come.
    let interval: UInt64
    /// How far ahead of the clock the mark may be, in nanoseconds.
    let tolerance: UInt64

    /// Of a limit within a window of so many nanoseconds.
    init(limit: Int, window: UInt64, burst: Int) {
        let limit = UInt64(max(limit, 1))
        interval = max(1, window / limit + (window % limit == 0 ? 0 : 1))
        let (tolerance, isTooLong) = interval.multipliedReportingOverflow(by: UInt64(max(burst, 1) - 1))
        self.tolerance = isTooLong ? .max : tolerance
    }

    init(_ limit: RateLimit) {
        let (window, isTooLong) = UInt64(max(limit.window, 1)).multipliedReportingOverflow(by: 1_000_000)
        self.init(limit: limit.limit, window: isTooLong ? .max : window, burst: limit.burst)
    }

    /// Where the mark goes when one more comes now; nil where it comes too early.
    func mark(after mark: UInt64, at now: UInt64) -> UInt64? {
        let start = max(mark, now)
        guard start - now <= tolerance else { return nil }
        let (next, isTooLate) = start.addingReportingOverflow(interval)
        return isTooLate ? .max : next
    }

    /// From when on one more may come.
    func opening(after mark: UInt64) -> UInt64 { mark - min(mark, tolerance) }
}
