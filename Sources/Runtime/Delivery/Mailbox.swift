import Synchronization

/// What waits for a subscription whose first message is still to come: the outbox does not have it yet.
final class Mailbox: Sendable {
    private struct State: Sendable {
        var bodies: [SharedBody] = []
        var ending: SubscriptionEnding?
        var phase = Phase.holding
    }

    private enum Phase: Sendable {
        case holding
        /// Messages go past the mailbox.
        case passed
        /// Nothing comes any more.
        case closed
    }

    /// What became of a message.
    enum Reception: Sendable {
        case kept
        /// As many wait as may.
        case full
        /// The connection's bytes are used up.
        case noRoom
        /// It goes past the mailbox.
        case passed
    }

    /// What came of letting a mailbox go.
    struct Released: Sendable {
        /// The end that was kept.
        let ending: SubscriptionEnding?
    }

    /// Guards what is held back. A leaf: under it, messages are pushed into the outbox, which takes no lock.
    private let state = Guarded(State())
    private let passed = Atomic<Bool>(false)

    /// Whether messages go past it, now and ever after; those that it held are in the outbox before.
    var isPassed: Bool { passed.load(ordering: .acquiring) }

    /// Keeps a message where one more may wait and `reserve` finds room for it.
    func keep(_ body: SharedBody, _ capacity: Int, reserve: () -> Bool) -> Reception {
        state.withLock { state in
            switch state.phase {
            case .passed, .closed: return .passed
            case .holding:
                if state.bodies.count >= capacity { return .full }
                guard reserve() else { return .noRoom }
                state.bodies.append(body)
                return .kept
            }
        }
    }

    /// Keeps the end of the subscription. False where nothing is held back.
    func postpone(_ ending: SubscriptionEnding) -> Bool {
        state.withLock { state in
            guard state.phase == .holding else { return false }
            state.ending = ending
            return true
        }
    }

    /// Lets `push` have what was held back, and every later message go past. Nil where nothing is held back.
    func release(_ push: ([SharedBody]) -> Void) -> Released? {
        state.withLock { state in
            guard state.phase == .holding else { return nil }
            push(state.bodies)
            let released = Released(ending: state.ending)
            state = State(phase: .passed)
            passed.store(true, ordering: .releasing)
            return released
        }
    }

    /// Gives up what is held back.
    func close() -> [SharedBody] {
        state.withLock { state in
            guard state.phase == .holding else { return [] }
            defer { state = State(phase: .closed) }
            return state.bodies
        }
    }
}
