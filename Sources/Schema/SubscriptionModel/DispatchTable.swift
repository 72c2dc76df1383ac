/// What the runtime must know of each subscription field to route, guard and shape its events.
///
/// Derived once from the schema by `SubscriptionModel.derive`; Codegen renders it as Swift, the runtime builds the same from
/// the SDL, and a test compares the two.
public struct DispatchTable: Sendable, Hashable {
    /// One entry for each field of the subscription root type, in the order of definition.
    public var fields: [SubscriptionField]
    /// The fields of payloads that functions supply, in the order of the schema.
    public var suppliedFields: [SuppliedField]
    /// How input types select events. Arguments, and these among each other, refer to one by its place here.
    public var inputFilters: [InputFilter]
    /// The rules of what subscriptions reach.
    public var security: SecurityTable

    public init(
        fields: [SubscriptionField], suppliedFields: [SuppliedField] = [], inputFilters: [InputFilter] = [],
        security: SecurityTable = SecurityTable()
    ) {
        self.fields = fields
        self.suppliedFields = suppliedFields
        self.inputFilters = inputFilters
        self.security = security
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
    /// What becomes of messages that a client is too slow for.
    public var overflow: OverflowRule
    /// Who may subscribe and which events they get: the field's rules, with those of the type that it returns. Event rules speak of
    /// the event or, where that is a list, of each of its elements.
    public var rules: ProtectionRules
    /// All of them bound how many events a subscriber gets.
    public var rateLimits: [RateLimit]

    public init(
        name: String, topic: TopicTemplate, payloadType: String, arguments: [SubscriptionArgument], overflow: OverflowRule = OverflowRule(),
        rules: ProtectionRules = ProtectionRules(), rateLimits: [RateLimit] = []
    ) {
        self.name = name
        self.topic = topic
        self.payloadType = payloadType
        self.arguments = arguments
        self.overflow = overflow
        self.rules = rules
        self.rateLimits = rateLimits
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
        /// Selects events by the fields of its input type: a place in `DispatchTable.inputFilters`. They speak of what is at the path.
        case composed(path: [String], filter: Int)
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
    /// The claim that its value must equal (`@ownArgument`): absent or null, it takes the claim's value.
    public var ownClaim: String?
    /// What a subscriber must be who gives it: who may not see a field may not select events by it either.
    public var access: [AccessRequirement]

    public init(
        name: String, type: String, role: Role, publishPath: [String]? = nil, ownClaim: String? = nil, access: [AccessRequirement] = []
    ) {
        self.name = name
        self.type = type
        self.role = role
        self.publishPath = publishPath
        self.ownClaim = ownClaim
        self.access = access
    }
}

/// How the fields of an input type select events with a payload: all that are given must be satisfied.
public struct InputFilter: Sendable, Hashable {
    /// The input type.
    public var type: String
    /// The type whose fields it speaks of.
    public var payload: String
    /// In the order of definition.
    public var fields: [InputFilterField]

    public init(type: String, payload: String, fields: [InputFilterField]) {
        self.type = type
        self.payload = payload
        self.fields = fields
    }
}

/// A field of an input type and what it does.
public struct InputFilterField: Sendable, Hashable {
    /// How a field takes part in choosing events. Numbers are places in `DispatchTable.inputFilters`.
    public enum Role: Sendable, Hashable {
        /// Selects events by the field at a path in the payload.
        case filter(path: [String], operator: FilterOperator)
        /// Selects events by the fields of its input type, which speak of what is at the path.
        case composed(path: [String], filter: Int)
        /// Each of its values must be satisfied.
        case and(Int)
        /// One of its values must be satisfied.
        case or(Int)
        /// None of its values may be satisfied.
        case not(Int)
        /// Selects nothing and nobody decided: a subscription that gives it is refused.
        case undecided
    }

    public var name: String
    public var role: Role
    /// What a subscriber must be who gives it: who may not see a field may not select events by it either.
    public var access: [AccessRequirement]

    public init(name: String, role: Role, access: [AccessRequirement] = []) {
        self.name = name
        self.role = role
        self.access = access
    }
}

/// How an argument's value is compared with the event's field (`@filter(op:)`); of a list field, with any element.
///
/// A field that is missing or null satisfies none of them.
public enum FilterOperator: String, Sendable, Hashable, CaseIterable {
    case equal = "EQ"
    case notEqual = "NE"
    /// The field's value is one of the argument's.
    case isIn = "IN"
    /// The field's value is none of the argument's.
    case isNotIn = "NOT_IN"
    case lessThan = "LT"
    case lessThanOrEqual = "LTE"
    case greaterThan = "GT"
    case greaterThanOrEqual = "GTE"
    /// The field's value lies between `from` and `to` of the argument, or is one of the two.
    case between = "BETWEEN"
    /// The field's text begins with the argument's.
    case prefix = "PREFIX"
    /// The argument's text is somewhere in the field's.
    case contains = "CONTAINS"
}
