/// What the runtime must know of each subscription field to route, guard and shape its events.
///
/// Derived once from the schema by `SubscriptionModel.derive`; Codegen renders it as Swift, the runtime builds the same from
/// the SDL, and a test compares the two.
public struct DispatchTable: Sendable, Hashable {
    /// One entry for each field of the subscription root type, in the order of definition.
    public var fields: [SubscriptionField]
    /// The fields of payloads that functions supply, in the order of the schema.
    public var suppliedFields: [SuppliedField]

    public init(fields: [SubscriptionField], suppliedFields: [SuppliedField] = []) {
        self.fields = fields
        self.suppliedFields = suppliedFields
    }

    public func field(named name: String) -> SubscriptionField? { fields.first { $0.name == name } }
}

/// A field of the subscription root type.
public struct SubscriptionField: Sendable, Hashable {
    public var name: String
    /// Where its events come from. Fields with equal templates have equal payload types, and the templates of fields with
    /// different payload types never make the same topic.
    public var topic: TopicTemplate
    /// The type of an event, in SDL: `Message!`, `[Message!]!`. For a list, an event is the whole list.
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

/// A field of a payload that events need not hold: a function supplies it for all objects of an event that it is selected of.
public struct SuppliedField: Sendable, Hashable {
    /// The object type that has it.
    public var type: String
    public var name: String
    /// The type of its values, in SDL: `String!`.
    public var valueType: String

    public init(type: String, name: String, valueType: String) {
        self.type = type
        self.name = name
        self.valueType = valueType
    }

    /// `Message.excerpt`
    public var coordinate: String { "\(type).\(name)" }
}

/// An argument of a subscription field and what it does.
public struct SubscriptionArgument: Sendable, Hashable {
    /// How an argument takes part in choosing events (design section 4).
    public enum Role: Sendable, Hashable {
        /// Fills a brace of the topic.
        case topic
        /// Selects events by the field at a path in the payload. The argument may fill a brace of the topic as well.
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
    /// For an argument in a brace of the topic: the path to the payload field whose value fills the brace when an event is
    /// published by its type. Every field on it is non-null and no list. Nil where a publisher must give the value.
    public var publishPath: [String]?

    public init(name: String, type: String, role: Role, publishPath: [String]? = nil) {
        self.name = name
        self.type = type
        self.role = role
        self.publishPath = publishPath
    }
}

/// How an argument's value is compared with the event's field (`@filter(op:)`).
public enum FilterOperator: String, Sendable, Hashable, CaseIterable {
    /// The field's value is the argument's; of a list field, the value of any element.
    case equal = "EQ"
    /// The field's value is one of the argument's; of a list field, the value of any element.
    case isIn = "IN"
}
