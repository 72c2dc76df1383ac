import GraphQLSchema
import Synchronization

/// What waits for one connection: everything that its host must do, in order.
///
/// Any thread puts in; the host takes out. Bounded in messages for each subscription and in bytes for the connection.
///
/// Messages are put in without a lock: they are pushed on a Treiber stack, which the host takes whole by one exchange and turns around
/// (`OutboxStack`; docs/decisions/0011). What the host has taken, and whatever happens seldom, is behind a lock that no producer of
/// messages meets before the connection goes.
public final class Outbox: Sendable {
    /// Bounds of an outbox.
    public struct Limits: Sendable, Hashable {
        /// How many messages of one subscription may wait.
        public var subscriptionMessages: Int
        /// How many bytes may wait in all.
        public var connectionBytes: Int

        public init(subscriptionMessages: Int = 1024, connectionBytes: Int = 16 * 1024 * 1024) {
            self.subscriptionMessages = subscriptionMessages
            self.connectionBytes = connectionBytes
        }
    }

    /// One thing for the host to do.
    public enum Output: Sendable {
        /// A text to send: the prefix alone, or the prefix, the body's bytes and what ends a message in the session's format.
        case frame(prefix: [UInt8], body: SharedBody?)
        /// The same, with what a subscription's client is told beside the result: how many messages have been dropped since the last one, if there
        /// were some, and the event's place in the bus, which the body knows, if it asked for that.
        case extendedFrame(prefix: [UInt8], body: SharedBody, dropped: Int, isPlaced: Bool)
        /// Authenticate the client, then call `authenticated` or `rejected`. The payload of `connection_init`, if it had one.
        case authenticate(payload: [UInt8]?)
        /// Call `expired` at this time of day, in seconds since 1970. It takes the place of the one before; nil where there is none any more.
        case expires(at: Double?)
        /// A subscription began.
        case started(SubscriptionInfo)
        /// A subscription that had begun is over, whatever the cause. Exactly once for each `started`.
        case ended(handle: UInt64)
        /// What to answer an HTTP request with: a whole response. `close` follows.
        case response(body: [UInt8], kind: ResponseKind)
        /// Close the socket. Nothing comes after it.
        case close(code: UInt16, reason: String)
    }

    /// What the response to an HTTP request is, on which its status depends.
    public enum ResponseKind: String, Sendable {
        /// The operation was executed: data, errors or both.
        case result
        /// It was not: errors alone.
        case requestError = "request-error"
        /// It was not, since the request may have queries only, and this is none.
        case notAllowed = "not-allowed"
    }

    /// What became of a message that was put in.
    enum Admission: Sendable, Hashable {
        case queued
        /// The same, and the host must be woken: call `wake` when no lock is held.
        case queuedFirst
        /// By its field's policy this message was dropped, or it stands in the place of another one that was.
        case dropped(OverflowPolicy)
        /// A rate limit holds it back for a while.
        case held
        /// The same as `dropped`, by a rate limit.
        case limited
        /// It has been given already, from the bus's history.
        case replayed
        /// It came earlier than a rate limit allows: the caller ends its subscription.
        case tooEarly
        /// The subscription has as many messages waiting as it may.
        case subscriptionFull
        /// The connection's bytes are used up. Its frames have been thrown away, and no more are taken: the caller ends it.
        case connectionFull
        /// The connection is going away.
        case refused
    }

    let limits: Limits
    /// How many subscriptions of the connection have a slot; see `SubscriptionQuota`.
    let subscriptions = Atomic<Int>(0)
    private let waker: @Sendable () -> Void
    /// What waits, until the host takes it. Whoever pushes waits for nobody.
    private let stack = OutboxStack()
    /// What waits costs so much; `Cost` says how it is counted.
    private let bytes = Atomic<Int>(0)
    /// Where the outbox is in its life; it goes forward only.
    private let phase = Atomic<Phase>(.open)
    /// Guards what the host has taken off the stack and not done yet, and the order of outputs that are no messages. No producer of
    /// messages takes it while the outbox is open.
    private let taken = Guarded(OutboxNodeQueue())
    /// Guards the histories that subscriptions are being given. A leaf.
    private let replays = Guarded<[Replay]>([])
    /// How many there are.
    private let feeding = Atomic<Int>(0)

