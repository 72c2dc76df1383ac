import SubsgenRuntime

/// How far the reader is, for the thread that publishes: what it has not read is no history yet.
final class ReaderProgress: Sendable {
    /// Guards the positions, by partition; none before the reader has begun. A leaf.
    private let state = Guarded<[Int64]>([])

    var positions: [Int64] { state.withLock { $0 } }

    /// Said before what was read is given to anybody.
    func set(_ positions: [Int64]) { state.withLock { $0 = positions } }
}
