import RemoteBus
import SubsgenRuntime

/// What the thread that reads is told.
enum ReaderMessage: Sendable {
    /// There may be room for a topic's event that had none.
    case mayGoOn(String)
}

/// Reads the outbox and gives what somebody listens to to the runtime: for one thread.
///
/// Notifications say in which partitions there is something. The next reading is asked for before what came of the last one is given on, so that the
/// server and this thread work at the same time. A topic that has no room waits by itself, up to a bound; beyond it nothing is read.
final class PostgresReader: PostgresLinkOwner {
    private enum Expected {
        case listening
        /// Where reading begins; the places of locks that were asked for before.
        case locksBefore
        case beginning([Int: Int64])
        case locks
        case events(Set<Int>)
        case renewal
    }

    /// How often everything is read, whatever notifications say.
    private static let sweep = Span.seconds(3)
    private static let patience = 30
    /// How long events that are held back wait for the next look, at first and at most.
    private static let looks: [Span] = [.zero, .milliseconds(1), .milliseconds(2), .milliseconds(4), .milliseconds(8), .milliseconds(10)]

    private let configuration: PostgresConfiguration
    private let receiver: any BusReceiver
    private let status: BusStatus
    private let inbox: Inbox<ReaderMessage>
    private let publisher: Inbox<PublisherMessage>
    private let progress: ReaderProgress
    private let link: PostgresLink
    private let began: Instant
    private let templates: [[UInt8]?]

    private var expected: Expected?
    private var store: PostgresStore?
    /// When the bus was started, by the server's clock; a little earlier, by what its answer took.
    private var start: Int64 = 0
    private var partitions: [PartitionProgress] = []
    /// Partitions that have something, perhaps.
    private var dirty: Set<Int> = []
    private var isReading = false
    /// Whether the history turned out to be another one.
    private var isNewHistory = false
    private var look = 0
    private var lookDue: Instant?
    private var sweepDue = Instant.now
    private var arrived: [Arrival] = []
    private var held: HeldArrivals

    init(
        _ configuration: PostgresConfiguration, _ receiver: any BusReceiver, began: Instant, _ status: BusStatus,
        _ inbox: Inbox<ReaderMessage>, publisher: Inbox<PublisherMessage>, _ progress: ReaderProgress
    ) {
        self.configuration = configuration
        self.receiver = receiver
        self.began = began
        self.status = status
        self.inbox = inbox
        self.publisher = publisher
        self.progress = progress
        templates = receiver.templates.map { PostgresReading.pattern(template: $0) }
        held = HeldArrivals(receiver) { topic in _ = inbox.put(.mayGoOn(topic)) }
        link = PostgresLink(configuration, name: "subsgen-reader")
        link.owner = self
    }

