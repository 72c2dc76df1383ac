import Logging
import SubsgenRuntime

/// Passes what a runtime tells to swift-log: `executor.setLog(SwiftLog())`.
public struct SwiftLog: RuntimeLog {
    private let logger: Logger

    /// By default the logger `subsgen`.
    public init(_ logger: Logger = Logger(label: "subsgen")) {
        self.logger = logger
    }

    /// Writes a warning, of a denial a notice; with everything that the record says as metadata.
    public func log(_ record: LogRecord) {
        var metadata: Logger.Metadata = ["kind": "\(record.kind.rawValue)", "field": "\(record.field)", "left_out": "\(record.leftOut)"]
        metadata["rule"] = record.rule.map { "\($0)" }
        metadata["user_id"] = record.subscriber?.user.map { "\($0)" }
        metadata["connection_id"] = record.subscriber?.connection.map { "\($0)" }
        metadata["topic"] = record.topic.map { "\($0)" }
        logger.log(level: record.rule == nil ? .warning : .notice, "\(record.message)", metadata: metadata)
    }
}
