/// A number that a runtime keeps.
///
/// To add one: a case here and its line in `definition`, then `metrics.add(.theCase)` where it happens. Snapshots, Prometheus text,
/// `get_metrics` and the collector for prometheus_client follow. Cases of one family stand together.
public enum Metric: Int, CaseIterable, Sendable {
    // What happens to events: docs/reference/metrics.md says how these add up.
    case eventsPublished
    case eventsRejected
    case eventsUnreadable
    case eventsPutAside
    case considered
    case filtered
    case groupsMatched
    case deliveries
    case droppedSubscriptionFull
    case droppedConnectionFull
    case droppedOldest
    case droppedNewest
    case droppedNotLatest
    case droppedResolverLimit
    case droppedRateLimit
    case deniedTenant
    case deniedFederation
    case deniedRow
    case maskedTenant
    case maskedFederation
    case maskedRow
    case abandoned
    case initialEvents
    case initialEventsDropped
    case initialEventsDenied

    // What is asked of hosts.
    case resolverCalls
    case resolverErrors

    // Operations and subscriptions.
    case subscriptionsUnauthenticated
    case subscriptionsWithoutScopes
    case subscriptionsWithoutRole
    case subscriptionsWithoutPolicy
    case subscriptionsOfOtherArguments
    case subscriptionsUnauthorized
    case subscriptionsWithoutTenant
    case subscriptionsWithoutFederation
    case subscriptionsWithoutRow
    case fieldsMasked
    case connectionsOfOtherOrigins
    case connectionsBeyondAddress
    case connectionsBeyondUser
    case connectionsUnauthenticated
    case operationsRejected
    case operationsExecuted

    // The bus.
    case busDisconnects
    case busGaps
    case eventsReplayed
    case resumesRefused

    // What is there now.
    case subscriptions
    case groups
    case topics
    case sources
    case replays
    case connections
    case resolversInFlight
    case resolversWaiting
    case eventsInLanes
    case eventsQueued
    case eventsHeld
    case publishersWaiting
    case outboxBytes

    /// What the metric is called and what it says.
    public var definition: MetricDefinition {
        switch self {
        case .eventsPublished: .counter("events_published", "Events that the bus took from this runtime's publishers.")
        case .eventsRejected: .counter("events_rejected", "Events that were refused: unknown topic, no JSON, too large, no room.")
        case .eventsUnreadable: .counter("events_unreadable", "What came from the bus and is no event: no JSON, too large.")
        case .eventsPutAside: .counter("events_put_aside", "Events that a group failed to handle as often as it may.")
        case .groupsMatched: .counter("groups_matched", "Groups of equal subscriptions that events reached: each cost one projection.")
        case .considered: .counter("considered", "Pairs of an event and a subscription of its topic, when the topic took the event.")
        case .filtered: .counter("filtered", "Pairs that end with nothing: arguments that select other events, and Skip.")
        case .deliveries: .counter("deliveries", "Pairs that end with a message in an outbox.")
        case .droppedSubscriptionFull: .dropped("disconnect")
        case .droppedConnectionFull: .dropped("connection_limit")
        case .droppedOldest: .dropped("drop_oldest")
        case .droppedNewest: .dropped("drop_newest")
        case .droppedNotLatest: .dropped("latest")
        case .droppedResolverLimit: .dropped("resolver_limit")
        case .droppedRateLimit: .dropped("rate_limit")
        case .deniedTenant: .denied(.tenant)
        case .deniedFederation: .denied(.federation)
        case .deniedRow: .denied(.row)
        case .maskedTenant: .masked(.tenant)
        case .maskedFederation: .masked(.federation)
        case .maskedRow: .masked(.row)
        case .abandoned: .counter("abandoned", "Pairs whose subscription left while the event was on its way to it.")
        case .initialEvents: .initial("delivered")
        case .initialEventsDropped: .initial("dropped")
        case .initialEventsDenied: .initial("denied")
        case .resolverCalls: .counter("resolver_calls", "Calls of fields' functions that were handed to hosts.")
        case .resolverErrors: .counter("resolver_errors", "Calls that failed, or gave something that is no JSON.")
        case .subscriptionsUnauthenticated: .subscriptionDenied(.authenticated)
        case .subscriptionsWithoutScopes: .subscriptionDenied(.scopes)
        case .subscriptionsWithoutRole: .subscriptionDenied(.role)
        case .subscriptionsWithoutPolicy: .subscriptionDenied(.policy)
        case .subscriptionsOfOtherArguments: .subscriptionDenied(.ownArgument)
        case .subscriptionsUnauthorized: .subscriptionDenied(.authorize)
        case .subscriptionsWithoutTenant: .subscriptionDenied(.tenant)
        case .subscriptionsWithoutFederation: .subscriptionDenied(.federation)
        case .subscriptionsWithoutRow: .subscriptionDenied(.row)
        case .fieldsMasked: .counter("fields_masked", "Selected fields that rules of access make null in what a subscription gets, when it began.")
        case .connectionsOfOtherOrigins: .connectionRefused(.origin)
        case .connectionsBeyondAddress: .connectionRefused(.address)
        case .connectionsBeyondUser: .connectionRefused(.user)
        case .connectionsUnauthenticated: .connectionRefused(.authentication)
        case .operationsRejected: .counter("operations_rejected", "Operations that were refused: syntax, validation, variables, limits.")
        case .operationsExecuted:
            .counter("operations_executed", "Queries and mutations handed to who executes them; those that fail are resolver_errors too.")
        case .busDisconnects: .counter("bus_disconnects", "Times that the bus lost its connection.")
        case .busGaps: .counter("bus_gaps", "Times that the bus had thrown events away before this process could read them.")
        case .eventsReplayed: .counter("events_replayed", "Events of the bus's history that were given to subscriptions that came back.")
        case .resumesRefused: .counter("resumes_refused", "Subscriptions that came back for events which the bus does not have any more.")
        case .subscriptions: .gauge("subscriptions", "Running subscriptions.")
        case .groups: .gauge("groups", "Groups of equal subscriptions.")
        case .topics: .gauge("topics", "Topics with subscriptions.")
        case .sources: .gauge("sources", "Sources that feed fields.")
        case .replays: .gauge("replays", "Subscriptions that are being given what they missed.")
        case .connections: .gauge("connections", "Sessions that have not been disconnected.")
        case .resolversInFlight: .gauge("resolvers_in_flight", "Calls of bounded functions that hosts have; what was batched is one.")
        case .resolversWaiting: .gauge("resolvers_waiting", "Calls that wait for a place.")
        case .eventsInLanes: .gauge("events_in_lanes", "Places of events in lanes, where they wait for what fields' functions answer.")
        case .eventsQueued: .gauge("events_queued", "Events and ends of topics that wait for workers.")
        case .eventsHeld: .gauge("events_held", "Pairs of an event and a subscription that rate limits hold back for a while.")
        case .publishersWaiting: .gauge("publishers_waiting", "Publishers that wait until there is room for their events.")
        case .outboxBytes: .gauge("outbox_bytes", "Bytes that wait in outboxes until hosts take them.")
        }
    }
}

