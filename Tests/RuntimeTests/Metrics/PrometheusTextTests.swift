import Testing

@testable import SubsgenRuntime

@Suite("Metrics are written as text for Prometheus")
struct PrometheusTextTests {
    @Test("a counter's samples end with _total, and its family has help and type")
    func counter() {
        let lines = snapshot().text().split(separator: "\n")
        #expect(lines.contains("# TYPE subsgen_events_published_total counter"))
        #expect(lines.contains { $0.hasPrefix("# HELP subsgen_events_published_total Events that the bus took") })
        #expect(lines.contains("subsgen_events_published_total 3"))
        #expect(lines.contains("# TYPE subsgen_topics gauge"))
        #expect(lines.contains("subsgen_topics 2"))
    }

    @Test("OpenMetrics names a counter's family without _total, gives units, and ends with # EOF")
    func openMetrics() {
        let text = snapshot([histogram()]).text(.openMetrics)
        #expect(text.contains("# TYPE subsgen_events_published counter\n"))
        #expect(text.contains("\nsubsgen_events_published_total 3\n"))
        #expect(text.contains("# TYPE subsgen_wait_seconds histogram\n# UNIT subsgen_wait_seconds seconds\n"))
        #expect(text.hasSuffix("# EOF\n"))
    }

    @Test("a histogram has its buckets, their sum and their count")
    func histogramLines() {
        let lines = snapshot([histogram()]).text().split(separator: "\n")
        #expect(
            lines.suffix(4) == [
                #"subsgen_wait_seconds_bucket{field="a\\b\"c\nd",le="0.5"} 1"#,
                #"subsgen_wait_seconds_bucket{field="a\\b\"c\nd",le="+Inf"} 3"#,
                #"subsgen_wait_seconds_sum{field="a\\b\"c\nd"} 4.25"#,
                #"subsgen_wait_seconds_count{field="a\\b\"c\nd"} 3"#,
            ])
    }

    @Test("every metric has a name of its own kind, with one kind and one help in a family")
    func definitions() {
        var families: [String: MetricDefinition] = [:]
        var last = ""
        for definition in Metric.allCases.map(\.definition) {
            #expect(definition.name.allSatisfy { $0.isLowercase || $0 == "_" }, "\(definition.name)")
            #expect(definition.help.hasSuffix("."), "\(definition.help)")
            if let unit = definition.unit { #expect(definition.name.hasSuffix("_\(unit)")) }
            if let known = families[definition.name] {
                #expect(definition.name == last, "cases of one family stand together")
                #expect(known.kind == definition.kind && known.help == definition.help && known.unit == definition.unit)
                #expect(known.label?.name == definition.label?.name && known.label != definition.label)
            }
            families[definition.name] = definition
            last = definition.name
        }
    }

    private func snapshot(_ others: [MetricsSnapshot.Family] = []) -> MetricsSnapshot {
        var numbers = [Int](repeating: 0, count: Metric.allCases.count)
        numbers[Metric.eventsPublished.rawValue] = 3
        numbers[Metric.topics.rawValue] = 2
        return MetricsSnapshot(numbers: numbers, others)
    }

    private func histogram() -> MetricsSnapshot.Family {
        let reading = HistogramReading(
            buckets: [HistogramReading.Bucket(bound: 0.5, count: 1), HistogramReading.Bucket(bound: .infinity, count: 3)], sum: 4.25)
        return MetricsSnapshot.Family(
            definition: .histogram("wait_seconds", "How long it took.", unit: "seconds"),
            samples: [
                MetricsSnapshot.Sample(
                    labels: [MetricDefinition.Label(name: "field", value: "a\\b\"c\nd")], value: .histogram(reading))
            ])
    }
}
