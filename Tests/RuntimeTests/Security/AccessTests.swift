import GraphQLSchema
import Testing

@testable import SubsgenRuntime

@Suite("Rules of access")
struct AccessTests {
    private static let sdl = """
        type Query { ok: Boolean }
        type Subscription { order: Order orders: [Order!]! found: Found kept: Order! owner: User node: Node }
        type Order { id: ID! total: Int user: User! rival: User items: [Item!] node: Node nodes: [Node] color: Color }
        type User { name: String email: String! }
        type Item implements Node { id: ID! price: Int! }
        type Secret implements Node { id: ID! text: String }
        interface Node { id: ID! }
        union Found = Order | Secret
        scalar Color
        """
    private static let staff = #"{"sub":"a","roles":["staff"]}"#

    private func executor(limits: RuntimeLimits = RuntimeLimits(), _ secure: (inout DispatchTable) -> Void) throws -> SubscriptionExecutor {
        try secured(Self.sdl, limits: limits, secure)
    }

    private static func refusal(_ code: String = "FORBIDDEN", of field: String = "order") -> [String] {
        [#"{"message":"You may not subscribe to \"\#(field)\".","locations":[{"line":1,"column":16}],"path":["\#(field)"],"extensions":{"code":"\#(code)"}}"#]
    }

    private static func error(_ coordinate: String, column: Int, _ path: String) -> String {
        #"{"message":"You may not see \"\#(coordinate)\".","locations":[{"line":1,"column":\#(column)}],"path":[\#(path)],"extensions":{"code":"FORBIDDEN"}}"#
    }

    // MARK: The root field

    @Test("A rule on the root field refuses who does not meet it, counted by the rule, and says no more than that")
    func root() throws {
        let executor = try executor { $0.protect("Subscription.order", .roles(["staff"])) }
        let query = "subscription { order { id } }"
        for claims in [nil, "{}", #"{"roles":["user"]}"#] { #expect(try executor.refusal(query, claims: claims) == Self.refusal()) }
        #expect(executor.metrics[.subscriptionsWithoutRole] == 3)
        #expect(executor.metrics[.operationsRejected] == 0)
        #expect(executor.metrics[.subscriptions] == 0)
        #expect(try executor.refusal(query, claims: Self.staff) == [])
        #expect(try executor.refusal("subscription { kept { id } }") == [], "another field with the same type")
    }

    @Test("Who is anonymous where @authenticated is asked is told UNAUTHENTICATED, whatever else is asked")
    func unauthenticated() throws {
        let executor = try executor { $0.protect("Subscription.order", .scopes([["s"]]), .authenticated) }
        #expect(try executor.refusal("subscription { order { id } }") == Self.refusal("UNAUTHENTICATED"))
        #expect(try executor.refusal("subscription { order { id } }", claims: #"{"sub":"a"}"#) == Self.refusal())
        #expect(executor.metrics[.subscriptionsUnauthenticated] == 1)
        #expect(executor.metrics[.subscriptionsWithoutScopes] == 1)
    }

    @Test("Nobody grants a policy that nobody is asked about")
    func policy() throws {
        let executor = try executor {
            $0.protect("Subscription.order", .policies([["p"]]))
            $0.protect("User.name", .policies([["q"]]))
        }
        #expect(try executor.refusal("subscription { order { id } }", claims: Self.staff) == Self.refusal())
        #expect(executor.metrics[.subscriptionsWithoutPolicy] == 1)
        #expect(
            try executor.response(to: #"{"user":{"name":"x"}}"#, on: "kept", "subscription { kept { user { name } } }")
                == [#"{"data":{"kept":{"user":{"name":null}}},"errors":[\#(Self.error("User.name", column: 30, #""kept","user","name""#))]}"#])
    }

    @Test("A client over the protocol is refused in the same way")
    func session() throws {
        let executor = try executor { $0.protect("Subscription.order", .authenticated) }
        let anonymous = SessionClient.acknowledged(executor)
        anonymous.subscribe("s", "subscription { order { id } }")
        #expect(anonymous.heard() == [#"{"id":"s","type":"error","payload":[\#(Self.refusal("UNAUTHENTICATED")[0])]}"#])
        let known = SessionClient.acknowledged(executor, claims: #"{"sub":"a"}"#)
        known.subscribe("s", "subscription { order { id } }")
        #expect(known.heard() == ["started s order{}"])
        #expect(executor.metrics[.subscriptionsUnauthenticated] == 1)
    }

    // MARK: Masks

    @Test("A nested field that may not be seen is null and an error, and the rest is there")
    func mask() throws {
        let executor = try executor {
            $0.protect("Order.total", .roles(["staff"]))
            $0.protect("User.name", .roles(["staff"]))
        }
        let event = #"{"id":"1","total":5,"user":{"name":"Ada","email":"e"}}"#
        let query = "subscription { order { id sum: total user { name email } } }"
        #expect(
            try executor.response(to: event, on: "order", query, claims: #"{"sub":"a"}"#) == [
                #"{"data":{"order":{"id":"1","sum":null,"user":{"name":null,"email":"e"}}},"errors":["#
                    + Self.error("Order.total", column: 27, #""order","sum""#) + ","
                    + Self.error("User.name", column: 45, #""order","user","name""#) + "]}"
            ])
        #expect(executor.metrics[.fieldsMasked] == 2)
        #expect(
            try executor.response(to: event, on: "order", query, claims: Self.staff)
                == [#"{"data":{"order":{"id":"1","sum":5,"user":{"name":"Ada","email":"e"}}}}"#])
        #expect(executor.metrics[.fieldsMasked] == 2)
    }

    @Test("Null climbs from a masked field that may not be null to the nearest that may, up to the whole response")
    func climbing() throws {
        let executor = try executor { $0.protect("User.email", .authenticated) }
        let event = #"{"rival":{"name":"x","email":"e"},"user":{"name":"y","email":"f"}}"#
        #expect(
            try executor.response(to: event, on: "order", "subscription { order { rival { name email } } }")
                == [#"{"data":{"order":{"rival":null}},"errors":[\#(Self.error("User.email", column: 37, #""order","rival","email""#))]}"#])
        #expect(
            try executor.response(to: event, on: "kept", "subscription { kept { user { email } } }")
                == [#"{"data":null,"errors":[\#(Self.error("User.email", column: 30, #""kept","user","email""#))]}"#])
    }

    @Test("A rule on a type masks every field that returns it: objects, lists and scalars alike")
    func types() throws {
        let executor = try executor {
            for type in ["User", "Item", "Color"] { $0.protect(type, .scopes([[type]])) }
        }
        let event = #"{"id":"1","rival":{"name":"x"},"items":[{"price":1}],"color":"red"}"#
        let query = "subscription { order { id rival { name } items { price } color } }"
        #expect(
            try executor.response(to: event, on: "order", query, claims: #"{"scopes":["Item"]}"#) == [
                #"{"data":{"order":{"id":"1","rival":null,"items":[{"price":1}],"color":null}},"errors":["#
                    + Self.error("Order.rival", column: 27, #""order","rival""#) + "," + Self.error("Order.color", column: 58, #""order","color""#) + "]}"
            ])
        #expect(
            try executor.response(to: event, on: "order", query, claims: #"{"scopes":["User","Color"]}"#) == [
                #"{"data":{"order":{"id":"1","rival":{"name":"x"},"items":null,"color":"red"}},"errors":["#
                    + Self.error("Order.items", column: 42, #""order","items""#) + "]}"
            ])
    }

    @Test("A value of an abstract type whose own type may not be seen is masked, without a word about its type")
    func abstractTypes() throws {
        let executor = try executor { $0.protect("Secret", .authenticated) }
        let secret = #"{"__typename":"Secret","id":"2","text":"hidden"}"#
        let item = #"{"__typename":"Item","id":"3","price":1}"#
        let selection = "id __typename ... on Secret { text }"
        #expect(
            try executor.response(to: #"{"nodes":[\#(item),\#(secret)],"node":\#(secret)}"#, on: "order", "subscription { order { nodes { \(selection) } node { id } } }")
                == [
                    #"{"data":{"order":{"nodes":[{"id":"3","__typename":"Item"},null],"node":null}},"errors":["#
                        + Self.error("Order.nodes", column: 24, #""order","nodes",1"#) + "," + Self.error("Order.node", column: 71, #""order","node""#) + "]}"
                ])
        for (field, topic) in [("found", "found"), ("node", "node")] {
            #expect(
                try executor.response(to: secret, on: topic, "subscription { \(field) { __typename } }")
                    == [#"{"data":{"\#(field)":null},"errors":[\#(Self.error("Subscription.\(field)", column: 16, #""\#(field)""#))]}"#])
            #expect(
                try executor.response(to: secret, on: topic, "subscription { \(field) { __typename } }", claims: Self.staff)
                    == [#"{"data":{"\#(field)":{"__typename":"Secret"}}}"#])
        }
    }

    @Test("A function that supplies a masked field is not asked")
    func supplied() throws {
        let executor = try secured(
            "type Subscription { order: Order } type Order { id: ID! note: String @resolver }") { $0.protect("Order.note", .authenticated) }
        let calls = Calls()
        try executor.setSupplier(type: "Order", field: "note", .perArguments, inFlight: nil, host: calls)
        #expect(
            try executor.response(to: #"{"id":"1","note":"x"}"#, on: "order", "subscription { order { note } }")
                == [#"{"data":{"order":{"note":null}},"errors":[\#(Self.error("Order.note", column: 24, #""order","note""#))]}"#])
        #expect(calls.take().isEmpty)
    }

    // MARK: Classes of subscribers

    @Test("Subscribers who may see the same share a projection, whatever their claims; others never do")
    func classes() throws {
        let executor = try executor {
            $0.protect("Order.total", .roles(["staff"]))
            $0.protect("User.name", .scopes([["read"]]))
            $0.protect("Secret", .authenticated)
        }
        func projection(_ claims: String?, _ query: String) throws -> ObjectIdentifier {
            let subscriber = Subscriber(claims: try claims.map { try Claims(json: Array($0.utf8)) })
            let compiled = try executor.compiler.compile(query: query, operationName: nil, variables: nil, subscriber: subscriber)
            guard case .subscription(.allowed(let request)) = compiled else { throw GraphQLErrors(GraphQLError("denied")) }
            return ObjectIdentifier(request.projection)
        }
        let query = "subscription { order { total user { name } } }"
        let classes: [[String?]] = [
            [nil, "{}", #"{"sub":"a"}"#, #"{"roles":["x"],"scope":"y"}"#], [Self.staff, #"{"role":"staff","tenant_id":"t"}"#],
            [#"{"scope":"read"}"#, #"{"scopes":["write","read"]}"#], [#"{"role":"staff","scope":"read"}"#],
        ]
        let projections = try classes.map { try Set($0.map { try projection($0, query) }) }
        #expect(projections.map(\.count) == [1, 1, 1, 1])
        #expect(Set(projections.joined()).count == 4)
        let ruleless = "subscription { order { id } }"
        #expect(try Set(classes.joined().map { try projection($0, ruleless) }).count == 1, "what no rule protects is one for all")
    }

    @Test("What must be met is noted once in the plan, also under fields that are masked")
    func requirements() throws {
        let executor = try executor {
            $0.protect("User", .roles(["staff"]))
            $0.protect("User.name", .authenticated)
            $0.protect("User.email", .policies([["b", "a"]]), .authenticated)
        }
        let query = "subscription { order { user { name } rival { name email } } }"
        func compile(_ subscriber: Subscriber) throws -> SubscriptionDecision? {
            guard
                case .subscription(let decision) = try executor.compiler.compile(
                    query: query, operationName: nil, variables: nil, subscriber: subscriber)
            else { return nil }
            return decision
        }
        guard case .undecided(let draft, let policies)? = try compile(Subscriber()) else {
            Issue.record("the policies are not asked for")
            return
        }
        #expect(policies == ["a", "b"])
        let staff = Subscriber(claims: try Claims(json: Array(Self.staff.utf8)), policies: ["a": true, "b": true])
        guard case .allowed(let request) = try executor.compiler.decide(draft, for: staff) else {
            Issue.record("not allowed")
            return
        }
        #expect(request.projection.plan.requirements == [.roles(["staff"]), .authenticated, .policies([["b", "a"]])])
        #expect(request.projection.plan.masks.isEmpty)
        #expect(request.draft === draft)
        let denied = Subscriber(claims: staff.claims, policies: ["a": true, "b": false])
        guard case .allowed(let masked) = try executor.compiler.decide(draft, for: denied) else {
            Issue.record("not allowed")
            return
        }
        #expect(masked.projection.plan.masks.map(\.coordinate) == ["User.email"])
        #expect(masked.projection.plan.masks.map(\.rule) == [.policy])
    }
}
