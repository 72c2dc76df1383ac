import GraphQLSchema
import Synchronization

/// What waits for a subscription outside of its outbox, because its first message is still to come, because what waits may be
/// dropped for what comes, or because a rate limit holds it back.
///
/// The outbox holds a token for each message of a mailbox that has been released, and takes the oldest message where it meets one. So a
/// message that takes another one's place also takes its turn, and what is dropped is dropped here alone.
final class Mailbox: Sendable {
    private struct State: Sendable {
        var messages = MailboxQueue()
        /// What the rate limits hold back: the newest message, or the newest of each key.
        var held = MailboxQueue()
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
        /// A rate limit holds it back. With an instant it is the only one, and may go then.
        case held(until: UInt64?)
        /// By a rate limit it was dropped, or another one whose place it has.
        case limited
        /// It comes earlier than a rate limit allows, and its subscription is to miss none.
        case tooEarly
        /// It goes past the mailbox.
        case passed
        /// It has been given already, from the bus's history.
        case replayed
        /// Its subscription is going.
        case closed
    }

    /// What came of letting a mailbox go.
    struct Released: Sendable {
        /// The end that was kept, where nothing else is.
        var ending: SubscriptionEnding?
    }

    let policy: OverflowPolicy
    /// How many messages may wait.
    let capacity: Int
    /// Nil where messages may come as fast as they will.
    let rates: RateGate?
    /// What its subscription has been given of the bus's history; nil where it was given nothing.
    let replayed: ReplayMark?
    /// Guards what waits. A leaf: under it, nodes are pushed into the outbox, which takes no lock.
    private let state: Guarded<State>
    private let passed: Atomic<Bool>

    init(_ policy: OverflowPolicy, capacity: Int, _ rates: RateGate?, isHeld: Bool, after replayed: ReplayMark? = nil) {
        self.replayed = replayed
        self.policy = policy
        self.capacity = capacity
        self.rates = rates
        let phase: Phase = isHeld ? .holding : policy == .disconnect ? .passed : .released
        state = Guarded(State(phase: phase))
        passed = Atomic(phase == .passed)
    }

    /// Whether messages go past it, now and ever after, if the rate limits allow; those that it held are in the outbox before.
    var isPassed: Bool { passed.load(ordering: .acquiring) }

    /// Whether messages are held back.
    var isHolding: Bool {
        state.withLock { state in
            switch state.phase {
            case .holding: true
            case .released, .passed, .closed: false
            }
        }
    }

    /// Takes a message in. `reserve` finds room for so many bytes, or gives them back where the number is negative.
    func offer(_ body: SharedBody, cost: Int, at now: UInt64, reserve: (Int) -> Bool) -> Reception {
        state.withLock { state in
            // Looked at under the lock: who finds the mailbox released or passed finds the mark that was set before.
            if replayed?.covers(body.cursor) == true { return .replayed }
            switch state.phase {
            case .passed: return .passed
            case .closed: return .closed
            case .holding, .released: break
            }
            guard let rates else { return put(body, cost: cost, &state, reserve) }
            // One that there is no room for takes nothing of the limits.
            if policy == .dropNewest, state.messages.count >= capacity { return put(body, cost: cost, &state, reserve) }
            // None overtakes what is held back.
            if state.held.first == nil, rates.take(at: now) { return put(body, cost: cost, &state, reserve) }
            switch policy {
            case .disconnect: return .tooEarly
            case .dropNewest:
                state.untold += 1
                return .limited
            case .dropOldest, .latest: return hold(body, cost: cost, rates, &state, reserve)
            }
        }
    }

