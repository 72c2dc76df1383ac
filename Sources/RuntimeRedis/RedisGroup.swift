import RemoteBus
import SubsgenRuntime

/// What the thread of a group is told.
enum GroupMessage: Sendable {
    /// An event was answered.
    case answered(stream: String, StreamID)
}

/// Takes events as one member of a consumer group of Redis, for one template: for one thread.
///
/// What it took it owns until it is acknowledged, which goes over the publisher's connection, since this one's waits for events. It gives a sign of
/// life for what is under way; what has none for so long, because its process is gone or it failed, is claimed by whichever member looks first.
final class RedisGroup: RedisLinkOwner {
    /// Whose reply comes next.
    private enum Expected {
        case created
        case batch
        case pending(stream: String)
        /// An entry that nobody else handles any more, if it is still there; the how manieth attempt it is.
        case claimed(stream: String, attempt: Int)
        /// Where the copy of an entry is that failed too often.
        case copied(stream: String, StreamID, place: String)
        case nothing
    }

    /// For how long the server keeps the question open when there is nothing.
    private static let blockMilliseconds = 1000
    private static let patience = Span.seconds(5)
    /// How many events are kept that were put aside.
    private static let putAsideAtMost = 10_000
    /// After how many milliseconds without an event a member may be gone for good.
    private static let goneMilliseconds = 3_600_000

    private let configuration: RedisConfiguration
    private let group: WorkGroup
    private let worker: any BusWorker
    private let inbox: Inbox<GroupMessage>
    private let publisher: Inbox<PublisherMessage>
    private let link: RedisLink
    /// What the group knows this process by.
    private let member: String

    private var expected = Line<Expected>()
    private var store: RedisStore?
    private var streams: [String] = []
    /// What is under way here.
    private var taken: [String: Set<StreamID>] = [:]
    /// Whether the group was there once: where it is gone, so is its history, and all that there is is new.
    private var wasThere = false
    private var isReady = false
    private var isDropping = false
    private var lookDue = Instant.now
    private var dismissalDue = Instant.now

    init(
        _ configuration: RedisConfiguration, _ group: WorkGroup, _ worker: any BusWorker, member: String, _ inbox: Inbox<GroupMessage>,
        publisher: Inbox<PublisherMessage>
    ) {
        self.configuration = configuration
        self.group = group
        self.worker = worker
        self.member = member
        self.inbox = inbox
        self.publisher = publisher
        link = RedisLink(configuration, name: "subsgen-group")
        link.owner = self
    }

    /// Works until the inbox is closed.
    func run() {
        while true {
            let (messages, isClosed) = inbox.take()
            if isClosed { return }
            for case .answered(let stream, let id) in messages { taken[stream]?.remove(id) }
            goOn()
            link.turn(inbox.descriptor, until: isReady && expected.isEmpty ? lookDue : nil)
        }
    }

    private var room: Int { group.inFlight - taken.values.reduce(0) { $0 + $1.count } }

    private func goOn() {
        guard isReady, !isDropping, expected.isEmpty else { return }
        if lookDue <= .now { return look() }
        guard room > 0 else { return }
        var command = RedisCommand(words: 9 + 2 * streams.count)
        let count = String(max(1, room / streams.count))
        for word in ["XREADGROUP", "GROUP", group.name, member, "COUNT", count, "BLOCK", String(Self.blockMilliseconds), "STREAMS"] { command.append(word) }
        for stream in streams { command.append(stream) }
        for _ in streams { command.append(">") }
        tell(command, .batch)
    }

    private func tell(_ command: RedisCommand, _ reply: Expected) {
        expected.append(reply)
        link.send(command)
        link.replyDue = .now + Self.patience + .milliseconds(Self.blockMilliseconds)
    }

    // MARK: Beginning

    func linked(to store: RedisStore, client: RedisClient?) {
        isDropping = false
        self.store = store
        streams = StreamNames(prefix: configuration.prefix, partitions: store.partitions).streams(template: group.template)
        for stream in streams { tell(RedisCommand("XGROUP", "CREATE", stream, group.name, wasThere ? "0" : "$", "MKSTREAM"), .created) }
    }

    private func created(_ reply: RedisReply) {
        if let error = reply.error, !error.hasPrefix("BUSYGROUP") { return drop(error) }
        guard expected.isEmpty else { return }
        (wasThere, isReady) = (true, true)
        lookDue = .now
        link.succeeded()
    }

    func received(_ reply: RedisReply) {
        guard !isDropping, let what = expected.popFirst() else { return }
        if expected.isEmpty { link.replyDue = nil }
        switch what {
        case .created: created(reply)
        case .batch: took(reply)
        case .pending(let stream): claim(reply, of: stream)
        case .claimed(let stream, let attempt): claimed(reply, stream, attempt)
        case .copied(let stream, let id, let place): copied(reply, id, of: stream, to: place)
        case .nothing: break
        }
    }

    func lost(_ reason: String) {
        isReady = false
        _ = expected.popAll()
    }

    private func drop(_ reason: String) {
        isDropping = true
        link.drop(reason)
    }

    // MARK: New events

