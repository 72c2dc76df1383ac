import SDLParser

/// "Fields that share a topic share its event type, else generation fails" (design section 6). Different templates that can make the
/// same topic share it as well.
enum SharedTopics {
    static let code = DiagnosticCode(2014)

    static func check(_ fields: [(definition: FieldDefinition, entry: SubscriptionField)], _ report: inout [Diagnostic]) {
        // Most topics have no braces, and are the same exactly when they are equal.
        var plain: [TopicTemplate: Int] = [:]
        var patterns: [Int] = []
        for (position, field) in fields.enumerated() {
            let topic = field.entry.topic
            var others = patterns
            if topic.isPlain {
                if let known = plain[topic] { others.append(known) } else { plain[topic] = position }
            } else {
                others += plain.values
                patterns.append(position)
            }
            let clash = others.sorted().first { other in
                fields[other].entry.payloadType != field.entry.payloadType && fields[other].entry.topic.overlaps(topic)
            }
            if let clash { append(field, fields[clash], &report) }
        }
    }

    private static func append(
        _ field: (definition: FieldDefinition, entry: SubscriptionField), _ other: (definition: FieldDefinition, entry: SubscriptionField),
        _ report: inout [Diagnostic]
    ) {
        guard let node = field.definition.syntax, let first = other.definition.syntax else { return }
        let topics =
            field.entry.topic == other.entry.topic
            ? "share the topic \"\(field.entry.topic)\""
            : "can share a topic, \"\(field.entry.topic)\" and \"\(other.entry.topic)\","
        report.append(
            Diagnostic(
                code: code,
                "The subscription fields \"\(other.entry.name)\" and \"\(field.entry.name)\" \(topics) but not its event type: "
                    + "\(other.entry.payloadType) and \(field.entry.payloadType).",
                at: node, notes: [("\"\(other.entry.name)\" is defined here.", first)],
                hint: "Give them the same type, or topics of their own by @topic."))
    }
}
