/// How far a partition has been read: the order of its places is that of its events, and none is passed that may still come.
///
/// A place is taken before its event is written, and the event is there when its transaction commits. So places may be missing: of transactions that
/// are not over, and of those that were rolled back. Every transaction says, by a lock, behind which place its own begin (`subsgen.begin_publishing`).
/// Whoever sees a place missing asks for those locks, and then reads again: a place that was missing before he asked, that nobody's lock stands before,
/// and that is missing still, will never come.
struct PartitionProgress: Sendable, Hashable {
    let number: Int
    /// All up to this place has been read.
    private(set) var position: Int64
    /// When the event at the position was published; nil where there is none.
    private(set) var stamp: Int64?
    /// The last place that was seen behind a missing one; nil where nothing is held back.
    private(set) var seen: Int64?
    /// Up to which place those that are missing will never come.
    private var closed: Int64 = 0

    init(number: Int, position: Int64) {
        (self.number, self.position) = (number, position)
    }

    /// Whether events are known that wait for others to come before them.
    var isHeld: Bool { seen != nil }

    /// Says what the locks are, which were asked for after `seen` was: the least place that one of this partition stands at.
    mutating func close(before lock: Int64?) {
        if let seen { closed = max(closed, min(seen, lock ?? .max)) }
    }

    /// Events that were thrown away were read, or are lost: true where they are.
    mutating func skip(pruned: Int64) -> Bool {
        guard pruned > position else { return false }
        (position, stamp) = (pruned, nil)
        return true
    }

    /// Takes what a reading gave behind the position, in order: how many of the places may be passed.
    mutating func pass(_ places: [(place: Int64, stamp: Int64)]) -> Int {
        seen = nil
        for (index, (place, stamp)) in places.enumerated() {
            guard place - 1 <= max(position, closed) else {
                seen = places.last?.place
                return index
            }
            (position, self.stamp) = (place, stamp)
        }
        return places.count
    }
}
