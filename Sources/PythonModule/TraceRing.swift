import SubsgenRuntime

/// The ways of traced events, until Python makes spans of them: so that no thread of the runtime waits for the interpreter.
///
/// Bounded: where nobody comes, the newest are left out, and counted.
final class TraceRing: EventTraceLog {
    private struct State: Sendable {
        var deliveries: [EventDelivery] = []
        var leftOut = 0
        /// Whose loop is woken; nil where somebody comes unasked.
        var ready: ReadyList?
    }

    private static let limit = 4096

    /// Guards the deliveries, and whom to wake. Only a ready list's lock is taken after it.
    private let state = Guarded(State())

    func note(_ delivery: EventDelivery) {
        let ready = state.withLock { state -> ReadyList? in
            guard state.deliveries.count < Self.limit else {
                state.leftOut += 1
                return nil
            }
            state.deliveries.append(delivery)
            return state.deliveries.count == 1 ? state.ready : nil
        }
        ready?.wake()
    }

    /// From now on this loop is woken when there is something to take.
    func wake(_ ready: ReadyList?) {
        let isWaiting = state.withLock { state in
            state.ready = ready
            return !state.deliveries.isEmpty
        }
        if isWaiting { ready?.wake() }
    }

    /// Each is given once, with how many were left out since the last time.
    func take() -> (deliveries: [EventDelivery], leftOut: Int) {
        state.withLock { state in
            defer { (state.deliveries, state.leftOut) = ([], 0) }
            return (state.deliveries, state.leftOut)
        }
    }
}
