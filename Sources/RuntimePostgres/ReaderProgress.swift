import SubsgenRuntime

/// How far the reader is, for the thread that publishes: what it has not read is no history yet.
final class ReaderProgress: Sendable {
    private struct State: Sendable {
        var epoch: UInt64?
        var positions: [Int64] = []
    }

    /// Guards the positions, by partition, and the history that they are of; none before the reader has begun. A leaf.
    private let state = Guarded(State())

    var positions: [Int64] { state.withLock { $0.positions } }

    /// How far a partition of a history has been read; 0 where the reader is in another: the database may have begun anew, and the reader not know it yet.
    func position(_ partition: Int64, of epoch: UInt64) -> Int64 {
        state.withLock { state in
            guard state.epoch == epoch, let place = Int(exactly: partition), state.positions.indices.contains(place) else { return 0 }
            return state.positions[place]
        }
    }

    /// Said before what was read is given to anybody.
    func set(_ positions: [Int64], of epoch: UInt64) { state.withLock { $0 = State(epoch: epoch, positions: positions) } }
}
