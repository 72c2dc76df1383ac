import Logging
import SubsgenRuntime

/// Passes what a runtime tells to swift-log: `executor.setLog(SwiftLog())`.
public struct SwiftLog: RuntimeLog {
    private let logger: Logger

    /// By default the logger `subsgen`.
    public init(_ logger: Logger = Logger(label: "subsgen")) {
        self.logger = logger
    }

    /// Writes a warning, with the kind, the field and how many like it were left out as metadata.
    public func log(_ record: LogRecord) {
        logger.warning(
            "\(record.message)",
            metadata: ["kind": "\(record.kind.rawValue)", "field": "\(record.field)", "left_out": "\(record.leftOut)"])
    }
}
