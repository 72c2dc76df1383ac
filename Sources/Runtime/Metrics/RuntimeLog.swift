/// Who is told what a runtime does by itself: in Swift an application's logger, in Python `logging`.
public protocol RuntimeLog: Sendable {
    /// Takes notice of something. Called by any thread, under no lock of the runtime but perhaps the bus's: it neither waits nor calls back.
    func log(_ record: LogRecord)
}

extension SubscriptionExecutor {
    /// Tells a log what the runtime does by itself, in place of the log that it told before.
    public func setLog(_ log: (any RuntimeLog)?) { context.metrics.journal.set(log) }
}
