/// What the runtime must know of each subscription field to route, guard and shape its events.
///
/// Derived once from the schema by `SubscriptionModel.derive`; Codegen renders it as Swift, the runtime builds the same from
/// the SDL, and a test compares the two.
public struct DispatchTable: Sendable, Hashable {
    /// One entry for each field of the subscription root type, in the order of definition.
    public var fields: [SubscriptionField]

    public init(fields: [SubscriptionField]) {
        self.fields = fields
    }

    public func field(named name: String) -> SubscriptionField? { fields.first { $0.name == name } }
}

/// A field of the subscription root type.
public struct SubscriptionField: Sendable, Hashable {
    public var name: String
    /// Where its events come from.
    public var topic: TopicTemplate
    /// The type of an event, in SDL: `Message!`, `[Message!]!`.
    public var payloadType: String
    /// In the order of definition.
    public var arguments: [SubscriptionArgument]

    public init(name: String, topic: TopicTemplate, payloadType: String, arguments: [SubscriptionArgument]) {
        self.name = name
        self.topic = topic
        self.payloadType = payloadType
        self.arguments = arguments
    }
}

/// A topic's name with places for arguments: `chat.{roomId}`.
public struct TopicTemplate: Sendable, Hashable {
    public enum Segment: Sendable, Hashable {
        case literal(String)
        /// The value of an argument of the subscription field, percent-encoded.
        case argument(String)
    }

    public var segments: [Segment]

    public init(segments: [Segment]) {
        self.segments = segments
    }
}

/// An argument of a subscription field and what it does.
public struct SubscriptionArgument: Sendable, Hashable {
    /// How an argument takes part in choosing events (design section 4).
    public enum Role: Sendable, Hashable {
        /// Fills a brace of the topic.
        case topic
        /// Selects events by the field at a path in the payload.
        case filter(path: [String], operator: FilterOperator)
        /// Selects nothing; the resolver reads it.
        case resolver
        /// Selects nothing and nobody decided: a subscription that gives it is refused.
        case undecided
    }

    public var name: String
    /// In SDL: `ID!`.
    public var type: String
    public var role: Role

    public init(name: String, type: String, role: Role) {
        self.name = name
        self.type = type
        self.role = role
    }
}

/// How an argument's value is compared with the event's field (`@filter(op:)`).
public enum FilterOperator: String, Sendable, Hashable, CaseIterable {
    case equal = "EQ"
    case isIn = "IN"
}
