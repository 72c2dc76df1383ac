import RemoteBus
import SubsgenRuntime

/// What the thread that reads is told.
enum ReaderMessage: Sendable {
    /// There may be room for a topic's event that had none.
    case mayGoOn(String)
}

/// Reads every stream of the schema's topics and gives what somebody listens to to the runtime: for one thread.
///
/// The next batch is asked for before one is given on, so that the server and this thread work at the same time. A topic that has no room waits
/// by itself, up to a bound; beyond it nothing is read until there is room again.
final class RedisReader: RedisLinkOwner {
    /// Whose reply comes next.
    private enum Expected {
        case time
        case info(Int)
        case batch
        case epoch
    }

    /// How many entries of a stream are asked for at once.
    private static let batch = 128
    /// For how long the server keeps the question open when there is nothing.
    private static let blockMilliseconds = 3000
    /// How long it may take beyond that.
    private static let patience = Span.seconds(5)

    private let configuration: RedisConfiguration
    private let receiver: any BusReceiver
    private let status: BusStatus
    private let inbox: Inbox<ReaderMessage>
    private let publisher: Inbox<PublisherMessage>
    private let link: RedisLink
    private let began: Instant

    private var expected = Line<Expected>()
    private var store: RedisStore?
    private var streams: [ReadStream] = []
    private var places: [String: Int] = [:]
    /// Whether the history is another than that which was read so far.
    private var isNewHistory = false
    /// Whether the history was found to be another while the connection lasted, so that what was read since is of the new one.
    private var isFlushed = false
    private var isReading = false
    private var isDropping = false
    private var arrived: [Arrival] = []
    private var held: HeldArrivals

    init(
        _ configuration: RedisConfiguration, _ receiver: any BusReceiver, began: Instant, _ status: BusStatus, _ inbox: Inbox<ReaderMessage>,
        publisher: Inbox<PublisherMessage>
    ) {
        self.configuration = configuration
        self.receiver = receiver
        self.began = began
        self.status = status
        self.inbox = inbox
        self.publisher = publisher
        held = HeldArrivals(receiver) { topic in _ = inbox.put(.mayGoOn(topic)) }
        link = RedisLink(configuration, name: "subsgen-reader")
        link.owner = self
    }

    /// Works until the inbox is closed.
    func run() {
        while true {
            let (messages, isClosed) = inbox.take()
            if isClosed { return }
            for case .mayGoOn(let topic) in messages { held.goOn(topic) }
            readOn()
            // Before what has arrived is given on, which may take long.
            link.flush()
            give()
            link.turn(inbox.descriptor, until: nil)
        }
    }

    private func give() {
        var taken: [Arrival] = []
        swap(&taken, &arrived)
        for arrival in taken {
            if status.isStopped { return }
            held.give(arrival)
        }
    }

    // MARK: Beginning

    func linked(to store: RedisStore, client: RedisClient?) {
        isDropping = false
        isNewHistory = self.store.map { $0.epoch != store.epoch } == true && !isFlushed
        isFlushed = false
        let isSame = self.store?.partitions == store.partitions
        self.store = store
        if isSame && !streams.isEmpty { askForInfo() } else { tell(RedisCommand("TIME"), .time) }
    }

    /// Reading begins with the instant when the bus was started, by the server's clock: a subscriber who was here before the connection
    /// misses nothing that came after him.
    private func begin(_ reply: RedisReply, _ store: RedisStore) {
        guard let seconds = reply.element(0)?.text.flatMap({ Int($0) }), let microseconds = reply.element(1)?.text.flatMap({ Int($0) }) else {
            return drop(reply.error ?? "TIME was answered with something else than a time")
        }
        let start = max(0, seconds * 1000 + microseconds / 1000 - Int((Instant.now - began).milliseconds) - 1)
        let position = StreamID(milliseconds: UInt64(start), number: 0)
        let names = StreamNames(prefix: configuration.prefix, partitions: store.partitions)
        var known: Set<String> = []
        streams = [ReadStream(name: names.control, kind: .notices, position: position)]
        for template in receiver.templates {
            let parts = names.streams(template: template)
            // Templates that call their arguments otherwise share their streams.
            for (partition, name) in parts.enumerated() where known.insert(name).inserted {
                streams.append(ReadStream(name: name, kind: .events(partition: parts.count > 1 ? partition : nil), position: position))
            }
        }
        places = Dictionary(uniqueKeysWithValues: streams.enumerated().map { ($1.name, $0) })
        askForInfo()
    }

    private func askForInfo() {
        for (place, stream) in streams.enumerated() { tell(RedisCommand("XINFO", "STREAM", stream.name), .info(place)) }
    }

