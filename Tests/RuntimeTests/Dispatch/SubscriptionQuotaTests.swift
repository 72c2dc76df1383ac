import Testing

@testable import SubsgenRuntime

@Suite("How many subscriptions connections and users may have")
struct SubscriptionQuotaTests {
    private static let query = "subscription { tick { n } }"
    private static let ann = #"{"user_id":"ann"}"#

    private static func executor(perConnection: Int = 2, perUser: Int = 3, messages: Int = 1024) throws -> SubscriptionExecutor {
        var limits = RuntimeLimits(outbox: Outbox.Limits(subscriptionMessages: messages))
        limits.subscriptionsPerConnection = perConnection
        limits.subscriptionsPerUser = perUser
        return try Chat.executor(limits: limits)
    }

    private static func refusal(_ id: String, _ message: String) -> String {
        #"{"id":"\#(id)","type":"error","payload":[{"message":"\#(message)"}]}"#
    }

    private static let connectionIsFull = "This connection has 2 subscriptions, and may not have more."
    private static let userIsFull = "You have 3 subscriptions, and may not have more."

    private static func subscribe(_ client: SessionClient, _ ids: String...) -> [String] {
        for id in ids { client.subscribe(id, query) }
        return client.heard()
    }

    // MARK: The limits

    @Test("A connection has as many as the limit says, and not one more")
    func connection() throws {
        let executor = try Self.executor()
        let client = SessionClient.acknowledged(executor)
        #expect(Self.subscribe(client, "a", "b", "c") == ["started a tick{}", "started b tick{}", Self.refusal("c", Self.connectionIsFull)])
        #expect(executor.metrics[.operationsRejected] == 1)
        #expect(executor.metrics[.subscriptions] == 2)
        #expect(Self.subscribe(SessionClient.acknowledged(executor), "c") == ["started c tick{}"], "another connection has its own")
    }

    @Test("A user has as many as the limit says on all connections, and not one more; one without a name has none to share")
    func user() throws {
        let executor = try Self.executor()
        let first = SessionClient.acknowledged(executor, claims: Self.ann)
        let second = SessionClient.acknowledged(executor, claims: Self.ann)
        #expect(Self.subscribe(first, "a", "b").count == 2)
        #expect(Self.subscribe(second, "c", "d") == ["started c tick{}", Self.refusal("d", Self.userIsFull)])
        #expect(Self.subscribe(SessionClient.acknowledged(executor, claims: #"{"user_id":"bob"}"#), "a", "b").count == 2)
        for _ in 0..<2 {
            #expect(Self.subscribe(SessionClient.acknowledged(executor, claims: #"{"role":"guest"}"#), "a", "b").count == 2)
            #expect(Self.subscribe(SessionClient.acknowledged(executor), "a", "b") == ["started a tick{}", "started b tick{}"])
        }
    }

    @Test("What is refused for the user takes nothing of the connection")
    func refusedForUser() throws {
        let executor = try Self.executor(perConnection: 2, perUser: 1)
        let held = SessionClient.acknowledged(executor, claims: Self.ann)
        #expect(Self.subscribe(held, "a").count == 1)
        let client = SessionClient.acknowledged(executor, claims: Self.ann)
        #expect(Self.subscribe(client, "a", "b", "c").allSatisfy { $0.contains("You have 1 subscriptions") })
        held.complete("a")
        #expect(Self.subscribe(client, "a") == ["started a tick{}"])
    }

    @Test("Subscriptions without a socket count for their user")
    func pulled() throws {
        let executor = try Self.executor()
        var held = try (0..<3).map { _ in try executor.subscribe(Self.query, claims: Self.ann) }
        let errors = try #require(throws: GraphQLErrors.self) { try executor.subscribe(Self.query, claims: Self.ann) }
        #expect(errors.errors.map(\.message) == [Self.userIsFull])
        #expect(executor.metrics[.operationsRejected] == 1)
        held[0].complete()
        held[1] = try executor.subscribe(Self.query, claims: Self.ann)
        held = []
        #expect(executor.quota.userCount == 0)
    }

    // MARK: Slots are free again

    /// Every way on which a subscription of the first client ends, or does not begin.
    enum Way: CaseIterable {
        case completed, topicCompleted, tooManyMessages, disconnected, thrownAway, drained, malformed
    }

    @Test("A slot is free again once, however the subscription ends", arguments: Way.allCases)
    func freed(way: Way) throws {
        let executor = try Self.executor(perConnection: 2, perUser: 2, messages: 1)
        var client: SessionClient? = SessionClient.acknowledged(executor, claims: Self.ann)
        #expect(Self.subscribe(try #require(client), "a", "b") == ["started a tick{}", "started b tick{}"])
        switch way {
        case .completed:
            client?.complete("a")
            client?.complete("b")
        case .topicCompleted: try executor.complete(topic: "tick")
        case .tooManyMessages: for number in 0..<2 { try executor.publish("tick", #"{"n":\#(number)}"#) }
        case .disconnected: client?.session.disconnected()
        case .thrownAway: client = nil
        case .drained: client?.session.drainAndClose()
        case .malformed: client?.say("nonsense")
        }
        #expect(executor.quota.userCount == 0)
        let next = SessionClient.acknowledged(executor, claims: Self.ann)
        #expect(
            Self.subscribe(next, "a", "b", "c")
                == ["started a tick{}", "started b tick{}", Self.refusal("c", Self.connectionIsFull)])
        // Those of a connection that lives.
        guard way == .completed || way == .topicCompleted || way == .tooManyMessages, let client else { return }
        next.session.disconnected()
        _ = client.heard()
        #expect(
            Self.subscribe(client, "a", "b", "c")
                == ["started a tick{}", "started b tick{}", Self.refusal("c", Self.connectionIsFull)])
    }

