import Synchronization

/// What is known of the calls of one function of one field.
final class FunctionMetrics: Sendable {
    /// The subscription field; of a payload field its coordinate.
    let field: String
    let kind: ResolverCall.Kind
    /// How long answers took.
    let seconds = Histogram()
    /// Calls that a host has and that have neither been answered nor cancelled.
    let inFlight = Atomic<Int>(0)

    init(field: String, kind: ResolverCall.Kind) {
        self.field = field
        self.kind = kind
    }

    var labels: [MetricDefinition.Label] {
        [MetricDefinition.Label(name: "field", value: field), MetricDefinition.Label(name: "kind", value: kind.rawValue)]
    }
}

/// One call that is being measured: from the moment when it is handed over.
struct CallMeasurement: Sendable {
    private let function: FunctionMetrics
    private let metrics: Metrics
    private let start: UInt64

    init(_ function: FunctionMetrics, _ metrics: Metrics) {
        self.function = function
        self.metrics = metrics
        start = metrics.clock.now()
        function.inFlight.add(1, ordering: .relaxed)
    }

    /// The call has its answer, or is cancelled. Called once. A source runs as long as it has listeners, which says nothing.
    func end(isAnswered: Bool) {
        function.inFlight.subtract(1, ordering: .relaxed)
        if isAnswered, function.kind != .source { function.seconds.observe(metrics.clock.nanoseconds(since: start)) }
    }
}
