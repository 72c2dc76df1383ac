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
    /// Nil where what was delivered is gone.
    private let history: MemoryHistory?

    public init() { history = nil }

    /// A bus that keeps the newest events, of all topics together, for clients that come back: at most so many, of so many bytes, that are
    /// not older than so many seconds, by the clock of a test where there is one.
    public convenience init(keepingEvents events: Int, bytes: Int = 64 << 20, seconds: Int = 600, clock: ManualClock? = nil) {
        let nanoseconds = UInt64(clamping: seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let limits = MemoryHistory.Limits(events: events, bytes: bytes, nanoseconds: nanoseconds.overflow ? .max : nanoseconds.partialValue)
        self.init(MemoryHistory(limits, clock: clock?.monotonic ?? .system))
    }

    init(_ history: MemoryHistory) { self.history = history }

    public func start(_ receiver: any BusReceiver) {
        self.receiver.withLock { $0 = $0 ?? receiver }
    }

    public func publish(_ event: BusEvent) throws(PublishError) -> Cursor {
        let receiver = try started()
        return next(event.topic) { cursor in
            keep(event.topic, .event(payload: event.payload.bytes, attributes: event.attributes?.bytes), cursor)
            receiver.deliver(event, cursor)
        }
    }

    public func complete(_ topic: BusTopic) throws(PublishError) -> Cursor {
        let receiver = try started()
        return next(topic.name) { cursor in
            keep(topic.name, .completed, cursor)
            receiver.receive(endOf: topic.name, cursor)
        }
    }

    public func history(of topic: BusTopic, after cursor: Cursor, limit: Int, _ completion: @escaping BusCompletion<BusHistory, BusHistoryError>) {
        guard let history else { return completion(.failure(.notKept)) }
        let beginning = Cursor(epoch: epoch, partition: UInt64(partition(of: topic.name)), sequence: 0)
        guard cursor.epoch == beginning.epoch, cursor.partition == beginning.partition else {
            // Of another bus, or another topic: the whole history is after it, or nothing.
            return completion(.failure(.tooOld(oldest: history.oldest(of: topic.name, beginning))))
        }
        completion(history.read(topic.name, after: cursor, limit: limit))
    }

    public var health: BusHealth {
        receiver.withLock { $0 == nil } ? .idle : .running
    }

    @inline(__always)
    private func keep(_ topic: String, _ entry: @autoclosure () -> BusHistory.Entry, _ cursor: Cursor) {
        if let history { history.append(MemoryHistory.Record(topic: topic, entry: entry(), cursor: cursor)) }
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
