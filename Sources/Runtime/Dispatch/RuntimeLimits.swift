/// Bounds of a runtime, with the values that it has where nothing else is said.
public struct RuntimeLimits: Sendable {
    /// What may wait for a connection.
    public var outbox: Outbox.Limits
    /// How many events of an audience may wait for its resolver; one more ends the audience's subscriptions with an error.
    public var resolverQueue: Int
    /// What an operation may be.
    public var operation: OperationLimits

    public init(
        outbox: Outbox.Limits = Outbox.Limits(), resolverQueue: Int = 1024, operation: OperationLimits = OperationLimits()
    ) {
        self.outbox = outbox
        self.resolverQueue = resolverQueue
        self.operation = operation
    }
}
