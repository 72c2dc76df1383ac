import GraphQLSchema
import Testing

@testable import SubsgenRuntime

/// The same rules where an event is not found by an index: objects inside of events, and what functions give.
@Suite("Rules of tenants, federations and rows, inside of events and for what functions give")
struct EventGuardTests {
    private static let sdl = """
        type Query { ok: Boolean }
        type Subscription { order: Order orders: [Order!] fed: Order first: Order answered: Order }
        type Order { id: Int tenantId: ID user: User must: User! users: [User] kept: [User!] found: Found node: Node rival: User supplied: User @resolver }
        type User implements Node { id: Int tenantId: ID name: String order: Order }
        type Note { id: Int tenantId: ID }
        interface Node { id: Int }
        union Found = User | Note
        """
    private static let tenant = EventRule.tenant(path: ["tenantId"], claim: "tenant_id")
    private static let a = #"{"tenant_id":"a"}"#

    private let calls = Calls()

    private func executor(_ coordinate: String, _ rules: EventRule...) throws -> SubscriptionExecutor {
        try secured(Self.sdl) { $0.protect(coordinate, events: rules) }
    }

    private static func error(_ coordinate: String, column: Int, _ path: String) -> String {
        #"{"message":"You may not see \"\#(coordinate)\".","locations":[{"line":1,"column":\#(column)}],"path":[\#(path)],"extensions":{"code":"FORBIDDEN"}}"#
    }

    private static let mine = #"{"id":1,"tenantId":"a"}"#
    private static let other = #"{"id":2,"tenantId":"b"}"#

    // MARK: Objects in events

