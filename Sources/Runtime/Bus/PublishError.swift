/// Why an event was not taken.
public struct PublishError: Error, Sendable, Hashable, CustomStringConvertible {
    private enum Code: Sendable, Hashable { case unknownTopic, fedBySource, invalidPayload, invalidAttributes, tooLarge, overloaded, unavailable }

    private let code: Code
    /// One sentence for the publisher.
    public let message: String

    public var description: String { message }

    /// No subscription field reads the topic.
    public var isUnknownTopic: Bool { code == .unknownTopic }
    /// The fields that read the topic have sources of their own.
    public var isFedBySource: Bool { code == .fedBySource }
    /// The payload is no JSON, has a key twice in an object, or lacks the value of an argument in the braces of its topic.
    public var isInvalidPayload: Bool { code == .invalidPayload }
    /// The attributes are no JSON object.
    public var isInvalidAttributes: Bool { code == .invalidAttributes }
    /// The event has more bytes than one may have.
    public var isTooLarge: Bool { code == .tooLarge }
    /// The bus does not take events now; another attempt may succeed.
    public var isUnavailable: Bool { code == .unavailable }

    /// As many events as may wait are waiting already: an awaiting publisher would wait until there is room.
    public var isOverloaded: Bool { code == .overloaded }

    public static func unknownTopic(_ name: String) -> PublishError {
        PublishError(code: .unknownTopic, message: "No subscription field reads the topic \"\(name)\".")
    }

    public static func fedBySource(_ name: String) -> PublishError {
        PublishError(code: .fedBySource, message: "Nobody reads the topic \"\(name)\": what reads it by the schema has a source of its own.")
    }

    public static func invalidPayload(_ error: JSONSyntaxError) -> PublishError {
        PublishError(code: .invalidPayload, message: "The payload is not valid JSON: \(error)")
    }

    /// The event has no value for an argument in the braces of its topic.
    public static func missingTopicArgument(_ name: String) -> PublishError {
        PublishError(code: .invalidPayload, message: "There is no value for {\(name)} of the topic.")
    }

    /// `problem` completes the sentence "The attributes …".
    public static func invalidAttributes(_ problem: String) -> PublishError {
        PublishError(code: .invalidAttributes, message: "The attributes \(problem)")
    }

    static func tooLarge(_ topic: String, size: Int, limit: Int) -> PublishError {
        PublishError(
            code: .tooLarge,
            message: "The event for the topic \"\(topic)\" has \(size) bytes, more than the limit of \(limit): publish less of it, or raise the limit "
                + "of bytes per event.")
    }

    /// The resolvers of the topic's fields have too much to do.
    static func overloaded(_ topic: String, resolverQueue limit: Int) -> PublishError {
        PublishError(
            code: .overloaded,
            message: "\(limit) events of the topic \"\(topic)\" wait for resolvers, as many as may: await the publishing, publish less often, "
                + "or raise the limit of events per resolver.")
    }

    /// The threads that dispatch have.
    static func overloaded(_ topic: String, queue limits: Dispatcher.Limits) -> PublishError {
        PublishError(
            code: .overloaded,
            message: "The queue of the topic \"\(topic)\" is full; it takes \(limits.events) events and \(limits.bytes) bytes: await the "
                + "publishing, publish less often, or raise the limits or the number of workers.")
    }

    public static func unavailable(_ reason: String) -> PublishError {
        PublishError(code: .unavailable, message: reason)
    }
}