    @Test("One that is opening has a slot, and gives it back when it is refused, completed or its connection gone", arguments: ["refused", "completed", "gone"])
    func opening(end: String) throws {
        let executor = try Self.executor(perConnection: 1, perUser: 1)
        let calls = Calls()
        try executor.setResolver(field: "tick", FieldFunctions(authorize: true), host: calls)
        let client = SessionClient.acknowledged(executor, claims: Self.ann)
        #expect(Self.subscribe(client, "a", "b") == [Self.refusal("b", "This connection has 1 subscriptions, and may not have more.")])
        let asked = calls.take()
        #expect(asked.count == 1, "nobody is asked about what is refused")
        switch end {
        case "refused": asked[0].finish("false")
        case "completed": client.complete("a")
        default: client.session.disconnected()
        }
        #expect(executor.quota.userCount == 0)
        let next = SessionClient.acknowledged(executor, claims: Self.ann)
        #expect(Self.subscribe(next, "a") == [])
        try #require(calls.take().first).finish("true")
        #expect(next.heard() == ["started a tick{}"])
    }

    @Test("An authorisation that is denied gives the slot of a subscription without a socket back")
    func pulledOpening() throws {
        let executor = try Self.executor(perUser: 1)
        let calls = Calls()
        try executor.setResolver(field: "tick", FieldFunctions(authorize: true), host: calls)
        let subscription = try executor.subscribe(Self.query, claims: Self.ann)
        #expect(executor.quota.userCount == 1)
        try #require(calls.take().first).finish("false")
        #expect(executor.quota.userCount == 0)
        #expect(subscription.ended)
    }

    @Test("A subscription that goes on with other claims keeps its one slot, and gives it back once")
    func renewed() throws {
        var limits = RuntimeLimits()
        limits.subscriptionsPerConnection = 1
        limits.subscriptionsPerUser = 1
        let executor = try SubscriptionExecutor(
            sdl: """
                type Query { ok: Boolean }
                type Subscription { tick: Tick }
                type Tick { n: Int! secret: Int @requiresScopes(scopes: [["s"]]) }
                """, bus: MemoryBus(), limits: limits)
        let client = SessionClient.acknowledged(executor, claims: Self.ann)
        let query = "subscription { tick { n secret } }"
        client.subscribe("a", query)
        client.say(#"{"type":"ping","payload":{"auth":{}}}"#)
        client.session.authenticated(claims: Array(#"{"user_id":"ann","scope":"s"}"#.utf8))
        _ = client.heard()
        try executor.publish("tick", #"{"n":1,"secret":2}"#)
        #expect(client.heard() == [#"{"id":"a","type":"next","payload":{"data":{"tick":{"n":1,"secret":2}}}}"#])
        client.subscribe("b", query)
        #expect(client.heard() == [Self.refusal("b", "This connection has 1 subscriptions, and may not have more.")])
        #expect(executor.quota.userCount == 1)
        client.complete("a")
        #expect(executor.quota.userCount == 0)
        _ = client.heard()
        client.subscribe("b", query)
        #expect(client.heard() == ["started b tick{}"])
    }

    @Test("Queries do not count")
    func queries() throws {
        let executor = try Self.executor(perConnection: 1)
        let client = SessionClient.acknowledged(executor)
        #expect(Self.subscribe(client, "a").count == 1)
        client.subscribe("q", "{ __typename }")
        #expect(client.heard().count == 2)
    }

    // MARK: Events

    @Test("An event has as many bytes as the limit says, attributes included, and not one more")
    func eventBytes() throws {
        var limits = RuntimeLimits()
        limits.eventBytes = 10
        let executor = try Chat.executor(limits: limits)
        let subscription = try executor.subscribe(Self.query)
        func refusal(_ payload: String, _ attributes: String? = nil) -> PublishError? {
            do throws(PublishError) {
                try executor.publish(topic: "tick", payload: Array(payload.utf8), attributes: attributes.map { Array($0.utf8) })
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal(#"{"n":1234}"#) == nil)
        #expect(refusal(#"{"n":123}"#, "{}") == .tooLarge("tick", size: 11, limit: 10))
        let error = refusal(#"{"n":12345}"#)
        #expect(error?.isTooLarge == true)
        #expect(
            error?.message
                == "The event for the topic \"tick\" has 11 bytes, more than the limit of 10: publish less of it, or raise the limit of bytes per event.")
        #expect(throws: PublishError.self) { try executor.awaitRoom(topic: "tick", payload: Array(#"{"n":12345}"#.utf8)) {} }
        #expect(subscription.drain().count == 1)
        #expect(executor.metrics[.eventsRejected] == 3)
    }
}
