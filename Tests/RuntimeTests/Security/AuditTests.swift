import GraphQLSchema
import Testing

@testable import SubsgenRuntime

@Suite("Each denial is told of: the rule, what it protects, the subscriber and the topic")
struct AuditTests {
    private static let sdl = """
        type Query { ok: Boolean }
        type Subscription { tick(room: ID): Tick @topic(name: "ticks") fast: Tick quick: Tick @overflow(policy: DROP_NEWEST) }
        type Tick { n: Int room: ID tenantId: ID secret: String other: String }
        """
    private let log = RecordingLog()
    private let hand = Hand()

    private func executor(_ secure: (inout DispatchTable) -> Void = { _ in }) throws -> SubscriptionExecutor {
        var limits = RuntimeLimits()
        limits.clientMessageBurst = 20
        limits.clientMessagesPerSecond = 1
        let executor = try secured(Self.sdl, limits: limits, clock: hand.clock) { table in
            for name in ["fast", "quick"] {
                let position = table.fields.firstIndex { $0.name == name } ?? 0
                table.fields[position].rateLimits = [RateLimit(limit: 1, window: 1000, burst: 1, scope: .subscription)]
            }
            secure(&table)
        }
        executor.setLog(log)
        return executor
    }

    private func record(
        _ kind: LogRecord.Kind, _ field: String, _ rule: String, user: String? = nil, _ connection: UInt64? = nil, topic: String? = nil
    ) -> LogRecord {
        LogRecord(kind: kind, field: field, leftOut: 0, rule: rule, subscriber: LogRecord.Subscriber(user: user, connection: connection), topic: topic)
    }

