import Synchronization

/// An event that has been checked and is published when there is room for it: for a publisher that waits without blocking its thread.
///
/// One that is let go of unpublished gives its place in the line, or the room that it was given, to others.
public final class WaitingEvent: Sendable {
    private let event: BusEvent
    /// Guards the permit, which goes with the event when that is published. A leaf.
    private let permit: Guarded<Permit?>
    private let executor: SubscriptionExecutor
    private let waker: @Sendable () -> Void
    /// Whether it is among those that the metrics say wait.
    private let isCounted = Atomic<Bool>(false)

    init(_ event: BusEvent, _ permit: Permit, _ executor: SubscriptionExecutor, waker: @escaping @Sendable () -> Void) {
        self.event = event
        self.permit = Guarded(permit)
        self.executor = executor
        self.waker = waker
    }

    deinit { stopCounting() }

    /// Publishes the event if there is room for it. Else nil, and the waker says when to try again. One thread at a time tries, and nobody
    /// after it was published.
    public func publish() throws(PublishError) -> Cursor? {
        guard let permit = permit.withLock({ $0 }) else { throw .unavailable("The event was published already.") }
        guard permit.enter(orWait: waker) else {
            if !isCounted.exchange(true, ordering: .relaxed) { executor.context.metrics.add(.publishersWaiting) }
            return nil
        }
        stopCounting()
        // From here on the event has the room, for as long as it is on its way.
        self.permit.withLock { $0 = nil }
        return try executor.counted { () throws(PublishError) in
            var event = event
            event.permit = permit
            return try executor.bus.publish(event)
        }
    }

    private func stopCounting() {
        if isCounted.exchange(false, ordering: .relaxed) { executor.context.metrics.add(.publishersWaiting, -1) }
    }
}
