import Glibc
import RemoteBus
import SubsgenRuntime
import Synchronization

/// A bus of many processes: events go through the outbox of a PostgreSQL database, as docs/reference/postgresql.md has it.
///
/// Two threads have a connection each, one that publishes and one that reads, where somebody listens. What this process publishes comes back to it from the outbox as it comes to
/// the others, so that all see one order.
public final class PostgresBus: EventBus {
    private let configuration: PostgresConfiguration
    private let status = BusStatus()
    private let publisher = Inbox<PublisherMessage>()
    private let reader = Inbox<ReaderMessage>()
    private let process = getpid()
    private let hasStarted = Atomic<Bool>(false)

    /// Connects when it is started.
    public init(_ configuration: PostgresConfiguration) {
        self.configuration = configuration
    }

    deinit { stop() }

    public func start(_ receiver: any BusReceiver) {
        guard !hasStarted.exchange(true, ordering: .acquiringAndReleasing) else { return }
        status.start(receiver)
        let (configuration, status, publisher, reader, progress) = (configuration, status, publisher, reader, ReaderProgress())
        let began = Instant.now
        if !receiver.listens {
            status.works(.reading)
            _ = publisher.put(.readerIsThere)
        }
        let areRunning =
            BusThread.start { PostgresPublisher(configuration, status, publisher, progress).run() }
            && (!receiver.listens || BusThread.start { PostgresReader(configuration, receiver, began: began, status, reader, publisher: publisher, progress).run() })
        if !areRunning { status.fails(.reading, "the system gives no more threads") }
    }

    public func publish(_ event: BusEvent, _ completion: @escaping BusCompletion<Cursor, PublishError>) {
        put(.event(topic: event.topic, payload: event.payload.bytes, attributes: event.attributes?.bytes), completion)
    }

    public func complete(_ topic: BusTopic, _ completion: @escaping BusCompletion<Cursor, PublishError>) {
        put(.end(topic: topic.name), completion)
    }

    public func history(of topic: BusTopic, after cursor: Cursor, limit: Int, _ completion: @escaping BusCompletion<BusHistory, BusHistoryError>) {
        let question = HistoryQuestion(topic: topic, cursor: cursor, limit: max(1, limit), completion: completion)
        if isForked || !publisher.put(.history(question)) { question.fail(.idle) }
    }

    public func broadcast(_ notice: [UInt8]) { put(.notice(notice)) { _ in } }

    public func stop() {
        status.stop()
        publisher.close()
        reader.close()
    }

    public var health: BusHealth { isForked ? .failing(Self.forked) : status.health }

    private static let forked =
        "The process was forked after this runtime was made, and its connections to PostgreSQL are threads of the parent: make the runtime after the fork."

    /// A fork takes no threads along.
    private var isForked: Bool { getpid() != process }

    private func put(_ content: Outgoing.Content, _ completion: @escaping BusCompletion<Cursor, PublishError>) {
        let outgoing = Outgoing(content: content, due: .now + .seconds(configuration.secondsToPublish), completion: completion)
        if isForked { return completion(.failure(.unavailable(Self.forked))) }
        guard hasStarted.load(ordering: .acquiring) else { return completion(.failure(.unavailable("The PostgreSQL bus has not been started."))) }
        guard status.enter(size: outgoing.size) else {
            return completion(
                .failure(
                    .unavailable(
                        "\(BusStatus.eventsWaiting) events or \(BusStatus.bytesWaiting) bytes wait for PostgreSQL at \(configuration.address) to take them, as many as may.")))
        }
        if !publisher.put(.publish(outgoing)) {
            status.leave(size: outgoing.size)
            completion(.failure(.unavailable("The bus was stopped.")))
        }
    }
}
