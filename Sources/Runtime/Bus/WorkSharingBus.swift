/// A bus whose processes share work: of a group, one process handles each event.
public protocol WorkSharingBus: EventBus {
    /// Takes part in a group from now on. A group that is new begins with what is published from then on; one that is known goes on where it was,
    /// also where all its members were away.
    func join(_ group: WorkGroup, _ worker: any BusWorker)

    /// Takes part no more, with that worker. What is under way may still be answered; what is not goes to another member.
    func leave(_ group: WorkGroup)
}

/// Those who share the events of a topic's template among them.
public struct WorkGroup: Sendable, Hashable {
    /// What the group is called: those of one name share.
    public let name: String
    /// The template of the topics, as the schema writes it.
    public let template: String
    /// After how many seconds without a sign of life of its process, or after it failed, an event goes to a member again.
    public let seconds: Int
    /// How often an event is handled at most, before it is put aside.
    public let attempts: Int
    /// How many events a process has at a time.
    public let inFlight: Int

    /// Numbers below one count as one.
    public init(name: String, template: String, seconds: Int, attempts: Int, inFlight: Int) {
        self.name = name
        self.template = template
        self.seconds = max(1, seconds)
        self.attempts = max(1, attempts)
        self.inFlight = max(1, inFlight)
    }
}

/// Who handles the events of a group in one process.
public protocol BusWorker: Sendable {
    /// Takes an event and returns at once; it is answered later, from any thread.
    func work(on delivery: WorkDelivery)

    /// An event was put aside, since it was handled as often as may be and failed each time; the text says which and where it is.
    func note(putAside what: String)
}

/// An event for one member of a group.
public struct WorkDelivery: Sendable {
    public let topic: String
    /// The JSON of the event, as it was published: nobody has checked it.
    public let payload: [UInt8]
    public let attributes: [UInt8]?
    public let cursor: Cursor
    /// The how manieth time it is that the event is handled, from one.
    public let attempt: Int
    /// Says whether it was handled; called once. One that was not comes again.
    public let answer: @Sendable (_ isDone: Bool) -> Void

    public init(
        topic: String, payload: [UInt8], attributes: [UInt8]?, cursor: Cursor, attempt: Int, answer: @escaping @Sendable (_ isDone: Bool) -> Void
    ) {
        self.topic = topic
        self.payload = payload
        self.attributes = attributes
        self.cursor = cursor
        self.attempt = attempt
        self.answer = answer
    }
}
