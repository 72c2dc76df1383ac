import CPython
import SubsgenRuntime

/// A function of a field to call, as Python sees it: its type `ResolverCall`.
final class ResolverCallObject: Held {
    private let call: ResolverCall

    init(_ call: ResolverCall) { self.call = call }

    static let type: HeapType = HeapType(
        "ResolverCall", qualifiedName: "subsgen._native.ResolverCall",
        documentation: "A function of a field to call. The first answer counts; a call that is thrown away unanswered has failed.",
        methods: [
            HeapType.Method(
                name: "finish",
                documentation: """
                    finish($self, event, /)
                    --

                    The subscribers get this event.
                    """
            ) { this, values, count in
                method(this, values, count, "finish", takes: 1...1) { (this: ResolverCallObject, arguments) throws(PythonError) in
                    let event = try arguments.bytes(0)
                    unlocked { this.call.finish(event) }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "skip",
                documentation: """
                    skip($self, /)
                    --

                    The subscribers get nothing.
                    """
            ) { this, values, count in
                method(this, values, count, "skip") { (this: ResolverCallObject) in
                    unlocked { this.call.skip() }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "fail",
                documentation: """
                    fail($self, message, /)
                    --

                    The subscribers get an error.
                    """
            ) { this, values, count in
                method(this, values, count, "fail", takes: 1...1) { (this: ResolverCallObject, arguments) throws(PythonError) in
                    let message = try arguments.string(0)
                    unlocked { this.call.fail(message) }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "expire",
                documentation: """
                    expire($self, message, /)
                    --

                    The subscribers get an error; the function still runs, and keeps its place until release().
                    """
            ) { this, values, count in
                method(this, values, count, "expire", takes: 1...1) { (this: ResolverCallObject, arguments) throws(PythonError) in
                    let message = try arguments.string(0)
                    _ = unlocked { this.call.expire(message) }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "release",
                documentation: """
                    release($self, /)
                    --

                    The function has returned: another call may take its place. After an answer it may anyway.
                    """
            ) { this, values, count in
                method(this, values, count, "release") { (this: ResolverCallObject) in
                    unlocked { this.call.release() }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "emit",
                documentation: """
                    emit($self, event, /)
                    --

                    The subscribers of a source get this event. False where the next must wait until the port gives the call again.
                    """
            ) { this, values, count in
                method(this, values, count, "emit", takes: 1...1) { (this: ResolverCallObject, arguments) throws(PythonError) in
                    let event = try arguments.bytes(0)
                    return try Python.boolean(unlocked { this.call.emit(event) })
                }
            },
            HeapType.Method(
                name: "complete",
                documentation: """
                    complete($self, /)
                    --

                    A source gives no more events: its subscribers complete.
                    """
            ) { this, values, count in
                method(this, values, count, "complete") { (this: ResolverCallObject) in
                    unlocked { this.call.complete() }
                    return Python.none()
                }
            },
        ],
        properties: [
            HeapType.Property(name: "kind", documentation: "Which of the field's functions to call.") { this, _ in
                property(this) { (this: ResolverCallObject) throws(PythonError) in try Python.string(this.call.kind.rawValue) }
            },
            HeapType.Property(name: "field", documentation: "The subscription field; of execute query or mutation.") { this, _ in
                property(this) { (this: ResolverCallObject) throws(PythonError) in try Python.string(this.call.field) }
            },
            HeapType.Property(name: "event", documentation: "The event, JSON; of execute the request; empty for a function that is given none.") { this, _ in
                property(this) { (this: ResolverCallObject) throws(PythonError) in try Python.bytes(this.call.event) }
            },
            HeapType.Property(name: "arguments", documentation: "The coerced arguments, a JSON object.") { this, _ in
                property(this) { (this: ResolverCallObject) throws(PythonError) in try Python.bytes(this.call.arguments) }
            },
            HeapType.Property(
                name: "claims", documentation: "The subscribers' claims, a JSON object; None where the function does not read them."
            ) { this, _ in
                property(this) { (this: ResolverCallObject) throws(PythonError) in try Python.optionalBytes(this.call.claims) }
            },
            HeapType.Property(
                name: "attributes", documentation: "What came with the event, a JSON object; None where there is nothing."
            ) { this, _ in
                property(this) { (this: ResolverCallObject) throws(PythonError) in try Python.optionalBytes(this.call.attributes) }
            },
            HeapType.Property(
                name: "subscription_id", documentation: "The client's id of the subscription; None where the call serves many."
            ) { this, _ in
                property(this) { (this: ResolverCallObject) throws(PythonError) in
                    guard let subscriber = this.call.subscriber else { return Python.none() }
                    return try Python.string(subscriber.subscription)
                }
            },
            HeapType.Property(
                name: "connection", documentation: "The handle of the subscription's connection; None where there is none, or the call serves many."
            ) { this, _ in
                property(this) { (this: ResolverCallObject) throws(PythonError) in
                    guard let connection = this.call.subscriber?.connection else { return Python.none() }
                    return try Python.integer(connection)
                }
            },
            HeapType.Property(name: "handle", documentation: "Tells the call from all others while it lives.") { this, _ in
                property(this) { (this: ResolverCallObject) throws(PythonError) in try Python.integer(this.call.handle) }
            },
            HeapType.Property(name: "cancelled", documentation: "Whether nobody waits for the answer any more.") { this, _ in
                property(this) { (this: ResolverCallObject) throws(PythonError) in try Python.boolean(this.call.isCancelled) }
            },
        ])
}
