import Testing

@testable import SubsgenRuntime

/// From directives to what clients get.
@Suite("Rules of access, as a schema states them")
struct AccessSchemaTests {
    private let executor: SubscriptionExecutor
    private static let ada = #"{"sub":"ada","user_id":"ada","roles":["clerk"],"scope":"totals"}"#

    init() throws {
        executor = try SubscriptionExecutor(
            sdl: """
                type Query { ok: Int }
                type Subscription {
                  order(id: ID, total: Int, by: By): Order
                  mine(user: ID @ownArgument(claim: "user_id")): Order
                  audit: Entry @authenticated
                  bill: Bill
                  node: Node
                  priced(total: Int!): Priced! @topic(name: "priced.{total}")
                }
                type Priced { id: ID total: Int! @requiresScopes(scopes: [["totals"]]) }
                type Order implements Node { id: ID! user: ID total: Int @requiresScopes(scopes: [["totals"]]) color: Color entry: Entry! }
                type Bill implements Node @requiresRole(roles: ["boss", "clerk"]) { id: ID! }
                type Entry { text: String @requiresRole(roles: ["boss"]) }
                interface Node { id: ID! @authenticated }
                enum Color @authenticated { RED }
                input By { total: Int user: ID @ownArgument(claim: "user_id") or: [By!] }
                """, bus: MemoryBus())
    }

    private func refusal(_ selection: String, _ claims: String? = nil) throws -> [String] {
        try executor.refusal("subscription { \(selection) }", claims: claims)
    }

    @Test("The root: the field, the type that it returns, what arguments select by, and whose they are")
    func root() throws {
        #expect(try refusal("audit { text }").first?.hasSuffix(#""code":"UNAUTHENTICATED"}}"#) == true)
        #expect(try refusal("audit { text }", Self.ada) == [])
        for selection in [
            "bill { __typename }", "priced(total: 1) { id }", "order(total: 1) { user }", "order(by: {total: 1}) { user }", "order { user }", #"mine(user: "ada") { user }"#,
        ] {
            #expect(try refusal(selection).first?.hasSuffix(#""code":"FORBIDDEN"}}"#) == true, "\(selection)")
            #expect(try refusal(selection, Self.ada) == [], "\(selection)")
        }
        for selection in [#"mine(user: "bob") { user }"#, #"order(by: {or: [{user: "bob"}]}) { user }"#] {
            #expect(try refusal(selection, Self.ada).first?.hasSuffix(#""code":"FORBIDDEN"}}"#) == true, "\(selection)")
        }
    }

    @Test("What is selected: fields, those of interfaces, enums, and null that climbs")
    func selected() throws {
        func response(_ selection: String, _ claims: String?) throws -> String {
            try executor.response(
                to: #"{"__typename":"Order","id":"1","user":"ada","total":5,"color":"RED","entry":{"text":"x"}}"#, on: "node",
                "subscription { node { ... on Order { \(selection) } } }", claims: claims
            ).joined()
        }
        #expect(try response("id total color entry { text }", Self.ada).hasPrefix(#"{"data":{"node":{"id":"1","total":5,"color":"RED","entry":{"text":null}}},"#))
        #expect(try response("user total color", nil).hasPrefix(#"{"data":{"node":{"user":"ada","total":null,"color":null}},"#))
        #expect(try response("id", nil).hasPrefix(#"{"data":{"node":null},"#), "the interface's field has the rule")
        #expect(
            try executor.response(to: #"{"__typename":"Bill","id":"1"}"#, on: "node", "subscription { node { __typename } }", claims: #"{"sub":"b"}"#)
                == [#"{"data":{"node":null},"errors":[{"message":"You may not see \"Subscription.node\".","locations":[{"line":1,"column":16}],"path":["node"],"extensions":{"code":"FORBIDDEN"}}]}"#])
    }

    @Test("Events: a filter that is left out selects the subscriber's own")
    func own() throws {
        let client = try executor.subscribe("subscription { order { user } }", claims: Self.ada)
        for user in ["bob", "ada"] { try executor.publish("order", #"{"user":"\#(user)"}"#) }
        #expect(client.drain() == [#"{"data":{"order":{"user":"ada"}}}"#])
    }
}
