import Synchronization

/// A running subscription of one client.
///
/// What all of an audience have in common stands with the audience: a subscription is kept small.
final class Subscription: Sendable {
    /// Unique in the process; never used again.
    let handle: UInt64
    /// The client's name for the subscription; unique in its connection while the subscription runs.
    let id: String
    /// How each of its messages begins: `{"id":"…","type":"next","payload":`.
    let prefix: [UInt8]
    let outbox: Outbox
    /// Whether its client is told the place of each event in the bus.
    let tellsCursors: Bool
    weak let owner: (any SubscriptionOwner)?
    /// Where messages wait that may not go into the outbox yet, or may be dropped. Made before the subscription joins its topic.
    let mailbox = OnceReference<Mailbox>()
    /// How many of its messages wait in the outbox: one thread at a time adds to it, the host's subtracts.
    let waiting = Atomic<Int>(0)
    /// Whether the client wants nothing more, also not what waits.
    let isCancelled = Atomic<Bool>(false)
    /// Where it is subscribed while it is, and what is asked about it while it opens. Guards itself; a leaf among the locks.
    let place = Guarded(Place())
    /// Where it stands in its topic, while it does.
    ///
    /// `nonisolated(unsafe)`: touched under the lock of its topic only, of which it has one in its life.
    nonisolated(unsafe) var seat: Seat?

    struct Place: Sendable {
        var home: Home?
        /// The call of `authorize` or `initial` that is under way. Weak: the host holds it, and one that it throws away has failed.
        weak var call: ResolverCall?
        /// While it counts for the limits of its connection and user; see `SubscriptionQuota`.
        var slot: Slot?
        /// What most subscriptions have none of.
        private var change = Boxed<Change>(nil)

        /// What it was made of, where it depends on its subscriber what it gets.
        var draft: SubscriptionDraft? {
            get { change.value?.draft }
            set { set(\.draft, newValue) }
        }

        /// Those in whose place it stands, of whom messages may wait.
        var predecessors: [Subscription] {
            get { change.value?.predecessors ?? [] }
            set { set(\.predecessors, newValue) }
        }

        /// Who stands in its place. Weak: that one holds it.
        var successor: Subscription? {
            get { change.value?.successor }
            set { set(\.successor, newValue) }
        }

        /// Whether its messages are held back until its predecessors have got theirs.
        var isHeld: Bool {
            get { change.value?.isHeld ?? false }
            set { set(\.isHeld, newValue) }
        }

        /// Whether it has got everything that it is to get, and another one stands in its place.
        var hasLeft: Bool {
            get { change.value?.hasLeft ?? false }
            set { set(\.hasLeft, newValue) }
        }

        private mutating func set<Value>(_ part: WritableKeyPath<Change, Value>, _ value: Value) {
            var change = change.value ?? Change()
            change[keyPath: part] = value
            self.change = Boxed(change)
        }
    }

    /// What is known of a subscription about which may be decided anew.
    private struct Change: Sendable {
        var draft: SubscriptionDraft?
        var predecessors: [Subscription] = []
        weak var successor: Subscription?
        var isHeld = false
        var hasLeft = false
    }

    /// Counts a subscription for its connection and, where the subscriber has a name, for its user.
    final class Slot: Sendable {
        let user: String?
        private static let anonymous = Slot(nil)

        private init(_ user: String?) { self.user = user }

        /// Those without a user share one.
        static func of(_ user: String?) -> Slot { user == nil ? anonymous : Slot(user) }
    }

    struct Home: Sendable {
        let topic: Topic
        /// Says which field it is subscribed to and which functions of payload fields it needs.
        let projection: Projection
    }

    /// A place among the members of a group, which hold each other until it leaves.
    struct Seat {
        let group: ProjectionGroup
        var position: Int
    }

    /// How many of its messages may wait.
    var messageLimit: Int { mailbox.load()?.capacity ?? outbox.limits.subscriptionMessages }

    init(handle: UInt64, id: String, prefix: [UInt8], outbox: Outbox, owner: (any SubscriptionOwner)?, tellsCursors: Bool = false) {
        self.tellsCursors = tellsCursors
        self.handle = handle
        self.id = id
        self.prefix = prefix
        self.outbox = outbox
        self.owner = owner
    }
}

/// Who and what a subscription is, for the host's hooks and logs.
public final class SubscriptionInfo: Sendable {
    /// Unique in the process; never used again.
    public let handle: UInt64
    /// The client's name for the subscription; unique in its connection while the subscription runs.
    public let id: String
    /// The field of the subscription root type.
    public let field: String
    /// The coerced arguments: a JSON object with its keys in the order of definition.
    public let arguments: [UInt8]

    init(_ subscription: Subscription, _ request: SubscriptionRequest) {
        handle = subscription.handle
        id = subscription.id
        field = request.field
        arguments = request.arguments
    }
}

/// Whoever answers for subscriptions: told, under no lock of a topic, when the runtime ends one.
protocol SubscriptionOwner: AnyObject, Sendable {
    /// The subscription gets no more events; it has left its topic already.
    func subscriptionEnded(_ subscription: Subscription, _ ending: SubscriptionEnding)
    /// The outbox was full and takes nothing any more: the connection must go.
    func outboxOverflowed()
    /// The history of a running subscription has been given to it, as far as there is some: lets `join` put another one in its place, which gets
    /// what happens from now on. False where it does not run any more, or what it may have has changed since it had this standing: then it
    /// is about to be moved or has ended.
    func caughtUp(_ subscription: Subscription, standing: Int, join: (_ successor: Subscription) -> Void) -> Bool
    /// What the subscriptions of one connection have taken of their rate limits.
    var rates: RateCells { get }
    /// Who it is, for records. Under no lock of the owner's.
    var subscriber: LogRecord.Subscriber { get }
}

/// Why the runtime ended a subscription.
enum SubscriptionEnding: Sendable, Hashable {
    /// Its topic completed.
    case completed
    /// More messages waited than a subscription may have.
    case messageLimit(Int)
    /// More events waited for the field's resolver than may.
    case resolverLimit(Int)
    /// An event came earlier than the field's rate limits allow.
    case rateLimit
    /// What fed the field in place of its topic has failed; why, for the client.
    case sourceFailed(String)
    /// It was to go on after a cursor, and the bus does not have what came then.
    case noHistory(BusHistoryError)
    /// The subscriber's claims were revoked.
    case revoked
    /// Its subscriber's claims have expired, and it has no connection that could end with them.
    case expired

    /// What the client is told; nil where it asked for nothing better.
    var error: GraphQLError? {
        switch self {
        case .completed: nil
        case .messageLimit(let limit):
            GraphQLError("The subscription was ended because more than \(limit) messages waited for the client.")
        case .resolverLimit(let limit):
            GraphQLError("The subscription was ended because more than \(limit) events waited for its resolver.")
        case .rateLimit:
            GraphQLError(
                "The subscription was ended because its events came faster than its rate limit allows.", extensions: DenialCode.rateLimited.extensions)
        case .sourceFailed(let message): GraphQLError(message)
        case .noHistory(let error): error.told
        case .expired: GraphQLError("The subscription was ended because its claims have expired.", extensions: DenialCode.forbidden.extensions)
        case .revoked: GraphQLError("The subscription was ended because its claims were revoked.", extensions: DenialCode.forbidden.extensions)
        }
    }
}
