extension MetricsSnapshot {
    /// Everything as a JSON array of families, for hosts in other languages:
    /// `{"name":"subsgen_…","help":…,"kind":…,"unit":…,"samples":[{"labels":{…},"value":1}]}`. A histogram's sample has `sum` and
    /// `buckets`, pairs of a bound's text and a count, in place of `value`. Families without samples are left out.
    public var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        for family in families where !family.samples.isEmpty { Self.write(family, &writer) }
        writer.endArray()
        return writer.bytes
    }

    private static func write(_ family: Family, _ writer: inout JSONWriter) {
        let definition = family.definition
        writer.beginObject()
        writer.key("name")
        writer.string(definition.prometheusName)
        writer.key("help")
        writer.string(definition.help)
        writer.key("kind")
        writer.string(definition.kind.rawValue)
        writer.key("unit")
        writer.string(definition.unit ?? "")
        writer.key("samples")
        writer.beginArray()
        for sample in family.samples { write(sample, &writer) }
        writer.endArray()
        writer.endObject()
    }

    private static func write(_ sample: Sample, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("labels")
        writer.beginObject()
        for label in sample.labels {
            writer.key(label.name)
            writer.string(label.value)
        }
        writer.endObject()
        switch sample.value {
        case .number(let number):
            writer.key("value")
            writer.integer(number)
        case .histogram(let reading):
            writer.key("sum")
            writer.double(reading.sum)
            writer.key("buckets")
            writer.beginArray()
            for bucket in reading.buckets {
                writer.beginArray()
                writer.string(bucket.text)
                writer.integer(bucket.count)
                writer.endArray()
            }
            writer.endArray()
        }
        writer.endObject()
    }
}
