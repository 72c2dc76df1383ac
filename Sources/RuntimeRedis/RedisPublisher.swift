import RemoteBus
import SubsgenRuntime

/// What the bus asks of the thread that publishes.
enum PublisherMessage: Sendable {
    case publish(Outgoing)
    case history(HistoryQuestion)
    case rates(RateQuestion)
    /// An event of a group was handled.
    case acknowledge(stream: String, group: String, StreamID)
    /// From now on what is published comes back, or nobody here listens.
    case readerIsThere
}

/// Adds events to streams, many at a time, and has each of them once in its stream however the connection breaks: for one thread.
///
/// What was sent and not answered when a connection is lost may have been taken. The next connection ends the old one at the server, so that
/// nothing of it can come later, looks for what was sent in its stream, and sends what is not there again, in order.
final class RedisPublisher: RedisLinkOwner {
    private struct Sent {
        var outgoing: Outgoing
        let stream: PublishedStream
        /// As which of this publisher's its entry says that it was added.
        let number: UInt64
        /// Whether it was found in its stream, or nobody waits for it any more.
        var isSettled = false
    }

    /// Whose reply comes next. Small, since nearly all are the first.
    private indirect enum Expected {
        case added
        /// That an earlier connection is gone.
        case ended(RedisClient)
        /// A part of a stream that may have what was sent.
        case search(stream: String)
        case history(HistoryQuestion)
        case historyInfo(HistoryQuestion, HistoryPage)
        case rates(RateQuestion)
        case time
        case nothing
    }

    /// How much may be on its way to the server, so that what is not can still be called back.
    private static let sentAtMost = 1024
    private static let bytesAtMost = 4 << 20
    private static let searched = 1000
    /// How long the server may take for any reply.
    private static let patience = Span.seconds(5)
    /// Between two questions about rates: what comes meanwhile goes into one.
    private static let ratePause = Span.milliseconds(5)

    private let configuration: RedisConfiguration
    private let status: BusStatus
    private let inbox: Inbox<PublisherMessage>
    private let link: RedisLink
    private let templates: [String]
    /// Tells this publisher's entries from those of others.
    private let identity = String(UInt64.random(in: .min ... .max), radix: 16)
    private var lastNumber: UInt64 = 0

    private var waiting = Line<Outgoing>()
    private var sent = Line<Sent>()
    private var bytesSent = 0
    private var expected = Line<Expected>()
    private var store: RedisStore?
    /// There since there was a connection.
    private var streams: PublishedStreams?
    private var client: RedisClient?
    /// Connections of before that the server may still have, with bytes of ours on their way to it.
    private var former: [RedisClient] = []
    private var isReaderThere = false
    /// Streams that are searched for what was sent; nothing is sent meanwhile.
    private var searches = 0
    private var isTrimDue = Instant.now
    /// What acknowledges events of groups, as many as are under way at most.
    private var handled = Line<RedisCommand>()
    private var rates = Line<RateQuestion>()
    private var ratesDue = Instant.now
    private var isDropping = false

    init(_ configuration: RedisConfiguration, templates: [String], _ status: BusStatus, _ inbox: Inbox<PublisherMessage>) {
        self.configuration = configuration
        self.templates = templates
        self.status = status
        self.inbox = inbox
        link = RedisLink(configuration, name: "subsgen-publisher")
        link.owner = self
    }

    /// Works until the inbox is closed.
    func run() {
        while true {
            let (messages, isClosed) = inbox.take()
            for message in messages { accept(message) }
            if isClosed { break }
            giveUpWhatIsDue()
            send()
            acknowledge()
            askForRates()
            trimIfDue()
            link.turn(inbox.descriptor, until: nextInstant)
        }
        lostAll()
        for outgoing in waiting.popAll() { finish(outgoing, .failure(.unavailable("The bus was stopped; the event was not published."))) }
        for entry in sent.popAll() {
            finish(entry.outgoing, .failure(.unavailable("The bus was stopped; whether the event was published is not known.")))
        }
    }

    private func accept(_ message: PublisherMessage) {
        switch message {
        case .publish(let outgoing): waiting.append(outgoing)
        case .history(let question):
            guard link.isOpen else { return question.fail(status.health) }
            ask(question)
        case .rates(let question):
            // At once, so that a limit is never held by what was taken long ago.
            if link.isOpen && !isDropping { rates.append(question) } else { question.fail("Redis cannot be reached") }
        case .acknowledge(let stream, let group, let id): handled.append(RedisCommand("XACK", stream, group, id.description))
        case .readerIsThere: isReaderThere = true
        }
    }

    private var nextInstant: Instant? {
        let dues = [waiting.first?.due, sent.first.flatMap { $0.isSettled ? nil : $0.outgoing.due }, isTrimDue, rates.isEmpty ? nil : ratesDue]
        return dues.compactMap { $0 }.min()
    }

    // MARK: Sending

