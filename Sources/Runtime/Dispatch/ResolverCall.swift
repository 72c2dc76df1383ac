import Synchronization

/// Whoever runs a field's functions: the Python module, or a Swift server.
public protocol ResolverHost: AnyObject, Sendable {
    /// Takes a call and returns at once; the answer comes later, from any thread. Called under no lock of a topic, though perhaps
    /// under the bus's: it must not publish. A call that is cancelled already need not be begun.
    func start(_ call: ResolverCall)

    /// Something became of a call that was given to `start`, or is about to be: it `isCancelled`, or a `source` may go on. Called on
    /// any thread, perhaps under a connection's lock or the bus's: it neither waits nor calls back.
    func changed(_ call: ResolverCall)
}

extension ResolverHost {
    /// A host that takes no notice does work whose answer nobody waits for.
    public func changed(_ call: ResolverCall) {}
}

/// What a host answers a call.
enum ResolverAnswer: Sendable {
    /// The function's result, or an event that no function was asked about.
    case event(JSONDocument)
    case skipped
    case failed(String)
    /// No event: the topic, or what feeds it, ended here.
    case ended(SubscriptionEnding)
    /// No event: here a subscription leaves, which another one stands in for.
    case left(Subscription)
}

/// One call of a function that a host has for a field: what it is called with, and where its answer goes.
///
/// The first answer counts. A call that is thrown away unanswered has failed.
public final class ResolverCall: Sendable {
    /// Which of the field's functions to call. The raw value is what hosts in other languages know it by.
    public enum Kind: String, Sendable {
        /// `FieldFunctions.resolve`: answered by an event, or skipped.
        case resolve
        /// A function that supplies a payload field: given a JSON array of objects in the event's place, it is answered by
        /// `{"values":[…],"errors":[[2,"…"]]}`, a value for each and the messages of those that have an error instead. `errors` may be
        /// left out.
        case field
        /// `FieldFunctions.authorize`: answered by `true`; anything else refuses the subscription.
        case authorize
        /// `FieldFunctions.initial`: answered by an event, or skipped.
        case initial
        /// `FieldFunctions.source`: gives any number of events by `emit`, then completes or fails.
        case source
        /// `SubscriptionExecutor.setExecution`: answered by a query's or mutation's response, `{"data":…,"errors":[…]}`.
        case execute
        /// `SubscriptionExecutor.setPolicies`: given a JSON array of policies in the event's place, it is answered by an array of those that
        /// the subscriber is granted.
        case policies
        /// `SubscriptionExecutor.setHandler`: an event for a group of processes, which any answer but a failure acknowledges. The arguments
        /// are its `topic`, `cursor`, `attempt` and perhaps `attributes`.
        case handle
    }

    /// The one subscription that a call is made for.
    public struct Subscriber: Sendable, Hashable {
        /// The client's id of the subscription.
        public let subscription: String
        /// The `Session.handle` of the connection; nil where there is none.
        public let connection: UInt64?
    }

    /// The function to call.
    public let kind: Kind
    /// The subscription field; of a payload field its coordinate, `Message.excerpt`; of `execute` the operation's type, `query` or
    /// `mutation`; of `policies` that word; of `handle` the handler's name.
    public let field: String
    /// The event's JSON, of a payload field the objects'; empty for a function that is given none. Of `execute` what the client sent:
    /// an object with `query` and perhaps `operationName`, `variables` and `extensions`.
    public let event: [UInt8]
    /// The coerced arguments: a JSON object. Empty, `{}`, for `execute` and `policies`.
    public let arguments: [UInt8]
    /// The subscribers' claims, a JSON object; nil where they have none or the function does not read them.
    public let claims: [UInt8]?
    /// What came with the event, a JSON object: trace context and the like. Nil where there is nothing, or the function is given no event.
    public let attributes: [UInt8]?
    /// For whom `authorize`, `initial`, `execute` and `policies` are called, of the last the connection alone; nil where a call serves many.
    public let subscriber: Subscriber?
    /// Weak: the runtime holds the host, and the host its calls. One that is gone starts nothing.
    weak let host: (any ResolverHost)?
    /// Where it waits until there is a place for it; nil where the function's calls are not bounded.
    private let gate: CallGate?
    /// The place that it takes up. Guards itself; a leaf among the locks, under which the place is not let go of.
    private let place = Guarded<CallGate.Place?>(nil)
    private let isWanted: @Sendable () -> Bool
    private let answer: @Sendable (ResolverAnswer) -> Void
    private let emission: @Sendable (JSONDocument) -> Bool
    /// How long it takes, from `begin`. Guards itself; a leaf.
    private let measurement = Guarded<CallMeasurement?>(nil)
    /// Whether somebody has answered, or no answer is waited for.
    private let answered = Atomic<Bool>(false)
    private let cancelled = Atomic<Bool>(false)

