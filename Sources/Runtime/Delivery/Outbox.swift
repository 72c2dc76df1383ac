/// What waits for one connection: everything that its host must do, in order.
///
/// Any thread puts in; the host takes out. Bounded in messages for each subscription and in bytes for the connection.
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
        /// A text frame to send: the prefix alone, or the prefix, the body's bytes and `}`.
        case frame(prefix: [UInt8], body: SharedBody?)
        /// Authenticate the client, then call `authenticated` or `rejected`. The payload of `connection_init`, if it had one.
        case authenticate(payload: [UInt8]?)
        /// A subscription began.
        case started(SubscriptionInfo)
        /// A subscription that had begun is over, whatever the cause. Exactly once for each `started`.
        case ended(handle: UInt64)
        /// Close the socket. Nothing comes after it.
        case close(code: UInt16, reason: String)
    }

    /// What became of a message that was put in.
    enum Admission: Sendable, Hashable {
        case queued
        /// The same, and the host must be woken: call `wake` when no lock is held.
        case queuedFirst
        /// The subscription has as many messages waiting as it may.
        case subscriptionFull
        /// The connection's bytes are used up. Its frames have been thrown away, and no more are taken: the caller ends it.
        case connectionFull
        /// The connection is going away.
        case refused
    }

    let limits: Limits
    /// Guards what waits, its size, and `Subscription.waiting` of the subscriptions in it.
    private let state = Guarded(OutboxState())
    private let waker: @Sendable () -> Void

    /// `waker` is called when something comes into the empty outbox, then not again until `take` has emptied it.
    init(limits: Limits, waker: @escaping @Sendable () -> Void) {
        self.limits = limits
        self.waker = waker
    }

    /// Tells the host that there is something to take.
    func wake() { waker() }

    /// Puts a message for a subscription last. Does not wake the host by itself.
    func enqueue(_ body: SharedBody, for subscription: Subscription) -> Admission {
        state.withLock { $0.enqueue(body, for: subscription, limits) }
    }

    /// From now on the subscription's messages, and its end, are held back until `release`. They count as waiting.
    func hold(_ subscription: Subscription) {
        state.withLock { $0.hold(subscription) }
    }

    /// Keeps the end of a subscription whose messages are held back until they have been released. False where they are not.
    func postpone(_ ending: SubscriptionEnding, of subscription: Subscription) -> Bool {
        state.withLock { $0.postpone(ending, of: subscription) }
    }

    /// Puts what was held back for a subscription last, a message of its own before it; says what became of the first, and whether the
    /// subscription has ended meanwhile. Does nothing where nothing is held back any more. Does not wake the host by itself.
    func release(_ subscription: Subscription, after first: SharedBody?) -> (admission: Admission, ending: SubscriptionEnding?) {
        state.withLock { $0.release(subscription, after: first, limits) }
    }

    /// Throws away what is held back for a subscription.
    func forget(_ subscription: Subscription) {
        state.withLock { $0.forget(subscription) }
    }

    /// Puts an output last and wakes the host where needed. False when there was no room for a frame: the caller ends the
    /// connection.
    func append(_ output: Output) -> Bool {
        switch state.withLock({ $0.append(output, limits) }) {
        case .queuedFirst: wake()
        case .queued, .refused, .subscriptionFull: break
        case .connectionFull: return false
        }
        return true
    }

    /// Throws the waiting frames away and takes no more of them; what the host must hear of its subscriptions stays.
    func discardFrames() {
        state.withLock { $0.discardFrames() }
    }

    /// Takes the oldest outputs, at most `limit`. Fewer are all, and what comes next wakes the host; after `limit` it goes on taking.
    func take(_ limit: Int) -> [Output] {
        state.withLock { $0.take(limit) }
    }
}
