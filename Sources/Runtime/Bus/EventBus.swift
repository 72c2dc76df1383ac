/// What carries events from publishers to the runtimes that have subscribers.
///
/// The contract of all buses:
///
/// - Each event that `publish` took reaches every runtime at least once, and those of a topic in the order in which the bus took them. A
///   runtime that publishes gets its own events as the others do, once, however the bus echoes.
/// - An event's cursor is the same in every process. Cursors of a topic compare as its events follow each other.
/// - What a publisher publishes one after the other to a topic is taken in that order, also while earlier answers are still to come.
/// - A bus that keeps a history has an event there before any receiver is given it.
/// - A bus that loses its connection goes on from where it was, without losing or repeating what its history still has. What it could not
///   get back it tells by `BusReceiver.note`.
/// - No function waits for a network or a disk: what takes time is told to a completion, once, on any thread, under no lock of the bus's.
public protocol EventBus: Sendable {
    /// Gives the bus who listens. Called once, before everything else.
    func start(_ receiver: any BusReceiver)

    /// Takes an event, from any thread. When the completion is told a cursor, the event is the bus's to deliver; when it is told an error it
    /// was not taken, or it is not known whether it was (`PublishError.isUnavailable`).
    func publish(_ event: BusEvent, _ completion: @escaping BusCompletion<Cursor, PublishError>)

    /// Ends a topic: its subscriptions complete, in every process, after the events that were published before.
    func complete(_ topic: BusTopic, _ completion: @escaping BusCompletion<Cursor, PublishError>)

    /// Reads what a topic had after a cursor, at most so many entries.
    func history(of topic: BusTopic, after cursor: Cursor, limit: Int, _ completion: @escaping BusCompletion<BusHistory, BusHistoryError>)

    /// Tells every runtime on the bus something that is no event, `BusReceiver.receive(notice:)`; this one may be left out. Who
    /// is connected is told; a bus that keeps a history may tell the others when they come back.
    func broadcast(_ notice: [UInt8])

    /// Lets go of connections and threads; called when the runtime goes away. Nothing is received after it; completions that are still to
    /// come are told `PublishError.unavailable`. Waits for no network.
    func stop()

    /// Whether events flow.
    var health: BusHealth { get }
}

/// Who is told what came of something.
public typealias BusCompletion<Value: Sendable, Failure: Error> = @Sendable (Result<Value, Failure>) -> Void

/// A bus of one process, which delivers before `publish` returns.
public protocol LocalEventBus: EventBus {
    /// Takes an event and delivers it, on this thread.
    func publish(_ event: BusEvent) throws(PublishError) -> Cursor

    /// Ends a topic, on this thread.
    func complete(_ topic: BusTopic) throws(PublishError) -> Cursor
}

extension LocalEventBus {
    public func publish(_ event: BusEvent, _ completion: @escaping BusCompletion<Cursor, PublishError>) {
        completion(Result { () throws(PublishError) in try publish(event) })
    }

    public func complete(_ topic: BusTopic, _ completion: @escaping BusCompletion<Cursor, PublishError>) {
        completion(Result { () throws(PublishError) in try complete(topic) })
    }

    /// There is nobody else.
    public func broadcast(_ notice: [UInt8]) {}
    public func stop() {}
}

/// A topic by its name, and by the template of the schema that the name follows.
public struct BusTopic: Sendable, Hashable {
    public let name: String
    /// As `@topic(name:)` writes it: `chat.{roomId}`. Processes whose schemas have the same template find each other by it, so that a bus
    /// may keep what belongs to one apart from others.
    public let template: String

    public init(name: String, template: String) {
        self.name = name
        self.template = template
    }
}

/// An event on its way: a topic and a JSON text that has been checked.
public struct BusEvent: Sendable {
    public let topic: String
    /// The template of the topic; empty on a bus of one process, which does not ask for it.
    public var template = ""
    /// The JSON of the subscription field's own value, never wrapped.
    public let payload: JSONDocument
    /// A JSON object that travels with the event: trace context and the like.
    public let attributes: JSONDocument?
    /// When its publisher came, by the clock of this process's metrics; gone where the event has left the process.
    var publishedAt: UInt64?
    /// The room that a runtime keeps for it.
    var permit: Permit?
    /// Its place in the bus, once it has one.
    var cursor: Cursor?

    public init(topic: String, payload: JSONDocument, attributes: JSONDocument? = nil) {
        self.topic = topic
        self.payload = payload
        self.attributes = attributes
    }
}

/// Whether a bus works.
public enum BusHealth: Sendable, Hashable {
    /// Not started yet.
    case idle
    case running
    /// Events do not flow; why, for people.
    case failing(String)
}

/// A part of what a topic had.
public struct BusHistory: Sendable {
    public enum Entry: Sendable {
        /// The JSON of an event and of its attributes, as they were published.
        case event(payload: [UInt8], attributes: [UInt8]?)
        /// The topic ended here.
        case completed
    }

    /// In the order of the topic.
    public let entries: [(entry: Entry, cursor: Cursor)]
    /// Where to read on: all of the topic up to this cursor has been read.
    public let end: Cursor
    /// Whether there was nothing behind `end` when it was read.
    public let isComplete: Bool

    public init(entries: [(entry: Entry, cursor: Cursor)], end: Cursor, isComplete: Bool) {
        self.entries = entries
        self.end = end
        self.isComplete = isComplete
    }
}

/// Why a bus has no history after a cursor.
public enum BusHistoryError: Error, Sendable, Hashable {
    /// Some of it is gone: the bus keeps less, or the cursor is of another epoch, or of a place to which this history has not come. The oldest
    /// cursor after which everything is there.
    case tooOld(oldest: Cursor?)
    /// The bus keeps no history.
    case notKept
    /// The bus cannot be asked now; why, for people.
    case unavailable(String)
}
