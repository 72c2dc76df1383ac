import SubsgenRuntime

/// Where buses meet: a server, or for a bus of one process nothing.
public protocol BusStore: Sendable {
    /// The bus of another process, as far as the bus can tell.
    func bus() throws -> any EventBus

    /// How many processes may meet there.
    var processes: Int { get }

    /// Whether it can be asked what a topic had.
    var keepsHistory: Bool { get }
}

/// What a bus did that its contract does not allow.
public struct BusFailure: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

/// A process on a bus: what it was given.
final class Process: Sendable {
    let bus: any EventBus
    let inbox: BusInbox

    init(_ store: any BusStore, templates: [String], capacity: Int = .max, listens: Bool = true) throws {
        bus = try store.bus()
        inbox = BusInbox(templates: templates, capacity: capacity, listens: listens)
        bus.start(inbox)
    }

    deinit { bus.stop() }

    /// Publishes and waits for the answer.
    func publish(_ topic: BusTopic, _ payload: String) throws -> Cursor {
        let answer = Expected<Result<Cursor, PublishError>>()
        let event = try event(topic, payload)
        bus.publish(event) { answer.put($0) }
        return try answer.next("an answer to a publisher").get()
    }

    func event(_ topic: BusTopic, _ payload: String) throws -> BusEvent {
        var event = BusEvent(topic: topic.name, payload: try JSONDocument.parse(Array(payload.utf8)))
        event.template = topic.template
        return event
    }

    func complete(_ topic: BusTopic) throws -> Cursor {
        let answer = Expected<Result<Cursor, PublishError>>()
        bus.complete(topic) { answer.put($0) }
        return try answer.next("an answer to who ends a topic").get()
    }

    func history(_ topic: BusTopic, after cursor: Cursor, limit: Int) throws -> Result<BusHistory, BusHistoryError> {
        let answer = Expected<Result<BusHistory, BusHistoryError>>()
        bus.history(of: topic, after: cursor, limit: limit) { answer.put($0) }
        return try answer.next("a part of a history")
    }
}

/// A receiver that keeps what it is given, and has room for so many events at a time.
final class BusInbox: BusReceiver {
    struct Item: Sendable, Equatable {
        let topic: String
        /// Nil where the topic ends.
        let payload: String?
        let cursor: Cursor
    }

    private struct State: Sendable {
        var room: Int
        var waiting: [Waker] = []
    }

    private struct Waker: Sendable {
        let wake: @Sendable () -> Void
    }

    private final class Refused: BusArrival {
        private let inbox: BusInbox
        private let item: Item
        private let waker: Waker

        init(_ inbox: BusInbox, _ item: Item, _ waker: Waker) {
            self.inbox = inbox
            self.item = item
            self.waker = waker
        }

        func deliver() -> Bool { inbox.take(item, waker) }
    }

    let templates: [String]
    let listens: Bool
    let items = Expected<Item>()
    let notices = Expected<[UInt8]>()
    let happenings = Expected<BusHappening>()
    /// Guards the room that is left and who waits for some.
    private let state: Guarded<State>

    init(templates: [String], capacity: Int, listens: Bool) {
        self.templates = templates
        self.listens = listens
        state = Guarded(State(room: capacity))
    }

    func isHeard(_ topic: String) -> Bool { true }

    func deliver(_ event: BusEvent, _ cursor: Cursor) {
        items.put(Item(topic: event.topic, payload: String(decoding: event.payload.bytes, as: UTF8.self), cursor: cursor))
    }

    func receive(
        _ topic: String, payload: [UInt8], attributes: [UInt8]?, _ cursor: Cursor, whenReady ready: @escaping @Sendable () -> Void
    ) -> (any BusArrival)? {
        let item = Item(topic: topic, payload: String(decoding: payload, as: UTF8.self), cursor: cursor)
        let waker = Waker(wake: ready)
        return take(item, waker) ? nil : Refused(self, item, waker)
    }

    func receive(endOf topic: String, _ cursor: Cursor) { items.put(Item(topic: topic, payload: nil, cursor: cursor)) }

    func receive(notice: [UInt8]) { notices.put(notice) }

    func note(_ happening: BusHappening) { happenings.put(happening) }

    /// Makes room for one more event.
    func makeRoom() {
        let wakers = state.withLock { state in
            state.room += 1
            defer { state.waiting = [] }
            return state.waiting
        }
        for waker in wakers { waker.wake() }
    }

    private func take(_ item: Item, _ waker: Waker) -> Bool {
        let isTaken = state.withLock { state in
            if state.room == 0 {
                state.waiting.append(waker)
                return false
            }
            state.room -= 1
            return true
        }
        if isTaken { items.put(item) }
        return isTaken
    }
}
