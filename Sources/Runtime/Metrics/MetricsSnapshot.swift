/// What a runtime has done and holds, at about one instant.
public struct MetricsSnapshot: Sendable, Hashable {
    /// The numbers of one name.
    public struct Family: Sendable, Hashable {
        /// What they are called and say; its label is the first number's.
        public let definition: MetricDefinition
        /// One, or one for each label.
        public let samples: [Sample]

        /// All numbers of a counter or gauge together; how often a histogram was told something.
        public var total: Int {
            samples.reduce(0) { sum, sample in
                switch sample.value {
                case .number(let number): sum + number
                case .histogram(let reading): sum + reading.count
                }
            }
        }
    }

    /// One number of a family.
    public struct Sample: Sendable, Hashable {
        /// What a sample says.
        public enum Value: Sendable, Hashable {
            /// Of a counter or gauge.
            case number(Int)
            /// Of a histogram.
            case histogram(HistogramReading)
        }

        /// What tells it from the others of its family.
        public let labels: [MetricDefinition.Label]
        /// What it says.
        public let value: Value
    }

    /// Everything, in the order of `Metric`; then the histograms.
    public let families: [Family]
    private let numbers: [Int]

    /// `numbers` are by the raw values of `Metric`.
    init(numbers: [Int], _ others: [Family] = []) {
        // One thread takes away what another one adds, and the two may be read in the wrong order.
        self.numbers = numbers.map { max($0, 0) }
        var families: [Family] = []
        for (metric, number) in zip(Metric.allCases, self.numbers) {
            let definition = metric.definition
            let sample = Sample(labels: definition.label.map { [$0] } ?? [], value: .number(number))
            if let last = families.last, last.definition.name == definition.name {
                families[families.count - 1] = Family(definition: last.definition, samples: last.samples + [sample])
            } else {
                families.append(Family(definition: definition, samples: [sample]))
            }
        }
        self.families = families + others
    }

    /// One number.
    public subscript(metric: Metric) -> Int {
        // As many as there are metrics, by `init`.
        numbers.indices.contains(metric.rawValue) ? numbers[metric.rawValue] : 0
    }

    /// The numbers of a family together; 0 for a name that there is not.
    public func total(_ name: String) -> Int {
        families.first { $0.definition.name == name }?.total ?? 0
    }

    /// The total of each family, under the name that `get_metrics` gives it.
    public var totals: [(name: String, value: Int)] {
        families.map { ($0.definition.name, $0.total) }
    }
}

/// How often something took how long.
public struct HistogramReading: Sendable, Hashable {
    /// How often it took no longer than `bound` seconds.
    public struct Bucket: Sendable, Hashable {
        /// In seconds; infinite for the last one.
        public let bound: Double
        /// Those of the smaller bounds are among them.
        public let count: Int
    }

    /// By growing bounds; the last one has no bound, and so everything.
    public let buckets: [Bucket]
    /// All durations together, in seconds.
    public let sum: Double

    /// How often it happened.
    public var count: Int { buckets.last?.count ?? 0 }
}
