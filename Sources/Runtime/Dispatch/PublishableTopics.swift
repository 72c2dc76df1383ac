import GraphQLSchema

/// The names of topics that some subscription field reads.
struct PublishableTopics: Sendable {
    private let plain: Set<String>
    private let patterns: [TopicTemplate]

    init(_ table: DispatchTable) {
        let templates = Set(table.fields.map(\.topic))
        plain = Set(templates.lazy.filter(\.isPlain).map(\.description))
        patterns = templates.filter { !$0.isPlain }.sorted { $0.description < $1.description }
    }

    func contains(_ name: String) -> Bool {
        plain.contains(name) || patterns.contains { $0.matches(name) }
    }

    /// The template that a topic follows, the same in every process with these; nil where no field reads it.
    func template(of name: String) -> String? {
        plain.contains(name) ? name : patterns.first { $0.matches(name) }?.description
    }
}