    @Test("An object that a rule of its type denies is null and an error, wherever the type is; the event itself is seen")
    func types() throws {
        let executor = try executor("User", Self.tenant)
        let error = Self.error("Order.user", column: 24, #""order","user""#)
        func response(_ event: String, _ claims: String?) throws -> [String] {
            try executor.response(to: event, on: "order", "subscription { order { user { id } } }", claims: claims)
        }
        #expect(try response(#"{"user":\#(Self.mine)}"#, Self.a) == [#"{"data":{"order":{"user":{"id":1}}}}"#])
        for claims in [#"{"tenant_id":"b"}"#, "{}", nil] {
            #expect(try response(#"{"user":\#(Self.mine)}"#, claims) == [#"{"data":{"order":{"user":null}},"errors":[\#(error)]}"#])
        }
        #expect(try response(#"{"user":{"id":3}}"#, Self.a) == [#"{"data":{"order":{"user":null}},"errors":[\#(error)]}"#])
        #expect(try response(#"{"user":null}"#, nil) == [#"{"data":{"order":{"user":null}}}"#])
        #expect(executor.metrics.total("denied") == 0)
    }

    @Test("Null climbs from a denied object where it may not be null")
    func climbing() throws {
        let executor = try executor("User", Self.tenant)
        let response = try executor.response(to: #"{"must":\#(Self.other)}"#, on: "order", "subscription { order { must { id } } }", claims: Self.a)
        #expect(response == [#"{"data":{"order":null},"errors":[\#(Self.error("Order.must", column: 24, #""order","must""#))]}"#])
    }

    @Test("In a list, denied objects are null one by one")
    func lists() throws {
        let executor = try executor("User", Self.tenant)
        let event = #"{"users":[\#(Self.mine),\#(Self.other)],"kept":[\#(Self.other),\#(Self.mine)]}"#
        #expect(
            try executor.response(to: event, on: "order", "subscription { order { users { id } kept { id } } }", claims: Self.a) == [
                #"{"data":{"order":{"users":[{"id":1},null],"kept":null}},"errors":["#
                    + Self.error("Order.users", column: 24, #""order","users",1"#) + "," + Self.error("Order.kept", column: 37, #""order","kept",0"#) + "]}"
            ])
    }

    @Test("The rules of a field hold for its objects, and not for those of another field with the type")
    func fields() throws {
        let executor = try executor("Order.rival", .row(path: ["name"], claim: "who"))
        let event = #"{"user":{"id":1,"name":"x"},"rival":{"id":2,"name":"x"}}"#
        let query = "subscription { order { user { id } rival { id } } }"
        #expect(try executor.response(to: event, on: "order", query, claims: #"{"who":["x"]}"#) == [#"{"data":{"order":{"user":{"id":1},"rival":{"id":2}}}}"#])
        #expect(
            try executor.response(to: event, on: "order", query, claims: #"{"who":["y"]}"#) == [
                #"{"data":{"order":{"user":{"id":1},"rival":null}},"errors":[\#(Self.error("Order.rival", column: 36, #""order","rival""#))]}"#
            ])
    }

    @Test("In the place of an interface or union, an object is held against the rules of its own type")
    func abstractTypes() throws {
        let executor = try executor("User", Self.tenant)
        func response(_ field: String, _ object: String) throws -> [String] {
            try executor.response(
                to: #"{"\#(field)":{"__typename":\#(object)}}"#, on: "order", "subscription { order { \(field) { __typename } } }", claims: Self.a)
        }
        for field in ["found", "node"] {
            #expect(try response(field, #""User","tenantId":"a""#) == [#"{"data":{"order":{"\#(field)":{"__typename":"User"}}}}"#])
            let denied = Self.error("Order.\(field)", column: 24, #""order","\#(field)""#)
            #expect(try response(field, #""User","tenantId":"b""#) == [#"{"data":{"order":{"\#(field)":null}},"errors":[\#(denied)]}"#])
        }
        #expect(try response("found", #""Note","tenantId":"b""#) == [#"{"data":{"order":{"found":{"__typename":"Note"}}}}"#])
    }

    @Test("Subscribers of whom the rules of an object demand something else do not share its projection")
    func sharing() throws {
        let executor = try executor("User", Self.tenant)
        let query = "subscription { order { user { id } } }"
        let subscriptions = try [Self.a, #"{"tenant_id":"b"}"#, #"{"tenant_id":"a","user_id":1}"#].map { try executor.subscribe(query, claims: $0) }
        #expect(executor.metrics[.groups] == 2)
        try executor.publish("order", #"{"user":\#(Self.mine)}"#)
        #expect(subscriptions.map { $0.drain().first?.contains(#""id":1"#) } == [true, false, true])
        // Who selects none of what the rules protect shares with everybody.
        for claims in [Self.a, nil, #"{"tenant_id":"b"}"#] { _ = try executor.subscribe("subscription { order { id } }", claims: claims).next() }
        let plain = try [Self.a, nil].map { try executor.subscribe("subscription { order { id } }", claims: $0) }
        #expect(executor.metrics[.groups] == 3)
        _ = consume plain
    }

    @Test("What a function supplies is held against the rules of its type")
    func supplied() throws {
        let executor = try executor("User", Self.tenant)
        try executor.setSupplier(type: "Order", field: "supplied", .perArguments, host: calls)
        let subscription = try executor.subscribe("subscription { order { supplied { id } } }", claims: Self.a)
        for user in [Self.mine, Self.other] {
            try executor.publish("order", #"{"id":7}"#)
            try #require(calls.take().first).finish(#"{"values":[\#(user)]}"#)
        }
        let error = Self.error("Order.supplied", column: 24, #""order","supplied""#)
        #expect(
            subscription.drain() == [#"{"data":{"order":{"supplied":{"id":1}}}}"#, #"{"data":{"order":{"supplied":null}},"errors":[\#(error)]}"#])
    }

    // MARK: What functions give

    @Test("What `initial` gives is held against the rules of the field")
    func initial() throws {
        let executor = try executor("Subscription.first", Self.tenant)
        try executor.setResolver(field: "first", FieldFunctions(initial: true), host: calls)
        for (event, count) in [(Self.mine, 1), (Self.other, 0)] {
            let subscription = try executor.subscribe("subscription { first { id } }", claims: Self.a)
            try #require(calls.take().first).finish(event)
            #expect(subscription.drain().count == count)
            // It goes on.
            try executor.publish("first", Self.mine)
            #expect(subscription.drain().count == 1)
        }
        #expect(executor.metrics[.initialEvents] == 1)
        #expect(executor.metrics[.initialEventsDenied] == 1)
    }

    @Test("What a source gives is held against the rules of the field, by the claims of each who shares it")
    func sources() throws {
        let executor = try executor("Subscription.fed", Self.tenant)
        try executor.setResolver(field: "fed", FieldFunctions(source: .perArguments), host: calls)
        let subscriptions = try [Self.a, #"{"tenant_id":"b"}"#].map { try executor.subscribe("subscription { fed { id } }", claims: $0) }
        let source = try #require(calls.take().first)
        _ = source.emit(Array(Self.mine.utf8))
        #expect(subscriptions.map { $0.drain() } == [[#"{"data":{"fed":{"id":1}}}"#], []])
        #expect(executor.metrics[.deniedTenant] == 1)
    }

    @Test("What a resolver answers is held against the rules of the field, and it is not asked about what they deny")
    func resolvers() throws {
        let executor = try executor("Subscription.answered", Self.tenant)
        try executor.setResolver(field: "answered", FieldFunctions(resolve: .perArguments), host: calls)
        let subscription = try executor.subscribe("subscription { answered { id } }", claims: Self.a)
        try executor.publish("answered", Self.other)
        #expect(calls.take().isEmpty)
        for answer in [Self.mine, Self.other] {
            try executor.publish("answered", Self.mine)
            try #require(calls.take().first).finish(answer)
        }
        #expect(subscription.drain() == [#"{"data":{"answered":{"id":1}}}"#])
        #expect(executor.metrics[.deniedTenant] == 2)
        #expect(executor.metrics[.considered] == 3)
        #expect(executor.metrics[.deliveries] == 1)
    }
}
