/// Who is told what a runtime does by itself: in Swift an application's logger, in Python `logging`.
public protocol RuntimeLog: Sendable {
    /// Takes notice of something. Called by any thread, under no lock of the runtime but perhaps the bus's: it neither waits nor calls back.
    func log(_ record: LogRecord)
}

/// Something that a runtime did by itself. It has no payloads, arguments, tokens or claims.
public struct LogRecord: Sendable, Hashable {
    /// What happened. One record of a kind and field is written in a second; the next says how many were not.
    public enum Kind: String, Sendable, Hashable {
        /// A subscription ended because too many messages waited for its client.
        case messageLimit
        /// A connection is closed because too many bytes waited for its client.
        case connectionLimit
        /// Subscriptions ended because too many events waited for a field's function.
        case resolverLimit
    }

    /// What happened.
    public let kind: Kind
    /// The subscription field.
    public let field: String
    /// How many records of this kind and field were left out before this one.
    public let leftOut: Int

    /// One sentence for people.
    public var message: String {
        let sentence =
            switch kind {
            case .messageLimit: "a subscription to \"\(field)\" was ended: its client does not take its messages"
            case .connectionLimit: "a connection that subscribes to \"\(field)\" is closed: its client does not take its messages"
            case .resolverLimit: "a subscription to \"\(field)\" was ended: too many events waited for its functions"
            }
        return leftOut == 0 ? sentence : "\(sentence) (and \(leftOut) more like this, not told)"
    }
}

/// Passes on what is worth a record, and no flood.
final class Journal: Sendable {
    private struct Key: Hashable, Sendable {
        let kind: LogRecord.Kind
        let field: String
    }

    private struct Recent: Sendable {
        var written: UInt64
        var leftOut = 0
    }

    private struct State: Sendable {
        var log: (any RuntimeLog)?
        var recent: [Key: Recent] = [:]
    }

    /// Records of a kind and field are so many nanoseconds apart.
    private static let interval: UInt64 = 1_000_000_000

    private let clock: MonotonicClock
    /// Guards the log and what was told it last. A leaf: the log is called when it is released.
    private let state = Guarded(State())

    init(clock: MonotonicClock) { self.clock = clock }

    func set(_ log: (any RuntimeLog)?) {
        state.withLock { $0.log = log }
    }

    func note(_ kind: LogRecord.Kind, _ field: String) {
        let now = clock.now()
        let (log, leftOut) = state.withLock { state -> ((any RuntimeLog)?, Int) in
            guard let log = state.log else { return (nil, 0) }
            let key = Key(kind: kind, field: field)
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
        log?.log(LogRecord(kind: kind, field: field, leftOut: leftOut))
    }
}

extension SubscriptionExecutor {
    /// Tells a log what the runtime does by itself, in place of the log that it told before.
    public func setLog(_ log: (any RuntimeLog)?) { context.metrics.journal.set(log) }
}
