/// Bounds of a runtime, with the values that it has where nothing else is said.
public struct RuntimeLimits: Sendable {
    /// What may wait for a connection.
    public var outbox: Outbox.Limits
    /// How many events of an audience may wait for its resolver; one more ends the audience's subscriptions with an error.
    public var resolverQueue: Int
    /// How many queries and mutations of a connection may be executed at the same time; one more is refused.
    public var executions: Int
    /// How many calls of one function may be with its host, where `FieldFunctions.inFlight` says nothing else; those beyond wait.
    public var resolversInFlight: Int
    /// How many subscriptions a connection may have, those that are still opening included; one more is refused.
    public var subscriptionsPerConnection = 1000
    /// How many a user may have in this process, whatever the connections; one more is refused. Who a subscriber is, its claims say.
    public var subscriptionsPerUser = 10_000
    /// How many messages a client may send in a second, one after the other; one that comes earlier closes its connection with 4429.
    public var clientMessagesPerSecond = 1000
    /// How many it may send at once when it was silent for long.
    public var clientMessageBurst = 5000
    /// How many bytes an event may have that is published, its attributes included; a larger one is refused.
    public var eventBytes = 1 << 20
    /// What an operation may be.
    public var operation: OperationLimits
    /// The operations that clients may send by digest; nil where they may not.
    public var persistedOperations: PersistedOperations?
    /// How many threads take events to their topics' subscriptions; 0 where the thread does that publishes, before `publish` returns.
    public var workers = 0
    /// How many events may wait for workers, in each of the 64 queues over which topics are spread; one more makes its publisher wait.
    public var eventsPerWorkerQueue = 1024
    /// The same in bytes of payloads.
    public var bytesPerWorkerQueue = 1 << 20
    /// How many threads, beside the one that takes an event to its subscriptions, help where these are many. They start with the first
    /// such event. By default as many as there are processors, less one.
    public var fanOutThreads: Int = Crew.processors - 1
    /// How many subscriptions are many.
    var fanOutSplit = 2048
    /// By what claims expire, where there is no manual clock.
    var wallClock = WallClock.system
    /// A clock that a test turns, by `SubscriptionExecutor.turnClock`; nil for the system's.
    public var manualClock: ManualClock?
    /// What the runtime is for.
    public var role = RuntimeRole.serving

    public init(
        outbox: Outbox.Limits = Outbox.Limits(), resolverQueue: Int = 1024, resolversInFlight: Int = 256, executions: Int = 32,
        operation: OperationLimits = OperationLimits()
    ) {
        self.outbox = outbox
        self.resolverQueue = resolverQueue
        self.executions = executions
        self.resolversInFlight = resolversInFlight
        self.operation = operation
    }

    var workerQueue: Dispatcher.Limits { Dispatcher.Limits(events: eventsPerWorkerQueue, bytes: bytesPerWorkerQueue) }
}

/// What a runtime is for.
public enum RuntimeRole: Sendable, Hashable {
    /// It publishes, and takes what the bus brings to its subscriptions.
    case serving
    /// It only publishes: the bus brings it nothing, and it refuses subscriptions.
    case publishing
}