    enum Phase: UInt8, AtomicRepresentable {
        case open
        /// Frames are refused; what the host must hear about its subscriptions is not.
        case discarding
        /// The last output is in.
        case closed
    }

    /// What waits costs so many bytes, at about this instant.
    var waitingBytes: Int { bytes.load(ordering: .relaxed) }

    /// `waker` is called when something comes into the empty outbox, then not again until `take` has emptied it.
    init(limits: Limits, waker: @escaping @Sendable () -> Void) {
        self.limits = limits
        self.waker = waker
    }

    deinit {
        taken.withLock { taken in
            taken.append(stack: stack.takeAll())
            taken.filter { _ in false }
        }
    }

    /// Tells the host that there is something to take.
    func wake() { waker() }

    // MARK: Messages

    /// Puts a message for a subscription last. Does not wake the host by itself.
    ///
    /// Any number of threads may do so at once, each for other subscriptions: the messages of one are counted, and in order, because
    /// one thread at a time puts them in.
    func enqueue(_ body: SharedBody, for subscription: Subscription, at instant: inout SharedInstant) -> Admission {
        guard isOpen else { return .refused }
        if let mailbox = subscription.mailbox.load() {
            let now = mailbox.rates.map { instant.now($0.limits.metrics.clock) } ?? 0
            if !mailbox.isPassed {
                let reception = mailbox.offer(body, cost: Cost.of(body, subscription), at: now, reserve: reserve)
                if let admission = admission(reception, mailbox, subscription) { return admission }
            }
            if mailbox.replayed?.covers(body.cursor) == true { return .replayed }
            if let rates = mailbox.rates, !rates.take(at: now) { return .tooEarly }
        }
        guard subscription.waiting.load(ordering: .relaxed) < subscription.messageLimit else { return .subscriptionFull }
        guard reserve(Cost.of(body, subscription)) else { return overflow() }
        return push(body, for: subscription)
    }

    /// Does what a mailbox leaves to do for a message. Nil where the message goes past it.
    private func admission(_ reception: Mailbox.Reception, _ mailbox: Mailbox, _ subscription: Subscription) -> Admission? {
        switch reception {
        case .kept: return .queued
        case .waiting:
            let node = OutboxNode.of(.mail, room: 1)
            node.append(subscription)
            return push(node)
        case .dropped: return .dropped(mailbox.policy)
        case .full: return .subscriptionFull
        case .noRoom: return overflow()
        case .held(let due):
            if let due { mailbox.rates?.limits.timer.call(on: subscription, at: due) }
            return .held
        case .limited: return .limited
        case .tooEarly: return .tooEarly
        case .replayed: return .replayed
        case .closed: return .refused
        case .passed: return nil
        }
    }

    /// Puts a message for members of a group last that are all of this outbox, with one push for all that have no mailbox.
    func enqueue(_ body: SharedBody, for members: ArraySlice<ProjectionGroup.Member>, of number: UInt64, _ outcome: inout FanOutOutcome) {
        if members.count == 1, let member = members.first {
            if number >= member.since { outcome.note(enqueue(body, for: member.subscription, at: &outcome.instant), of: member.subscription) }
            return
        }
        guard isOpen else {
            outcome.refused += members.count { number >= $0.since }
            return
        }
        let node = OutboxNode.of(.message(body), room: members.count)
        var (cost, count) = (0, 0)
        for member in members where number >= member.since {
            let subscription = member.subscription
            let mailbox = subscription.mailbox.load()
            if let mailbox, !mailbox.isPassed {
                outcome.note(enqueue(body, for: subscription, at: &outcome.instant), of: subscription)
                continue
            }
            if let mailbox, mailbox.replayed?.covers(body.cursor) == true {
                outcome.note(.replayed, of: subscription)
                continue
            }
            if let rates = mailbox?.rates, !rates.take(at: outcome.instant.now(rates.limits.metrics.clock)) {
                outcome.note(.tooEarly, of: subscription)
                continue
            }
            guard subscription.waiting.load(ordering: .relaxed) < mailbox?.capacity ?? limits.subscriptionMessages else {
                outcome.note(.subscriptionFull, of: subscription)
                continue
            }
            subscription.waiting.add(1, ordering: .relaxed)
            cost += Cost.of(body, subscription)
            count += 1
            node.append(subscription)
        }
        if count == 0 { return }
        outcome.note(reserve(cost) ? push(node) : overflow(), of: node.subscription(0), count: count)
    }