    private func learned(_ reply: RedisReply, _ place: Int) {
        guard let info = StreamInfo(reply) else { return drop("\(streams[place].name): \(reply.error ?? "XINFO was answered with something else than a stream")") }
        if case .entries(let count) = streams[place].compare(info, isNewHistory: isNewHistory) { receiver.note(.gap(streams[place].name, count: count)) }
        guard !isReading, place == streams.count - 1 else { return }
        isReading = true
        isNewHistory = false
        link.succeeded()
        status.works(.reading)
        _ = publisher.put(.readerIsThere)
    }

    // MARK: Reading

    private func readOn() {
        guard isReading, !isDropping, expected.isEmpty, !held.isFull, arrived.isEmpty else { return }
        ask()
    }

    private func ask() {
        var command = RedisCommand(words: 6 + 2 * streams.count, room: 64 * streams.count + 64)
        for word in ["XREAD", "COUNT", String(Self.batch), "BLOCK", String(Self.blockMilliseconds), "STREAMS"] { command.append(word) }
        for stream in streams { command.append(stream.name) }
        for stream in streams { command.append(stream.position.description) }
        tell(command, .batch)
    }

    private func tell(_ command: RedisCommand, _ reply: Expected) {
        expected.append(reply)
        link.send(command)
        link.replyDue = .now + Self.patience + .milliseconds(Self.blockMilliseconds)
    }

    func received(_ reply: RedisReply) {
        guard !isDropping, let what = expected.popFirst() else { return }
        if expected.isEmpty { link.replyDue = nil }
        switch what {
        case .time: if let store { begin(reply, store) }
        case .info(let place): learned(reply, place)
        case .batch: took(reply)
        case .epoch: checkEpoch(reply)
        }
    }

    private func took(_ reply: RedisReply) {
        if let error = reply.error { return drop(error) }
        if reply.count == 0 {
            // Whether it is quiet, or everything was thrown away.
            tell(RedisCommand("HGET", "\(configuration.prefix):bus", "epoch"), .epoch)
        }
        var behind: [Int] = []
        for index in 0..<reply.count {
            guard let part = reply.element(index), let name = part.element(0)?.text, let place = places[name], let entries = part.element(1) else { continue }
            for number in 0..<entries.count {
                guard let entry = entries.element(number).flatMap(StreamEntry.init) else { continue }
                read(entry, of: streams[place])
                streams[place].passed(entry.id)
            }
            if entries.count >= Self.batch { behind.append(place) }
        }
        // What is read faster than it is given on may be thrown away before it is read.
        for place in behind { tell(RedisCommand("XINFO", "STREAM", streams[place].name), .info(place)) }
        if !held.isFull { ask() }
    }

    private func read(_ entry: StreamEntry, of stream: ReadStream) {
        switch stream.kind {
        case .notices:
            if let notice = entry.notice { arrived.append(Arrival(topic: "", content: .notice(Array(notice)), cursor: nil)) }
        case .events(let partition):
            guard let topic = entry.topic else { return unreadable(entry, stream, "it names no topic in UTF-8") }
            guard receiver.isHeard(topic) else { return }
            guard let content = entry.content else { return unreadable(entry, stream, "it has neither a payload nor an end") }
            guard let store, let sequence = entry.id.sequence else { return unreadable(entry, stream, "no cursor can name it") }
            let names = StreamNames(prefix: configuration.prefix, partitions: store.partitions)
            if let partition, names.partition(of: topic.utf8) != partition {
                return unreadable(entry, stream, "its topic belongs into another stream")
            }
            let cursor = Cursor(epoch: store.epoch, partition: stream.number, sequence: sequence)
            switch content {
            case .event(let payload, let attributes):
                arrived.append(Arrival(topic: topic, content: .event(Array(payload), attributes.map { Array($0) }), cursor: cursor))
            case .end: arrived.append(Arrival(topic: topic, content: .end, cursor: cursor))
            }
        }
    }

    private func unreadable(_ entry: StreamEntry, _ stream: ReadStream, _ why: String) {
        receiver.note(.unreadable("the entry \(entry.id) of \(stream.name): \(why)"))
    }

    private func checkEpoch(_ reply: RedisReply) {
        if let error = reply.error { return drop(error) }
        guard let store, reply.text != String(store.epoch, radix: 16) else { return }
        isFlushed = true
        drop("the history of the bus was thrown away at the server")
    }

    func lost(_ reason: String) {
        isReading = false
        _ = expected.popAll()
        status.fails(.reading, "\(configuration.address): \(reason)")
    }

    private func drop(_ reason: String) {
        isDropping = true
        link.drop(reason)
    }
}
