import Synchronization

/// Whoever runs a field's functions: the Python module, or a Swift server.
public protocol ResolverHost: Sendable {
    /// Takes a call and returns at once; the answer comes later, from any thread. Called under no lock of a topic, though perhaps
    /// under the bus's: it must not publish.
    func start(_ call: ResolverCall)
}

/// One call of a function that a host has for a field: what it is called with, and where its answer goes.
///
/// The first answer counts. A call that is thrown away unanswered has failed.
public final class ResolverCall: Sendable {
    /// Which of the field's functions to call. The raw value is what hosts in other languages know it by.
    public enum Kind: String, Sendable {
        /// `FieldFunctions.resolve`.
        case resolve
    }

    /// The function to call.
    public let kind: Kind
    /// The subscription field.
    public let field: String
    /// The event's JSON; empty for a function that is given none.
    public let event: [UInt8]
    /// The coerced arguments: a JSON object.
    public let arguments: [UInt8]
    /// The subscribers' claims, a JSON object; nil where they have none or the function does not read them.
    public let claims: [UInt8]?
    private let answer: @Sendable (ResolverLane.Answer) -> Void
    /// Whether somebody has answered.
    private let isAnswered = Atomic<Bool>(false)

    init(
        _ kind: Kind, field: String, event: [UInt8], arguments: [UInt8], claims: [UInt8]?,
        answer: @escaping @Sendable (ResolverLane.Answer) -> Void
    ) {
        self.kind = kind
        self.field = field
        self.event = event
        self.arguments = arguments
        self.claims = claims
        self.answer = answer
    }

    deinit {
        fail("The resolver of \"\(field)\" did not answer.")
    }

    /// The subscribers get this event: its JSON, which is projected as if it had been published. Text that is no JSON is a failure.
    public func finish(_ event: [UInt8]) {
        guard isFirst else { return }
        do {
            answer(.event(try JSONDocument.parse(event)))
        } catch {
            answer(.failed("The resolver of \"\(field)\" gave no valid event."))
        }
    }

    /// The subscribers get nothing.
    public func skip() {
        if isFirst { answer(.skipped) }
    }

    /// The subscribers get an error with this message, and null where the event would be.
    public func fail(_ message: String) {
        if isFirst { answer(.failed(message)) }
    }

    private var isFirst: Bool { !isAnswered.exchange(true, ordering: .relaxed) }
}