    /// Pushes a message whose bytes have been reserved.
    private func push(_ body: SharedBody, for subscription: Subscription) -> Admission {
        subscription.waiting.add(1, ordering: .relaxed)
        let node = OutboxNode.of(.message(body), room: 1)
        node.append(subscription)
        return push(node)
    }

    private func push(_ node: OutboxNode) -> Admission {
        let isFirst = stack.push(node)
        // Who discards changes the phase, then takes the stack: either it finds the node, or this finds the phase.
        guard phase.load(ordering: .sequentiallyConsistent) != .discarding else {
            discardFrames()
            return .refused
        }
        return isFirst ? .queuedFirst : .queued
    }

    private var isOpen: Bool { phase.load(ordering: .acquiring) == .open }

    /// Takes so many of the connection's bytes. Exact however many threads do: who goes beyond the bound gives back.
    private func reserve(_ cost: Int) -> Bool {
        if bytes.add(cost, ordering: .relaxed).newValue <= limits.connectionBytes { return true }
        bytes.subtract(cost, ordering: .relaxed)
        return false
    }

    /// There is no room: says so once, to the first who finds it.
    private func overflow() -> Admission {
        let isFirst = leaveOpen()
        taken.withLock { clear(&$0) }
        return isFirst ? .connectionFull : .refused
    }

    /// Refuses frames from now on. True for the one who was first to do so.
    private func leaveOpen() -> Bool {
        phase.compareExchange(expected: .open, desired: .discarding, ordering: .sequentiallyConsistent).exchanged
    }

    // MARK: Subscriptions that open

    /// Gives a subscription what its messages need, before it joins its topic. Where it is held, its messages and its end are held back
    /// until `release`, and count as waiting.
    func admit(_ subscription: Subscription, _ rule: OverflowRule, _ rates: RateGate?, isHeld: Bool, after replayed: ReplayMark? = nil) {
        // Nearly all have no mailbox: nothing of theirs is dropped.
        if !isHeld, rule.policy == .disconnect, rule.capacity == nil, rates == nil { return }
        let capacity = rule.capacity ?? limits.subscriptionMessages
        subscription.mailbox.storeIfNil(Mailbox(rule.policy, capacity: capacity, rates, isHeld: isHeld, after: replayed))
    }

    /// Keeps the end of a subscription whose messages are held back until they have been released. False where they are not.
    func postpone(_ ending: SubscriptionEnding, of subscription: Subscription) -> Bool {
        guard isOpen, let mailbox = subscription.mailbox.load() else { return false }
        return mailbox.postpone(ending)
    }

    /// Puts what was held back for a subscription last, a message of its own before it; says what became of the first, and whether the
    /// subscription has ended meanwhile. Does nothing where nothing is held back any more. Does not wake the host by itself.
    func release(_ subscription: Subscription, after first: SharedBody?) -> (admission: Admission, ending: SubscriptionEnding?) {
        guard isOpen, let mailbox = subscription.mailbox.load() else { return (.refused, nil) }
        let replayed = mailbox.dropReplayed()
        bytes.subtract(replayed.bodies.reduce(0) { $0 + Cost.of($1, subscription) }, ordering: .relaxed)
        if replayed.held > 0 {
            mailbox.rates?.limits.metrics.add(.eventsHeld, -replayed.held)
            mailbox.rates?.limits.metrics.add(.filtered, replayed.held)
            mailbox.rates?.limits.timer.forget()
        }
        var admission = Admission.queued
        let released = mailbox.release { tokens, bodies in
            if let first {
                guard reserve(Cost.of(first, subscription)) else {
                    admission = .connectionFull
                    return
                }
            }
            // The others have been paid for.
            for body in (first.map { [$0] } ?? []) + bodies {
                subscription.waiting.add(1, ordering: .relaxed)
                let node = OutboxNode.of(.message(body), room: 1)
                node.append(subscription)
                if stack.push(node) { admission = .queuedFirst }
            }
            if tokens > 0 {
                let node = OutboxNode.of(.mail, room: tokens)
                for _ in 0..<tokens { node.append(subscription) }
                if stack.push(node) { admission = .queuedFirst }
            }
        }
        guard let released else { return (.refused, nil) }
        if admission == .connectionFull { return (overflow(), released.ending) }
        guard phase.load(ordering: .sequentiallyConsistent) != .discarding else {
            discardFrames()
            return (.refused, nil)
        }
        return (admission, released.ending)
    }

