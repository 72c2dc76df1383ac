@testable import SubsgenRuntime

/// Keeps what it is told until the test takes it.
final class RecordingLog: RuntimeLog {
    /// Guards the records.
    private let records = Guarded<[LogRecord]>([])

    func log(_ record: LogRecord) { records.withLock { $0.append(record) } }

    func take() -> [LogRecord] {
        records.withLock { records in
            defer { records = [] }
            return records
        }
    }
}
