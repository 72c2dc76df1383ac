import Synchronization

/// Who is told the ways of events. Called on any thread, also under the locks of the runtime: it neither waits nor calls back.
public protocol EventTraceLog: AnyObject, Sendable {
    /// An event has gone to subscriptions.
    func note(_ delivery: EventDelivery)
}

/// An event's way through this process, to somebody.
public struct EventDelivery: Sendable {
    /// What came with the event, a JSON object: its trace context.
    public let attributes: [UInt8]
    public let topic: String
    /// The topic with its braces: `chat.{roomId}`.
    public let template: String
    /// When it began, in nanoseconds since 1970.
    public let start: UInt64
    /// How many nanoseconds later the last subscription's message was in its outbox.
    public let duration: UInt64
    /// How many subscriptions it went to.
    public let subscriptions: Int
}

/// Notes an event's way to subscriptions, and tells of it when nothing of the event is on its way any more: whatever became of it, the last who
/// hands it on lets go of it.
final class EventTrace: Sendable {
    private let attributes: JSONDocument
    private let topic: String
    private let template: String
    private let start: UInt64
    private let clock: MonotonicClock
    private let began: UInt64
    private let log: any EventTraceLog
    /// How many subscriptions it has gone to. Alone, as is the one below: they are read when nobody writes any more.
    private let subscriptions = Atomic<Int>(0)
    /// When it last did, by the clock.
    private let last: Atomic<UInt64>

    init(_ attributes: JSONDocument, topic: String, template: String, start: UInt64, clock: MonotonicClock, log: any EventTraceLog) {
        self.attributes = attributes
        self.topic = topic
        self.template = template
        self.start = start
        self.clock = clock
        self.log = log
        began = clock.now()
        last = Atomic(began)
    }

    deinit {
        let count = subscriptions.load(ordering: .acquiring)
        if count == 0 { return }
        let end = last.load(ordering: .acquiring)
        log.note(
            EventDelivery(
                attributes: attributes.bytes, topic: topic, template: template, start: start, duration: end > began ? end - began : 0,
                subscriptions: count))
    }

    /// The event has gone to so many subscriptions more; none where it is the rest of what they wait for that is there.
    func reached(_ count: Int) {
        subscriptions.wrappingAdd(count, ordering: .releasing)
        last.store(clock.now(), ordering: .releasing)
    }

    /// Whether whoever began the trace records it: the last bit of `traceparent`, `00-TRACE-SPAN-01` (W3C Trace Context, section 3.2).
    static func isSampled(_ attributes: JSONDocument) -> Bool {
        guard let value = attributes.root["traceparent"], value.kind == .string else { return false }
        // Later versions may have more behind the flags, as the first four fields stay what they are.
        let flags = value.text.dropFirst(53).prefix(2)
        let digits = flags.map { Character(UnicodeScalar($0)) }
        guard digits.count == 2, digits[0].isHexDigit, let last = digits[1].hexDigitValue else { return false }
        return last & 1 == 1
    }
}

extension WallClock {
    /// Nanoseconds since 1970.
    var nanoseconds: UInt64 { UInt64(exactly: (seconds() * 1e9).rounded()) ?? 0 }
}
