import Glibc
import RemoteBus
import SubsgenRuntime
import Synchronization

/// A bus of many processes: events go through the streams of a Redis server, as docs/reference/redis.md has them.
///
/// Two threads have a connection each, one that adds and one that reads, where somebody listens. What this process publishes comes back to it from the stream as it
/// comes to the others, so that all see one order.
public final class RedisBus: RateSharingBus, WorkSharingBus {
    private let configuration: RedisConfiguration
    private let status = BusStatus()
    private let publisher = Inbox<PublisherMessage>()
    private let reader = Inbox<ReaderMessage>()
    private let process = getpid()
    /// Tells this process from the other members of groups.
    private let member = String(UInt64.random(in: .min ... .max), radix: 16)
    /// The threads of groups that this process is in. A leaf.
    private let groups = Guarded<[WorkGroup: Inbox<GroupMessage>]>([:])
    private let hasStarted = Atomic<Bool>(false)

    /// Connects when it is started.
    public init(_ configuration: RedisConfiguration) {
        self.configuration = configuration
    }

    deinit { stop() }

    public func start(_ receiver: any BusReceiver) {
        guard !hasStarted.exchange(true, ordering: .acquiringAndReleasing) else { return }
        status.start(receiver)
        let (configuration, status, publisher, reader) = (configuration, status, publisher, reader)
        let began = Instant.now
        let templates = receiver.templates
        if !receiver.listens {
            status.works(.reading)
            _ = publisher.put(.readerIsThere)
        }
        let areRunning =
            BusThread.start { RedisPublisher(configuration, templates: templates, status, publisher).run() }
            && (!receiver.listens || BusThread.start { RedisReader(configuration, receiver, began: began, status, reader, publisher: publisher).run() })
        if !areRunning { status.fails(.reading, "the system gives no more threads") }
    }

    public func publish(_ event: BusEvent, _ completion: @escaping BusCompletion<Cursor, PublishError>) {
        let topic = BusTopic(name: event.topic, template: event.template)
        put(.event(topic, payload: event.payload.bytes, attributes: event.attributes?.bytes), completion)
    }

    public func complete(_ topic: BusTopic, _ completion: @escaping BusCompletion<Cursor, PublishError>) {
        put(.end(topic), completion)
    }

    public func history(of topic: BusTopic, after cursor: Cursor, limit: Int, _ completion: @escaping BusCompletion<BusHistory, BusHistoryError>) {
        let question = HistoryQuestion(topic: topic, cursor: cursor, limit: max(1, limit), completion: completion)
        if isForked || !publisher.put(.history(question)) { question.fail(.idle) }
    }

    /// Answers within milliseconds, or with an error where Redis cannot be reached.
    public func share(_ takings: [RateTaking], _ completion: @escaping BusCompletion<[UInt64], PublishError>) {
        let question = RateQuestion(takings: takings, completion: completion)
        if isForked || !publisher.put(.rates(question)) { question.fail("The bus was stopped.") }
    }

    public func join(_ group: WorkGroup, _ worker: any BusWorker) {
        let inbox = Inbox<GroupMessage>()
        groups.withLock { $0.updateValue(inbox, forKey: group) }?.close()
        let (configuration, member, publisher) = (configuration, member, publisher)
        if isForked || status.isStopped || !BusThread.start({ RedisGroup(configuration, group, worker, member: member, inbox, publisher: publisher).run() }) {
            status.note(.disconnected("the group \(group.name) has no thread"))
        }
    }

    /// What is under way is acknowledged as before; what fails is another member's, when its time is over.
    public func leave(_ group: WorkGroup) { groups.withLock { $0.removeValue(forKey: group) }?.close() }

    public func broadcast(_ notice: [UInt8]) { put(.notice(notice)) { _ in } }

    public func stop() {
        status.stop()
        publisher.close()
        reader.close()
        let left = groups.withLock { groups in
            defer { groups = [:] }
            return groups
        }
        for inbox in left.values { inbox.close() }
    }

    public var health: BusHealth { isForked ? .failing(Self.forked) : status.health }

    private static let forked =
        "The process was forked after this runtime was made, and its connections to Redis are threads of the parent: make the runtime after the fork."

    /// A fork takes no threads along.
    private var isForked: Bool { getpid() != process }

    private func put(_ content: Outgoing.Content, _ completion: @escaping BusCompletion<Cursor, PublishError>) {
        let outgoing = Outgoing(content: content, due: .now + .seconds(configuration.secondsToPublish), completion: completion)
        if isForked { return completion(.failure(.unavailable(Self.forked))) }
        guard hasStarted.load(ordering: .acquiring) else { return completion(.failure(.unavailable("The Redis bus has not been started."))) }
        guard status.enter(size: outgoing.size) else {
            return completion(
                .failure(
                    .unavailable(
                        "\(BusStatus.eventsWaiting) events or \(BusStatus.bytesWaiting) bytes wait for Redis at \(configuration.address) to take them, as many as may.")))
        }
        if !publisher.put(.publish(outgoing)) {
            status.leave(size: outgoing.size)
            completion(.failure(.unavailable("The bus was stopped.")))
        }
    }
}
