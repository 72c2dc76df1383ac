import Testing

@testable import SubsgenRuntime

@Suite("Authorisation")
struct AuthorizationTests {
    private let executor: SubscriptionExecutor
    private let calls = Calls()
    private let query = "subscription { one: tick { n } }"
    private static let refusal =
        #"[{"message":"You may not subscribe to \"tick\".","locations":[{"line":1,"column":16}],"path":["one"],"extensions":{"code":"FORBIDDEN"}}]"#

    init() throws {
        executor = try Chat.executor()
        try executor.setResolver(field: "tick", FieldFunctions(authorize: true), host: calls)
    }

    private func call() throws -> ResolverCall { try #require(calls.take().first) }

    @Test("It is asked about each subscription, with its own arguments, claims, connection and id, before the subscription joins its topic")
    func question() throws {
        let clients = [SessionClient.acknowledged(executor, claims: #"{"sub":"ann"}"#), SessionClient.acknowledged(executor)]
        for client in clients { client.subscribe("s", query) }
        let asked = calls.take()
        #expect(asked.map(\.kind) == [.authorize, .authorize])
        #expect(asked.map(\.field) == ["tick", "tick"])
        #expect(asked.map(\.claimText) == [#"{"sub":"ann"}"#, nil])
        #expect(
            asked.map(\.subscriber) == clients.map { ResolverCall.Subscriber(subscription: "s", connection: $0.session.handle) })
        #expect(asked[0].event.isEmpty && asked[0].argumentText == "{}")
        #expect(clients.flatMap { $0.heard() } == [])
        #expect(executor.metrics[.subscriptions] == 0)
        #expect(executor.metrics[.topics] == 0)
    }

    @Test("Who is allowed gets the events from then on")
    func allowed() throws {
        let client = SessionClient.acknowledged(executor)
        client.subscribe("s", query)
        try executor.publish("tick", #"{"n":1}"#)
        try call().finish("true")
        try executor.publish("tick", #"{"n":2}"#)
        #expect(client.heard() == ["started s tick{}", #"{"id":"s","type":"next","payload":{"data":{"one":{"n":2}}}}"#])
        #expect(executor.metrics[.subscriptionsUnauthorized] == 0)
    }

    @Test("Anything but true refuses, with the code FORBIDDEN and no detail", arguments: ["false", "null", "1", #""true""#, "{}", "no JSON"])
    func denied(answer: String) throws {
        let client = SessionClient.acknowledged(executor)
        client.subscribe("s", query)
        try call().finish(answer)
        #expect(client.heard() == [#"{"id":"s","type":"error","payload":\#(Self.refusal)}"#])
        #expect(executor.metrics[.subscriptionsUnauthorized] == 1)
        #expect(executor.metrics[.subscriptions] == 0)
        client.subscribe("s", query)
        #expect(try call().subscriber?.subscription == "s", "the id may be used again")
    }

    @Test("A call that fails, is skipped or thrown away, and one that nobody takes, refuse")
    func failures() throws {
        let client = SessionClient.acknowledged(executor)
        client.subscribe("a", query)
        client.subscribe("b", query)
        client.subscribe("c", query)
        let asked = calls.take()
        asked[0].fail("secret")
        asked[1].skip()
        #expect(client.heard() == ["a", "b"].map { #"{"id":"\#($0)","type":"error","payload":\#(Self.refusal)}"# })
        #expect(executor.metrics[.resolverErrors] == 1)
        try executor.setResolver(field: "tick", FieldFunctions(authorize: true), host: nil)
        client.subscribe("d", query)
        #expect(client.heard() == [#"{"id":"d","type":"error","payload":\#(Self.refusal)}"#])
        #expect(executor.metrics[.subscriptionsUnauthorized] == 3)
    }

    @Test("A call that is thrown away refuses")
    func thrownAway() throws {
        let client = SessionClient.acknowledged(executor)
        client.subscribe("s", query)
        _ = calls.take()
        #expect(client.heard() == [#"{"id":"s","type":"error","payload":\#(Self.refusal)}"#])
    }

    @Test("The client completes meanwhile: the call is cancelled, its answer is void, and the id may be used again")
    func completed() throws {
        let client = SessionClient.acknowledged(executor)
        client.subscribe("s", query)
        client.complete("s")
        let first = try call()
        #expect(first.isCancelled)
        #expect(calls.takeChanged().map(\.handle) == [first.handle])
        client.subscribe("s", query)
        first.finish("true")
        #expect(client.heard() == [])
        try call().finish("true")
        #expect(client.heard() == ["started s tick{}"])
        #expect(executor.metrics[.subscriptions] == 1)
        #expect(executor.metrics[.subscriptionsUnauthorized] == 0)
    }

    @Test("An id that is being decided about is taken")
    func sameID() throws {
        let client = SessionClient.acknowledged(executor)
        client.subscribe("s", query)
        client.subscribe("s", query)
        #expect(client.heard() == ["close 4409 Subscriber for s already exists"])
        #expect(try call().isCancelled)
    }

    @Test("The connection ends meanwhile: the call is cancelled, and nothing starts", arguments: [true, false])
    func disconnected(vanishes: Bool) throws {
        let client = SessionClient.acknowledged(executor)
        client.subscribe("s", query)
        if vanishes { client.session.disconnected() } else { client.session.drainAndClose() }
        let asked = try call()
        #expect(asked.isCancelled)
        asked.finish("true")
        #expect(client.heard() == (vanishes ? [] : ["close 1001 Going away"]))
        #expect(executor.metrics[.subscriptions] == 0)
    }

    @Test("A call outlives its connection, and answers nobody")
    func outlived() throws {
        do { SessionClient.acknowledged(executor).subscribe("s", query) }
        let asked = try call()
        #expect(asked.isCancelled)
        asked.finish("true")
        #expect(executor.metrics[.subscriptions] == 0)
    }

    @Test("A subscription without a connection waits for the answer too")
    func pulled() throws {
        let allowed = try executor.subscribe(query: query, id: "p")
        let denied = try executor.subscribe(query: query)
        let completed = try executor.subscribe(query: query)
        completed.complete()
        let asked = calls.take()
        #expect(asked.map(\.subscriber) == ["p", "", ""].map { ResolverCall.Subscriber(subscription: $0, connection: nil) })
        #expect([allowed, denied, completed].map(\.state) == [.opening, .opening, .ended])
        asked[0].finish("true")
        asked[1].finish("false")
        asked[2].finish("true")
        #expect(allowed.state == .running)
        #expect(denied.ended && denied.state != .ended)
        guard case .refused(let errors) = denied.state else { return }
        var writer = JSONWriter()
        errors.write(into: &writer)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == Self.refusal)
        #expect(executor.metrics[.subscriptions] == 1)
        try executor.publish("tick", #"{"n":1}"#)
        #expect(allowed.drain() == [#"{"data":{"one":{"n":1}}}"#])
        #expect(completed.drain() == [] && denied.drain() == [])
    }

    @Test("Fields without it ask nobody")
    func others() throws {
        _ = try executor.subscribe(#"subscription { message(roomId: "1") { id } }"#)
        #expect(calls.take().isEmpty)
        #expect(executor.metrics[.resolverCalls] == 0)
    }
}
