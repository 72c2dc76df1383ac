import CPython
import SubsgenRuntime

/// What Python makes spans of.
extension ExecutorObject {
    static let tracingMethods: [HeapType.Method] = [
        HeapType.Method(
            name: "trace",
            documentation: """
                trace($self, port, /)
                --

                From now on the ways of traced events are noted, and the port's loop is woken for take_deliveries().
                """
        ) { this, values, count in
            method(this, values, count, "trace", takes: 1...1) { (executor: ExecutorObject, arguments) throws(PythonError) in
                let ready = arguments.isNone(0) ? nil : try arguments.object(0, LoopPortObject.type, as: LoopPortObject.self).ready
                executor.traces.wake(ready)
                executor.runtime.setTraceLog(executor.traces)
                return Python.none()
            }
        },
        HeapType.Method(
            name: "take_deliveries",
            documentation: """
                take_deliveries($self, /)
                --

                The ways of traced events, each once: attributes, topic, template, start, duration, subscriptions. And how many were left out.
                """
        ) { this, values, count in
            method(this, values, count, "take_deliveries") { (executor: ExecutorObject) throws(PythonError) in
                let (deliveries, leftOut) = executor.traces.take()
                return try Python.tuple(2) { part throws(PythonError) in
                    if part == 1 { return try Python.integer(leftOut) }
                    return try Python.list(deliveries.count) { index throws(PythonError) in try object(of: deliveries[index]) }
                }
            }
        },
        HeapType.Method(
            name: "topic_template",
            documentation: """
                topic_template($self, topic, /)
                --

                The topic with its braces, chat.{roomId}; None where no field reads it.
                """
        ) { this, values, count in
            method(this, values, count, "topic_template", takes: 1...1) { (executor: ExecutorObject, arguments) throws(PythonError) in
                guard let template = executor.runtime.template(ofTopic: try arguments.string(0)) else { return Python.none() }
                return try Python.string(template)
            }
        },
    ]

    private static func object(of delivery: EventDelivery) throws(PythonError) -> PythonObject {
        try Python.tuple(6) { index throws(PythonError) in
            switch index {
            case 0: try Python.bytes(delivery.attributes)
            case 1: try Python.string(delivery.topic)
            case 2: try Python.string(delivery.template)
            case 3: try Python.integer(delivery.start)
            case 4: try Python.integer(delivery.duration)
            default: try Python.integer(delivery.subscriptions)
            }
        }
    }
}
