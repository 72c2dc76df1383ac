/// Where a task waits for its turn to publish.
final class PublisherTurn: Sendable {
    private enum State: Sendable {
        case nobody
        /// The turn came before the task waited for it.
        case came
        case waiting(CheckedContinuation<Void, any Error>)
        case cancelled
    }

    /// Guards who waits. A leaf; a task is resumed when it has been released.
    private let state = Guarded(State.nobody)

    /// It is the task's turn.
    func come() {
        let waiting = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            switch state {
            case .nobody, .came:
                state = .came
                return nil
            case .waiting(let continuation):
                state = .nobody
                return continuation
            case .cancelled: return nil
            }
        }
        waiting?.resume()
    }

    /// Waits for the turn. Throws `CancellationError` where the task is cancelled first.
    func wait() async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result = state.withLock { state -> Result<Void, any Error>? in
                    switch state {
                    case .nobody, .waiting:
                        state = .waiting(continuation)
                        return nil
                    case .came:
                        state = .nobody
                        return .success(())
                    case .cancelled: return .failure(CancellationError())
                    }
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let waiting = state.withLock { state -> CheckedContinuation<Void, any Error>? in
                defer { state = .cancelled }
                if case .waiting(let continuation) = state { return continuation }
                return nil
            }
            waiting?.resume(throwing: CancellationError())
        }
    }
}