    @Test("a subscription that is denied")
    func subscriptions() throws {
        let executor = try executor { $0.protect("Subscription.tick", .scopes([["a"]])) }
        let client = SessionClient.acknowledged(executor, claims: #"{"user_id":"u","scope":"b"}"#)
        client.subscribe("s", "subscription { tick { n } }")
        #expect(log.take() == [record(.subscriptionDenied, "Subscription.tick", "scopes", user: "u", client.session.handle)])
        #expect(executor.metrics.total("subscriptions_denied") == 1)
    }

    @Test("a subscription that authorize denies")
    func authorize() throws {
        let executor = try executor()
        let calls = Calls()
        try executor.setResolver(field: "tick", FieldFunctions(authorize: true), host: calls)
        let client = SessionClient.acknowledged(executor, claims: #"{"sub":7}"#)
        client.subscribe("s", "subscription { tick { n } }")
        try #require(calls.take().first).finish("false")
        #expect(log.take() == [record(.subscriptionDenied, "Subscription.tick", "authorize", user: "7", client.session.handle, topic: "ticks")])
    }

    @Test("a field that is masked, by its coordinate, once however often it is selected")
    func masks() throws {
        let executor = try executor { table in
            table.protect("Tick.secret", .authenticated)
            table.protect("Tick.other", .roles(["r"]))
        }
        _ = try executor.subscribe("subscription { tick { n secret other } }")
        #expect(
            Set(log.take()) == [
                record(.fieldMasked, "Tick.secret", "authenticated", topic: "ticks"), record(.fieldMasked, "Tick.other", "role", topic: "ticks"),
            ])
    }

    @Test("an event, by its topic and rule, and not whom it is denied to")
    func events() throws {
        let executor = try executor {
            $0.protect("Subscription.tick", events: [.tenant(path: ["tenantId"], claim: "tenant_id"), .row(path: ["room"], claim: "room")])
        }
        let subscription = try executor.subscribe("subscription { tick { n } }", claims: #"{"tenant_id":"a","room":"1"}"#)
        try executor.publish("ticks", #"{"tenantId":"b","room":"1"}"#)
        try executor.publish("ticks", #"{"tenantId":"a","room":"2"}"#)
        try executor.publish("ticks", #"{"tenantId":"a","room":"3"}"#)
        #expect(
            log.take() == ["tenant", "row"].map { LogRecord(kind: .eventDenied, field: "tick", leftOut: 0, rule: $0, topic: "ticks") })
        hand.turn(1_000_000_000)
        try executor.publish("ticks", #"{"tenantId":"a","room":"2"}"#)
        #expect(log.take().map(\.leftOut) == [1])
        #expect(subscription.drain() == [])
    }

    @Test("objects inside of an event, by the field that they stand in, also of an initial event")
    func objects() throws {
        let executor = try secured(
            """
            type Query { ok: Boolean }
            type Subscription { order: Order }
            type Order { id: ID items: [Item] owner: Person }
            type Item { id: ID site: ID }
            type Person { name: String tenantId: ID }
            """,
            clock: hand.clock
        ) { table in
            table.protect("Item", events: [.row(path: ["site"], claim: "site")])
            table.protect("Person", events: [.tenant(path: ["tenantId"], claim: "tenant_id")])
        }
        executor.setLog(log)
        let calls = Calls()
        try executor.setResolver(field: "order", FieldFunctions(initial: true), host: calls)
        let event = #"{"id":1,"items":[{"id":1,"site":"s"},{"id":2,"site":"x"},{"id":3}],"owner":{"name":"n","tenantId":"b"}}"#
        let query = "subscription { order { items { id } owner { name } } }"
        let claims = #"{"site":"s","tenant_id":"a"}"#
        let masks = [("tenant", "Order.items"), ("row", "Order.items")].map {
            LogRecord(kind: .objectMasked, field: $0.1, leftOut: 0, rule: $0.0, topic: "order")
        }

        let subscription = try executor.subscribe(query, claims: claims)
        try #require(calls.take().first).finish(event)
        #expect(log.take().map(\.topic) == [nil, nil])
        #expect(executor.metrics.total("objects_masked") == 3)
        hand.turn(1_000_000_000)
        try executor.publish("order", event)
        #expect(log.take() == masks)
        #expect(executor.metrics.total("objects_masked") == 6)
        #expect(executor.metrics[.maskedRow] == 4 && executor.metrics[.maskedTenant] == 2)
        #expect(subscription.drain().count == 2)

        // One execution for all who are equal; in pieces where they are many.
        let others = try (0..<5000).map { _ in try executor.subscribe(query, claims: claims) }
        hand.turn(1_000_000_000)
        try executor.publish("order", event)
        #expect(executor.metrics.total("objects_masked") == 9)
        #expect(log.take() == masks)
        withExtendedLifetime(others) {}
    }

    @Test("an event that a resolver gave")
    func resolved() throws {
        let executor = try executor { $0.protect("Subscription.tick", events: [.tenant(path: ["tenantId"], claim: "tenant_id")]) }
        let calls = Calls()
        try executor.setResolver(field: "tick", FieldFunctions(resolve: .perArguments), host: calls)
        let subscription = try executor.subscribe("subscription { tick { n } }", claims: #"{"tenant_id":"a"}"#)
        try executor.publish("ticks", #"{"tenantId":"a"}"#)
        try #require(calls.take().first).finish(#"{"tenantId":"b"}"#)
        #expect(log.take() == [LogRecord(kind: .eventDenied, field: "tick", leftOut: 0, rule: "tenant", topic: "ticks")])
        #expect(subscription.drain() == [])
    }

    @Test("a rate limit that ends a subscription, and one that drops")
    func rates() throws {
        let executor = try executor()
        let client = SessionClient.acknowledged(executor, claims: #"{"user_id":"u"}"#)
        for field in ["fast", "quick"] { client.subscribe(field, "subscription { \(field) { n } }") }
        for field in ["fast", "quick"] {
            for _ in 0..<4 { try executor.publish(field, #"{"n":1}"#) }
            #expect(log.take() == [record(.rateLimit, field, "rate_limit", user: "u", client.session.handle, topic: field)])
        }
    }

    @Test("a client that talks too fast")
    func messages() throws {
        let client = SessionClient.acknowledged(try executor(), claims: #"{"user_id":"u"}"#)
        for _ in 0..<20 { client.say(#"{"type":"ping"}"#) }
        #expect(log.take() == [record(.messageRate, "", "message_rate", user: "u", client.session.handle)])
        #expect(client.heard().last == "close 4429 Too many messages")
    }

    @Test("every message says what happened in words, and no record has more than names")
    func sentences() {
        let messages = LogRecord.Kind.allCases.map { LogRecord(kind: $0, field: "Subscription.tick", leftOut: 0).message }
        #expect(Set(messages).count == LogRecord.Kind.allCases.count)
    }
}
