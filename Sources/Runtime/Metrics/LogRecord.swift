/// Something that a runtime did by itself. It has no payloads, arguments, tokens or claims but a user's id.
public struct LogRecord: Sendable, Hashable {
    /// What happened. One record of a kind, field and rule is written in a second; the next says how many were not.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A subscription ended because too many messages waited for its client.
        case messageLimit
        /// A connection is closed because too many bytes waited for its client.
        case connectionLimit
        /// Subscriptions ended because too many events waited for a field's function.
        case resolverLimit
        /// A rule denied a subscription.
        case subscriptionDenied
        /// A rule makes a selected field null for a subscriber.
        case fieldMasked
        /// A rule denied an event to subscriptions of its topic.
        case eventDenied
        /// A rule makes an object in an event null for a group of subscriptions.
        case objectMasked
        /// A rate limit ended a subscription, or dropped a message of one.
        case rateLimit
        /// A connection is closed because its client sends messages too fast.
        case messageRate
        /// The bus has lost its connection.
        case busDisconnected
        /// The bus is connected again.
        case busReconnected
        /// The bus had thrown events away before they could be read.
        case busGap
        /// Something that came from the bus is no event.
        case eventUnreadable
        /// What processes take of rate limits cannot be added up.
        case ratesApart
        /// An event that a group could not handle was put aside.
        case eventPutAside

        /// Whether it is about no field.
        var isOfBus: Bool {
            switch self {
            case .busDisconnected, .busReconnected, .busGap, .eventUnreadable, .ratesApart, .eventPutAside: true
            case .messageLimit, .connectionLimit, .resolverLimit, .subscriptionDenied, .fieldMasked, .eventDenied, .objectMasked, .rateLimit,
                .messageRate:
                false
            }
        }
    }

    /// Who was concerned.
    public struct Subscriber: Sendable, Hashable {
        /// The user's id, where the claims name one.
        public let user: String?
        /// The `Session.handle` of the connection; nil where there is none.
        public let connection: UInt64?

        init(user: String? = nil, connection: UInt64? = nil) {
            self.user = user
            self.connection = connection
        }
    }

    /// What happened.
    public let kind: Kind
    /// The subscription field; of what a rule protects the coordinate, `Subscription.orderCreated` or `User.name`; of the bus what is wrong.
    /// Empty where none is concerned.
    public let field: String
    /// How many records of this kind, field and rule were left out before this one.
    public let leftOut: Int
    /// Which rule denied it: `tenant`, `scopes`, `rate_limit`. Nil of what is no denial.
    public let rule: String?
    /// Who was concerned; nil where many were.
    public let subscriber: Subscriber?
    /// The topic, where the subscription has one.
    public let topic: String?

    init(
        kind: Kind, field: String, leftOut: Int, rule: String? = nil, subscriber: Subscriber? = nil, topic: String? = nil
    ) {
        self.kind = kind
        self.field = field
        self.leftOut = leftOut
        self.rule = rule
        self.subscriber = subscriber
        self.topic = topic
    }

    /// One sentence for people.
    public var message: String {
        let sentence =
            switch kind {
            case .messageLimit: "a subscription to \"\(field)\" was ended: its client does not take its messages"
            case .connectionLimit: "a connection that subscribes to \"\(field)\" is closed: its client does not take its messages"
            case .resolverLimit: "a subscription to \"\(field)\" was ended: too many events waited for its functions"
            case .subscriptionDenied: "a subscription to \"\(field)\" was denied"
            case .fieldMasked: "\"\(field)\" is masked for a subscriber"
            case .eventDenied: "an event of a topic of \"\(field)\" was denied to subscriptions"
            case .objectMasked: "an object of \"\(field)\" in an event was masked"
            case .rateLimit: "a subscription to \"\(field)\" got events faster than it may"
            case .busDisconnected: "the bus has lost its connection: \(field)"
            case .busReconnected: "the bus is connected again"
            case .busGap: "events were lost: the bus had dropped them from \(field) before they could be read"
            case .eventUnreadable: "something from the bus was left out: \(field)"
            case .eventPutAside: "an event was put aside, since handling it failed each time: \(field)"
            case .ratesApart: "rate limits of users hold for each process by itself: \(field)"
            case .messageRate: "a connection is closed: its client sends messages faster than it may"
            }
        return leftOut == 0 ? sentence : "\(sentence) (and \(leftOut) more like this, not told)"
    }
}
