import SubsgenRuntime

/// What the runtime has to say, until Python comes for it: so that no thread of the runtime waits for the interpreter.
///
/// Bounded: where nobody comes, the oldest records go.
final class LogRing: RuntimeLog {
    private static let limit = 256

    /// Guards the records. A leaf.
    private let records = Guarded<[LogRecord]>([])

    func log(_ record: LogRecord) {
        records.withLock { records in
            if records.count == Self.limit { records.removeFirst() }
            records.append(record)
        }
    }

    func take() -> [LogRecord] {
        records.withLock { records in
            defer { records = [] }
            return records
        }
    }
}