    private func took(_ reply: RedisReply) {
        // Where the group is gone, it is made again by the next connection.
        if let error = reply.error { return drop(error) }
        for index in 0..<reply.count {
            guard let part = reply.element(index), let stream = part.element(0)?.text, let entries = part.element(1) else { continue }
            for entry in entries.entries { give(entry, of: stream, attempt: 1) }
        }
    }

    private func give(_ entry: StreamEntry, of stream: String, attempt: Int) {
        guard let store, let topic = entry.topic, let content = entry.content, case .event(let payload, let attributes) = content, let sequence = entry.id.sequence
        else {
            // An end is nothing to do, and what cannot be read is told by those who read the stream.
            return acknowledge(entry.id, of: stream)
        }
        let (id, group, inbox, publisher) = (entry.id, group, inbox, publisher)
        taken[stream, default: []].insert(id)
        worker.work(
            on: WorkDelivery(
                topic: topic, payload: Array(payload), attributes: attributes.map { Array($0) },
                cursor: Cursor(epoch: store.epoch, partition: StreamNames.number(of: stream), sequence: sequence), attempt: attempt
            ) { isDone in
                if isDone { _ = publisher.put(.acknowledge(stream: stream, group: group.name, id)) }
                _ = inbox.put(.answered(stream: stream, id))
            })
    }

    private func acknowledge(_ id: StreamID, of stream: String) {
        _ = publisher.put(.acknowledge(stream: stream, group: group.name, id))
    }

    // MARK: Events of others

    private var milliseconds: Int { group.seconds.multipliedReportingOverflow(by: 1000).overflow ? .max : group.seconds * 1000 }

    /// Gives a sign of life for what is under way, and looks for what has none.
    private func look() {
        // So often that a sign of life does not come too late, and not all members at once.
        lookDue = .now + .milliseconds(Int.random(in: 200...300) * max(1, min(group.seconds, 60)))
        for (stream, ids) in taken where !ids.isEmpty {
            var command = RedisCommand(words: 6 + ids.count)
            for word in ["XCLAIM", stream, group.name, member, "0"] { command.append(word) }
            for id in ids { command.append(id.description) }
            command.append("JUSTID")
            tell(command, .nothing)
        }
        for stream in streams {
            if room > 0 {
                tell(RedisCommand("XPENDING", stream, group.name, "IDLE", String(milliseconds), "-", "+", String(max(1, room / streams.count))), .pending(stream: stream))
            }
        }
        dismissIfDue()
    }

    private func claim(_ reply: RedisReply, of stream: String) {
        if let error = reply.error { return drop(error) }
        for index in 0..<reply.count {
            guard let entry = reply.element(index), let id = entry.element(0)?.bytes.flatMap({ StreamID($0) }), let count = entry.element(3)?.integer,
                taken[stream]?.contains(id) != true
            else { continue }
            // Only one member finds that it was idle for so long.
            tell(RedisCommand("XCLAIM", stream, group.name, member, String(milliseconds), id.description), .claimed(stream: stream, attempt: count + 1))
        }
    }

    private func claimed(_ reply: RedisReply, _ stream: String, _ attempt: Int) {
        if let error = reply.error { return drop(error) }
        for entry in reply.entries {
            if attempt <= group.attempts { give(entry, of: stream, attempt: attempt) } else { putAside(entry, of: stream) }
        }
    }

    /// Keeps an event that fails each time where somebody can look at it, and no more among those that are handled.
    private func putAside(_ entry: StreamEntry, of stream: String) {
        let place = "\(configuration.prefix):failed:\(group.name)"
        var command = RedisCommand(words: 6 + 2 * (2 + entry.fields.count))
        for word in ["XADD", place, "MAXLEN", "~", String(Self.putAsideAtMost), "*", "stream", stream, "id", entry.id.description] { command.append(word) }
        for field in entry.fields {
            command.append(Array(field.name))
            command.append(Array(field.value))
        }
        tell(command, .copied(stream: stream, entry.id, place: place))
    }

    private func copied(_ reply: RedisReply, _ id: StreamID, of stream: String, to place: String) {
        // A full Redis took no copy: the group keeps the entry, and whoever finds it idle next tries again.
        if reply.error != nil { return }
        acknowledge(id, of: stream)
        worker.note(putAside: "the entry \(id) of \(stream), which is in \(place) now")
    }

    /// Lets the group forget members that are gone and have nothing: in one step, since one that has something is never to be forgotten. To one that is
    /// there it does no harm, which is known again with its next event.
    private static let dismissal = """
        for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
          local known = {}
          for i = 1, #consumer, 2 do known[consumer[i]] = consumer[i + 1] end
          if known.pending == 0 and known.idle > tonumber(ARGV[2]) then
            redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], known.name)
          end
        end
        """

    private func dismissIfDue() {
        guard dismissalDue <= .now else { return }
        dismissalDue = .now + .seconds(Int.random(in: 600...1200))
        // Without the right to it they stay.
        for stream in streams { tell(RedisCommand("EVAL", Self.dismissal, "1", stream, group.name, String(Self.goneMilliseconds)), .nothing) }
    }
}
