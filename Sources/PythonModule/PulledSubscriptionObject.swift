import CPython
import SubsgenRuntime

/// A subscription without a socket, as Python sees it: its type `Subscription`.
final class PulledSubscriptionObject: Held {
    private let subscription: PulledSubscription
    private let source: ReadySource

    init(_ subscription: PulledSubscription, _ source: ReadySource) {
        self.subscription = subscription
        self.source = source
    }

    override func wasForgotten() { source.object = nil }

    static let type: HeapType = HeapType(
        "Subscription", qualifiedName: "subsgen._native.Subscription", documentation: "A subscription that is pulled.",
        methods: [
            HeapType.Method(
                name: "next",
                documentation: """
                    next($self, /)
                    --

                    The next result, or None while there is none.
                    """
            ) { this, values, count in
                method(this, values, count, "next") { (this: PulledSubscriptionObject) throws(PythonError) in
                    // As `ConnectionObject.take` does.
                    let subscription = this.subscription
                    return try Python.optionalBytes(subscription.isFed ? unlocked { subscription.next() } : subscription.next())
                }
            },
            HeapType.Method(
                name: "complete",
                documentation: """
                    complete($self, /)
                    --

                    Ends the subscription and forgets what waits.
                    """
            ) { this, values, count in
                method(this, values, count, "complete") { (this: PulledSubscriptionObject) in
                    unlocked { this.subscription.complete() }
                    return Python.none()
                }
            },
        ],
        properties: [
            HeapType.Property(name: "opening", documentation: "Whether it is still to be decided if the subscription may begin.") { this, _ in
                property(this) { (this: PulledSubscriptionObject) throws(PythonError) in
                    try Python.boolean(this.subscription.state == .opening)
                }
            },
            HeapType.Property(name: "refusal", documentation: "Why it may not begin, the JSON list of errors; None where it may.") { this, _ in
                property(this) { (this: PulledSubscriptionObject) throws(PythonError) in
                    guard case .refused(let errors) = this.subscription.state else { return Python.none() }
                    var writer = JSONWriter()
                    errors.write(into: &writer)
                    return try Python.bytes(writer.bytes)
                }
            },
            HeapType.Property(
                name: "ended", documentation: "Whether no event will come any more but those that wait to be pulled."
            ) { this, _ in
                property(this) { (this: PulledSubscriptionObject) throws(PythonError) in
                    try Python.boolean(this.subscription.ended)
                }
            },
            HeapType.Property(
                name: "expiry", documentation: "When the claims expire, in seconds since 1970, of which the port does not tell; None where they do not."
            ) { this, _ in
                property(this) { (this: PulledSubscriptionObject) throws(PythonError) in
                    guard let expiry = this.subscription.expiry else { return Python.none() }
                    return try Python.float(expiry)
                }
            },
        ])
}
