import Synchronization

/// What a runtime has done and holds. Counters grow for ever; gauges say what is there now.
public struct MetricsSnapshot: Sendable, Hashable {
    /// Events that the bus took from this runtime's publishers.
    public var eventsPublished = 0
    /// Events that were refused: unknown topic, no JSON.
    public var eventsRejected = 0
    /// Groups of equal subscriptions that events reached: each cost one projection.
    public var groupsMatched = 0
    /// Messages put into outboxes.
    public var deliveries = 0
    /// Messages that were not, because an outbox was full; each ended its subscription or connection.
    public var dropped = 0
    /// Calls of fields' functions that were handed to hosts: `resolve`, `authorize`, `initial` and `source`.
    public var resolverCalls = 0
    /// Calls that failed, or gave something that is no JSON.
    public var resolverErrors = 0
    /// Subscriptions that `authorize` refused, or failed to allow.
    public var subscriptionsDenied = 0
    /// Operations that were refused: syntax, validation, variables.
    public var operationsRejected = 0
    /// Queries and mutations that were handed to whoever executes them; those that fail count as calls that failed.
    public var operationsExecuted = 0
    /// Gauge: running subscriptions.
    public var subscriptions = 0
    /// Gauge: groups of equal subscriptions.
    public var groups = 0
    /// Gauge: topics with subscriptions.
    public var topics = 0
    /// Gauge: sources that feed fields.
    public var sources = 0
    /// Gauge: sessions that have not been disconnected.
    public var connections = 0

    /// Every number under the name that `get_metrics` gives it.
    public var values: [(name: String, value: Int)] {
        [
            ("events_published", eventsPublished), ("events_rejected", eventsRejected), ("groups_matched", groupsMatched),
            ("deliveries", deliveries), ("dropped", dropped), ("resolver_calls", resolverCalls),
            ("resolver_errors", resolverErrors), ("subscriptions_denied", subscriptionsDenied), ("operations_rejected", operationsRejected),
            ("operations_executed", operationsExecuted), ("subscriptions", subscriptions),
            ("groups", groups), ("topics", topics), ("sources", sources), ("connections", connections),
        ]
    }
}

/// The numbers themselves. Each is exact; a snapshot is not of one instant.
final class Metrics: Sendable {
    let eventsPublished = Counter()
    let eventsRejected = Counter()
    let groupsMatched = Counter()
    let deliveries = Counter()
    let dropped = Counter()
    let resolverCalls = Counter()
    let resolverErrors = Counter()
    let subscriptionsDenied = Counter()
    let operationsRejected = Counter()
    let operationsExecuted = Counter()
    let subscriptions = Counter()
    let groups = Counter()
    let topics = Counter()
    let sources = Counter()
    let connections = Counter()

    var snapshot: MetricsSnapshot {
        MetricsSnapshot(
            eventsPublished: eventsPublished.value, eventsRejected: eventsRejected.value, groupsMatched: groupsMatched.value,
            deliveries: deliveries.value, dropped: dropped.value, resolverCalls: resolverCalls.value,
            resolverErrors: resolverErrors.value, subscriptionsDenied: subscriptionsDenied.value,
            operationsRejected: operationsRejected.value, operationsExecuted: operationsExecuted.value, subscriptions: subscriptions.value, groups: groups.value,
            topics: topics.value, sources: sources.value, connections: connections.value)
    }
}

/// A number that any thread may change.
struct Counter: ~Copyable, Sendable {
    private let number = Atomic<Int>(0)

    var value: Int { number.load(ordering: .relaxed) }

    func add(_ amount: Int = 1) {
        if amount != 0 { number.add(amount, ordering: .relaxed) }
    }
}
