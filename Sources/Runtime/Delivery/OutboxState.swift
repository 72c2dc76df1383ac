import Synchronization

/// The content of an outbox; its lock is the outbox's.
struct OutboxState: Sendable {
    private enum Entry: Sendable {
        case message(SharedBody, Subscription)
        case output(Outbox.Output)
    }

    private enum Phase: Sendable {
        case open
        /// Frames are refused; what the host must hear about its subscriptions is not.
        case discarding
        /// The last output is in.
        case closed
    }

    /// The messages of a subscription whose first one is still to come.
    private struct Held: Sendable {
        var bodies: [SharedBody] = []
        var ending: SubscriptionEnding?
    }

    private var queue = Queue<Entry>()
    /// What is held back, by the handles of the subscriptions. Its cost is in `bytes`, and its messages in `waiting`.
    private var held: [UInt64: Held] = [:]
    private var bytes = 0
    private var phase = Phase.open
    /// Whether the host was woken and has not emptied the queue since.
    private var isSignalled = false

    mutating func enqueue(_ body: SharedBody, for subscription: Subscription, _ limits: Outbox.Limits) -> Outbox.Admission {
        guard phase == .open else { return .refused }
        guard subscription.waiting.load(ordering: .relaxed) < limits.subscriptionMessages else { return .subscriptionFull }
        let cost = Self.cost(body, subscription)
        guard bytes + cost <= limits.connectionBytes else {
            discardFrames()
            return .connectionFull
        }
        subscription.waiting.add(1, ordering: .relaxed)
        // Nearly always empty: few subscriptions of a connection open at a time.
        if !held.isEmpty, held[subscription.info.handle] != nil {
            bytes += cost
            held[subscription.info.handle]?.bodies.append(body)
            return .queued
        }
        return put(.message(body, subscription), cost)
    }

    // MARK: Subscriptions that open

    mutating func hold(_ subscription: Subscription) {
        if phase == .open { held[subscription.info.handle] = Held() }
    }

    mutating func postpone(_ ending: SubscriptionEnding, of subscription: Subscription) -> Bool {
        guard held[subscription.info.handle] != nil else { return false }
        held[subscription.info.handle]?.ending = ending
        return true
    }

    mutating func release(
        _ subscription: Subscription, after first: SharedBody?, _ limits: Outbox.Limits
    ) -> (admission: Outbox.Admission, ending: SubscriptionEnding?) {
        guard let held = held.removeValue(forKey: subscription.info.handle), phase == .open else { return (.refused, nil) }
        var admission = Outbox.Admission.queued
        if let first {
            let cost = Self.cost(first, subscription)
            guard bytes + cost <= limits.connectionBytes else {
                discardFrames()
                return (.connectionFull, held.ending)
            }
            subscription.waiting.add(1, ordering: .relaxed)
            admission = put(.message(first, subscription), cost)
        }
        for body in held.bodies {
            // They have been paid for.
            if put(.message(body, subscription), 0) == .queuedFirst { admission = .queuedFirst }
        }
        return (admission, held.ending)
    }

    mutating func forget(_ subscription: Subscription) {
        guard let held = held.removeValue(forKey: subscription.info.handle) else { return }
        for body in held.bodies { bytes -= Self.cost(body, subscription) }
    }

    mutating func append(_ output: Outbox.Output, _ limits: Outbox.Limits) -> Outbox.Admission {
        guard phase != .closed else { return .refused }
        let cost = Self.cost(output)
        switch output {
        case .frame, .authenticate:
            guard phase == .open else { return .refused }
            guard bytes + cost <= limits.connectionBytes else {
                discardFrames()
                return .connectionFull
            }
        // Never refused: there is at most one of each for a subscription, and the host's books depend on them.
        case .started, .ended: break
        case .close: phase = .closed
        }
        return put(.output(output), cost)
    }

    private mutating func put(_ entry: Entry, _ cost: Int) -> Outbox.Admission {
        bytes += cost
        queue.append(entry)
        if isSignalled { return .queued }
        isSignalled = true
        return .queuedFirst
    }

    mutating func discardFrames() {
        // Also what waits before a close: it holds its subscriptions, and those the outbox.
        if phase == .open { phase = .discarding }
        held = [:]
        var kept = 0
        queue.removeAll { entry in
            switch entry {
            case .message, .output(.frame), .output(.authenticate): return true
            case .output(let output):
                kept += Self.cost(output)
                return false
            }
        }
        bytes = kept
    }

    mutating func take(_ limit: Int) -> [Outbox.Output] {
        var outputs: [Outbox.Output] = []
        outputs.reserveCapacity(min(limit, queue.count))
        while outputs.count < limit, let entry = queue.popFirst() {
            switch entry {
            case .message(let body, let subscription):
                bytes -= Self.cost(body, subscription)
                subscription.waiting.subtract(1, ordering: .relaxed)
                if subscription.isCancelled.load(ordering: .relaxed) { continue }
                outputs.append(.frame(prefix: subscription.prefix, body: body))
            case .output(let output):
                bytes -= Self.cost(output)
                outputs.append(output)
            }
        }
        if queue.isEmpty { isSignalled = false }
        return outputs
    }

    // MARK: Cost

    /// What an entry takes in memory beside its bytes, about.
    private static let overhead = 32

    private static func cost(_ body: SharedBody, _ subscription: Subscription) -> Int {
        // The closing brace is a byte too.
        overhead + subscription.prefix.count + body.bytes.count + 1
    }

    private static func cost(_ output: Outbox.Output) -> Int {
        switch output {
        case .frame(let prefix, let body): overhead + prefix.count + (body?.bytes.count ?? 0)
        case .authenticate(let payload): overhead + (payload?.count ?? 0)
        case .started, .ended, .close: overhead
        }
    }
}
