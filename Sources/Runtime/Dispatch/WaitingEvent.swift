import Synchronization

/// An event that has been checked and is published when there is room for it, or the end of a topic: for a publisher that waits without
/// blocking its thread.
///
/// One that is let go of unpublished gives its place in the line, or the room that it was given, to others.
public final class WaitingEvent: Sendable {
    enum Work: Sendable {
        case event(BusEvent, Permit)
        case completion(BusTopic)
    }

    private enum State: Sendable {
        case waiting(Work)
        /// The bus has it and will answer.
        case asked
        case answered(Result<Cursor, PublishError>)
        case done
    }

    /// Guards how far it has come. A leaf.
    private let state: Guarded<State>
    private let executor: SubscriptionExecutor
    private let waker: @Sendable () -> Void
    /// Whether it is among those that the metrics say wait.
    private let isCounted = Atomic<Bool>(false)

    init(_ work: Work, _ executor: SubscriptionExecutor, waker: @escaping @Sendable () -> Void) {
        state = Guarded(.waiting(work))
        self.executor = executor
        self.waker = waker
    }

    deinit { stopCounting() }

    /// Publishes the event if there is room for it, and returns what the bus answered. Else nil, and the waker says when to try again. One
    /// thread at a time tries, and nobody after it was published.
    public func publish() throws(PublishError) -> Cursor? {
        switch state.withLock({ $0 }) {
        case .waiting(.event(let event, let permit)): try publish(event, permit)
        case .waiting(.completion(let topic)): try end(topic)
        case .asked: nil
        case .answered(let answer): try finish(answer)
        case .done: throw .unavailable("The event was published already.")
        }
    }

    private func publish(_ event: BusEvent, _ permit: Permit) throws(PublishError) -> Cursor? {
        guard permit.enter(orWait: waker) else {
            if !isCounted.exchange(true, ordering: .relaxed) { executor.context.metrics.add(.publishersWaiting) }
            return nil
        }
        stopCounting()
        guard let bus = executor.localBus else { return try ask { [bus = executor.bus] in bus.publish(event, $0) } }
        // From here on the event has the room, for as long as it is on its way.
        state.withLock { $0 = .done }
        return try executor.counted { () throws(PublishError) in
            var event = event
            event.permit = permit
            return try bus.publish(event)
        }
    }

    private func end(_ topic: BusTopic) throws(PublishError) -> Cursor? {
        guard let bus = executor.localBus else { return try ask { [bus = executor.bus] in bus.complete(topic, $0) } }
        state.withLock { $0 = .done }
        return try bus.complete(topic)
    }

    private func ask(_ bus: (@escaping BusCompletion<Cursor, PublishError>) -> Void) throws(PublishError) -> Cursor? {
        state.withLock { $0 = .asked }
        bus { [weak self] answer in
            // Who gave up is not told; the event may have been published all the same.
            guard let self else { return }
            state.withLock { $0 = .answered(answer) }
            waker()
        }
        guard case .answered(let answer) = state.withLock({ $0 }) else { return nil }
        return try finish(answer)
    }

    private func finish(_ answer: Result<Cursor, PublishError>) throws(PublishError) -> Cursor {
        state.withLock { $0 = .done }
        return try executor.counted { () throws(PublishError) in try answer.get() }
    }

    private func stopCounting() {
        if isCounted.exchange(false, ordering: .relaxed) { executor.context.metrics.add(.publishersWaiting, -1) }
    }
}

/// Where a thread finds the answer that it waits for.
final class BusAnswer: Sendable {
    /// Guards the answer. A leaf.
    private let answer = Guarded<Result<Cursor, PublishError>?>(nil)

    func set(_ answer: Result<Cursor, PublishError>) { self.answer.withLock { $0 = answer } }

    var value: Result<Cursor, PublishError>? { answer.withLock { $0 } }
}
