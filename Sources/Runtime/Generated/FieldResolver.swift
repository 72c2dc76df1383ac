/// How a server that is written in Swift answers a subscription field: what its events become on their way to the subscribers.
public struct FieldResolver<Event: EventPayload, Arguments: EventPayload>: Sendable {
    typealias Body = @Sendable (Event, Arguments, JSONValue?) async throws -> Resolution<Event>

    /// What answers, and whom a call serves; nil where events pass through.
    let body: (resolve: Body, sharing: FieldFunctions.Sharing)?
    /// How long a call may take.
    private(set) var timeout = Duration.seconds(5)
    /// How many calls may be under way; nil where that is `RuntimeLimits.resolversInFlight`.
    private(set) var inFlight: Int?

    fileprivate init(body: (resolve: Body, sharing: FieldFunctions.Sharing)?) { self.body = body }

    /// Subscribers get each event as it was published, and no Swift code is called.
    public static var passthrough: FieldResolver { FieldResolver(body: nil) }

    /// Calls `body` once for each event and distinct arguments of subscribers.
    public static func resolve(
        _ body: @escaping @Sendable (_ event: Event, _ arguments: Arguments) async throws -> Resolution<Event>
    ) -> FieldResolver {
        FieldResolver(body: ({ event, arguments, _ in try await body(event, arguments) }, sharing: .perArguments))
    }

    /// Calls `body` once for each event, distinct arguments and distinct claims of subscribers. The claims are a JSON object; nil where
    /// nobody authenticated.
    public static func resolvePerClaims(
        _ body: @escaping @Sendable (_ event: Event, _ arguments: Arguments, _ claims: JSONValue?) async throws -> Resolution<Event>
    ) -> FieldResolver {
        FieldResolver(body: (body, sharing: .perClaims))
    }
}

extension FieldResolver {
    /// The same with limits of its own: `timeout`, in place of five seconds, and `inFlight`, how many calls may be under way, at least
    /// one, in place of `RuntimeLimits.resolversInFlight`.
    ///
    /// When the time is over the subscribers get an error, and the task of the call is cancelled. Where it goes on all the same, it is
    /// under way until it returns.
    public func limited(timeout: Duration? = nil, inFlight: Int? = nil) -> FieldResolver {
        var limited = self
        if let timeout { limited.timeout = timeout }
        if let inFlight { limited.inFlight = inFlight }
        return limited
    }
}

/// What a resolver makes of an event.
public enum Resolution<Event: EventPayload>: Sendable {
    /// The subscribers get this one.
    case event(Event)
    /// The subscribers are told nothing.
    case skip
}

extension SubscriptionExecutor {
    /// Lets a typed resolver answer a field; one that passes events through leaves the field as it is. Throws as `setResolver` does.
    ///
    /// What the resolver throws, an event or arguments that are not of its types, and a `ResolverTimeout` go to `onError`. Clients are told no more than
    /// that the resolver failed, unless it threw a `GraphQLError`: then they get its message.
    public func setResolver<Event: EventPayload, Arguments: EventPayload>(
        _ field: String, _ resolver: FieldResolver<Event, Arguments>,
        onError: @escaping @Sendable (_ field: String, _ error: any Error) -> Void
    ) throws(ResolverError) {
        try setResolver(field, resolver, clock: ContinuousClock(), onError: onError)
    }

    /// The same, by a clock.
    func setResolver<Event: EventPayload, Arguments: EventPayload>(
        _ field: String, _ resolver: FieldResolver<Event, Arguments>, clock: some Clock<Duration>,
        onError: @escaping @Sendable (_ field: String, _ error: any Error) -> Void
    ) throws(ResolverError) {
        guard let body = resolver.body else { return }
        var functions = FieldFunctions(resolve: body.sharing)
        functions.inFlight[.resolve] = resolver.inFlight
        try setResolver(
            field: field, functions, host: TypedResolverHost(resolve: body.resolve, resolver.timeout, clock, onError: onError))
    }

    /// Throws where the executor's schema is not the one that a table was generated from.
    public func require(_ generated: DispatchTable) throws(ResolverError) {
        if dispatchTable == generated { return }
        throw ResolverError("The executor's schema is not the one that the Swift code was generated from. Generate it again.")
    }
}

/// A resolver in Swift was not done when its time was over. Its subscribers were told.
public struct ResolverTimeout: Error, Sendable, Hashable, CustomStringConvertible {
    /// The time that it had.
    public let limit: Duration

    /// One sentence for the developer.
    public var description: String { "The resolver took longer than \(limit)." }
}

/// Runs a typed resolver, each call in a task of its own, for no longer than it may take; the runtime keeps their answers in order.
private final class TypedResolverHost<Event: EventPayload, Arguments: EventPayload, Time: Clock<Duration>>: ResolverHost {
    let resolve: FieldResolver<Event, Arguments>.Body
    let onError: @Sendable (String, any Error) -> Void
    private let deadlines: Deadlines<Time>

    init(
        resolve: @escaping FieldResolver<Event, Arguments>.Body, _ timeout: Duration, _ clock: Time,
        onError: @escaping @Sendable (String, any Error) -> Void
    ) {
        self.resolve = resolve
        self.onError = onError
        deadlines = Deadlines(timeout, clock) { call in
            // It may be answered at this moment.
            if call.expire("The resolver of \"\(call.field)\" took too long.") { onError(call.field, ResolverTimeout(limit: timeout)) }
        }
    }

    func start(_ call: ResolverCall) {
        let number = deadlines.begin(call)
        let task = Task {
            defer { deadlines.end(number) }
            do {
                let event = try Event(json: call.event)
                let arguments = try Arguments(json: call.arguments)
                let claims = try call.claims.map { try JSONValue(json: $0) }
                switch try await resolve(event, arguments, claims) {
                case .event(let event): call.finish(event.json)
                case .skip: call.skip()
                }
            } catch let error as GraphQLError {
                call.fail(error.message)
            } catch {
                // Whoever was told that it took too long is not told what it threw when it was cancelled.
                if call.isAnswered { return call.release() }
                onError(call.field, error)
                call.fail("The resolver of \"\(call.field)\" failed.")
            }
        }
        deadlines.attach(task, to: number)
    }
}