    /// Throws away what is held back for a subscription, which gets nothing more. Returns how many messages of rate limits' were among it.
    func forget(_ subscription: Subscription) -> Int {
        guard let mailbox = subscription.mailbox.load() else { return 0 }
        let givenUp = mailbox.close()
        let cost = (givenUp.kept + givenUp.held).reduce(0) { $0 + Cost.of($1, subscription) }
        bytes.subtract(cost, ordering: .relaxed)
        return givenUp.held.count
    }

    /// Leaves to a subscription what another one of the connection, in whose place it stands, has not been able to send or tell of.
    func bequeath(to subscription: Subscription, from departed: Subscription) -> Mailbox.Inheritance {
        guard let legacy = departed.mailbox.load()?.bequeath() else { return Mailbox.Inheritance() }
        let inheritance = subscription.mailbox.load()?.inherit(legacy) ?? Mailbox.Inheritance(lost: legacy.held, isClosed: true)
        bytes.subtract(inheritance.lost.reduce(0) { $0 + Cost.of($1, departed) }, ordering: .relaxed)
        if !legacy.held.isEmpty { departed.mailbox.load()?.rates?.limits.timer.forget() }
        if let due = inheritance.due { subscription.mailbox.load()?.rates?.limits.timer.call(on: subscription, at: due) }
        return inheritance
    }

    /// What became of messages that rate limits held back.
    struct Gone: Sendable {
        /// Of each message.
        var admissions: [Admission] = []
        /// From when on the next may go; nil where none is held back any more.
        var due: UInt64?
        /// The end of the subscription, which waited for the last.
        var ending: SubscriptionEnding?
    }

    /// Lets go what rate limits held back for a subscription and now allow. Does not wake the host by itself.
    func letGo(_ subscription: Subscription, at now: UInt64) -> Gone {
        guard let mailbox = subscription.mailbox.load() else { return Gone() }
        var isFirst = false
        let gone = mailbox.letGo(at: now, cost: { Cost.of($0, subscription) }, reserve: reserve) { tokens in
            let node = OutboxNode.of(.mail, room: tokens)
            for _ in 0..<tokens { node.append(subscription) }
            isFirst = stack.push(node)
        }
        let isDiscarding = phase.load(ordering: .sequentiallyConsistent) == .discarding
        if isDiscarding { discardFrames() }
        let admissions = gone.receptions.compactMap { reception -> Admission? in
            if isDiscarding { return .refused }
            guard case .waiting = reception else { return admission(reception, mailbox, subscription) }
            defer { isFirst = false }
            return isFirst ? .queuedFirst : .queued
        }
        return Gone(admissions: admissions, due: gone.due, ending: gone.ending)
    }

    // MARK: Other outputs

    /// Puts an output last and wakes the host where needed. False when there was no room for a frame: the caller ends the
    /// connection.
    func append(_ output: Output) -> Bool {
        let isFirst = taken.withLock { taken -> Bool? in
            switch (output, phase.load(ordering: .relaxed)) {
            case (_, .closed), (.frame, .discarding), (.extendedFrame, .discarding), (.authenticate, .discarding), (.expires, .discarding),
                (.response, .discarding):
                return false
            case (.frame, .open), (.extendedFrame, .open), (.authenticate, .open), (.expires, .open), (.response, .open):
                guard reserve(Cost.of(output)) else {
                    _ = leaveOpen()
                    clear(&taken)
                    return nil
                }
            // Never refused: there is at most one of each for a subscription, and the host's books depend on them.
            case (.started, _), (.ended, _): bytes.add(Cost.of(output), ordering: .relaxed)
            case (.close, _):
                bytes.add(Cost.of(output), ordering: .relaxed)
                let isFirst = stack.push(OutboxNode.of(.output(output), room: 0))
                phase.store(.closed, ordering: .releasing)
                return isFirst
            }
            return stack.push(OutboxNode.of(.output(output), room: 0))
        }
        if isFirst == true { wake() }
        return isFirst != nil
    }