/// What a metric is called and what it says.
public struct MetricDefinition: Sendable, Hashable {
    /// What becomes of a number.
    public enum Kind: String, Sendable {
        /// It grows for ever.
        case counter
        /// It says what is there now.
        case gauge
        /// It says how often something took how long.
        case histogram
    }

    /// What tells the numbers of a family apart.
    public struct Label: Sendable, Hashable {
        /// What is told: `field`, `reason`.
        public let name: String
        /// Which one this is.
        public let value: String
    }

    /// The family's name: what `get_metrics` calls it. Prometheus knows it by `prometheusName`.
    public let name: String
    /// One sentence, about the whole family.
    public let help: String
    /// What becomes of the number.
    public let kind: Kind
    /// What is counted where it is no things: `seconds`, `bytes`. The name ends with it.
    public let unit: String?
    /// Which number of its family this is; nil where it is the only one.
    public let label: Label?

    /// The name by Prometheus's conventions, without what the samples of a kind have behind it.
    public var prometheusName: String { "subsgen_\(name)" }

    static func counter(_ name: String, _ help: String, unit: String? = nil, by label: String? = nil, _ value: String = "") -> Self {
        Self(name: name, help: help, kind: .counter, unit: unit, label: label.map { Label(name: $0, value: value) })
    }

    fileprivate static func dropped(_ policy: String) -> Self {
        .counter("dropped", "Pairs that end with nothing because somebody was too slow, or events too fast; told apart by what was done about it.", by: "policy", policy)
    }

    fileprivate static func denied(_ rule: DenialRule) -> Self {
        .counter("denied", "Pairs that end with nothing because a rule denies the event to the subscription.", by: "rule", rule.rawValue)
    }

    fileprivate static func masked(_ rule: DenialRule) -> Self {
        .counter(
            "objects_masked", "Objects in events that a rule makes null, for each group of equal subscriptions that an event reaches.", by: "rule",
            rule.rawValue)
    }

    fileprivate static func subscriptionDenied(_ rule: DenialRule) -> Self {
        .counter("subscriptions_denied", "Subscriptions that a rule denied.", by: "rule", rule.rawValue)
    }

    fileprivate static func connectionRefused(_ rule: ConnectionRefusal) -> Self {
        .counter("connections_refused", "Clients that may not connect, or no longer.", by: "rule", rule.rawValue)
    }

    fileprivate static func initial(_ outcome: String) -> Self {
        .counter("initial_events", "Messages of initial, which belong to no pair.", by: "outcome", outcome)
    }

    static func gauge(_ name: String, _ help: String, unit: String? = nil) -> Self {
        Self(name: name, help: help, kind: .gauge, unit: unit, label: nil)
    }

    static func histogram(_ name: String, _ help: String, unit: String) -> Self {
        Self(name: name, help: help, kind: .histogram, unit: unit, label: nil)
    }
}
