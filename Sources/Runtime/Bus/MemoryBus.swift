/// The bus of one process: an event is delivered, on the thread that publishes it, before `publish` returns.
///
/// Topics are spread over a fixed number of partitions, each with a lock and a sequence of its own. The lock is held while an event
/// is delivered: that makes the order. Topics of different partitions do not wait for each other.
public final class MemoryBus: LocalEventBus {
    private final class Partition: Sendable {
        /// Guards the order of the partition's deliveries and its last sequence number.
        let sequence = Guarded<UInt64>(0)
    }

    /// A power of two, far above the number of threads that publish at once.
    private static let partitionCount = 64

    private let epoch = UInt64.random(in: .min ... .max)
    private let partitions = (0..<partitionCount).map { _ in Partition() }
    /// Guards the receiver, which `start` sets once.
    private let receiver = Guarded<(any BusReceiver)?>(nil)

    public init() {}

    public func start(_ receiver: any BusReceiver) {
        self.receiver.withLock { $0 = $0 ?? receiver }
    }

    public func publish(_ event: BusEvent) throws(PublishError) -> Cursor {
        let receiver = try started()
        return next(event.topic) { receiver.deliver(event, $0) }
    }

    public func complete(_ topic: BusTopic) throws(PublishError) -> Cursor {
        let receiver = try started()
        return next(topic.name) { receiver.receive(endOf: topic.name, $0) }
    }

    /// What is published is delivered and gone.
    public func history(of topic: BusTopic, after cursor: Cursor, limit: Int, _ completion: @escaping BusCompletion<BusHistory, BusHistoryError>) {
        completion(.failure(.notKept))
    }

    public var health: BusHealth {
        receiver.withLock { $0 == nil } ? .idle : .running
    }

    private func started() throws(PublishError) -> any BusReceiver {
        guard let receiver = receiver.withLock({ $0 }) else { throw .unavailable("The memory bus has not been started.") }
        return receiver
    }

    /// Delivers the next of a topic.
    @inline(__always)
    private func next(_ topic: String, _ deliver: (Cursor) -> Void) -> Cursor {
        let partition = partition(of: topic)
        return partitions[partition].sequence.withLock { sequence in
            sequence &+= 1
            let cursor = Cursor(epoch: epoch, partition: UInt64(partition), sequence: sequence)
            deliver(cursor)
            return cursor
        }
    }

    private func partition(of topic: String) -> Int {
        topic.hashValue & (Self.partitionCount - 1)
    }
}
