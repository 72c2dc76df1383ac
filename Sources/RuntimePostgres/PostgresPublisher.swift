import RemoteBus
import SubsgenRuntime

/// What the bus asks of the thread that publishes.
enum PublisherMessage: Sendable {
    case publish(Outgoing)
    case history(HistoryQuestion)
    /// From now on what is published comes back, or nobody here listens.
    case readerIsThere
}

/// Puts events into the outbox, many in a transaction, and has each of them once there however the connection breaks: for one thread.
///
/// What was sent and not answered when a connection is lost may have been taken. Each connection holds a lock of its publisher's. The next one gets it when the
/// server has ended the old one, so that nothing of it can come later; then it looks for what was sent in the outbox, and sends what is not there again.
final class PostgresPublisher: PostgresLinkOwner {
    private enum Expected {
        /// The old connection is told to end.
        case ending
        case locking
        /// Which places were taken before.
        case places
        /// With these, for what is sent from now on.
        case search(places: [Int64])
        case batch
        case reach(HistoryQuestion)
        case history(HistoryQuestion, HistoryQuestion.Reach, read: Int64)
        case prune
    }

    /// How much goes in one transaction.
    private static let eventsAtMost = 1000
    private static let bytesAtMost = 4 << 20
    /// How many seconds the server may take for anything.
    private static let patience = 10
    private static let pruned: Int64 = 1000

    private let configuration: PostgresConfiguration
    private let status: BusStatus
    private let inbox: Inbox<PublisherMessage>
    private let progress: ReaderProgress
    private let link: PostgresLink
    /// The number of the lock.
    private let identity = Int64.random(in: 1 ... .max)

    private var waiting = Line<Outgoing>()
    private var questions = Line<HistoryQuestion>()
    private var sent: Batch?
    /// How many events may go in one transaction, fewer while one is looked for that the server does not take.
    private var batchLimit = eventsAtMost
    private var expected: Expected?
    private var isReaderThere = false
    private var isLinked = false
    /// By partition, a place behind which what is sent is. Asked for on each connection: a server that lost the end of its log, or all of it, gives places
    /// anew that were behind these.
    private var known: [Int64] = []
    private var pruneDue = Instant.now

    init(_ configuration: PostgresConfiguration, _ status: BusStatus, _ inbox: Inbox<PublisherMessage>, _ progress: ReaderProgress) {
        self.configuration = configuration
        self.status = status
        self.inbox = inbox
        self.progress = progress
        link = PostgresLink(configuration, name: "subsgen-publisher")
        link.owner = self
    }

    /// Works until the inbox is closed.
    func run() {
        while true {
            let (messages, isClosed) = inbox.take()
            for message in messages { accept(message) }
            if isClosed { break }
            giveUpWhatIsDue()
            work()
            link.turn(inbox.descriptor, until: nextInstant)
        }
        lostAll()
        for outgoing in waiting.popAll() { finish(outgoing, .failure(.unavailable("The bus was stopped; the event was not published."))) }
        for entry in sent?.entries ?? [] {
            finish(entry, .failure(.unavailable("The bus was stopped; whether the event was published is not known.")))
        }
    }

    private func accept(_ message: PublisherMessage) {
        switch message {
        case .publish(let outgoing): waiting.append(outgoing)
        case .history(let question):
            guard isLinked, isReaderThere else { return question.fail(status.health) }
            questions.append(question)
        case .readerIsThere: isReaderThere = true
        }
    }

    private var nextInstant: Instant? {
        [waiting.first?.due, sent?.entries.lazy.filter { $0.completion != nil }.map(\.due).min(), isLinked && expected == nil ? pruneDue : nil]
            .compactMap { $0 }.min()
    }

    /// Sends what is next, where nothing is on its way.
    private func work() {
        guard isLinked, isReaderThere, expected == nil, link.isIdle else { return }
        if let question = questions.popFirst() {
            ask(question.asking, .reach(question))
        } else if !waiting.isEmpty {
            sendBatch()
        } else if pruneDue <= .now {
            prune()
        }
    }

    private func ask(_ statement: PostgresStatement, _ what: Expected) {
        expected = what
        link.send(statement, within: Self.patience)
    }

    // MARK: Publishing

    private func sendBatch() {
        var batch = Batch(number: .random(in: .min ... .max), entries: [])
        var bytes = 0
        while let first = waiting.first, batch.entries.isEmpty || (batch.entries.count < batchLimit && bytes + first.size <= Self.bytesAtMost) {
            guard let outgoing = waiting.popFirst() else { break }
            bytes += outgoing.size
            batch.entries.append(outgoing)
        }
        sent = batch
        ask(batch.publishing, .batch)
    }

    private func published(_ result: PostgresResult) {
        guard let batch = sent else { return }
        if let error = result.error {
            if error.isOfServer { return link.drop(error.message) }
            sent = nil
            if error.isOfData, batch.entries.count > 1 {
                // One of them is at fault: it is found by fewer at a time.
                batchLimit = max(1, batch.entries.count / 8)
                return waiting.prepend(batch.entries)
            }
            for entry in batch.entries {
                finish(entry, .failure(.unavailable("PostgreSQL at \(configuration.address) does not take the event: \(error.message)")))
            }
            return
        }
        batchLimit = min(batchLimit * 2, Self.eventsAtMost)
        link.succeeded()
        settle(batch, result)
    }

