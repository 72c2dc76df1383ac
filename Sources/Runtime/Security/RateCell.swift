import Synchronization

/// One limit and what has been taken of it. Any thread may take.
final class RateCell: Sendable {
    let rule: RateRule
    /// Nil for a limit of this process alone.
    let shared: SharedRate?
    private let mark = Atomic<UInt64>(0)

    init(_ rule: RateRule, _ shared: SharedRate? = nil) {
        self.rule = rule
        self.shared = shared
    }

    /// Takes one, if one may come now.
    func take(at now: UInt64) -> Bool {
        var mark = mark.load(ordering: .relaxed)
        while let next = rule.mark(after: mark, at: now) {
            let (isTaken, found) = self.mark.weakCompareExchange(expected: mark, desired: next, ordering: .relaxed)
            if isTaken {
                shared?.took(1, of: self)
                return true
            }
            mark = found
        }
        return false
    }

    /// What was taken did not come: as if it had not been taken.
    func giveBack() {
        mark.wrappingSubtract(rule.interval, ordering: .relaxed)
        shared?.took(-1, of: self)
    }

    /// Moves the mark to where it is with what others took; never back.
    func learn(_ learned: UInt64) {
        var mark = mark.load(ordering: .relaxed)
        while mark < learned {
            let (isDone, found) = self.mark.weakCompareExchange(expected: mark, desired: learned, ordering: .relaxed)
            if isDone { return }
            mark = found
        }
    }

    /// From when on one may be taken.
    var opening: UInt64 { rule.opening(after: mark.load(ordering: .relaxed)) }

    /// Whether it is as good as a new one.
    func isIdle(at now: UInt64) -> Bool { mark.load(ordering: .relaxed) <= now }
}

/// The limits that a subscription has: what comes must be within each.
///
/// A class, so that who looks at it takes one reference and not three: that is half of what a delivery costs here.
final class RateGate: Sendable {
    /// The clock by which they are held, and who calls when what was held back may go.
    let limits: RateLimits
    private let first: RateCell
    private let others: [RateCell]

    init(_ first: RateCell, _ others: [RateCell], of limits: RateLimits) {
        self.limits = limits
        self.first = first
        self.others = others
    }

    /// What has been taken of the limit at a position in the field; nil where there is none.
    func cell(_ position: Int) -> RateCell? {
        position == 0 ? first : others.indices.contains(position - 1) ? others[position - 1] : nil
    }

    /// Takes one of each limit, or none of any.
    func take(at now: UInt64) -> Bool {
        guard first.take(at: now) else { return false }
        if others.isEmpty { return true }
        for (position, cell) in others.enumerated() where !cell.take(at: now) {
            first.giveBack()
            for taken in others[..<position] { taken.giveBack() }
            return false
        }
        return true
    }

    /// From when on one may be taken, if nobody takes it before.
    var opening: UInt64 { others.reduce(first.opening) { max($0, $1.opening) } }
}

/// An instant that many things happen at: the clock is read when the first of them asks.
struct SharedInstant {
    private var time: UInt64?

    mutating func now(_ clock: MonotonicClock) -> UInt64 {
        if let time { return time }
        let now = clock.now()
        time = now
        return now
    }
}
