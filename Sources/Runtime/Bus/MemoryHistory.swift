/// What a bus of one process keeps of what it has delivered, for clients that come back: the newest events of all topics together.
///
/// The oldest goes where there are too many, where they have too many bytes, or where it is too old. What is remembered of topics that have
/// nothing left is bounded too; of one that was forgotten, a cursor counts as too old where anything near it has gone.
final class MemoryHistory: Sendable {
    /// Bounds of a history.
    struct Limits: Sendable, Hashable {
        let events: Int
        /// Of payloads, attributes and topics' names.
        let bytes: Int
        let nanoseconds: UInt64
    }

    /// One thing that happened on a topic.
    struct Record: Sendable {
        let topic: String
        let entry: BusHistory.Entry
        let cursor: Cursor

        /// About how many bytes it takes.
        fileprivate var cost: Int {
            switch entry {
            case .event(let payload, let attributes): 64 + topic.utf8.count + payload.count + (attributes?.count ?? 0)
            case .completed: 64 + topic.utf8.count
            }
        }
    }

    /// What is kept of one topic.
    private struct Places: Sendable {
        /// The numbers of its records.
        var numbers = Window<Int>()
        let partition: UInt64
        /// The sequence of its last event that has gone; of none that has, the partition's floor when the topic came.
        var gone: UInt64
    }

    private struct State: Sendable {
        /// In the order of each partition, and when they came.
        var records = Window<(record: Record, instant: UInt64)>()
        /// The number of the oldest record.
        var firstNumber = 0
        var bytes = 0
        var topics: [String: Places] = [:]
        /// How many of the topics have nothing left.
        var quiet = 0
        /// By partition, the sequence up to which topics that were forgotten had events.
        var floors: [UInt64: UInt64] = [:]
        /// By partition, the last sequence that came.
        var lasts: [UInt64: UInt64] = [:]
    }

    private let limits: Limits
    private let clock: MonotonicClock
    /// Guards what is kept. A leaf.
    private let state = Guarded(State())

    init(_ limits: Limits, clock: MonotonicClock = .system) {
        self.limits = limits
        self.clock = clock
    }

    /// How many topics it knows anything of.
    var topicCount: Int { state.withLock { $0.topics.count } }

    /// How many things it keeps, and about how many bytes they take.
    var size: (records: Int, bytes: Int) { state.withLock { ($0.records.count, $0.bytes) } }

    /// Keeps what comes next of a partition. Called before it is delivered, in the order of the partition: who has joined a topic finds in the history
    /// what it did not get.
    func append(_ record: Record) {
        let now = clock.now()
        state.withLock { state in
            let partition = record.cursor.partition
            state.lasts[partition] = record.cursor.sequence
            if state.topics[record.topic]?.numbers.isEmpty == true { state.quiet -= 1 }
            let number = state.firstNumber + state.records.count
            state.topics[record.topic, default: Places(partition: partition, gone: state.floors[partition] ?? 0)].numbers.append(number)
            state.records.append((record, now))
            state.bytes += record.cost
            trim(&state, now)
        }
    }

    /// What a topic had after a cursor of its partition.
    func read(_ topic: String, after cursor: Cursor, limit: Int) -> Result<BusHistory, BusHistoryError> {
        let now = clock.now()
        return state.withLock { state in
            trim(&state, now)
            let places = state.topics[topic]
            let gone = places?.gone ?? state.floors[cursor.partition] ?? 0
            // One that this bus has not given yet is of no use either.
            guard cursor.sequence >= gone, cursor.sequence <= state.lasts[cursor.partition] ?? 0 else {
                return .failure(.tooOld(oldest: Cursor(epoch: cursor.epoch, partition: cursor.partition, sequence: gone)))
            }
            guard let places else { return .success(BusHistory(entries: [], end: cursor, isComplete: true)) }
            let (records, firstNumber) = (state.records, state.firstNumber)
            func record(_ place: Int) -> Record? { places.numbers[place].flatMap { records[$0 - firstNumber]?.record } }
            var (low, high) = (0, places.numbers.count)
            while low < high {
                let middle = low + (high - low) / 2
                if let found = record(middle), found.cursor.sequence <= cursor.sequence { low = middle + 1 } else { high = middle }
            }
            let end = low + min(max(limit, 1), places.numbers.count - low)
            let entries = (low..<end).compactMap { place in record(place).map { (entry: $0.entry, cursor: $0.cursor) } }
            return .success(BusHistory(entries: entries, end: entries.last?.cursor ?? cursor, isComplete: end == places.numbers.count))
        }
    }

    /// The cursor after which everything of a topic is there; `beginning` is the one before everything.
    func oldest(of topic: String, _ beginning: Cursor) -> Cursor {
        let gone = state.withLock { $0.topics[topic]?.gone ?? $0.floors[beginning.partition] ?? 0 }
        return Cursor(epoch: beginning.epoch, partition: beginning.partition, sequence: gone)
    }

    private func trim(_ state: inout State, _ now: UInt64) {
        while let oldest = state.records.first {
            let isTooOld = now > oldest.instant && now - oldest.instant > limits.nanoseconds
            guard state.records.count > limits.events || state.bytes > limits.bytes || isTooOld else { break }
            state.records.removeFirst()
            state.firstNumber += 1
            state.bytes -= oldest.record.cost
            state.topics[oldest.record.topic]?.numbers.removeFirst()
            state.topics[oldest.record.topic]?.gone = oldest.record.cursor.sequence
            if state.topics[oldest.record.topic]?.numbers.isEmpty == true { state.quiet += 1 }
        }
        if state.quiet > limits.events { Self.forgetQuiet(&state) }
    }

    /// Forgets all topics that have nothing left. It takes no longer than it took them to become so many.
    private static func forgetQuiet(_ state: inout State) {
        for (name, places) in Array(state.topics) where places.numbers.isEmpty {
            state.floors[places.partition] = max(state.floors[places.partition] ?? 0, places.gone)
            state.topics[name] = nil
        }
        state.quiet = 0
    }
}

/// Elements that come at the end and go at the beginning, any of which can be looked at. Everything takes constant time.
private struct Window<Element: Sendable>: Sendable {
    private var elements: [Element?] = []
    /// How many of `elements` have gone.
    private var gone = 0

    var count: Int { elements.count - gone }
    var isEmpty: Bool { count == 0 }
    var first: Element? { self[0] }

    /// The element at a place, counted from the first; nil where there is none.
    subscript(place: Int) -> Element? {
        place >= 0 && place < count ? elements[gone + place] : nil
    }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func removeFirst() {
        if isEmpty { return }
        elements[gone] = nil
        gone += 1
        if gone == elements.count || gone > 32 && gone > elements.count / 2 {
            elements.removeFirst(gone)
            gone = 0
        }
    }
}
