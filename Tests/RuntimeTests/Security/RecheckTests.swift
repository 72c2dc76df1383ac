import GraphQLSchema
import Synchronization
import Testing

@testable import SubsgenRuntime

@Suite("Subscriptions whose subscriber changes")
struct RecheckTests {
    private static let sdl = """
        type Query { ok: Boolean }
        type Subscription { order(shop: ID): Order open: Order }
        type Order { id: ID! shop: ID total: Int }
        """
    private static let staff = #"{"sub":"ann","roles":["staff"],"shop":"1"}"#
    private static let guest = #"{"sub":"ann","roles":["guest"],"shop":"1"}"#
    private let executor: SubscriptionExecutor
    private let host = Calls()

    init() throws {
        executor = try secured(Self.sdl) {
            $0.protect("Subscription.order", .roles(["staff", "guest"]))
            $0.protect("Order.total", .roles(["staff"]))
        }
    }

    private func client(_ claims: String?, _ query: String = "subscription { order { id total } }") -> SessionClient {
        let client = SessionClient.acknowledged(executor, claims: claims)
        client.subscribe("1", query)
        return client
    }

    private func renew(_ client: SessionClient, _ claims: String?) {
        client.say(#"{"type":"ping","payload":{"auth":{}}}"#)
        client.session.authenticated(claims: claims.map { Array($0.utf8) })
    }

    private func publish(_ id: Int, on topic: String = "order") throws {
        try executor.publish(topic, #"{"id":"\#(id)","shop":"1","total":\#(id)}"#)
    }

    /// What came, in short: the ids of events with their totals, and the names of other messages.
    private func heard(_ client: SessionClient) -> [String] {
        client.heard().map { words in
            guard let message = try? JSONDocument.parse(Array(words.utf8)).root else { return words.split(separator: " ").first.map(String.init) ?? "" }
            let order = message["payload"]?["data"]?["order"] ?? message["payload"]?["data"]?["open"]
            if let order { return "\(order["id"]?.string ?? "-"):\(order["total"]?.integer.map(String.init) ?? "-")" }
            return message["type"]?.string ?? "?"
        }
    }

    @Test("One that may see other fields gets them so from then on, and no event is lost or comes twice")
    func otherClass() throws {
        let client = client(Self.staff)
        try publish(1)
        renew(client, Self.guest)
        try publish(2)
        renew(client, Self.staff)
        try publish(3)
        #expect(heard(client) == ["started", "1:1", "authenticate", "pong", "2:-", "authenticate", "pong", "3:3"])
        #expect(executor.metrics[.subscriptions] == 1)
        #expect(executor.metrics[.groups] == 1)
        #expect(executor.metrics[.deliveries] == 3)
        client.complete("1")
        #expect(heard(client) == ["ended"])
        #expect(executor.metrics[.subscriptions] == 0)
        #expect(executor.metrics[.topics] == 0)
    }

    @Test("One of the same class stays where it is")
    func sameClass() throws {
        let client = client(Self.staff)
        let before = client.session.state.withLock { $0.machine.running(OperationID(text: "1")) }
        renew(client, #"{"sub":"bob","roles":["staff","other"]}"#)
        #expect(client.session.state.withLock { $0.machine.running(OperationID(text: "1")) } === before)
        renew(client, Self.guest)
        #expect(client.session.state.withLock { $0.machine.running(OperationID(text: "1")) } !== before)
        try publish(1)
        #expect(heard(client).last == "1:-")
    }

    @Test("One that is denied ends with an error, others of the connection go on", arguments: [#"{"sub":"ann","roles":["x"]}"#, nil])
    func denied(claims: String?) throws {
        let client = client(Self.staff)
        client.subscribe("2", "subscription { open { id } }")
        _ = client.heard()
        renew(client, claims)
        let words = client.heard()
        #expect(words.contains { $0.hasPrefix(#"{"id":"1","type":"error""#) && $0.contains(#""code":"FORBIDDEN""#) })
        #expect(words.count { $0.hasPrefix("ended") } == 1)
        try publish(1)
        try publish(1, on: "open")
        #expect(heard(client) == ["1:-"])
        #expect(executor.metrics[.subscriptions] == 1)
        #expect(executor.metrics[.subscriptionsWithoutRole] == 1)
    }

    @Test("Events that are still with a resolver come first, for whom they were meant, and none that come after overtakes them")
    func resolving() throws {
        try executor.setResolver(field: "order", FieldFunctions(resolve: .perArguments), host: host)
        let client = client(Self.staff)
        try publish(1)
        try publish(2)
        renew(client, Self.guest)
        try publish(3)
        let calls = host.take()
        #expect(calls.map { $0.eventText.contains(#""id":"3""#) } == [false, false, true])
        for call in calls.reversed() { call.finish(call.eventText) }
        #expect(heard(client) == ["started", "authenticate", "pong", "1:1", "2:2", "3:-"])
        #expect(executor.metrics[.eventsInLanes] == 0)
        #expect(executor.metrics[.subscriptions] == 1)
    }

    @Test("Where a resolver reads claims it gets those that the event was published under")
    func claimsOfResolvers() throws {
        try executor.setResolver(field: "open", FieldFunctions(resolve: .perClaims), host: host)
        let client = client(Self.staff, "subscription { open { id } }")
        try publish(1, on: "open")
        renew(client, Self.guest)
        try publish(2, on: "open")
        renew(client, Self.staff)
        try publish(3, on: "open")
        let calls = host.take()
        let claims = calls.map { $0.claims.map { String(decoding: $0, as: UTF8.self) } }
        // Who left is still among those for whom the second is resolved, until it has got the first.
        #expect(claims.filter { $0 == Self.guest }.count >= 1)
        for call in calls.reversed() { call.finish(call.eventText) }
        #expect(heard(client) == ["started", "authenticate", "pong", "authenticate", "pong", "1:-", "2:-", "3:-"])
        #expect(executor.metrics[.subscriptions] == 1)
        #expect(executor.metrics[.groups] == 1)
    }

    @Test("What was dropped before its claims changed it is told of after, once")
    func dropped() throws {
        let hand = Hand()
        let executor = try secured("type Query { ok: Boolean } type Subscription { order: Order @overflow(policy: DROP_NEWEST) } type Order { id: ID total: Int }", clock: hand.clock) {
            $0.fields[0].rateLimits = [RateLimit(limit: 1, window: 1000, burst: 1, scope: .connection)]
            $0.protect("Order.total", .roles(["staff"]))
        }
        func publish() throws { try executor.publish("order", #"{"id":"1","total":1}"#) }
        func told(_ client: SessionClient) -> [Int] {
            client.heard().compactMap { text in
                guard let message = try? JSONDocument.parse(Array(text.utf8)).root, message["type"]?.string == "next" else { return nil }
                return message["payload"]?["extensions"]?["subsgen"]?["dropped"]?.integer ?? 0
            }
        }
        let client = SessionClient.acknowledged(executor, claims: Self.staff)
        client.subscribe("1", "subscription { order { id total } }")
        try publish()
        #expect(told(client) == [0])
        for _ in 0..<3 { try publish() }
        renew(client, Self.guest)
        try publish()
        renew(client, Self.staff)
        try publish()
        #expect(told(client) == [])
        #expect(executor.metrics[.droppedRateLimit] == 5)
        for dropped in [5, 0] {
            hand.turn(1_000_000_000)
            try publish()
            #expect(told(client) == [dropped])
        }
    }

    @Test("What a rate limit held back before its claims changed goes before what comes after, or gives way to it", arguments: [true, false])
    func heldBack(isInTime: Bool) throws {
        let hand = Hand()
        let executor = try secured(
            "type Query { ok: Boolean } type Subscription { order: Order @overflow(policy: DROP_OLDEST) } type Order { id: ID total: Int }", clock: hand.clock
        ) {
            $0.fields[0].rateLimits = [RateLimit(limit: 1, window: 1000, burst: 1, scope: .subscription)]
            $0.protect("Order.total", .roles(["staff"]))
        }
        func publish(_ id: Int) throws { try executor.publish("order", #"{"id":"\#(id)","total":\#(id)}"#) }
        let client = SessionClient.acknowledged(executor, claims: Self.staff)
        client.subscribe("1", "subscription { order { id total } }")
        for id in 1...3 { try publish(id) }
        renew(client, Self.guest)
        if !isInTime { try publish(4) }
        #expect(executor.metrics[.eventsHeld] == 1)
        hand.turn(1_000_000_000)
        // Before anybody was called.
        try publish(5)
        hand.turn(1_000_000_000)
        executor.context.rates.timer.ring()
        hand.turn(1_000_000_000)
        executor.context.rates.timer.ring()
        #expect(heard(client) == ["started", "1:1", "authenticate", "pong", "5:-"])
        #expect(executor.metrics[.eventsHeld] == 0)
        #expect(executor.metrics[.droppedRateLimit] == (isInTime ? 2 : 3))
        #expect(executor.metrics[.considered] == (isInTime ? 4 : 5))
        try publish(6)
        renew(client, Self.staff)
        hand.turn(1_000_000_000)
        executor.context.rates.timer.ring()
        #expect(heard(client) == ["6:-", "authenticate", "pong"])
    }

    @Test("A client that completes meanwhile gets nothing of what was still to come")
    func completed() throws {
        try executor.setResolver(field: "order", FieldFunctions(resolve: .perArguments), host: host)
        let client = client(Self.staff)
        try publish(1)
        renew(client, Self.guest)
        try publish(2)
        client.complete("1")
        for call in host.take() { call.finish(call.eventText) }
        #expect(heard(client) == ["started", "authenticate", "pong", "ended"])
        #expect(executor.metrics[.subscriptions] == 0)
        #expect(executor.metrics[.topics] == 0)
        #expect(executor.metrics[.eventsInLanes] == 0)
    }

    @Test("What waits for a client that completes is not sent, also where it came before its claims changed")
    func completedWhileWaiting() throws {
        let client = client(Self.staff)
        _ = client.heard()
        try publish(1)
        renew(client, Self.guest)
        try publish(2)
        client.complete("1")
        #expect(heard(client) == ["authenticate", "pong", "ended"])
    }

    @Test("A topic that completes meanwhile completes the subscription after its events")
    func topicCompletes() throws {
        try executor.setResolver(field: "order", FieldFunctions(resolve: .perArguments), host: host)
        let client = client(Self.staff)
        try publish(1)
        renew(client, Self.guest)
        try publish(2)
        try executor.complete(topic: "order")
        for call in host.take().reversed() { call.finish(call.eventText) }
        #expect(heard(client) == ["started", "authenticate", "pong", "1:1", "2:-", "ended", "complete"])
        #expect(executor.metrics[.subscriptions] == 0)
        #expect(executor.metrics[.topics] == 0)
    }

    @Test("One that waits for its first event gets it for its new claims, and once")
    func opening() throws {
        try executor.setResolver(field: "order", FieldFunctions(initial: true), host: host)
        let client = client(Self.staff)
        let before = try #require(host.take().first)
        renew(client, Self.guest)
        let after = try #require(host.take().first)
        #expect(before.isCancelled)
        try publish(2)
        before.finish(#"{"id":"0","total":0}"#)
        after.finish(#"{"id":"1","total":1}"#)
        #expect(heard(client) == ["started", "authenticate", "pong", "1:-", "2:-"])
        #expect(executor.metrics[.subscriptions] == 1)
    }

    @Test("Whoever authorises a field is asked again, and the subscription goes on meanwhile")
    func authorize() throws {
        try executor.setResolver(field: "order", FieldFunctions(authorize: true), host: host)
        let client = client(Self.staff)
        host.take().first?.finish("true")
        renew(client, Self.guest)
        try publish(1)
        let call = try #require(host.take().first)
        #expect(call.claims.map { String(decoding: $0, as: UTF8.self) } == Self.guest)
        call.finish("true")
        try publish(2)
        renew(client, Self.staff)
        host.take().first?.finish("false")
        try publish(3)
        #expect(heard(client) == ["started", "authenticate", "pong", "1:1", "2:-", "authenticate", "pong", "ended", "error"])
        #expect(executor.metrics[.subscriptions] == 0)
    }

    @Test("Revoked to be looked at again, policies are asked anew: what they deny ends, the rest stays")
    func policies() throws {
        let executor = try secured(Self.sdl) { $0.protect("Subscription.order", .policies([["p"]])) }
        executor.setPolicies(host: host)
        let clients = ["ann", "bob"].map { SessionClient.acknowledged(executor, claims: #"{"sub":"\#($0)"}"#) }
        let pulled = try executor.subscribe("subscription { order { id } }", claims: #"{"sub":"ann"}"#)
        for client in clients {
            client.subscribe("1", "subscription { order { id } }")
            client.subscribe("2", "subscription { open { id } }")
        }
        for call in host.take() { call.finish(#"["p"]"#) }
        #expect(executor.metrics[.subscriptions] == 5)
        #expect(executor.revoke(.user("ann"), recheck: true) == 2)
        let calls = host.take()
        #expect(calls.count == 2)
        for call in calls { call.finish("[]") }
        #expect(clients.map { $0.heard().filter { $0.contains("error") }.count } == [1, 0])
        #expect(pulled.state == .ended)
        #expect(pulled.drain().first?.contains("FORBIDDEN") == true)
        #expect(executor.metrics[.subscriptions] == 3)
        #expect(executor.revoke(.user("bob"), recheck: true) == 1)
        host.take().first?.finish(#"["p"]"#)
        #expect(clients[1].heard().isEmpty)
        #expect(executor.metrics[.subscriptions] == 3)
    }

    @Test("A subscription without a connection goes on among those that its policies put it with")
    func pulled() throws {
        let executor = try secured(Self.sdl) { $0.protect("Order.total", .policies([["p"]])) }
        executor.setPolicies(host: host)
        let subscription = try executor.subscribe("subscription { order { id total } }", claims: #"{"sub":"ann"}"#)
        host.take().first?.finish(#"["p"]"#)
        try executor.publish("order", #"{"id":"1","total":1}"#)
        executor.revoke(.user("ann"), recheck: true)
        host.take().first?.finish("[]")
        try executor.publish("order", #"{"id":"2","total":2}"#)
        let results = subscription.drain()
        #expect(results.map { $0.contains(#""total":null"#) } == [false, true])
        subscription.complete()
        #expect(executor.metrics[.subscriptions] == 0)
        #expect(executor.metrics[.topics] == 0)
    }

    @Test("While others publish, a client that authenticates again and again gets every event once and in order, each as one of its classes")
    func concurrent() async throws {
        let client = client(Self.staff)
        let executor = executor
        let events = 400
        async let published: Void = Task.detached {
            for id in 1...events { try executor.publish("order", #"{"id":"\#(id)","total":\#(id)}"#) }
        }.value
        for round in 0..<100 { renew(client, round.isMultiple(of: 2) ? Self.guest : Self.staff) }
        try await published
        let ids = heard(client).compactMap { words in words.contains(":") ? words.split(separator: ":").first.flatMap { Int($0) } : nil }
        #expect(ids == Array(1...events))
        #expect(executor.metrics[.subscriptions] == 1)
        #expect(executor.metrics[.groups] == 1)
    }
}
