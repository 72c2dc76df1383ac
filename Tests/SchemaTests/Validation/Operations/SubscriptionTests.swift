import GraphQLSchema
import Testing

@Suite("Subscription operations")
struct SubscriptionTests {
    let schema: Schema

    init() throws {
        schema = try build(
            """
            interface Root { other: Int }
            type Subscription implements Root { message: Message, other: Int }
            type Message { body: String }
            """)
    }

    @Test("a subscription selects one root field, however often and through whatever fragments")
    func single() throws {
        try expectOperation("subscription { message { body } ... on Root { ...F } } fragment F on Subscription { message { b: body } }", against: schema)
        try expectOperation(
            "subscription S { message { body } ①other ...F } fragment F on Root { ②o: other ③other }", against: schema,
            [Expected(3005, at: "①", "Subscription \"S\" must select only one top level field.", notes: ["③", "②"])])
    }

    @Test("the root field is no introspection field")
    func introspection() throws {
        try expectOperation(
            "subscription { ①t: __typename ②t: __typename }", against: schema,
            [Expected(3006, at: "①", "Anonymous Subscription must not select an introspection top level field.", notes: ["②"])])
    }

    @Test("nothing on the way to the root field is conditional")
    func conditions() throws {
        let message = "Subscription \"S\" must not use `@skip` or `@include` directives in the top level selection."
        try expectOperation(
            """
            subscription S($a: Boolean!) { message ①@include(if: $a) { body @skip(if: $a) } ...F ②@skip(if: $a) }
            fragment F on Subscription { ... ③@include(if: true) { message { body } } }
            """, against: schema, [Expected(3007, at: "①", message, notes: ["②", "③"])])
        try expectOperation("subscription S($a: Boolean!) { message { body @skip(if: $a) ... @include(if: $a) { b: body } } }", against: schema)
    }

    @Test("an operation of a type that the schema lacks is refused")
    func operationTypes() throws {
        try expectOperation(
            "①query Q { a } ②mutation M { a } subscription S { other }", against: schema,
            [
                Expected(3004, at: "①", "The query operation is not supported by the schema."),
                Expected(3004, at: "②", "The mutation operation is not supported by the schema."),
            ])
    }
}