    /// Tells the publishers of a batch the places of its events, which the result has in their order.
    private func settle(_ batch: Batch, _ result: PostgresResult) {
        sent = nil
        for (row, entry) in batch.entries.enumerated() {
            guard row < result.count, let partition = result.integer(row, 0), let place = result.integer(row, 1), let epoch = result.integer(row, 2) else {
                finish(entry, .failure(.unavailable("The event was published, but PostgreSQL did not say where.")))
                continue
            }
            if known.indices.contains(Int(partition)) { known[Int(partition)] = max(known[Int(partition)], place) }
            finish(entry, .success(Cursor(epoch: UInt64(bitPattern: epoch), partition: UInt64(partition), sequence: UInt64(place))))
        }
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
            finish(outgoing, .failure(.unavailable("PostgreSQL at \(configuration.address) did not take the event within \(waited)\(status.explanation). It was not published.")))
        }
        guard var batch = sent, batch.entries.contains(where: { $0.due <= now && $0.completion != nil }) else { return }
        for place in batch.entries.indices where batch.entries[place].due <= now {
            finish(
                batch.entries[place],
                .failure(.unavailable("PostgreSQL at \(configuration.address) did not say within \(waited) that it took the event. It may have been published.")))
            batch.entries[place].completion = nil
        }
        sent = batch
    }

    // MARK: Connections

    private static let endOther = PostgresStatement(
        name: "subsgen_end_other",
        text: """
            select pg_terminate_backend(pid) from pg_catalog.pg_locks where locktype = 'advisory' and objsubid = 1
                and classid::bigint = $1 >> 32 and objid::bigint = $1 & 4294967295 and pid <> pg_backend_pid()
                and database = (select oid from pg_catalog.pg_database where datname = current_database())
            """)
    private static let lock = PostgresStatement(name: "subsgen_lock", text: "select pg_advisory_lock($1)")
    private static let places = PostgresStatement(
        name: "subsgen_places", text: "select coalesce(pg_sequence_last_value(place), 0) from subsgen.bus, unnest(places) with ordinality as p(place, number) order by number")

    func linked(to store: PostgresStore) { ask(Self.endOther(.integer(identity)), .ending) }

    func received(_ result: PostgresResult) {
        guard let what = expected else { return }
        expected = nil
        switch what {
        case .ending:
            // Where it may not be told, it ends by itself.
            ask(Self.lock(.integer(identity)), .locking)
        case .locking:
            if let error = result.error { return link.drop(error.message) }
            ask(Self.places(), .places)
        case .places:
            if let error = result.error { return link.drop(error.message) }
            let places = (0..<result.count).map { result.integer($0, 0) ?? 0 }
            guard let sent else { return works(behind: places) }
            // Behind the places of the connection that sent it, where this history has it.
            ask(Batch.search(.integer(sent.number), .integers(known)), .search(places: places))
        case .search(let places): found(result, places)
        case .batch: published(result)
        case .reach(let question): askOn(question, result)
        case .history(let question, let reach, let read): question.answer(result, reach, read: read)
        case .prune:
            if result.error == nil, result.bytes(0, 0)?.first == 1 { pruneDue = .now }
        }
    }

    private func askOn(_ question: HistoryQuestion, _ result: PostgresResult) {
        guard let reach = HistoryQuestion.Reach(result) else {
            return question.completion(.failure(.unavailable(result.error?.message ?? "the database did not say how far it may be read")))
        }
        guard reach.has(question.cursor) else { return question.tooOld(reach) }
        let read = progress.position(reach.partition, of: UInt64(bitPattern: reach.epoch))
        ask(question.statement(reach, read: read), .history(question, reach, read: read))
    }

    private func found(_ result: PostgresResult, _ places: [Int64]) {
        if let error = result.error { return link.drop("what was sent cannot be looked for: \(error.message)") }
        guard let batch = sent else { return works(behind: places) }
        if result.count == 0 {
            // It never comes: who would have brought it is gone.
            sent = nil
            waiting.prepend(batch.entries.filter { $0.completion != nil })
        } else {
            settleFound(batch, result)
        }
        works(behind: places)
    }

    /// As `settle`, where the result has the places by partition: those of one are in the order of the batch.
    private func settleFound(_ batch: Batch, _ result: PostgresResult) {
        sent = nil
        var places: [String: Line<Cursor>] = [:]
        for row in 0..<result.count {
            guard let partition = result.integer(row, 0), let place = result.integer(row, 1), let epoch = result.integer(row, 2), let topic = result.text(row, 3)
            else { continue }
            places[topic, default: Line()].append(Cursor(epoch: UInt64(bitPattern: epoch), partition: UInt64(partition), sequence: UInt64(place)))
        }
        for entry in batch.entries {
            finish(
                entry,
                places[entry.topic]?.popFirst().map { .success($0) }
                    ?? .failure(.unavailable("The event was published, and has been thrown away since.")))
        }
    }

    private func works(behind places: [Int64]) {
        known = places
        isLinked = true
        status.works(.publishing)
    }

    func heard(_ payload: UnsafeRawBufferPointer) {}

    func lost(_ reason: String) {
        isLinked = false
        status.fails(.publishing, "\(configuration.address): \(reason)")
        lostAll()
    }

    private func lostAll() {
        switch expected {
        case .reach(let question), .history(let question, _, _): question.fail(status.health)
        case .ending, .locking, .places, .search, .batch, .prune, nil: break
        }
        expected = nil
        for question in questions.popAll() { question.fail(status.health) }
    }

    // MARK: Age

    private static let pruning = PostgresStatement(name: "subsgen_prune", text: "select subsgen.prune(($1::bigint)::double precision, $2, ($3::bigint)::integer)")

    private func prune() {
        let seconds = configuration.secondsKept ?? 3600
        // Processes of one bus take turns by chance.
        pruneDue = .now + .milliseconds(Int.random(in: 100...200) * max(5, min(seconds, 600)))
        guard configuration.secondsKept != nil, !progress.positions.isEmpty else { return }
        ask(Self.pruning(.integer(Int64(seconds)), .integers(progress.positions), .integer(Self.pruned)), .prune)
    }
}
