import GraphQLSchema
import Testing

@testable import SubsgenRuntime

@Suite("Policies")
struct PolicyTests {
    private static let sdl = """
        type Query { ok: Boolean }
        type Subscription { order: Order orders: Order }
        type Order { id: ID! total: Int }
        """
    private let executor: SubscriptionExecutor
    private let hook = Calls()
    private static let denied =
        #"{"id":"1","type":"error","payload":[{"message":"You may not subscribe to \"order\".","locations":[{"line":1,"column":16}],"path":["order"],"extensions":{"code":"FORBIDDEN"}}]}"#

    init() throws {
        executor = try secured(Self.sdl) {
            $0.protect("Subscription.order", .policies([["staff", "awake"], ["boss"]]))
            $0.protect("Order.total", .policies([["money"]]))
        }
        executor.setPolicies(host: hook)
    }

    private func client(_ claims: String? = nil) -> SessionClient { SessionClient.acknowledged(executor, claims: claims) }

    private func ask(_ client: SessionClient, _ id: String = "1", _ query: String = "subscription { order { id } }") throws -> ResolverCall {
        client.subscribe(id, query)
        let calls = hook.take()
        #expect(calls.count == 1)
        return try #require(calls.first)
    }

    @Test("The hook is asked about the policies that decide, for the connection and with its claims")
    func question() throws {
        let client = client(#"{"sub":"ann"}"#)
        let call = try ask(client)
        #expect(call.kind == .policies)
        #expect(call.eventText == #"["awake","boss","staff"]"#)
        #expect(call.claims.map { String(decoding: $0, as: UTF8.self) } == #"{"sub":"ann"}"#)
        #expect(call.subscriber?.connection == client.session.handle)
        #expect(client.heard() == [], "it waits")
    }

    @Test("A subscription begins when all policies of a list are granted", arguments: [#"["boss"]"#, #"["awake","staff","other"]"#])
    func granted(answer: String) throws {
        let client = client()
        try ask(client).finish(answer)
        #expect(client.heard() == ["started 1 order{}"])
    }

    @Test(
        "A subscription is refused when no list is granted, whatever else the hook gives",
        arguments: ["[]", #"["staff"]"#, #"["Boss"]"#, "true", #""boss""#, #"{"boss":true}"#, #"["boss",1]"#, "null", "no JSON"])
    func denied(answer: String) throws {
        let client = client()
        try ask(client).finish(answer)
        #expect(client.heard() == [Self.denied])
        #expect(executor.metrics[.subscriptionsWithoutPolicy] == 1)
        #expect(executor.metrics[.subscriptions] == 0)
    }

    @Test("An answer that is no list of policies says nothing: it is counted, and asked for again", arguments: ["true", #""boss""#, #"{"a":"boss"}"#, #"["boss",1]"#, "null"])
    func noList(answer: String) throws {
        let client = client()
        try ask(client).finish(answer)
        #expect(client.heard() == [Self.denied])
        #expect(executor.metrics[.resolverErrors] == 1)
        try ask(client).finish(#"["boss"]"#)
        #expect(client.heard() == ["started 1 order{}"])
        #expect(executor.metrics[.resolverErrors] == 1)
    }

    @Test("A hook that fails, answers nothing or is gone grants nothing, and is asked again")
    func failure() throws {
        let client = client()
        try ask(client).fail("The decision failed.")
        #expect(client.heard() == [Self.denied])
        try ask(client).skip()
        #expect(client.heard() == [Self.denied])
        _ = try ask(client)
        #expect(client.heard() == [Self.denied], "the call was thrown away")
        try ask(client).finish(#"["boss"]"#)
        #expect(client.heard() == ["started 1 order{}"])
    }

    @Test("Without a hook nobody is granted a policy")
    func withoutHook() throws {
        let executor = try secured(Self.sdl) { $0.protect("Subscription.order", .policies([["boss"]])) }
        let client = SessionClient.acknowledged(executor)
        client.subscribe("1", "subscription { order { id } }")
        #expect(client.heard() == [Self.denied])
        executor.setPolicies(host: nil)
        client.subscribe("1", "subscription { order { id } }")
        #expect(client.heard() == [Self.denied])
    }

    @Test("What the hook said is kept for the connection, and for no other one")
    func cached() throws {
        let client = client()
        try ask(client).finish(#"["boss"]"#)
        client.subscribe("2", "subscription { order { id } }")
        #expect(hook.take().isEmpty)
        #expect(client.heard() == ["started 1 order{}", "started 2 order{}"])
        #expect(try ask(self.client()).eventText == #"["awake","boss","staff"]"#)
    }

    @Test("New claims ask again, also for who waits for the answer about those before")
    func renewed() throws {
        let client = client(#"{"sub":"ann"}"#)
        let before = try ask(client)
        client.say(#"{"type":"ping","payload":{"auth":{}}}"#)
        client.session.authenticated(claims: Array(#"{"sub":"bob"}"#.utf8))
        let calls = hook.take()
        #expect(calls.map { $0.claims.map { String(decoding: $0, as: UTF8.self) } } == [#"{"sub":"bob"}"#])
        before.finish(#"["boss"]"#)
        #expect(client.heard() == ["authenticate {}", #"{"type":"pong"}"#])
        calls.first?.finish("[]")
        #expect(client.heard() == [Self.denied])
    }

    @Test("A selected field whose policy is not granted is masked, and is not where it is")
    func masked() throws {
        let query = "subscription { orders { id total } }"
        for (answer, total) in [("[]", "null"), (#"["money"]"#, "5")] {
            let client = client()
            try ask(client, "1", query).finish(answer)
            _ = client.heard()
            try executor.publish("orders", #"{"id":"7","total":5}"#)
            #expect(client.heard().first?.contains(#""data":{"orders":{"id":"7","total":\#(total)}}"#) == true)
        }
    }

    @Test("Who completes or goes away before the hook answers is forgotten")
    func gone() throws {
        let client = client()
        let call = try ask(client)
        client.complete("1")
        call.finish(#"["boss"]"#)
        #expect(client.heard() == [])
        let other = self.client()
        let second = try ask(other)
        other.session.disconnected()
        second.finish(#"["boss"]"#)
        #expect(executor.metrics[.subscriptions] == 0)
    }

    @Test("A question whose connection is gone, or whose claims are others now, is cancelled; one that another subscription may ask again is not")
    func cancelled() throws {
        let client = client(#"{"sub":"ann"}"#)
        let first = try ask(client)
        client.complete("1")
        #expect(!first.isCancelled, "its answer is kept for the connection")
        client.say(#"{"type":"ping","payload":{"auth":{}}}"#)
        client.session.authenticated(claims: Array(#"{"sub":"bob"}"#.utf8))
        #expect(first.isCancelled)
        let second = try ask(client, "2")
        #expect(!second.isCancelled)
        client.session.disconnected()
        #expect(second.isCancelled)
        let third = self.client()
        let questions = try [ask(third), ask(third, "2", "subscription { orders { id total } }")]
        third.session.disconnected()
        #expect(questions.map(\.isCancelled) == [true, true])
        let other = self.client()
        let answered = try ask(other)
        answered.finish(#"["boss"]"#)
        other.session.disconnected()
        #expect(!answered.isCancelled)
    }

    @Test("A question about a subscription without a connection is cancelled when that is over, also one that was asked again")
    func cancelledWithoutConnection() throws {
        let waiting = try executor.subscribe("subscription { order { id } }")
        let first = try #require(hook.take().first)
        waiting.complete()
        #expect(first.isCancelled)
        let running = try executor.subscribe("subscription { order { id } }", claims: #"{"sub":"ann"}"#)
        try #require(hook.take().first).finish(#"["boss"]"#)
        #expect(executor.revoke(.user("ann"), recheck: true) == 1)
        let again = try #require(hook.take().first)
        running.complete()
        #expect(again.isCancelled)
        let third = try executor.subscribe("subscription { order { id } }", claims: #"{"sub":"ann"}"#)
        try #require(hook.take().first).finish(#"["boss"]"#)
        executor.revoke(.user("ann"), recheck: true)
        let last = try #require(hook.take().first)
        executor.revoke(.user("ann"))
        #expect(last.isCancelled)
        #expect(third.state == .ended)
    }

    @Test("A subscription without a connection waits for the hook too, and is refused or begins")
    func pulled() throws {
        let subscription = try executor.subscribe("subscription { order { id } }")
        #expect(subscription.state == .opening)
        try #require(hook.take().first).finish("[]")
        guard case .refused = subscription.state else { return #expect(Bool(false), "\(subscription.state)") }
        let second = try executor.subscribe("subscription { order { id } }")
        try #require(hook.take().first).finish(#"["boss"]"#)
        #expect(second.state == .running)
        let third = try executor.subscribe("subscription { order { id } }")
        _ = hook.take()
        guard case .refused = third.state else { return #expect(Bool(false), "\(third.state)") }
    }
}
