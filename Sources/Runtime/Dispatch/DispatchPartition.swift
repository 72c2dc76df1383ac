/// The queue of some topics, which one thread at a time empties.
final class DispatchPartition: Gate {
    private struct State: Sendable {
        var queue = Queue<Dispatcher.Item>()
        /// Whether a thread empties the queue, or is going to.
        var isScheduled = false
        /// Events that have a permit: queued, being dispatched, or about to be published.
        var events = 0
        /// The bytes of their payloads.
        var bytes = 0
        var line = WaitingLine()

        func hasRoom(for size: Int, _ limits: Dispatcher.Limits) -> Bool {
            events == 0 || (events < limits.events && size <= limits.bytes - bytes)
        }

        mutating func take(_ size: Int) {
            events += 1
            bytes += size
        }
    }

    /// What became of an item that was put in.
    enum Placement: Sendable {
        case queued
        /// The same, and a thread must be found that empties the queue.
        case queuedFirst
        /// The same, and the queue has more than its limit.
        case overfull
    }

    /// So many items a thread takes before others may have it.
    private static let itemsATurn = 64

    private let limits: Dispatcher.Limits
    private let metrics: Metrics
    /// Guards who dispatches, and the order: held by the thread that does, for as long as it does.
    private let turn = Guarded<Dispatcher.Receiver?>(nil)
    /// Guards the queue and the room in it. A leaf.
    private let state = Guarded(State())

    init(limits: Dispatcher.Limits, metrics: Metrics) {
        self.limits = limits
        self.metrics = metrics
    }

    func start(_ receiver: Dispatcher.Receiver) { turn.withLock { $0 = receiver } }

    /// Throws away what nobody will dispatch any more: an event has its permit, and that the partition.
    func close() {
        let forgotten = state.withLock { state in
            defer { state.queue = Queue() }
            return state.queue
        }
        metrics.add(.eventsQueued, -forgotten.count)
    }

    func put(_ item: Dispatcher.Item) -> Placement {
        metrics.add(.eventsQueued)
        return state.withLock { state in
            state.queue.append(item)
            defer { state.isScheduled = true }
            if !state.isScheduled { return .queuedFirst }
            return state.queue.count > limits.events ? .overfull : .queued
        }
    }

    /// Dispatches the oldest items, a number of them. False when none is left.
    func dispatchSome() -> Bool {
        turn.withLock { receiver in
            for _ in 0..<Self.itemsATurn {
                let item = state.withLock { state in
                    let item = state.queue.popFirst()
                    if item == nil { state.isScheduled = false }
                    return item
                }
                guard let item else { return false }
                receiver?.dispatch(item)
                metrics.add(.eventsQueued, -1)
            }
            return true
        }
    }

    // MARK: Room

    func enter(size: Int, _ waiter: WaitingLine.Waiter?) -> GateAnswer {
        state.withLock { state in
            if state.line.isEmpty, state.hasRoom(for: size, limits) {
                state.take(size)
                return .entered
            }
            return waiter.map { .waits(state.line.join($0)) } ?? .full
        }
    }

    func isWaiting(_ number: UInt64) -> Bool { state.withLock { $0.line.holds(number) } }

    func leaveLine(_ number: UInt64) -> Bool {
        let (hasLeft, admitted) = state.withLock { state in (state.line.leave(number), admit(&state)) }
        for waiter in admitted { waiter.wake() }
        return hasLeft
    }

    func giveBack(size: Int) {
        let admitted = state.withLock { state in
            state.events -= 1
            state.bytes -= size
            return admit(&state)
        }
        for waiter in admitted { waiter.wake() }
    }

    private func admit(_ state: inout State) -> [WaitingLine.Waiter] {
        var admitted: [WaitingLine.Waiter] = []
        while let waiter = state.line.first(), state.hasRoom(for: waiter.size, limits) {
            state.line.removeFirst()
            state.take(waiter.size)
            admitted.append(waiter)
        }
        return admitted
    }

    func refusal(of topic: String) -> PublishError { .overloaded(topic, queue: limits) }
}
