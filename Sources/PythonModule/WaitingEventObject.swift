import CPython
import SubsgenRuntime

/// An event that waits for room, as Python sees it: its type `WaitingEvent`.
final class WaitingEventObject: Held {
    /// Guards the event, which is there until it is published or given up.
    private let event: Guarded<WaitingEvent?>
    private let source: ReadySource

    init(_ event: WaitingEvent, _ source: ReadySource) {
        self.event = Guarded(event)
        self.source = source
    }

    override func wasForgotten() { source.object = nil }

    static let type: HeapType = HeapType(
        "WaitingEvent", qualifiedName: "subsgen._native.WaitingEvent", documentation: "An event that is published when there is room for it.",
        methods: [
            HeapType.Method(
                name: "publish",
                documentation: """
                    publish($self, /)
                    --

                    Publishes and returns the cursor, or None while there is no room or no answer: the port tells when to try again.
                    """
            ) { this, values, count in
                method(this, values, count, "publish") { (this: WaitingEventObject) throws(PythonError) in try this.publish() }
            },
            HeapType.Method(
                name: "give_up",
                documentation: """
                    give_up($self, /)
                    --

                    Leaves the place in the line to others.
                    """
            ) { this, values, count in
                method(this, values, count, "give_up") { (this: WaitingEventObject) in
                    unlocked { this.giveUp() }
                    return Python.none()
                }
            },
        ])

    private func publish() throws(PythonError) -> PythonObject {
        guard let event = event.withLock({ $0 }) else { throw .value("the event was given up") }
        let cursor: Cursor?
        do throws(PublishError) {
            cursor = try unlocked { () throws(PublishError) in try event.publish() }
        } catch {
            throw PythonError(error)
        }
        guard let cursor else { return Python.none() }
        return try Python.string(cursor.description)
    }

    private func giveUp() {
        // Let go of when the lock is released: others are woken.
        let event = event.withLock { event in
            defer { event = nil }
            return event
        }
        _ = consume event
    }
}

extension PythonError {
    /// What Python is told of an event that was not taken.
    init(_ error: PublishError) {
        self =
            error.isOverloaded ? .wouldBlock(error.message) : error.isUnavailable ? .connection(error.message) : .value(error.message)
    }
}