    private func put(_ body: SharedBody, cost: Int, _ state: inout State, _ reserve: (Int) -> Bool) -> Reception {
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

    private func hold(_ body: SharedBody, cost: Int, _ rates: RateGate, _ state: inout State, _ reserve: (Int) -> Bool) -> Reception {
        let isKeyed = policy == .latest
        if isKeyed, let replaced = state.held.waiting(with: body.key) {
            guard reserve(body.bytes.count - replaced.bytes.count) else { return .noRoom }
            state.held.replace(with: body)
            state.untold += 1
            return .limited
        }
        if let oldest = state.held.first, state.held.count >= (isKeyed ? capacity : 1) {
            guard reserve(body.bytes.count - oldest.bytes.count) else { return .noRoom }
            _ = state.held.popFirst()
            state.held.append(body, isKeyed: isKeyed)
            state.untold += 1
            return .limited
        }
        guard reserve(cost) else { return .noRoom }
        state.held.append(body, isKeyed: isKeyed)
        return .held(until: state.held.count == 1 ? rates.opening : nil)
    }

    /// What became of messages that a rate limit held back.
    struct Gone: Sendable {
        var receptions: [Reception] = []
        /// From when on the next may go; nil where none is held back any more.
        var due: UInt64?
        /// The end that was kept, where nothing else is.
        var ending: SubscriptionEnding?
    }

    /// Lets go what the rate limits held back and now allow. `cost` says what was paid for a message; `push` puts so many tokens into the outbox.
    func letGo(at now: UInt64, cost: (SharedBody) -> Int, reserve: (Int) -> Bool, push: (_ tokens: Int) -> Void) -> Gone {
        state.withLock { state in
            var gone = Gone()
            guard let rates else { return gone }
            var tokens = 0
            while let body = state.held.first {
                guard rates.take(at: now) else {
                    gone.due = rates.opening
                    break
                }
                _ = state.held.popFirst()
                _ = reserve(-cost(body))
                let reception = put(body, cost: cost(body), &state, reserve)
                if case .waiting = reception { tokens += 1 }
                gone.receptions.append(reception)
            }
            if tokens > 0 { push(tokens) }
            if state.phase == .released, state.held.first == nil { swap(&gone.ending, &state.ending) }
            return gone
        }
    }

    /// Takes the oldest message out, and how many were dropped since the last one that was taken out.
    func take() -> (body: SharedBody, dropped: Int)? {
        state.withLock { state in
            switch state.phase {
            case .released, .closed: break
            case .holding, .passed: return nil
            }
            guard let body = state.messages.popFirst() else { return nil }
            defer { state.untold = 0 }
            return (body, state.untold)
        }
    }

    /// What one that has left leaves to the one in its place.
    struct Legacy: Sendable {
        /// What rate limits held back.
        var held: [SharedBody] = []
        /// How many were dropped that no message of its own is to tell of.
        var untold = 0
    }

    /// Gives away what nobody is to get from this mailbox any more. What waits for the host stays, and tells of what was dropped.
    func bequeath() -> Legacy {
        state.withLock { state in
            var legacy = Legacy()
            while let body = state.held.popFirst() { legacy.held.append(body) }
            if state.messages.first == nil { swap(&legacy.untold, &state.untold) }
            return legacy
        }
    }

    /// What became of a legacy.
    struct Inheritance: Sendable {
        /// What is not held back any more.
        var lost: [SharedBody] = []
        /// Whether nothing comes any more, else what was lost has been dropped for newer ones.
        var isClosed = false
        /// From when on the first may go, where nothing was held back before.
        var due: UInt64?
    }

    /// Takes what another one left, all of which is older than what is here.
    func inherit(_ legacy: Legacy) -> Inheritance {
        state.withLock { state in
            guard state.phase != .closed, let rates else { return Inheritance(lost: legacy.held, isClosed: true) }
            let isKeyed = policy == .latest
            let hasHeld = state.held.first != nil
            var (held, inheritance) = (MailboxQueue(), Inheritance())
            for body in legacy.held {
                let newer = isKeyed ? state.held.waiting(with: body.key) ?? state.messages.waiting(with: body.key) : state.held.first ?? state.messages.first
                if newer == nil { held.append(body, isKeyed: isKeyed) } else { inheritance.lost.append(body) }
            }
            while let body = state.held.popFirst() { held.append(body, isKeyed: isKeyed) }
            while held.count > (isKeyed ? capacity : 1), let body = held.popFirst() { inheritance.lost.append(body) }
            state.untold += legacy.untold + inheritance.lost.count
            if !hasHeld, held.first != nil { inheritance.due = rates.opening }
            state.held = held
            return inheritance
        }
    }

    /// Keeps the end of the subscription. False where nothing is held back.
    func postpone(_ ending: SubscriptionEnding) -> Bool {
        state.withLock { state in
            guard state.phase == .holding || state.held.first != nil else { return false }
            state.ending = ending
            return true
        }
    }

    /// What was kept or held back and has been given already, from the bus's history.
    struct Replayed: Sendable {
        var bodies: [SharedBody] = []
        /// How many of them rate limits held back.
        var held = 0
    }

    /// Takes out of a mailbox that is still held what has been given already.
    func dropReplayed() -> Replayed {
        guard let replayed else { return Replayed() }
        return state.withLock { state in
            guard state.phase == .holding else { return Replayed() }
            let isKeyed = policy == .latest
            var dropped = Replayed()
            for queue in [\State.messages, \State.held] {
                var kept = MailboxQueue()
                // Where keys tell messages apart, a newer one may stand before an older one.
                while let body = state[keyPath: queue].popFirst() {
                    if replayed.covers(body.cursor) { dropped.bodies.append(body) } else { kept.append(body, isKeyed: isKeyed) }
                }
                if queue == \State.held { dropped.held = dropped.bodies.count - dropped.held } else { dropped.held = dropped.bodies.count }
                state[keyPath: queue] = kept
            }
            return dropped
        }
    }

    /// How many messages wait in it that may be taken, or are held back.
    var count: Int { state.withLock { $0.messages.count + $0.held.count } }

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
            var released = Released()
            if state.held.first == nil { swap(&released.ending, &state.ending) }
            return released
        }
    }

    /// What was given up.
    struct GivenUp: Sendable {
        /// What waited for the first message.
        var kept: [SharedBody] = []
        /// What rate limits held back.
        var held: [SharedBody] = []
    }

    /// Gives up what is held back, and takes nothing more. What waits for the host can still be taken.
    func close() -> GivenUp {
        state.withLock { state in
            var givenUp = GivenUp()
            while let body = state.held.popFirst() { givenUp.held.append(body) }
            state.ending = nil
            switch state.phase {
            case .holding:
                while let body = state.messages.popFirst() { givenUp.kept.append(body) }
                state.phase = .closed
            case .released: state.phase = .closed
            case .passed, .closed: break
            }
            return givenUp
        }
    }
}
