import CPython
import SubsgenRuntime

/// What Python is told of the runtime: numbers, and what is to be logged.
extension ExecutorObject {
    /// The methods that tell it.
    static var tellingMethods: [HeapType.Method] {
        [
            HeapType.Method(
                name: "metrics",
                documentation: """
                    metrics($self, /)
                    --

                    What the runtime counted since it began, and what it holds now.
                    """
            ) { this, values, count in
                method(this, values, count, "metrics") { (executor: ExecutorObject) throws(PythonError) in
                    try Python.dictionary(executor.runtime.metrics.totals)
                }
            },
            HeapType.Method(
                name: "metrics_text",
                documentation: """
                    metrics_text($self, open_metrics, /)
                    --

                    The same, and more, as the text that Prometheus scrapes.
                    """
            ) { this, values, count in
                method(this, values, count, "metrics_text", takes: 1...1) { (executor: ExecutorObject, arguments) throws(PythonError) in
                    let format: MetricsSnapshot.TextFormat = try arguments.boolean(0) ? .openMetrics : .prometheus
                    return try Python.string(executor.runtime.metrics.text(format))
                }
            },
            HeapType.Method(
                name: "metrics_json",
                documentation: """
                    metrics_json($self, /)
                    --

                    The same as a JSON list of families.
                    """
            ) { this, values, count in
                method(this, values, count, "metrics_json") { (executor: ExecutorObject) throws(PythonError) in
                    try Python.bytes(executor.runtime.metrics.json)
                }
            },
            HeapType.Method(
                name: "count_refusal",
                documentation: """
                    count_refusal($self, rule, /)
                    --

                    Counts a client that may not connect.
                    """
            ) { this, values, count in
                method(this, values, count, "count_refusal", takes: 1...1) { (executor: ExecutorObject, arguments) throws(PythonError) in
                    let rule = try arguments.string(0)
                    guard let refusal = ConnectionRefusal(rawValue: rule) else {
                        throw .value("\"\(rule)\" is nothing that clients are refused by")
                    }
                    executor.runtime.countRefusal(refusal)
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "take_log",
                documentation: """
                    take_log($self, /)
                    --

                    What the runtime did by itself and somebody should know. Each is given once: a sentence, then kind, field, rule,
                    user, connection, topic, and how many like it were left out.
                    """
            ) { this, values, count in
                method(this, values, count, "take_log") { (executor: ExecutorObject) throws(PythonError) in
                    let records = executor.log.take()
                    return try Python.list(records.count) { index throws(PythonError) in try ExecutorObject.object(of: records[index]) }
                }
            },
        ]
    }

    private static func object(of record: LogRecord) throws(PythonError) -> PythonObject {
        func text(_ text: String?) throws(PythonError) -> PythonObject { try text.map { text throws(PythonError) in try Python.string(text) } ?? Python.none() }
        return try Python.tuple(8) { index throws(PythonError) in
            switch index {
            case 0: try Python.string(record.message)
            case 1: try Python.string(record.kind.rawValue)
            case 2: try Python.string(record.field)
            case 3: try text(record.rule)
            case 4: try text(record.subscriber?.user)
            case 5: try record.subscriber?.connection.map { handle throws(PythonError) in try Python.integer(handle) } ?? Python.none()
            case 6: try text(record.topic)
            default: try Python.integer(record.leftOut)
            }
        }
    }
}
