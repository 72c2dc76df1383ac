import GraphQLSchema
import Synchronization

/// What waits for a subscription outside of its outbox, because its first message is still to come, or because what waits may be
/// dropped for what comes.
///
/// The outbox holds a token for each message of a mailbox that has been released, and takes the oldest message where it meets one. So a
/// message that takes another one's place also takes its turn, and what is dropped is dropped here alone.
final class Mailbox: Sendable {
    private struct State: Sendable {
        var messages = MailboxQueue()
        var ending: SubscriptionEnding?
        /// How many were dropped since the client was told.
        var untold = 0
        var phase: Phase
    }

    private enum Phase: Sendable {
        case holding
        /// Messages may be taken.
        case released
        /// Messages go past the mailbox.
        case passed
        /// Nothing comes any more.
        case closed
    }

    /// What became of a message.
    enum Reception: Sendable {
        /// It is held back.
        case kept
        /// It waits: the outbox is to have a token for it.
        case waiting
        /// It was dropped, or another one whose token it has.
        case dropped
        /// As many wait as may.
        case full
        /// The connection's bytes are used up.
        case noRoom
        /// It goes past the mailbox.
        case passed
        /// Its subscription is going.
        case closed
    }

    /// What came of letting a mailbox go.
    struct Released: Sendable {
        /// The end that was kept.
        let ending: SubscriptionEnding?
    }

    let policy: OverflowPolicy
    /// How many messages may wait.
    let capacity: Int
    /// Guards what waits. A leaf: under it, nodes are pushed into the outbox, which takes no lock.
    private let state: Guarded<State>
    private let passed: Atomic<Bool>

    init(_ policy: OverflowPolicy, capacity: Int, isHeld: Bool) {
        self.policy = policy
        self.capacity = capacity
        let phase: Phase = isHeld ? .holding : policy == .disconnect ? .passed : .released
        state = Guarded(State(phase: phase))
        passed = Atomic(phase == .passed)
    }

    /// Whether messages go past it, now and ever after; those that it held are in the outbox before.
    var isPassed: Bool { passed.load(ordering: .acquiring) }

    /// Takes a message in. `reserve` finds room for so many bytes, or gives them back where the number is negative.
    func offer(_ body: SharedBody, cost: Int, reserve: (Int) -> Bool) -> Reception {
        state.withLock { state in
            switch state.phase {
            case .passed: return .passed
            case .closed: return .closed
            case .holding, .released: break
            }
            var replaced: SharedBody?
            if policy == .latest { replaced = state.messages.waiting(with: body.key) }
            if replaced == nil, state.messages.count >= capacity {
                switch policy {
                case .disconnect: return .full
                case .dropNewest:
                    state.untold += 1
                    return .dropped
                case .dropOldest, .latest:
                    guard let oldest = state.messages.first else { return .full }
                    guard reserve(body.bytes.count - oldest.bytes.count) else { return .noRoom }
                    _ = state.messages.popFirst()
                    state.messages.append(body, isKeyed: policy == .latest)
                    state.untold += 1
                    return .dropped
                }
            }
            if let replaced {
                guard reserve(body.bytes.count - replaced.bytes.count) else { return .noRoom }
                state.messages.replace(with: body)
                state.untold += 1
                return .dropped
            }
            guard reserve(cost) else { return .noRoom }
            state.messages.append(body, isKeyed: policy == .latest)
            return state.phase == .holding ? .kept : .waiting
        }
    }

    /// Takes the oldest message out, and how many were dropped since the last one that was taken out.
    func take() -> (body: SharedBody, dropped: Int)? {
        state.withLock { state in
            guard state.phase == .released, let body = state.messages.popFirst() else { return nil }
            defer { state.untold = 0 }
            return (body, state.untold)
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

    /// Lets what was held back go: `push` puts as many tokens into the outbox or, where none is ever dropped, the messages themselves,
    /// which all go past the mailbox from then on. Nil where nothing is held back.
    func release(_ push: (_ tokens: Int, _ messages: [SharedBody]) -> Void) -> Released? {
        state.withLock { state in
            guard state.phase == .holding else { return nil }
            if policy == .disconnect {
                var messages: [SharedBody] = []
                while let body = state.messages.popFirst() { messages.append(body) }
                push(0, messages)
                state.phase = .passed
                passed.store(true, ordering: .releasing)
            } else {
                push(state.messages.count, [])
                state.phase = .released
            }
            defer { state.ending = nil }
            return Released(ending: state.ending)
        }
    }

    /// Gives up what is held back.
    func close() -> [SharedBody] {
        state.withLock { state in
            guard state.phase == .holding else { return [] }
            state.phase = .closed
            state.ending = nil
            var messages: [SharedBody] = []
            while let body = state.messages.popFirst() { messages.append(body) }
            return messages
        }
    }
}
