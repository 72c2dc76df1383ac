/// The runtime as its bus sees it.
struct RuntimeReceiver: BusReceiver {
    let templates: [String]
    let listens: Bool
    /// A bus does not keep its runtime.
    private weak var executor: SubscriptionExecutor?

    init(_ executor: SubscriptionExecutor) {
        templates = Set(executor.context.fields.map(\.topic.description)).sorted()
        listens = executor.limits.role == .serving
        self.executor = executor
    }

    func isHeard(_ topic: String) -> Bool { executor?.topics.topic(named: topic) != nil }

    func deliver(_ event: BusEvent, _ cursor: Cursor) { executor?.deliver(event, cursor) }

    func receive(
        _ topic: String, payload: [UInt8], attributes: [UInt8]?, _ cursor: Cursor, whenReady ready: @escaping @Sendable () -> Void
    ) -> (any BusArrival)? {
        executor?.receive(topic, payload, attributes, cursor, ready)
    }

    func receive(endOf topic: String, _ cursor: Cursor) { executor?.end(topic) }

    func receive(notice: [UInt8]) { executor?.receive(notice: notice) }

    func note(_ happening: BusHappening) { executor?.context.metrics.note(happening) }
}

/// An event that came from elsewhere and waits for room.
private final class Arrival: BusArrival {
    private let event: BusEvent
    private let topic: Topic
    private let permit: Permit
    private let executor: SubscriptionExecutor
    private let ready: @Sendable () -> Void

    init(_ event: BusEvent, to topic: Topic, through gates: [any Gate], _ executor: SubscriptionExecutor, ready: @escaping @Sendable () -> Void) {
        self.event = event
        self.topic = topic
        permit = Permit(through: gates, size: event.payload.bytes.count)
        self.executor = executor
        self.ready = ready
    }

    func deliver() -> Bool {
        guard permit.enter(orWait: ready) else { return false }
        var event = event
        event.permit = permit
        executor.take(.event(event), to: topic)
        return true
    }
}

/// What the bus brings.
extension SubscriptionExecutor {
    /// An event that has room already, or came to nobody who waits.
    func deliver(_ event: BusEvent, _ cursor: Cursor) {
        guard let topic = topics.topic(named: event.topic) else { return }
        var event = event
        event.cursor = cursor
        take(.event(event), to: topic)
    }

    /// An event of another process, or one of this that comes back. An arrival where there is no room for it.
    func receive(_ name: String, _ payload: [UInt8], _ attributes: [UInt8]?, _ cursor: Cursor, _ ready: @escaping @Sendable () -> Void) -> (any BusArrival)? {
        guard let topic = topics.topic(named: name) else { return nil }
        guard payload.count <= limits.eventBytes else {
            context.metrics.note(.unreadable("the topic \"\(name)\": an event of \(payload.count) bytes, more than the limit of \(limits.eventBytes)"))
            return nil
        }
        let document: JSONDocument
        do {
            document = try JSONDocument.parse(payload)
        } catch {
            context.metrics.note(.unreadable("the topic \"\(name)\": an event that is not valid JSON: \(error)"))
            return nil
        }
        // Attributes that are no JSON are nobody's reason to lose an event.
        var event = BusEvent(topic: name, payload: document, attributes: attributes.flatMap { try? JSONDocument.parse($0) })
        event.cursor = cursor
        let gates = gates(to: topic)
        if gates.isEmpty {
            take(.event(event), to: topic)
            return nil
        }
        let arrival = Arrival(event, to: topic, through: gates, self, ready: ready)
        return arrival.deliver() ? nil : arrival
    }

    /// A topic has ended.
    func end(_ name: String) {
        guard let topic = topics.topic(named: name) else { return }
        // Who subscribes from now on is not meant, also where what was published before is still to come.
        if dispatcher != nil { topics.forget(topic) }
        take(.end, to: topic)
    }

    /// What another runtime has broadcast.
    func receive(notice: [UInt8]) {
        guard let (revocation, recheck) = RevocationNotice.read(notice, by: identity) else { return }
        revokeHere(revocation, recheck: recheck)
    }

    func take(_ work: Dispatcher.Item.Work, to topic: Topic) {
        let item = Dispatcher.Item(topic: topic, work: work)
        if let dispatcher { dispatcher.put(item) } else { dispatch(item) }
    }

    /// Where an event for a topic must find room.
    func gates(to topic: Topic) -> [any Gate] {
        var gates: [any Gate] = []
        if mayWaitForFunctions { gates.append(Topic.Lanes(topic: topic, limit: limits.resolverQueue)) }
        if let dispatcher { gates.append(dispatcher.partition(of: topic.name)) }
        return gates
    }
}
