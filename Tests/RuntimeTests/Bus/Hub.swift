import BusConformance

@testable import SubsgenRuntime

/// Where buses meet that are all in this process: a bus that is elsewhere, without a server. It keeps everything, and answers on a thread of
/// its own.
final class Hub: BusStore {
    private struct State: Sendable {
        var log: [Record] = []
        var members: [HubBus] = []
        var isDown = false
        /// Answers that `hold` keeps back.
        var held: [Answer]?
    }

    fileprivate struct Record: Sendable {
        enum What: Sendable {
            case event(payload: [UInt8], attributes: [UInt8]?)
            case completed
            case notice([UInt8])
        }

        let topic: BusTopic
        let what: What
        let cursor: Cursor
    }

    private struct Answer: Sendable {
        let give: @Sendable () -> Void
    }

    /// Guards the log and the members.
    private let state = Guarded(State())
    private let answering = Crew(name: "hub", size: 1)
    private let epoch: UInt64 = 7

    let processes = 2
    let keepsHistory = true

    func bus() -> any EventBus { HubBus(self) }

    /// How many buses are connected.
    var memberCount: Int { state.withLock { $0.members.count } }

    /// Returns when every bus has given its receiver all that there is, or has no room for more.
    func settle() async {
        while state.withLock({ $0.members }).contains(where: { !$0.isSettled }) { await Task.yield() }
    }

    /// Refuses publishers from now on, or no more.
    func setDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }

    /// Answers nobody until `release`.
    func hold() { state.withLock { $0.held = [] } }

    func release() {
        let held = state.withLock { state in
            defer { state.held = nil }
            return state.held ?? []
        }
        for answer in held { _ = answering.post(answer.give) }
    }

    /// Gives every bus what is no JSON.
    func inject(_ topic: BusTopic, _ payload: String) { _ = append(topic, .event(payload: Array(payload.utf8), attributes: nil)) }

    fileprivate func join(_ bus: HubBus) { state.withLock { $0.members.append(bus) } }
    fileprivate func leave(_ bus: HubBus) { state.withLock { $0.members.removeAll { $0 === bus } } }

    fileprivate func publish(_ topic: BusTopic, _ what: Record.What, _ completion: @escaping BusCompletion<Cursor, PublishError>) {
        let result: Result<Cursor, PublishError> =
            state.withLock { $0.isDown } ? .failure(.unavailable("the hub is down")) : .success(append(topic, what))
        let answer = Answer { completion(result) }
        let isHeld = state.withLock { state in
            state.held?.append(answer)
            return state.held != nil
        }
        if !isHeld { _ = answering.post(answer.give) }
    }

    fileprivate func post(_ answer: @escaping @Sendable () -> Void) { _ = answering.post(answer) }

    fileprivate func append(_ topic: BusTopic, _ what: Record.What) -> Cursor {
        state.withLock { state in
            let cursor = Cursor(epoch: epoch, partition: 0, sequence: UInt64(state.log.count + 1))
            let record = Record(topic: topic, what: what, cursor: cursor)
            state.log.append(record)
            // Under the lock: all get them in one order.
            for member in state.members { member.add(record) }
            return cursor
        }
    }

    fileprivate func history(of topic: BusTopic, after cursor: Cursor, limit: Int) -> Result<BusHistory, BusHistoryError> {
        state.withLock { state in
            guard cursor.epoch == epoch, cursor.sequence <= UInt64(state.log.count) else { return .failure(.tooOld(oldest: Cursor(epoch: epoch, partition: 0, sequence: 0))) }
            var entries: [(entry: BusHistory.Entry, cursor: Cursor)] = []
            for record in state.log.dropFirst(Int(cursor.sequence)) where record.topic == topic {
                if entries.count == limit { return .success(BusHistory(entries: entries, end: entries[limit - 1].cursor, isComplete: false)) }
                switch record.what {
                case .event(let payload, let attributes): entries.append((.event(payload: payload, attributes: attributes), record.cursor))
                case .completed: entries.append((.completed, record.cursor))
                case .notice: break
                }
            }
            return .success(BusHistory(entries: entries, end: state.log.last?.cursor ?? cursor, isComplete: true))
        }
    }
}

