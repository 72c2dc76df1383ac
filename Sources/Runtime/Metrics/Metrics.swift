/// The numbers of a runtime. Any thread may change them; each is exact, though a snapshot is not of one instant.
final class Metrics: Sendable {
    private struct FunctionKey: Hashable, Sendable {
        let field: String
        let kind: ResolverCall.Kind
    }

    /// What durations are measured by.
    let clock: MonotonicClock
    /// What the runtime tells of what it does by itself.
    let journal: Journal
    /// How long events took from their publishers to the outboxes of those who need no function's answer for them.
    let lag = Histogram()
    /// By the raw values of `Metric`.
    private let numbers = StripedNumbers(count: Metric.allCases.count)
    /// Guards which functions have been called; a leaf. What is known of each guards itself.
    private let functions = Guarded<[FunctionKey: FunctionMetrics]>([:])

    init(clock: MonotonicClock = .system) {
        self.clock = clock
        journal = Journal(clock: clock)
    }

    /// Counts something. A gauge goes down by a negative amount.
    func add(_ metric: Metric, _ amount: Int = 1) {
        numbers.add(amount, to: metric.rawValue)
    }

    /// A call of a field's function is handed to a host.
    func began(_ kind: ResolverCall.Kind, of field: String) -> CallMeasurement {
        let function = functions.withLock { functions in
            let key = FunctionKey(field: field, kind: kind)
            if let known = functions[key] { return known }
            let function = FunctionMetrics(field: field, kind: kind)
            functions[key] = function
            return function
        }
        return CallMeasurement(function, self)
    }

    /// `measured` are gauges that somebody has just measured: nobody counts them as they change.
    func snapshot(_ measured: [Metric: Int] = [:]) -> MetricsSnapshot {
        var numbers = numbers.values
        for (metric, number) in measured where numbers.indices.contains(metric.rawValue) { numbers[metric.rawValue] = number }
        let functions = functions.withLock { Array($0.values) }.sorted { ($0.field, $0.kind.rawValue) < ($1.field, $1.kind.rawValue) }
        return MetricsSnapshot(
            numbers: numbers,
            [
                MetricsSnapshot.Family(
                    definition: .gauge("calls_in_flight", "Calls of fields' functions that hosts have not answered."),
                    samples: functions.map { function in
                        let number = max(function.inFlight.load(ordering: .relaxed), 0)
                        return MetricsSnapshot.Sample(labels: function.labels, value: .number(number))
                    }),
                MetricsSnapshot.Family(
                    definition: .histogram(
                        "resolver_seconds", "How long answers of fields' functions took; those of sources end too late to say anything.",
                        unit: "seconds"),
                    samples: functions.filter { $0.kind != .source }.map {
                        MetricsSnapshot.Sample(labels: $0.labels, value: .histogram($0.seconds.reading))
                    }),
                MetricsSnapshot.Family(
                    definition: .histogram(
                        "event_lag_seconds",
                        "From publishing an event to its messages in outboxes; without what functions are asked for meanwhile.",
                        unit: "seconds"),
                    samples: [MetricsSnapshot.Sample(labels: [], value: .histogram(lag.reading))]),
            ])
    }
}
