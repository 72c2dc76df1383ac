/// Passes on what is worth a record, and no flood.
final class Journal: Sendable {
    private struct Key: Hashable, Sendable {
        let kind: LogRecord.Kind
        let field: String
        let rule: String?
    }

    private struct Recent: Sendable {
        var written: UInt64
        var leftOut = 0
    }

    private struct State: Sendable {
        var log: (any RuntimeLog)?
        var recent: [Key: Recent] = [:]
        /// What the bus did before there was a log: it starts with the runtime, and the log is set after that.
        var early: [LogRecord] = []
    }

    /// How many of those are kept.
    private static let earlyAtMost = 8

    /// Records of a kind, field and rule are so many nanoseconds apart.
    private static let interval: UInt64 = 1_000_000_000

    private let clock: MonotonicClock
    /// Guards the log and what was told it last. A leaf: the log is called when it is released.
    private let state = Guarded(State())

    init(clock: MonotonicClock) { self.clock = clock }

    func set(_ log: (any RuntimeLog)?) {
        let early = state.withLock { state -> [LogRecord] in
            state.log = log
            guard log != nil else { return [] }
            defer { state.early = [] }
            return state.early
        }
        for record in early { log?.log(record) }
    }

    /// Something happened. Called under no lock but those that `RuntimeLog` allows. `subscriber` is asked where there is a record to write.
    func note(
        _ kind: LogRecord.Kind, _ field: String, rule: String? = nil, of subscriber: () -> LogRecord.Subscriber? = { nil }, topic: String? = nil
    ) {
        let now = clock.now()
        let (log, leftOut) = state.withLock { state -> ((any RuntimeLog)?, Int) in
            guard let log = state.log else {
                if kind.isOfBus, state.early.count < Self.earlyAtMost { state.early.append(LogRecord(kind: kind, field: field, leftOut: 0, rule: rule, topic: topic)) }
                return (nil, 0)
            }
            // What is wrong with a bus is told in ever new words.
            let key = Key(kind: kind, field: kind.isOfBus ? "" : field, rule: rule)
            guard var recent = state.recent[key] else {
                state.recent[key] = Recent(written: now)
                return (log, 0)
            }
            guard now >= recent.written &+ Self.interval else {
                recent.leftOut += 1
                state.recent[key] = recent
                return (nil, 0)
            }
            state.recent[key] = Recent(written: now)
            return (log, recent.leftOut)
        }
        guard let log else { return }
        log.log(LogRecord(kind: kind, field: field, leftOut: leftOut, rule: rule, subscriber: subscriber(), topic: topic))
    }
}