    /// Throws the waiting frames away and takes no more of them; what the host must hear of its subscriptions stays.
    func discardFrames() {
        _ = leaveOpen()
        taken.withLock { clear(&$0) }
    }

    /// Throws away what the host need not hear of any more.
    private func clear(_ taken: inout OutboxNodeQueue) {
        taken.append(stack: stack.takeAll())
        taken.filter { node in
            switch node.header.content {
            case .message, .mail, .output(.frame), .output(.extendedFrame), .output(.authenticate), .output(.expires), .output(.response): false
            case .output(.started), .output(.ended), .output(.close): true
            }
        }
    }

    // MARK: What was missed

    /// Whether there is something that goes on when the host has taken what waits.
    var isFed: Bool { feeding.load(ordering: .relaxed) > 0 }

    /// Lets the histories go on that have room now. Called with no lock held.
    func feed() {
        if !isFed { return }
        for replay in replays.withLock({ $0 }) { replay.goOn() }
    }

    func add(_ replay: Replay) {
        replays.withLock { $0.append(replay) }
        feeding.add(1, ordering: .relaxed)
    }

    /// Does nothing where it has been removed.
    func remove(_ replay: Replay) {
        let count = replays.withLock { replays in
            defer { replays.removeAll { $0 === replay } }
            return replays.count { $0 === replay }
        }
        feeding.subtract(count, ordering: .relaxed)
    }

    // MARK: The host

    /// Takes the oldest outputs, at most `limit`. Fewer are all, and what comes next wakes the host; after `limit` it goes on taking.
    func take(_ limit: Int) -> [Output] {
        taken.withLock { taken in
            var outputs: [Output] = []
            var cost = 0
            while outputs.count < limit {
                if taken.isEmpty {
                    if stack.rest() { break }
                    let count = taken.append(stack: stack.takeAll())
                    outputs.reserveCapacity(min(limit, outputs.count + count))
                }
                cost += takeFirst(&taken, limit, &outputs)
            }
            if taken.isEmpty { _ = stack.rest() }
            bytes.subtract(cost, ordering: .relaxed)
            return outputs
        }
    }

    @inline(__always)
    private static func frame(_ body: SharedBody, dropped: Int, of subscription: Subscription) -> Output {
        let isPlaced = subscription.tellsCursors && body.cursor != nil
        if dropped == 0, !isPlaced { return .frame(prefix: subscription.prefix, body: body) }
        return .extendedFrame(prefix: subscription.prefix, body: body, dropped: dropped, isPlaced: isPlaced)
    }

    /// Does the first node, as far as the limit allows; returns what was paid for it.
    private func takeFirst(_ taken: inout OutboxNodeQueue, _ limit: Int, _ outputs: inout [Output]) -> Int {
        guard let node = taken.head else { return 0 }
        var cost = 0
        switch node.header.content {
        case .message(let body):
            // Of a connection that was cut off nobody wants half of what there was.
            let isUnwanted = phase.load(ordering: .relaxed) == .discarding
            while node.header.done < node.header.count, outputs.count < limit {
                let subscription = node.subscription(node.header.done)
                node.header.done += 1
                cost += Cost.of(body, subscription)
                subscription.waiting.subtract(1, ordering: .relaxed)
                if isUnwanted || subscription.isCancelled.load(ordering: .relaxed) { continue }
                outputs.append(Self.frame(body, dropped: 0, of: subscription))
            }
        case .mail:
            let isUnwanted = phase.load(ordering: .relaxed) == .discarding
            while node.header.done < node.header.count, outputs.count < limit {
                let subscription = node.subscription(node.header.done)
                node.header.done += 1
                guard let (body, dropped) = subscription.mailbox.load()?.take() else { continue }
                cost += Cost.of(body, subscription)
                if isUnwanted || subscription.isCancelled.load(ordering: .relaxed) { continue }
                outputs.append(Self.frame(body, dropped: dropped, of: subscription))
            }
        case .output(let output):
            cost += Cost.of(output)
            outputs.append(output)
        }
        if node.header.done == node.header.count { taken.removeFirst() }
        return cost
    }
}
