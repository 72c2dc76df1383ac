import GraphQLSchema

/// A topic's name while it is put together of literals and the values of arguments.
public struct TopicName: Sendable, Hashable {
    /// The name so far.
    public private(set) var text = ""

    public init() {}

    /// Appends text that stands for itself.
    public mutating func append(_ literal: String) { text += literal }

    /// Appends the value of an argument as `TopicTemplate.encode` writes it. Throws where there is none, or it is no scalar.
    public mutating func append(argument name: String, _ value: (some EventPayload)?) throws(PublishError) {
        guard let value, let document = try? JSONDocument.parse(value.json) else { throw .missingTopicArgument(name) }
        let leaf = document.root
        let spelled: String? =
            switch leaf.kind {
            case .string: leaf.string
            case .number: String(decoding: NumberText.canonical(leaf.rawBytes), as: UTF8.self)
            case .boolean: leaf.boolean.map { String($0) }
            case .null, .array, .object: nil
            }
        guard let spelled else { throw .missingTopicArgument(name) }
        text += TopicTemplate.encode(spelled)
    }
}

extension SubscriptionExecutor {
    /// Publishes an event by its type.
    @discardableResult
    public func publish(
        _ event: some EventPayload, to topic: TopicName, attributes: [UInt8]? = nil
    ) throws(PublishError) -> Cursor {
        try publish(topic: topic.text, payload: event.json, attributes: attributes)
    }
}
