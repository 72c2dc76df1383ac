/// What came with an event beside its payload.
///
/// It hangs on the event's text (`JSONDocument.origin`), so that whoever hands the event on hands on this too, through lanes and functions, and
/// an event without attributes costs nothing.
final class EventOrigin: Sendable {
    /// A JSON object.
    let attributes: JSONDocument
    /// What is noted of its way; nil where nobody asked for that.
    let trace: EventTrace?

    init(attributes: JSONDocument, trace: EventTrace?) {
        self.attributes = attributes
        self.trace = trace
    }
}

extension SubscriptionExecutor {
    /// From now on `log` is told the way of each event that its trace context says is sampled; nil ends that.
    public func setTraceLog(_ log: (any EventTraceLog)?) { traceLog.withLock { $0 = log } }

    /// The template that a topic follows, by which spans and metrics may be named; nil where no field reads it.
    public func template(ofTopic name: String) -> String? { publishable.template(of: name) }

    /// An event's payload with what came with it, where somebody will ask for that.
    func payload(of event: BusEvent) -> JSONDocument {
        // What came from elsewhere may be anything.
        guard let attributes = event.attributes, attributes.root.kind == .object else { return event.payload }
        let trace = trace(of: event, attributes)
        guard trace != nil || mayWaitForFunctions else { return event.payload }
        return event.payload.carrying(EventOrigin(attributes: attributes, trace: trace))
    }

    /// An event of a topic's history, with its attributes, by which functions may decide. Its way is not noted: that was done when it was new. Nil for
    /// what is no JSON.
    func past(_ payload: [UInt8], _ attributes: [UInt8]?) -> JSONDocument? {
        guard let document = try? JSONDocument.parse(payload) else { return nil }
        guard mayWaitForFunctions, let attributes, let object = try? JSONDocument.parse(attributes), object.root.kind == .object else { return document }
        return document.carrying(EventOrigin(attributes: object, trace: nil))
    }

    private func trace(of event: BusEvent, _ attributes: JSONDocument) -> EventTrace? {
        guard let log = traceLog.withLock({ $0 }), EventTrace.isSampled(attributes) else { return nil }
        return EventTrace(
            attributes, topic: event.topic, template: publishable.template(of: event.topic) ?? event.topic,
            start: limits.wallClock.nanoseconds, clock: context.metrics.clock, log: log)
    }
}

extension ResolverAnswer {
    /// The answer, which has come of an event that something came with.
    func carrying(_ origin: EventOrigin?) -> ResolverAnswer {
        guard let origin, case .event(let event) = self else { return self }
        return .event(event.carrying(origin))
    }
}