/// The bus of one process at a hub.
final class HubBus: EventBus {
    private struct State: Sendable {
        var receiver: (any BusReceiver)?
        var queue: [Hub.Record] = []
        /// What has no room, whose record is the first of the queue.
        var arrival: (any BusArrival)?
        var isReading = false
    }

    private let hub: Hub
    private let reading = Crew(name: "hub reader", size: 1)
    /// Guards what is to be read.
    private let state = Guarded(State())

    init(_ hub: Hub) { self.hub = hub }

    func start(_ receiver: any BusReceiver) {
        state.withLock { $0.receiver = receiver }
        if receiver.listens { hub.join(self) }
    }

    func publish(_ event: BusEvent, _ completion: @escaping BusCompletion<Cursor, PublishError>) {
        let topic = BusTopic(name: event.topic, template: event.template)
        hub.publish(topic, .event(payload: event.payload.bytes, attributes: event.attributes?.bytes), completion)
    }

    func complete(_ topic: BusTopic, _ completion: @escaping BusCompletion<Cursor, PublishError>) { hub.publish(topic, .completed, completion) }

    func history(of topic: BusTopic, after cursor: Cursor, limit: Int, _ completion: @escaping BusCompletion<BusHistory, BusHistoryError>) {
        let answer = hub.history(of: topic, after: cursor, limit: limit)
        hub.post { completion(answer) }
    }

    func broadcast(_ notice: [UInt8]) { _ = hub.append(BusTopic(name: "", template: ""), .notice(notice)) }

    func stop() { hub.leave(self) }

    fileprivate var isSettled: Bool { state.withLock { !$0.isReading && ($0.queue.isEmpty || $0.arrival != nil) } }

    var health: BusHealth { state.withLock { $0.receiver == nil } ? .idle : .running }

    fileprivate func add(_ record: Hub.Record) {
        let templates = state.withLock { state in
            state.queue.append(record)
            return state.receiver?.templates
        }
        if templates != nil { read() }
    }

    private func read() {
        let mustStart = state.withLock { state in
            defer { state.isReading = true }
            return !state.isReading
        }
        if mustStart { _ = reading.post { [weak self] in self?.readAll() } }
    }

    private func readAll() {
        while true {
            let (record, arrival, receiver) = state.withLock { state -> (Hub.Record?, (any BusArrival)?, (any BusReceiver)?) in
                if state.queue.isEmpty { state.isReading = false }
                return (state.queue.first, state.arrival, state.receiver)
            }
            guard let record, let receiver else { return }
            if let arrival {
                // Said before it is tried: who is woken meanwhile reads on.
                state.withLock { $0.isReading = false }
                guard arrival.deliver() else { return }
                state.withLock { $0.isReading = true }
            } else if let refused = give(record, to: receiver) {
                state.withLock { state in
                    state.arrival = refused
                    state.isReading = false
                }
                // Room may have come before the arrival stood there.
                read()
                return
            }
            state.withLock { state in
                state.arrival = nil
                state.queue.removeFirst()
            }
        }
    }

    private func give(_ record: Hub.Record, to receiver: any BusReceiver) -> (any BusArrival)? {
        switch record.what {
        case .notice(let notice): receiver.receive(notice: notice)
        case .completed where receiver.templates.contains(record.topic.template): receiver.receive(endOf: record.topic.name, record.cursor)
        case .event(let payload, let attributes) where receiver.templates.contains(record.topic.template):
            return receiver.receive(record.topic.name, payload: payload, attributes: attributes, record.cursor) { [weak self] in self?.read() }
        case .event, .completed: break
        }
        return nil
    }
}
