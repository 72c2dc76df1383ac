import SubsgenRuntime

/// What the runtime has to say, until Python comes for it: so that no thread of the runtime waits for the interpreter.
///
/// Bounded: where nobody comes, the oldest records go.
final class LogRing: RuntimeLog {
    private static let limit = 256

    private struct State: Sendable {
        var records: [LogRecord] = []
        /// Whose loop is woken; nil where somebody comes unasked.
        var ready: ReadyList?
    }

    /// Guards the records, and whom to wake. Only a ready list's lock is taken after it.
    private let state = Guarded(State())

    func log(_ record: LogRecord) {
        let ready = state.withLock { state -> ReadyList? in
            if state.records.count == Self.limit { state.records.removeFirst() }
            state.records.append(record)
            return state.records.count == 1 ? state.ready : nil
        }
        ready?.wake()
    }

    /// From now on this loop is woken when there is something to take: what happens to the clients of a server wakes nobody by itself.
    func wake(_ ready: ReadyList) {
        let isWaiting = state.withLock { state in
            state.ready = ready
            return !state.records.isEmpty
        }
        if isWaiting { ready.wake() }
    }

    func take() -> [LogRecord] {
        state.withLock { state in
            defer { state.records = [] }
            return state.records
        }
    }
}
