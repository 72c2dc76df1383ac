import GraphQLSchema
import Testing

@testable import SubsgenRuntime

/// The rules that say which events of a field reach whom.
@Suite("Rules of tenants, federations and rows, for whole events")
struct EventRuleTests {
    private static let sdl = """
        type Query { ok: Boolean }
        type Subscription {
          order(kind: String): Order
          orders(kind: String): [Order!] @topic(name: "orders")
          groups: [[Order]]
          found: Found
          open: Order @topic(name: "order")
        }
        type Order { id: ID! tenantId: ID kind: String federationId: ID serviceName: String tags: [ID] owner: User users: [User!] }
        type User { id: ID tenantId: ID }
        type Note { id: ID tenantId: ID }
        union Found = Order | Note
        """
    private static let tenant = EventRule.tenant(path: ["tenantId"], claim: "tenant_id")
    private static let federation = EventRule.federation(path: ["federationId"], servicePath: ["serviceName"])
    private static let row = EventRule.row(path: ["owner", "id"], claim: "user_id")

    private func executor(_ rules: EventRule..., on field: String = "order") throws -> SubscriptionExecutor {
        try secured(Self.sdl) { $0.protect("Subscription.\(field)", events: rules) }
    }

    /// Whether an event reaches a subscriber.
    private func reaches(_ event: String, _ claims: String?, _ executor: SubscriptionExecutor, _ query: String = "order { id }", topic: String = "order") throws
        -> Bool
    {
        let subscription = try executor.subscribe("subscription { \(query) }", claims: claims)
        defer { subscription.complete() }
        try executor.publish(topic, event)
        let results = subscription.drain()
        #expect(results.count <= 1)
        return !results.isEmpty
    }

    // MARK: Each rule

