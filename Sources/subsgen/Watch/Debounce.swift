/// When to look after something happened: once it has been quiet for a while, and at the latest some time after the first.
///
/// Editors and version control change files in bursts, of which only the last state is worth a run.
struct Debounce {
    /// Nanoseconds on a clock that never goes back.
    typealias Time = UInt64

    let quiet: Time
    let limit: Time
    private var first: Time?
    private var last: Time = 0

    init(quiet: Time, limit: Time) {
        self.quiet = quiet
        self.limit = limit
    }

    /// Something happened.
    mutating func happened(at now: Time) {
        if first == nil { first = now }
        last = now
    }

    /// When to look; nil where nothing happened since the last look.
    var due: Time? {
        first.map { min(Self.later($0, by: limit), Self.later(last, by: quiet)) }
    }

    /// Whether it is time to look. If so, all that happened is over.
    mutating func look(at now: Time) -> Bool {
        guard let due, due <= now else { return false }
        first = nil
        return true
    }

    private static func later(_ time: Time, by span: Time) -> Time {
        let (sum, isTooFar) = time.addingReportingOverflow(span)
        return isTooFar ? .max : sum
    }
}
