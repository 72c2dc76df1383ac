/// Who listens to a bus: the runtime.
///
/// What belongs to one topic is given to it one after the other, in the order of the topic, on any thread.
public protocol BusReceiver: Sendable {
    /// The templates of the topics that somebody may subscribe to, each once, in order.
    var templates: [String] { get }

    /// Whether anything is to be given to it at all. One that only publishes spares a bus the reading.
    var listens: Bool { get }

    /// Whether somebody listens to a topic now. What comes for others need not be read; it may be given all the same.
    func isHeard(_ topic: String) -> Bool

    /// Takes an event of a bus of one process, which has been checked and has room. It waits for nothing, does not publish and does not call
    /// the bus back.
    func deliver(_ event: BusEvent, _ cursor: Cursor)

    /// Takes an event that came from elsewhere: the JSON of its payload and its attributes. One that is no JSON or too large is counted, told
    /// to the log, and left out.
    ///
    /// Returns nil where it was taken. Else there is no room for it now: `ready` is called when it is time to try what was returned again,
    /// on any thread, perhaps under a lock: it does not call back. Until then nothing else of the same topic may be given.
    func receive(
        _ topic: String, payload: [UInt8], attributes: [UInt8]?, _ cursor: Cursor, whenReady ready: @escaping @Sendable () -> Void
    ) -> (any BusArrival)?

    /// A topic has ended; what was published before has been given.
    func receive(endOf topic: String, _ cursor: Cursor)

    /// Something that another runtime, or this one, has broadcast. What it does not understand it leaves alone.
    func receive(notice: [UInt8])

    /// Something happened to the bus that is worth counting and telling.
    func note(_ happening: BusHappening)
}

extension BusReceiver {
    public var listens: Bool { true }
}

/// An event that came when there was no room for it. One that is let go of is lost, and gives its place in the line to others.
public protocol BusArrival: Sendable {
    /// Delivers the event if there is room for it; else `ready` is called again. One thread at a time tries, and nobody after it was delivered.
    func deliver() -> Bool
}

/// What may happen to a bus.
public enum BusHappening: Sendable, Hashable {
    /// It has lost its connection, or could not make one; why, for people. Told once until it is connected again.
    case disconnected(String)
    /// It is connected again.
    case reconnected
    /// Events are lost: the bus had thrown them away before this process could read them. The name of the stream or table, and how many where
    /// that is known.
    case gap(String, count: Int?)
    /// Something came that is no event, and was left out: where from, and what is wrong with it, never what it says.
    case unreadable(String)
    /// What processes take of rate limits cannot be added up, so that each holds them by itself; why, for people.
    case ratesApart(String)
    /// An event was handled for a group as often as may be, failed each time, and was put aside; which and where it is.
    case putAside(String)
}
