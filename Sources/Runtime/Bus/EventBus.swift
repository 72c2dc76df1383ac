/// What carries events from publishers to the runtimes that have subscribers.
///
/// The contract of all buses: each event that `publish` accepted is delivered at least once to every runtime, the events of a topic
/// in the order in which the bus took them; a runtime that publishes gets its own event once, however the bus echoes.
public protocol EventBus: Sendable {
    /// Gives the bus where to deliver to. Called once, before the first `publish`.
    ///
    /// The bus calls `deliver` for the deliveries of one topic one after the other, on any thread. `deliver` does not wait for
    /// anything, does not publish and does not call the bus back. It may take as long as dispatching takes, which is what slows
    /// down a bus that reads its events from elsewhere; the events that it passes on as it was given them have room already.
    func start(deliver: @escaping @Sendable (BusDelivery) -> Void)

    /// Takes an event, from any thread. When it returns, the event is the bus's to deliver.
    func publish(_ event: BusEvent) throws(PublishError) -> Cursor

    /// Ends a topic: its subscriptions complete after the events that were published before.
    func complete(topic: String) throws(PublishError)

    /// Whether events flow.
    var health: BusHealth { get }
}

/// An event on its way: a topic and a JSON text that has been checked.
public struct BusEvent: Sendable {
    public let topic: String
    /// The JSON of the subscription field's own value, never wrapped.
    public let payload: JSONDocument
    /// A JSON object that travels with the event: trace context and the like.
    public let attributes: JSONDocument?
    /// When its publisher came, by the clock of this process's metrics; gone where the event has left the process.
    var publishedAt: UInt64?
    /// The room that the publisher's runtime keeps for it; gone where the event has left the process.
    var permit: Permit?

    public init(topic: String, payload: JSONDocument, attributes: JSONDocument? = nil) {
        self.topic = topic
        self.payload = payload
        self.attributes = attributes
    }
}

/// What a bus hands to a runtime.
public enum BusDelivery: Sendable {
    case event(BusEvent, Cursor)
    /// The topic has ended; what was published before has been delivered.
    case completed(topic: String)
}

/// Whether a bus works.
public enum BusHealth: Sendable, Hashable {
    /// Not started yet.
    case idle
    case running
    /// Events do not flow; why, for people.
    case failing(String)
}
