/// Takes what a bus delivers to its topics, on threads of its own, and keeps the order of each topic.
///
/// Topics are spread over partitions; each has a queue, and one thread at a time empties it: whichever is free, so that a few busy topics
/// find all threads. The queues are bounded by the permits of the publishers.
final class Dispatcher: Sendable {
    /// Something for a topic.
    struct Item: Sendable {
        enum Work: Sendable {
            /// With its permit, whose room is given back when the event has been dispatched.
            case event(BusEvent)
            case end
        }

        let topic: Topic
        let work: Work
    }

    /// How much may wait in the queue of a partition.
    struct Limits: Sendable {
        let events: Int
        /// Of payloads. One event has room where nothing waits, whatever its size.
        let bytes: Int
    }

    /// A power of two, far above the number of threads.
    private static let partitionCount = 64

    /// Who dispatches, in a structure of its own: a function that is the value of a lock itself would be wrapped each time somebody looks.
    struct Receiver: Sendable {
        let dispatch: @Sendable (Item) -> Void
    }

    private let partitions: [DispatchPartition]
    private let crew: Crew

    init(threads: Int, limits: Limits, metrics: Metrics) {
        partitions = (0..<Self.partitionCount).map { _ in DispatchPartition(limits: limits, metrics: metrics) }
        crew = Crew(name: "subsgen worker", size: threads)
    }

    deinit {
        for partition in partitions { partition.close() }
    }

    /// Says who dispatches. Called once, before the first `put`. `dispatch` is called for the items of a topic one after the other; it waits
    /// for nothing, and publishes nothing.
    func start(dispatch: @escaping @Sendable (Item) -> Void) {
        for partition in partitions { partition.start(Receiver(dispatch: dispatch)) }
    }

    /// Whether this is a child of the process that made it: nobody would dispatch.
    var isForked: Bool { crew.isForked }

    /// Whose events share the bound of the topic's.
    func partition(of topic: String) -> DispatchPartition {
        partitions[topic.hashValue & (Self.partitionCount - 1)]
    }

    /// Queues an item behind those of its topic. What comes without a permit to a queue that is full makes who brings it help to empty it.
    func put(_ item: Item) {
        let partition = partition(of: item.topic.name)
        switch partition.put(item) {
        case .queued: break
        case .queuedFirst: Self.schedule(partition, on: crew)
        case .overfull: while partition.dispatchSome() {}
        }
    }

    /// Dispatches what was put before, on this thread as far as no other does.
    func flush() {
        for partition in partitions { while partition.dispatchSome() {} }
    }

    /// Gives the partition to whoever is free; and again, behind others, for as long as there is something in it.
    private static func schedule(_ partition: DispatchPartition, on crew: Crew) {
        // Weak: a job is not what keeps the threads.
        let isTaken = crew.post { [weak crew] in
            guard partition.dispatchSome() else { return }
            if let crew { schedule(partition, on: crew) }
        }
        if !isTaken { while partition.dispatchSome() {} }
    }
}
