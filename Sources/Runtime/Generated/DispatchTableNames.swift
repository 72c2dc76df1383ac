import GraphQLSchema

// Generated code imports SubsgenRuntime alone; these are the names of GraphQLSchema that a dispatch table is written with.

/// The table that `SubscriptionModel` derives from a schema.
public typealias DispatchTable = GraphQLSchema.DispatchTable
/// A field of the subscription root type.
public typealias SubscriptionField = GraphQLSchema.SubscriptionField
/// A field of a payload that a function supplies.
public typealias SuppliedField = GraphQLSchema.SuppliedField
/// An argument of a subscription field and what it does.
public typealias SubscriptionArgument = GraphQLSchema.SubscriptionArgument
/// How the fields of an input type select events.
public typealias InputFilter = GraphQLSchema.InputFilter
/// A field of an input type and what it does.
public typealias InputFilterField = GraphQLSchema.InputFilterField
/// A topic's name with places for arguments.
public typealias TopicTemplate = GraphQLSchema.TopicTemplate
/// How many messages of a subscription may wait, and what becomes of one too many.
public typealias OverflowRule = GraphQLSchema.OverflowRule
/// How an argument's value is compared with the event's field.
public typealias FilterOperator = GraphQLSchema.FilterOperator
/// Rules that protect a type or a field.
public typealias ProtectionRules = GraphQLSchema.ProtectionRules
/// The rules of a type.
public typealias TypeRules = GraphQLSchema.TypeRules
/// The rules of a field.
public typealias FieldRules = GraphQLSchema.FieldRules
/// A field of an input type whose value is that of a claim.
public typealias OwnInputField = GraphQLSchema.OwnInputField
/// What something adds to the cost of an operation.
public typealias CostRule = GraphQLSchema.CostRule
/// How many events of a field may reach what shares the limit.
public typealias RateLimit = GraphQLSchema.RateLimit
