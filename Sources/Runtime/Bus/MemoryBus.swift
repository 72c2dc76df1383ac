/// The bus of one process: an event is delivered, on the thread that publishes it, before `publish` returns.
///
/// Topics are spread over a fixed number of partitions, each with a lock and a sequence of its own. The lock is held while an event
/// is delivered: that makes the order. Topics of different partitions do not wait for each other.
public final class MemoryBus: EventBus {
    private final class Partition: Sendable {
        /// Guards the order of the partition's deliveries and its last sequence number.
        let sequence = Guarded<UInt64>(0)
    }

    /// A function in a structure of its own: one that is the value of a lock itself would be wrapped in another one, for the lock's
    /// sake, each time that somebody looks at it, and the wrappings would never come off.
    private struct Receiver: Sendable {
        let deliver: @Sendable (BusDelivery) -> Void
    }

    /// A power of two, far above the number of threads that publish at once.
    private static let partitionCount = 64

    private let epoch = UInt64.random(in: .min ... .max)
    private let partitions = (0..<partitionCount).map { _ in Partition() }
    /// Guards the receiver, which `start` sets once.
    private let receiver = Guarded<Receiver?>(nil)

    public init() {}

    public func start(deliver: @escaping @Sendable (BusDelivery) -> Void) {
        receiver.withLock { $0 = $0 ?? Receiver(deliver: deliver) }
    }

    public func publish(_ event: BusEvent) throws(PublishError) -> Cursor {
        let deliver = try started()
        let partition = partition(of: event.topic)
        return partitions[partition].sequence.withLock { sequence in
            sequence &+= 1
            let cursor = Cursor(epoch: epoch, partition: UInt64(partition), sequence: sequence)
            deliver(.event(event, cursor))
            return cursor
        }
    }

    public func complete(topic: String) throws(PublishError) {
        let deliver = try started()
        partitions[partition(of: topic)].sequence.withLock { _ in deliver(.completed(topic: topic)) }
    }

    public var health: BusHealth {
        receiver.withLock { $0 == nil } ? .idle : .running
    }

    private func started() throws(PublishError) -> @Sendable (BusDelivery) -> Void {
        guard let receiver = receiver.withLock({ $0 }) else { throw .unavailable("The memory bus has not been started.") }
        return receiver.deliver
    }

    private func partition(of topic: String) -> Int {
        topic.hashValue & (Self.partitionCount - 1)
    }
}
