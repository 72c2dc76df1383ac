extension MetricsSnapshot {
    /// What text the numbers are written in.
    public enum TextFormat: Sendable {
        /// Prometheus's text format 0.0.4: `text/plain; version=0.0.4; charset=utf-8`.
        case prometheus
        /// OpenMetrics 1.0: `application/openmetrics-text; version=1.0.0; charset=utf-8`.
        case openMetrics
    }

    /// The text that a Prometheus server scrapes.
    public func text(_ format: TextFormat = .prometheus) -> String {
        var text = PrometheusText(format)
        for family in families { text.write(family) }
        return text.finished()
    }
}

/// Writes metric families line by line.
private struct PrometheusText {
    private let format: MetricsSnapshot.TextFormat
    private var text = ""

    init(_ format: MetricsSnapshot.TextFormat) { self.format = format }

    mutating func write(_ family: MetricsSnapshot.Family) {
        if family.samples.isEmpty { return }
        let definition = family.definition
        // A counter's samples end with _total. The older format has that in the family's name, too.
        let name = definition.prometheusName
        let sampleName = definition.kind == .counter ? "\(name)_total" : name
        switch format {
        case .prometheus:
            text += "# HELP \(sampleName) \(Self.escaped(definition.help, quote: false))\n# TYPE \(sampleName) \(definition.kind.rawValue)\n"
        case .openMetrics:
            text += "# TYPE \(name) \(definition.kind.rawValue)\n"
            if let unit = definition.unit { text += "# UNIT \(name) \(unit)\n" }
            text += "# HELP \(name) \(Self.escaped(definition.help, quote: true))\n"
        }
        for sample in family.samples {
            switch sample.value {
            case .number(let number): line(sampleName, sample.labels, "\(number)")
            case .histogram(let reading): write(reading, name, sample.labels)
            }
        }
    }

    private mutating func write(_ reading: HistogramReading, _ name: String, _ labels: [MetricDefinition.Label]) {
        for bucket in reading.buckets {
            line("\(name)_bucket", labels + [MetricDefinition.Label(name: "le", value: bucket.text)], "\(bucket.count)")
        }
        line("\(name)_sum", labels, "\(reading.sum)")
        line("\(name)_count", labels, "\(reading.count)")
    }

    private mutating func line(_ name: String, _ labels: [MetricDefinition.Label], _ value: String) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0.name)=\"\(Self.escaped($0.value, quote: true))\"" }.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    consuming func finished() -> String {
        switch format {
        case .prometheus: text
        case .openMetrics: text + "# EOF\n"
        }
    }

    private static func escaped(_ text: String, quote: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quote: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

extension HistogramReading.Bucket {
    /// The bound as the label `le` has it.
    var text: String { bound.isFinite ? "\(bound)" : "+Inf" }
}
