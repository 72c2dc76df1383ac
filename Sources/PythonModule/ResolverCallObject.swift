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
        ],
        properties: [
            HeapType.Property(name: "kind", documentation: "Which of the field's functions to call.") { this, _ in
                property(this) { (this: ResolverCallObject) throws(PythonError) in try Python.string(this.call.kind.rawValue) }
            },
            HeapType.Property(name: "field", documentation: "The subscription field.") { this, _ in
                property(this) { (this: ResolverCallObject) throws(PythonError) in try Python.string(this.call.field) }
            },
            HeapType.Property(name: "event", documentation: "The event, JSON; empty for a function that is given none.") { this, _ in
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
        ])
}
