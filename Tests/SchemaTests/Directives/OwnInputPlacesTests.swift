import Testing

@testable import GraphQLSchema

@Suite("Where @ownArgument holds in input types")
struct OwnInputPlacesTests {
    @Test("An input type with it, or one that holds such a type, is no argument of a payload field")
    func payloads() throws {
        try expectDerive(
            """
            type Query { ok: Int }
            type Subscription { order(by: By): Order }
            type Order { by: ID lines(of: Outer): Int other(by: By): Int }
            input Outer { inner: [Inner!] }
            input Inner { by: ID ①@ownArgument(claim: "sub") outer: Outer }
            input By { by: ID ②@ownArgument(claim: "sub") }
            """,
            [
                Expected(2011, at: "①", "@ownArgument on Inner.by would not hold in Order.lines(of:), because it holds in arguments of subscription fields."),
                Expected(2011, at: "②", "@ownArgument on By.by would not hold in Order.other(by:), because it holds in arguments of subscription fields."),
            ])
    }

    @Test("In arguments of subscription fields it is at home, and queries are others' business")
    func elsewhere() throws {
        try expectDerive(
            """
            type Query { orders(by: By): [Order] }
            type Subscription { order(by: By): Order }
            type Order { by: ID lines(first: Int): Int }
            input By { by: ID @ownArgument(claim: "sub") and: By }
            """)
    }
}