    private func send() {
        guard streams != nil, link.isOpen, isReaderThere, searches == 0, !isDropping else { return }
        while let first = waiting.first, sent.isEmpty || (sent.count < Self.sentAtMost && bytesSent + first.size <= Self.bytesAtMost) {
            guard let outgoing = waiting.popFirst(), let stream = streams?.stream(of: outgoing.content) else { break }
            lastNumber += 1
            bytesSent += outgoing.size
            sent.append(Sent(outgoing: outgoing, stream: stream, number: lastNumber))
            tell(outgoing.command(to: stream, origin(lastNumber)), .added)
        }
    }

    private func origin(_ number: UInt64) -> EntryOrigin { EntryOrigin(publisher: identity, number: number) }

    private func tell(_ command: RedisCommand, _ reply: Expected) {
        expected.append(reply)
        link.send(command)
        link.replyDue = link.replyDue ?? .now + Self.patience
    }

    private func finish(_ outgoing: Outgoing, _ result: Result<Cursor, PublishError>) {
        guard let completion = outgoing.completion else { return }
        status.leave(size: outgoing.size)
        completion(result)
    }

    private func giveUpWhatIsDue() {
        let now = Instant.now
        let waited = "\(configuration.secondsToPublish) seconds"
        while let first = waiting.first, first.due <= now, let outgoing = waiting.popFirst() {
            finish(outgoing, .failure(.unavailable("Redis at \(configuration.address) did not take the event within \(waited)\(status.explanation). It was not published.")))
        }
        guard let first = sent.first, first.outgoing.due <= now, !first.isSettled else { return }
        sent.updateEach { entry in
            guard entry.outgoing.due <= now, !entry.isSettled else { return }
            finish(
                entry.outgoing,
                .failure(.unavailable("Redis at \(configuration.address) did not say within \(waited) that it took the event. It may have been published.")))
            // Its reply, if there is one, is still to come.
            entry.outgoing.completion = nil
            entry.isSettled = true
        }
    }

    // MARK: Replies

    func linked(to store: RedisStore, client: RedisClient?) {
        self.store = store
        let names = StreamNames(prefix: configuration.prefix, partitions: store.partitions)
        streams = PublishedStreams(names, eventsPerStream: configuration.eventsPerStream, former: streams)
        isDropping = false
        if let previous = self.client { former.append(previous) }
        self.client = client
        status.works(.publishing)
        // Only of the same run of the server: another one has given the numbers to others. Where nothing was sent that was not answered, nothing can come.
        former = sent.isEmpty ? [] : former.filter { $0.run == client?.run }
        guard !sent.isEmpty else { return }
        // Each of them until the server says that it is gone: the connection that was to end it may have been lost before.
        for earlier in former { tell(RedisCommand("CLIENT", "KILL", "ID", String(earlier.number)), .ended(earlier)) }
        var searched: [String: PublishedStream] = [:]
        sent.updateEach { searched[$0.stream.name] = $0.stream }
        for (name, stream) in searched.sorted(by: { $0.key < $1.key }) { search(name, after: stream.known) }
    }

    private func search(_ stream: String, after id: StreamID?) {
        searches += 1
        tell(RedisCommand("XRANGE", stream, id.map { "(\($0)" } ?? "-", "+", "COUNT", String(Self.searched)), .search(stream: stream))
    }

    func received(_ reply: RedisReply) {
        guard !isDropping, let what = expected.popFirst() else { return }
        link.replyDue = expected.isEmpty ? nil : .now + Self.patience
        switch what {
        case .added: added(reply)
        case .search(let stream): found(reply, in: stream)
        case .history(let question): page(reply, question)
        case .rates(let question):
            if let error = question.answer(reply) { status.note(.ratesApart("\(configuration.address): \(error)")) }
        case .historyInfo(let question, let page): question.answer(page, StreamInfo(reply), reply.error)
        case .time: trim(reply)
        // Where the old connection is gone already, and where that may not be asked, there is an error.
        case .ended(let earlier): former.removeAll { $0 == earlier }
        case .nothing: break
        }
    }

    private func added(_ reply: RedisReply) {
        if let error = reply.error, isOfServer(error) {
            // Another attempt may succeed, with all that was sent.
            return drop(error)
        }
        guard let entry = sent.popFirst() else { return drop("more replies than commands") }
        bytesSent -= entry.outgoing.size
        if let error = reply.error {
            return finish(entry.outgoing, .failure(.unavailable("Redis at \(configuration.address) does not take the event: \(error)")))
        }
        link.succeeded()
        guard let id = reply.bytes.flatMap({ StreamID($0) }) else { return drop("XADD was answered with something else than an id") }
        settle(entry, id)
    }

