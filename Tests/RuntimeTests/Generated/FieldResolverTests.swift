import Testing

@testable import SubsgenRuntime

private struct NoArguments: ObjectPayload {
    init(decoding fields: inout PayloadFields) throws(PayloadError) {}
    func writeFields(into writer: inout JSONWriter) {}
}

@Suite("Typed resolvers")
struct FieldResolverTests {
    private typealias Resolver = FieldResolver<Int32, NoArguments>

    private let executor: SubscriptionExecutor
    private let failures: AsyncStream<any Error>
    private let onError: @Sendable (String, any Error) -> Void

    init() throws {
        executor = try SubscriptionExecutor(
            sdl: "type Query { ok: Boolean } type Subscription { count: Int! }", bus: MemoryBus())
        let (failures, failed) = AsyncStream.makeStream(of: (any Error).self)
        self.failures = failures
        onError = { _, error in failed.yield(error) }
    }

    /// The first result of a subscription to `count` after these events.
    private func result(of events: String..., by resolver: Resolver, claims: String? = nil) async throws -> String? {
        try executor.setResolver("count", resolver, onError: onError)
        let (wakes, waker) = AsyncStream.makeStream(of: Void.self)
        let subscription = try executor.subscribe(
            query: "subscription { count }", claims: claims.map { Array($0.utf8) }, waker: { waker.yield() })
        for event in events { try await executor.publish(topic: "count", payload: Array(event.utf8)) }
        var iterator = wakes.makeAsyncIterator()
        await iterator.next()
        return subscription.next().map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("An event is answered with another one, and one that is skipped with nothing")
    func answers() async throws {
        let resolver = Resolver.resolve { event, _ in event < 0 ? .skip : .event(event * 2) }
        #expect(try await result(of: "-1", "21", by: resolver) == #"{"data":{"count":42}}"#)
    }

    @Test("Where events pass through, the field has no resolver")
    func passthrough() async throws {
        #expect(try await result(of: "7", by: .passthrough) == #"{"data":{"count":7}}"#)
        #expect(executor.metrics[.resolverCalls] == 0)
    }

    @Test("Claims are given to a resolver that asks for them", arguments: [#"{"level":3}"#, nil])
    func claims(claims: String?) async throws {
        let resolver = Resolver.resolvePerClaims { event, _, claims in .event(event + Int32(claims?["level"]?.integer ?? 0)) }
        #expect(try await result(of: "1", by: resolver, claims: claims) == (claims == nil ? #"{"data":{"count":1}}"# : #"{"data":{"count":4}}"#))
    }

    @Test("A GraphQL error reaches the subscribers and nobody else")
    func graphQLError() async throws {
        let result = try await result(of: "1", by: .resolve { _, _ in throw GraphQLError("too late") })
        #expect(result?.contains(#""message":"too late""#) == true)
    }

    @Test("Any other error, and an event of another type, reach the developer; subscribers hear that the resolver failed")
    func failure() async throws {
        let result = try await result(of: #""many""#, by: .resolve { event, _ in .event(event) })
        #expect(result?.contains(#"The resolver of \"count\" failed."#) == true)
        #expect(result?.contains("many") == false)
        var iterator = failures.makeAsyncIterator()
        #expect(await iterator.next() as? PayloadError == PayloadError("Expected an Int of 32 bits, found a string."))
    }

    @Test("A field that the schema does not have, and the table of another schema, are refused")
    func refusals() {
        #expect(throws: ResolverError.self) { try executor.setResolver("other", Resolver.resolve { event, _ in .event(event) }, onError: onError) }
        #expect(throws: ResolverError.self) { try executor.require(DispatchTable(fields: [])) }
        #expect(throws: Never.self) { try executor.require(executor.dispatchTable) }
    }
}
