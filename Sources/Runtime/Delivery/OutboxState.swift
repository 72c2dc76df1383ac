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

    private var queue = Queue<Entry>()
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
        return put(.message(body, subscription), cost)
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
        guard phase == .open else { return }
        phase = .discarding
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
