/// What a subscriber must be to see something (design section 7, step 2). Decided once for an operation.
public enum AccessRequirement: Sendable, Hashable {
    /// `@authenticated`: a subscriber that has claims.
    case authenticated
    /// `@requiresScopes`: all scopes of one of the lists.
    case scopes([[String]])
    /// `@requiresRole`: one of the roles.
    case roles([String])
    /// `@policy`: a hook grants all policies of one of the lists.
    case policies([[String]])
}

/// What an event, or an object in it, must have in common with the claims of a subscriber to be shown (design section 7, step 3).
/// Paths go from the object that the rule protects; a list on the way, or at the end, has it where one element does. What is missing
/// denies, on either side.
public enum EventRule: Sendable, Hashable {
    /// `@rowFilter`: the value at the path equals the claim, or one of its values.
    case row(path: [String], claim: String)
    /// `@tenant`: the same, for the tenant.
    case tenant(path: [String], claim: String)
    /// `@federation`: both federated, and the federation or the service the same; or both standalone. The claims are `federation_id` and
    /// `service_name`.
    case federation(path: [String], servicePath: [String])
}

/// Rules that protect a type or a field: all must hold. Each stands in it once.
public struct ProtectionRules: Sendable, Hashable {
    /// In the order of `AccessRequirement`'s cases, then of the schema.
    public var access: [AccessRequirement]
    /// In the order tenant, federation, row, then of the schema.
    public var events: [EventRule]

    public init(access: [AccessRequirement] = [], events: [EventRule] = []) {
        self.access = access
        self.events = events
    }

    public var isEmpty: Bool { access.isEmpty && events.isEmpty }
}

/// The rules of a type: its own and those of the interfaces that it implements. They hold wherever a value of the type is shown.
public struct TypeRules: Sendable, Hashable {
    /// An object type, interface, scalar or enum.
    public var type: String
    public var rules: ProtectionRules

    public init(type: String, rules: ProtectionRules) {
        self.type = type
        self.rules = rules
    }
}

/// The rules of a field of an object type or interface: its own, and those of the fields that it implements. The rules of the type that it
/// returns come to them and stand in `SecurityTable.types`.
public struct FieldRules: Sendable, Hashable {
    public var type: String
    public var name: String
    public var rules: ProtectionRules

    public init(type: String, name: String, rules: ProtectionRules) {
        self.type = type
        self.name = name
        self.rules = rules
    }
}

/// `@ownArgument` on a field of an input type: its value is that of the subscriber's claim.
public struct OwnInputField: Sendable, Hashable {
    public var type: String
    public var name: String
    public var claim: String

    public init(type: String, name: String, claim: String) {
        self.type = type
        self.name = name
        self.claim = claim
    }
}

/// `@cost`: what something adds to the cost of an operation that selects or gives it.
public struct CostRule: Sendable, Hashable {
    /// What has the weight, as a schema coordinate: `Type`, `Type.field` or `Type.field(argument:)`.
    public var coordinate: String
    public var weight: Int

    public init(coordinate: String, weight: Int) {
        self.coordinate = coordinate
        self.weight = weight
    }
}

/// The rules of a schema that are not those of a subscription field alone: of everything that a subscription can reach. In the order of the
/// schema; what has no rule is not in it.
public struct SecurityTable: Sendable, Hashable {
    public var types: [TypeRules]
    /// Of payload fields. Those of the subscription root type's fields stand in `SubscriptionField`.
    public var fields: [FieldRules]
    public var ownInputFields: [OwnInputField]
    public var costs: [CostRule]

    public init(
        types: [TypeRules] = [], fields: [FieldRules] = [], ownInputFields: [OwnInputField] = [], costs: [CostRule] = []
    ) {
        self.types = types
        self.fields = fields
        self.ownInputFields = ownInputFields
        self.costs = costs
    }
}

/// What shares a rate limit.
public enum RateLimitScope: String, Sendable, Hashable, CaseIterable {
    /// All subscriptions to the field of a user, whatever the connection; of a subscriber without a `user_id`, those of its connection.
    case user = "USER"
    case connection = "CONNECTION"
    case subscription = "SUBSCRIPTION"
}

/// `@rateLimit`: how many events of a field may reach what shares the limit.
public struct RateLimit: Sendable, Hashable {
    /// So many events within a window, evenly.
    public var limit: Int
    /// In milliseconds.
    public var window: Int
    /// So many events may come at once when none came for long; at least one.
    public var burst: Int
    public var scope: RateLimitScope

    public init(limit: Int, window: Int, burst: Int, scope: RateLimitScope) {
        self.limit = limit
        self.window = window
        self.burst = burst
        self.scope = scope
    }
}