    @Test(
        "@tenant: the event's field equals the claim, or one of its values; what is missing denies",
        arguments: [
            (#"{"id":1,"tenantId":"a"}"#, true), (#"{"id":1,"tenantId":"b"}"#, false), (#"{"id":1,"tenantId":null}"#, false), (#"{"id":1}"#, false),
            (#"{"id":1,"tenantId":{"a":"a"}}"#, false), (#"{"id":1,"tenantId":["b","a"]}"#, true), ("null", false), (#""a""#, false),
        ])
    func tenant(event: String, isSeen: Bool) throws {
        let executor = try executor(Self.tenant)
        #expect(try reaches(event, #"{"tenant_id":"a"}"#, executor) == isSeen)
        #expect(try reaches(event, #"{"tenant_id":["x","a"]}"#, executor) == isSeen)
        #expect(executor.metrics[.deniedTenant] == (isSeen ? 0 : 2))
        #expect(executor.metrics[.deliveries] == (isSeen ? 2 : 0))
        #expect(executor.metrics[.filtered] == 0)
    }

    @Test("A number and its text are one tenant")
    func spelling() throws {
        let executor = try executor(Self.tenant)
        #expect(try reaches(#"{"id":1,"tenantId":"5"}"#, #"{"tenant_id":5}"#, executor))
        #expect(try !reaches(#"{"id":1,"tenantId":50}"#, #"{"tenant_id":5}"#, executor))
    }

    @Test(
        "Who lacks the claim of a rule may not subscribe, is told no more, and is counted by the rule",
        arguments: [nil, "{}", #"{"tenant_id":null}"#, #"{"tenant_id":[]}"#, #"{"tenant_id":{"a":1}}"#, #"{"tenant_id":[null,["a"]]}"#, #"{"tenant":"a"}"#])
    func missingClaim(claims: String?) throws {
        let executor = try executor(Self.tenant)
        let refused = #"{"message":"You may not subscribe to \"order\".","locations":[{"line":1,"column":16}],"path":["order"],"extensions":{"code":"FORBIDDEN"}}"#
        #expect(try executor.refusal("subscription { order { id } }", claims: claims) == [refused])
        #expect(executor.metrics[.subscriptionsWithoutTenant] == 1)
        #expect(executor.metrics[.subscriptions] == 0)
    }

    @Test("The first rule in the order tenant, federation, row is the one that a subscriber is denied by")
    func orderOfDenials() throws {
        let executor = try executor(Self.row, Self.tenant, Self.federation)
        let query = "subscription { order { id } }"
        #expect(try executor.refusal(query).count == 1)
        #expect(executor.metrics[.subscriptionsWithoutTenant] == 1)
        #expect(try executor.refusal(query, claims: #"{"tenant_id":1,"federation_id":{}}"#).count == 1)
        #expect(executor.metrics[.subscriptionsWithoutFederation] == 1)
        #expect(try executor.refusal(query, claims: #"{"tenant_id":1,"federation_id":1}"#).count == 1)
        #expect(executor.metrics[.subscriptionsWithoutRow] == 1)
        #expect(try executor.refusal(query, claims: #"{"tenant_id":1,"federation_id":1,"user_id":1}"#).isEmpty)
    }

    @Test(
        "@rowFilter: a list on the way, or at the end, has the claim's value where one element does",
        arguments: [
            (["owner", "id"], #"{"owner":{"id":"u"}}"#, true), (["owner", "id"], #"{"owner":{"id":"v"}}"#, false), (["owner", "id"], #"{"owner":null}"#, false),
            (["owner", "id"], #"{"tags":["u"]}"#, false), (["users", "id"], #"{"users":[{"id":"v"},{"id":"u"}]}"#, true),
            (["users", "id"], #"{"users":[{"id":"v"}]}"#, false), (["users", "id"], #"{"users":[]}"#, false), (["tags"], #"{"tags":["v",null,"u"]}"#, true),
            (["tags"], #"{"tags":["v"]}"#, false), (["tags"], #"{"tags":[]}"#, false),
        ])
    func row(path: [String], event: String, isSeen: Bool) throws {
        let executor = try executor(.row(path: path, claim: "who"))
        let text = event.replacing("{", with: #"{"id":1,"#, maxReplacements: 1)
        #expect(try reaches(text, #"{"who":"u"}"#, executor) == isSeen)
        #expect(executor.metrics[.deniedRow] == (isSeen ? 0 : 1))
    }

    @Test(
        "@federation: both federated, and the federation or the service the same; or both standalone",
        arguments: [
            (nil, "", true), ("{}", "", true), (#"{"federation_id":null}"#, "", true), (#"{"federation_id":[],"service_name":[null]}"#, "", true),
            (nil, #","federationId":"f""#, false), (nil, #","serviceName":"s""#, false), (nil, #","federationId":{}"#, false),
            (nil, #","federationId":null,"serviceName":[]"#, true), (#"{"federation_id":"f"}"#, "", false), (#"{"service_name":"s"}"#, "", false),
            (#"{"federation_id":"f"}"#, #","federationId":"f""#, true), (#"{"federation_id":"f"}"#, #","federationId":"g""#, false),
            (#"{"federation_id":"f","service_name":"s"}"#, #","federationId":"g","serviceName":"s""#, true),
            (#"{"federation_id":"f","service_name":"s"}"#, #","federationId":"s","serviceName":"f""#, false),
            (#"{"federation_id":["e","f"]}"#, #","federationId":"f","serviceName":"t""#, true),
            (#"{"service_name":"s"}"#, #","serviceName":"s""#, true), (#"{"service_name":"s"}"#, #","federationId":"s""#, false),
        ])
    func federation(claims: String?, fields: String, isSeen: Bool) throws {
        let executor = try executor(Self.federation)
        #expect(try reaches(#"{"id":1\#(fields)}"#, claims, executor) == isSeen)
        #expect(executor.metrics[.deniedFederation] == (isSeen ? 0 : 1))
    }

    @Test("All rules must hold, whichever of them there are")
    func conjunction() throws {
        let executor = try executor(Self.tenant, .tenant(path: ["owner", "tenantId"], claim: "tenant_id"), Self.row)
        let claims = #"{"tenant_id":"a","user_id":"u"}"#
        func event(_ tenant: String, _ inner: String, _ user: String) -> String {
            #"{"id":1,"tenantId":"\#(tenant)","owner":{"tenantId":"\#(inner)","id":"\#(user)"}}"#
        }
        #expect(try reaches(event("a", "a", "u"), claims, executor))
        for other in [event("b", "a", "u"), event("a", "b", "u"), event("a", "a", "v")] { #expect(try !reaches(other, claims, executor)) }
        #expect(executor.metrics[.deniedTenant] == 2)
        #expect(executor.metrics[.deniedRow] == 1)
    }

    // MARK: Lists

    @Test(
        "Of a list every element satisfies the rules, and there is one at least",
        arguments: [
            (#"[{"id":1,"tenantId":"a"}]"#, true), (#"[{"id":1,"tenantId":"a"},{"id":2,"tenantId":"a"}]"#, true),
            (#"[{"id":1,"tenantId":"a"},{"id":2,"tenantId":"b"}]"#, false), (#"[{"id":1,"tenantId":"b"},{"id":2,"tenantId":"a"}]"#, false),
            (#"[{"id":1,"tenantId":"a"},{"id":2}]"#, false), (#"[{"id":1,"tenantId":"a"},null]"#, false), ("[]", false), ("null", false),
            (#"[{"id":1,"tenantId":["a","b"]},{"id":1,"tenantId":["b"]}]"#, false),
        ])
    func lists(event: String, isSeen: Bool) throws {
        let claims = #"{"tenant_id":"a"}"#
        let listed = try executor(Self.tenant, on: "orders")
        #expect(try reaches(event, claims, listed, "orders { id }", topic: "orders") == isSeen)
        #expect(listed.metrics[.deniedTenant] == (isSeen ? 0 : 1))
        // Also where the schema expects one object.
        #expect(try reaches(event, claims, try executor(Self.tenant)) == isSeen)
    }

    @Test("Of lists in a list every element satisfies the rules")
    func nestedLists() throws {
        let executor = try executor(Self.tenant, on: "groups")
        let (mine, other) = (#"{"id":1,"tenantId":"a"}"#, #"{"id":2,"tenantId":"b"}"#)
        for (event, isSeen) in [("[[\(mine)],[\(mine),\(mine)]]", true), ("[[\(mine)],[\(other)]]", false), ("[[\(mine)],[]]", true), ("[[]]", false)] {
            #expect(try reaches(event, #"{"tenant_id":"a"}"#, executor, "groups { id }", topic: "groups") == isSeen)
        }
    }

    @Test("What one element has does not count for another one's rule")
    func elementByElement() throws {
        let executor = try executor(Self.federation, on: "orders")
        let claims = #"{"federation_id":"f","service_name":"s"}"#
        #expect(try reaches(#"[{"id":1,"federationId":"f"},{"id":2,"serviceName":"s"}]"#, claims, executor, "orders { id }", topic: "orders"))
        #expect(try !reaches(#"[{"id":1,"federationId":"f"},{"id":2}]"#, claims, executor, "orders { id }", topic: "orders"))
        #expect(try !reaches(#"[{"id":1},{"id":2,"serviceName":"s"}]"#, nil, executor, "orders { id }", topic: "orders"))
    }

    // MARK: Interfaces and unions

    @Test("Where a field returns a union, the rules of a type hold for the events of that type")
    func abstractTypes() throws {
        let executor = try secured(Self.sdl) { $0.protect("Note", events: [Self.tenant]) }
        func sees(_ event: String, _ claims: String?) throws -> Bool {
            try reaches(event, claims, executor, "found { ... on Order { id } }", topic: "found")
        }
        let note = #"{"__typename":"Note","id":1,"tenantId":"a"}"#
        #expect(try sees(note, #"{"tenant_id":"a"}"#))
        #expect(try !sees(note, #"{"tenant_id":"b"}"#))
        #expect(try !sees(note, nil))
        #expect(try sees(#"{"__typename":"Order","id":1}"#, nil))
        #expect(try !sees(#"{"__typename":"\u004eote","id":1}"#, nil))
        #expect(executor.metrics[.deniedTenant] == 3)
    }

    @Test("Of fields that there are not, no rule demands anything")
    func noFields() throws {
        #expect(try EventRules().rights(to: 0, nil).demands == [])
    }

    // MARK: Sharing

    @Test("Subscribers share an execution where the rules demand the same of events, and only there")
    func sharing() throws {
        let executor = try executor(Self.tenant)
        let query = "subscription { order { id } }"
        let subscriptions = try ["a", "a", "b"].map { tenant in
            try executor.subscribe(query, claims: #"{"tenant_id":"\#(tenant)","user_id":"\#(UInt64.random(in: 0...99))"}"#)
        }
        #expect(executor.metrics[.groups] == 2)
        try executor.publish("order", #"{"id":1,"tenantId":"a"}"#)
        #expect(executor.metrics[.groupsMatched] == 1)
        #expect(subscriptions.map { $0.drain().count } == [1, 1, 0])
    }

    @Test("A field's rules are not those of another one with the same topic")
    func sharedTopic() throws {
        let executor = try executor(Self.tenant)
        let open = try executor.subscribe("subscription { open { id } }")
        let guarded = try executor.subscribe("subscription { order { id } }", claims: #"{"tenant_id":"a"}"#)
        try executor.publish("order", #"{"id":1,"tenantId":"b"}"#)
        #expect(open.drain().count == 1)
        #expect(guarded.drain().isEmpty)
        #expect(executor.metrics[.deniedTenant] == 1)
    }

    // MARK: Counting

    @Test("A pair that a rule denies is denied by the first kind that does, whatever its arguments select; who left counts no more")
    func counting() throws {
        let executor = try executor(Self.row, Self.federation, Self.tenant)
        var subscriptions: [PulledSubscription] = []
        for tenant in ["a", "b"] {
            for federation in ["f", "g"] {
                for user in 0..<3 {
                    for kind in ["x", "y"] {
                        let claims = #"{"tenant_id":"\#(tenant)","federation_id":"\#(federation)","user_id":"\#(user)"}"#
                        subscriptions.append(try executor.subscribe(#"subscription { order(kind: "\#(kind)") { id } }"#, claims: claims))
                    }
                }
            }
        }
        func counts() -> [Int] {
            [Metric.considered, .deniedTenant, .deniedFederation, .deniedRow, .filtered, .deliveries].map { executor.metrics[$0] }
        }
        let event = #"{"id":1,"tenantId":"a","federationId":"g","owner":{"id":"2"},"kind":"x"}"#
        try executor.publish("order", event)
        #expect(counts() == [24, 12, 6, 4, 1, 1])
        // Of tenant a, federation g, user 0 and kind x; and all of tenant b.
        for position in [6] + Array(12..<24) { subscriptions[position].complete() }
        try executor.publish("order", event)
        #expect(counts() == [24 + 11, 12, 6 + 6, 4 + 3, 2, 2])
        for subscription in subscriptions { subscription.complete() }
        let again = try executor.subscribe("subscription { order { id } }", claims: #"{"tenant_id":"b","federation_id":"g","user_id":"2"}"#)
        try executor.publish("order", event)
        #expect(counts() == [36, 13, 12, 7, 2, 2])
        #expect(again.drain().isEmpty)
    }
}
