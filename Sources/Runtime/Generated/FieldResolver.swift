/// How a server that is written in Swift answers a subscription field: what its events become on their way to the subscribers.
public struct FieldResolver<Event: EventPayload, Arguments: EventPayload>: Sendable {
    typealias Body = @Sendable (Event, Arguments, JSONValue?) async throws -> Resolution<Event>

    /// What answers, and whom a call serves; nil where events pass through.
    let body: (resolve: Body, sharing: FieldFunctions.Sharing)?

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
    /// What the resolver throws, and an event or arguments that are not of its types, go to `onError`. Clients are told no more than
    /// that the resolver failed, unless it threw a `GraphQLError`: then they get its message.
    public func setResolver<Event: EventPayload, Arguments: EventPayload>(
        _ field: String, _ resolver: FieldResolver<Event, Arguments>,
        onError: @escaping @Sendable (_ field: String, _ error: any Error) -> Void
    ) throws(ResolverError) {
        guard let body = resolver.body else { return }
        try setResolver(
            field: field, FieldFunctions(resolve: body.sharing), host: TypedResolverHost(resolve: body.resolve, onError: onError))
    }

    /// Throws where the executor's schema is not the one that a table was generated from.
    public func require(_ generated: DispatchTable) throws(ResolverError) {
        if dispatchTable == generated { return }
        throw ResolverError("The executor's schema is not the one that the Swift code was generated from. Generate it again.")
    }
}

/// Runs a typed resolver, each call in a task of its own; the runtime keeps their answers in order.
private final class TypedResolverHost<Event: EventPayload, Arguments: EventPayload>: ResolverHost {
    let resolve: FieldResolver<Event, Arguments>.Body
    let onError: @Sendable (String, any Error) -> Void

    init(resolve: @escaping FieldResolver<Event, Arguments>.Body, onError: @escaping @Sendable (String, any Error) -> Void) {
        self.resolve = resolve
        self.onError = onError
    }

    func start(_ call: ResolverCall) {
        Task {
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
                onError(call.field, error)
                call.fail("The resolver of \"\(call.field)\" failed.")
            }
        }
    }
}