    init(
        _ kind: Kind, field: String, event: [UInt8] = [], arguments: [UInt8], claims: [UInt8]?, attributes: [UInt8]? = nil,
        subscriber: Subscriber? = nil, host: any ResolverHost, gate: CallGate?, isWanted: @escaping @Sendable () -> Bool = { true },
        emission: @escaping @Sendable (JSONDocument) -> Bool = { _ in true },
        answer: @escaping @Sendable (ResolverAnswer) -> Void
    ) {
        self.kind = kind
        self.field = field
        self.event = event
        self.arguments = arguments
        self.claims = claims
        self.attributes = attributes
        self.subscriber = subscriber
        self.host = host
        self.gate = gate
        self.isWanted = isWanted
        self.emission = emission
        self.answer = answer
    }

    deinit {
        // Its place goes with it.
        fail("\(subject) did not answer.")
    }

    /// Tells the call from all others while it lives.
    public var handle: UInt64 { UInt64(UInt(bitPattern: ObjectIdentifier(self))) }

    /// Whether nobody waits for the answer any more: the subscribers are gone.
    public var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    /// Hands the call to its host, now or when there is a place for it. Called with no lock of a topic held.
    func begin(_ metrics: Metrics) {
        measurement.withLock { $0 = metrics.began(kind, of: field) }
        // Cancelled meanwhile, by one who found nothing to end.
        if answered.load(ordering: .sequentiallyConsistent) { endMeasurement(isAnswered: false) }
        if let gate { return gate.admit(self) }
        metrics.add(.resolverCalls)
        host?.start(self)
    }

    /// There is a place for the call. False where nobody waits for it any more.
    func start(in place: CallGate.Place) -> Bool {
        if isAnswered { return false }
        guard isWanted() else {
            skip()
            return false
        }
        self.place.withLock { $0 = place }
        // Where the host is gone, the call is thrown away, and so has failed.
        host?.start(self)
        return true
    }

    /// Whether an answer would come too late.
    var isAnswered: Bool { answered.load(ordering: .relaxed) }

    /// The function gave this, JSON. An event is projected as if it had been published. Text that is no JSON is a failure.
    public func finish(_ event: [UInt8]) {
        defer { release() }
        guard isFirst else { return }
        do {
            answer(.event(try JSONDocument.parse(event)))
        } catch {
            answer(.failed("\(subject) gave no valid \(kind == .execute ? "result" : "event")."))
        }
    }

    /// The subscribers get nothing.
    public func skip() {
        if isFirst { answer(.skipped) }
        release()
    }

    /// The function failed. The message is for the subscribers: an error, and null where the event would be. It ends those of a
    /// `source`; one whom `authorize` fails is refused without it.
    public func fail(_ message: String) {
        expire(message)
        release()
    }

    /// As `fail`, where the function still runs: the call keeps its place until `release`, so that there are never more functions
    /// under way than may be.
    ///
    /// False where it was answered before.
    @discardableResult
    public func expire(_ message: String) -> Bool {
        guard isFirst else { return false }
        answer(.failed(message))
        return true
    }

    /// The function has returned, if nobody waits for its answer: another call may take its place. So it may after any answer but
    /// `expire`, and when the call is thrown away.
    public func release() {
        let place = place.withLock { place in
            defer { place = nil }
            return place
        }
        _ = consume place
    }

    /// The subscribers of a `source` get this event, JSON. True where the next may come at once; else `ResolverHost.changed` says when.
    /// Does nothing after an answer. Called by one thread after the other.
    public func emit(_ event: [UInt8]) -> Bool {
        guard !isAnswered else { return true }
        do {
            return emission(try JSONDocument.parse(event))
        } catch {
            fail("\(subject) gave no valid event.")
            return true
        }
    }

    /// There will be no more events of a `source`: its subscribers get those it gave, then complete.
    public func complete() {
        if isFirst { answer(.ended(.completed)) }
        release()
    }

    /// Nobody waits for an answer any more. While the host has the call, it keeps its place.
    func cancel() {
        guard !answered.exchange(true, ordering: .sequentiallyConsistent) else { return }
        endMeasurement(isAnswered: false)
        cancelled.store(true, ordering: .relaxed)
        gate?.noteCancelled()
        host?.changed(self)
    }

    /// What was called, to those who hear of it: "The resolver of \"tick\"".
    private var subject: String {
        kind == .execute ? "The \(field)" : kind == .policies ? "The decision about policies" : "The \(kind.noun) of \"\(field)\""
    }

    private var isFirst: Bool {
        if answered.exchange(true, ordering: .sequentiallyConsistent) { return false }
        endMeasurement(isAnswered: true)
        return true
    }

    private func endMeasurement(isAnswered: Bool) {
        let measurement = measurement.withLock { measurement in
            defer { measurement = nil }
            return measurement
        }
        measurement?.end(isAnswered: isAnswered)
    }
}

extension ResolverCall.Kind {
    /// What the function is to those who hear of it: "The … of \"field\" failed."
    fileprivate var noun: String {
        switch self {
        case .resolve, .field: "resolver"
        case .authorize: "authorization"
        case .initial: "initial event"
        case .source: "source"
        case .execute: "execution"
        case .policies: "decision"
        case .handle: "handler"
        }
    }
}