    private func settle(_ entry: Sent, _ id: StreamID) {
        entry.stream.known = id
        guard let sequence = id.sequence, let store else {
            return finish(
                entry.outgoing,
                .failure(.unavailable("The stream \(entry.stream.name) has ids that subsgen cannot count by, \(id): the event was published, and no cursor can name it.")))
        }
        finish(entry.outgoing, .success(Cursor(epoch: store.epoch, partition: entry.stream.number, sequence: sequence)))
    }

    /// Whether an error is one of the server's state, not of the command's.
    private func isOfServer(_ error: String) -> Bool {
        // A primary that its replicas have left is perhaps none any more: the sentinels know.
        if case .sentinels = configuration.endpoint, error.hasPrefix("NOREPLICAS") { return true }
        return ["READONLY", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "NOAUTH"].contains { error.hasPrefix($0) }
    }

    private func found(_ reply: RedisReply, in stream: String) {
        searches -= 1
        if let error = reply.error { return drop("what was sent cannot be looked for: \(error)") }
        let entries = reply.entries
        var ids: [[UInt8]: StreamID] = [:]
        for entry in entries { if let origin = entry.origin { ids[Array(origin)] = entry.id } }
        sent.updateEach { entry in
            guard entry.stream.name == stream, let id = ids[Array(origin(entry.number).text.utf8)] else { return }
            if !entry.isSettled { settle(entry, id) }
            entry.outgoing.completion = nil
            entry.isSettled = true
        }
        if let last = entries.last, entries.count == Self.searched { return search(stream, after: last.id) }
        guard searches == 0 else { return }
        // Whatever is not there by now never comes: who would have brought it is gone.
        let again = sent.popAll().filter { !$0.isSettled }
        bytesSent = 0
        waiting.prepend(again.map(\.outgoing))
    }

    func lost(_ reason: String) {
        status.fails(.publishing, "\(configuration.address): \(reason)")
        lostAll()
    }

    private func lostAll() {
        searches = 0
        for question in rates.popAll() { question.fail("the connection was lost") }
        for reply in expected.popAll() {
            switch reply {
            case .history(let question), .historyInfo(let question, _): question.fail(status.health)
            case .rates(let question): question.fail("the connection was lost")
            case .added, .ended, .search, .time, .nothing: break
            }
        }
    }

    private func drop(_ reason: String) {
        isDropping = true
        link.drop(reason)
    }

    // MARK: History

    private func ask(_ question: HistoryQuestion) {
        guard let store, !isDropping else { return question.fail(status.health) }
        let stream = StreamNames(prefix: configuration.prefix, partitions: store.partitions).stream(of: question.topic)
        guard let first = question.start(epoch: store.epoch, partition: StreamNames.number(of: stream)) else {
            // Nothing behind a cursor that the stream never had; but its oldest is told.
            return tell(RedisCommand("XINFO", "STREAM", stream), .historyInfo(question, .unknown(store.epoch, stream)))
        }
        tell(RedisCommand("XRANGE", stream, "(\(first)", "+", "COUNT", String(question.limit)), .history(question))
        // Behind it: what was there then, and is still, was there all the time.
        tell(RedisCommand("XINFO", "STREAM", stream), .nothing)
    }

    private func page(_ reply: RedisReply, _ question: HistoryQuestion) {
        // The next reply belongs to the same question.
        _ = expected.popFirst()
        guard let store else { return }
        let stream = StreamNames(prefix: configuration.prefix, partitions: store.partitions).stream(of: question.topic)
        expected.prepend([.historyInfo(question, HistoryPage(reply, question, store.epoch, stream))])
    }

    // MARK: Groups

    /// One that is lost with a connection has its event handled again.
    private func acknowledge() {
        guard link.isOpen, !isDropping else { return }
        while let command = handled.popFirst() { tell(command, .nothing) }
    }

    // MARK: Rates

    private func askForRates() {
        guard !rates.isEmpty, ratesDue <= .now, link.isOpen, !isDropping, let question = rates.popFirst() else { return }
        ratesDue = .now + Self.ratePause
        tell(question.command(prefix: configuration.prefix), .rates(question))
    }

    // MARK: Age

    private func trimIfDue() {
        guard isTrimDue <= .now else { return }
        guard let seconds = configuration.secondsKept, link.isOpen, searches == 0 else {
            isTrimDue = .now + .seconds(5)
            return
        }
        // Processes of one bus take turns by chance.
        isTrimDue = .now + .milliseconds(Int.random(in: 100...200) * max(5, min(seconds, 600)))
        tell(RedisCommand("TIME"), .time)
    }

    private func trim(_ reply: RedisReply) {
        guard let seconds = configuration.secondsKept, let store, let now = reply.element(0)?.text.flatMap({ Int($0) }), now > seconds else { return }
        let names = StreamNames(prefix: configuration.prefix, partitions: store.partitions)
        for stream in Set(templates.flatMap { names.streams(template: $0) }).sorted() {
            tell(RedisCommand("XTRIM", stream, "MINID", "~", String((now - seconds) * 1000)), .nothing)
        }
    }
}
