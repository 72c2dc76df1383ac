import SDLParser

/// What became of an operation that a client sent.
public enum CompiledOperation: Sendable {
    /// It is to wait for events, if its subscriber may.
    case subscription(SubscriptionDecision)
    /// It is answered at once (introspection, `__typename`): a whole response body, `{"data":…}`.
    case response([UInt8])
    /// Whoever executes queries and mutations is to answer it, by a schema of its own: of the document no more is known than that its
    /// syntax is right and its size within the limits.
    case execution(OperationType)
}

/// A subscription that may begin: which events it wants and what it wants of them.
public struct SubscriptionRequest: Sendable {
    /// The root field's place in `DispatchTable.fields`.
    public let fieldIndex: Int
    /// The root field's name.
    public let field: String
    /// The topic that feeds it, braces filled.
    public let topic: String
    /// The coerced arguments: a JSON object, keys in the order of definition, absent optional ones left out. Equal arguments have
    /// equal bytes, whether they were written as literals or given as variables.
    public let arguments: [UInt8]
    /// What an event must satisfy by the arguments, all of it; when empty, every event of the topic does.
    public let conditions: [EventCondition]
    /// What it must satisfy by the rules of the field.
    let rights: EventRights
    /// Makes the response of an event. The same object for equal documents, operation names and variables of `@skip` and
    /// `@include`, and subscribers who may see the same, as long as the plan is cached: subscriptions of one object and equal arguments
    /// get equal responses.
    public let projection: Projection
    /// What it was made of.
    public let draft: SubscriptionDraft
}