    /// Works until the inbox is closed.
    func run() {
        while true {
            let (messages, isClosed) = inbox.take()
            if isClosed { return }
            for case .mayGoOn(let topic) in messages { held.goOn(topic) }
            readOn()
            give()
            link.turn(inbox.descriptor, until: nextInstant)
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

    private var nextInstant: Instant? {
        guard isReading, link.isIdle, !held.isFull else { return nil }
        return [lookDue, sweepDue].compactMap { $0 }.min()
    }

    private func ask(_ statement: PostgresStatement, _ what: Expected) {
        expected = what
        link.send(statement, within: Self.patience)
    }

    // MARK: Beginning

    func linked(to store: PostgresStore) {
        isNewHistory = self.store.map { $0.epoch != store.epoch || $0.partitions != store.partitions } ?? false
        if self.store?.partitions != store.partitions { partitions = [] }
        self.store = store
        start = store.now - Int64((Instant.now - began).microseconds)
        ask(PostgresReading.listen, .listening)
    }

    /// Where reading begins: at the instant when the bus was started, by the server's clock, so that a subscriber who was here before the connection
    /// misses nothing that came after him; where reading was interrupted, there; and in another history behind what has been read, by its time.
    private func begin(_ locks: [Int: Int64], _ store: PostgresStore) {
        let (positions, instants) =
            partitions.isEmpty
            ? ([Int64](repeating: -1, count: store.partitions), [Int64](repeating: start, count: store.partitions))
            : (partitions.map { isNewHistory ? -1 : $0.position }, partitions.map { $0.stamp.map { $0 + 1 } ?? start })
        ask(PostgresReading.beginning(.integers(positions), .instants(instants)), .beginning(locks))
    }

    private func begun(_ result: PostgresResult, _ locks: [Int: Int64], _ store: PostgresStore) {
        let places = (0..<result.count).map { PostgresReading.Place(result, $0) }
        if places.count != store.partitions { return link.drop("the tables subsgen.bus and subsgen.partitions do not agree") }
        if partitions.isEmpty || isNewHistory {
            let hadBegun = !partitions.isEmpty
            partitions = places.enumerated().map { number, place in
                let position = min(place.before ?? place.pruned, locks[number] ?? .max)
                return PartitionProgress(number: number, position: max(place.pruned, position))
            }
            isNewHistory = false
            if hadBegun { receiver.note(.gap("subsgen.outbox", count: nil)) }
        } else if zip(partitions, places).contains(where: { $0.isLost(in: $1) }) {
            // Another server that had not got everything, or one that lost the end of its log: cursors of what is lost must name nothing.
            isNewHistory = true
            return ask(PostgresReading.renew(.integer(Int64(bitPattern: store.epoch))), .renewal)
        }
        isReading = true
        dirty = Set(partitions.map(\.number))
        sweepDue = .now + Self.sweep
        progress.set(partitions.map(\.position), of: store.epoch)
        link.succeeded()
        status.works(.reading)
        _ = publisher.put(.readerIsThere)
    }

    // MARK: Reading

    private func readOn() {
        guard isReading, link.isIdle, !held.isFull else { return }
        if let due = lookDue, due <= .now {
            lookDue = nil
            return ask(PostgresReading.locks(), .locks)
        }
        if sweepDue <= .now { dirty.formUnion(partitions.map(\.number)) }
        // Those that hold something back are looked at when it is time.
        let wanted = dirty.filter { !partitions[$0].isHeld }
        if !wanted.isEmpty { read(wanted) }
    }

    private func read(_ numbers: Set<Int>) {
        let read = numbers.sorted()
        dirty.subtract(numbers)
        if numbers.count == partitions.count { sweepDue = .now + Self.sweep }
        ask(
            PostgresReading.events(
                .integers(read.map { Int64($0) }), .integers(read.map { partitions[$0].position }), .texts(templates)),
            .events(numbers))
    }

    func heard(_ payload: UnsafeRawBufferPointer) {
        if let number = Int(String(decoding: payload, as: UTF8.self)), partitions.indices.contains(number) {
            dirty.insert(number)
        } else {
            // Told before reading has begun, or by somebody else: everything is looked at.
            dirty.formUnion(partitions.map(\.number))
        }
    }

    func received(_ result: PostgresResult) {
        guard let what = expected, let store else { return }
        expected = nil
        if let error = result.error { return link.drop(error.message) }
        switch what {
        case .listening: ask(PostgresReading.locks(), .locksBefore)
        case .locksBefore: begin(PostgresReading.locks(of: result), store)
        case .beginning(let locks): begun(result, locks, store)
        case .locks: looked(PostgresReading.locks(of: result))
        case .events(let numbers): took(result, numbers, store)
        case .renewal: link.drop("the server has lost events that were read")
        }
    }

    private func looked(_ locks: [Int: Int64]) {
        let waiting = Set(partitions.filter(\.isHeld).map(\.number))
        for number in waiting { partitions[number].close(before: locks[number]) }
        read(waiting.union(dirty))
    }

    private func took(_ result: PostgresResult, _ numbers: Set<Int>, _ store: PostgresStore) {
        var row = 0
        while row < result.count {
            let first = PostgresReading.Row(result, row)
            guard let number = first.partition, numbers.contains(number), first.epoch == store.epoch else {
                // A schema that was made anew.
                return link.drop("the history of the bus is another one")
            }
            var rows: [PostgresReading.Row] = []
            while row < result.count, case let next = PostgresReading.Row(result, row), next.partition == number {
                rows.append(next)
                row += 1
            }
            take(rows, number, store)
        }
        if !partitions.contains(where: \.isHeld) {
            (look, lookDue) = (0, nil)
        } else if lookDue == nil {
            lookDue = .now + Self.looks[look]
            look = min(look + 1, Self.looks.count - 1)
        }
        progress.set(partitions.map(\.position), of: store.epoch)
    }

    private func take(_ rows: [PostgresReading.Row], _ number: Int, _ store: PostgresStore) {
        if let pruned = rows.first?.pruned, partitions[number].skip(pruned: pruned) {
            receiver.note(.gap("subsgen.outbox", count: nil))
        }
        let events = rows.filter { $0.place.map { $0 > partitions[number].position } ?? false }
        let passed = partitions[number].pass(events.compactMap { row in row.place.map { ($0, row.stamp ?? 0) } })
        for row in events.prefix(passed) {
            if let arrival = row.arrival(Cursor(epoch: store.epoch, partition: UInt64(number), sequence: UInt64(row.place ?? 0)), receiver) {
                arrived.append(arrival)
            }
        }
        if passed == events.count, events.last?.isLast(of: events.count) == true { dirty.insert(number) }
    }

    func lost(_ reason: String) {
        isReading = false
        expected = nil
        lookDue = nil
        look = 0
        status.fails(.reading, "\(configuration.address): \(reason)")
    }
}

extension PartitionProgress {
    /// Whether what was read up to the position is not what the server has there.
    fileprivate func isLost(in place: PostgresReading.Place) -> Bool {
        if place.last < position { return true }
        guard let stamp, position > place.pruned else { return false }
        return place.stamp != stamp
    }
}
