import GraphQLSchema
import Testing

@Suite("Payload fields that functions supply")
struct SuppliedFieldTests {
    @Test("are those with @resolver and those that take arguments, of every object that clients can reach")
    func found() throws {
        let table = try expectDerive(
            """
            type Subscription { message: Message! any: [Any] }
            type Message { id: ID! excerpt(length: Int): String! likes: Int! @resolver author: User secret: Secret @internal }
            type User { name: String avatar(size: Int = 1): [Avatar!]! }
            "Reached through what a function supplies alone."
            type Avatar { url: String @resolver }
            type Secret { code(at: Int): Int }
            interface Node { id(short: Boolean): ID! } type Leaf implements Node { id(short: Boolean): ID! }
            union Any = Photo | Leaf type Photo { width: Int @resolver }
            type Query { messages(first: Int): [Message] } type Unreached { a(b: Int): Int c: Int @resolver }
            """)
        #expect(
            table?.suppliedFields == [
                SuppliedField(type: "Message", name: "excerpt", valueType: "String!"),
                SuppliedField(type: "Message", name: "likes", valueType: "Int!"),
                SuppliedField(type: "User", name: "avatar", valueType: "[Avatar!]!"),
                SuppliedField(type: "Avatar", name: "url", valueType: "String"),
                SuppliedField(type: "Leaf", name: "id", valueType: "ID!"),
                SuppliedField(type: "Photo", name: "width", valueType: "Int"),
            ])
    }

    @Test("are no fields of a root operation type, should a payload lead to it")
    func roots() throws {
        let table = try expectDerive("type Subscription { a: A } type A { query: Query b: Int @resolver } type Query { c(d: Int): Int }")
        #expect(table?.suppliedFields.map(\.coordinate) == ["A.b"])
    }

    @Test("@resolver is refused where nothing would be supplied")
    func misplaced() throws {
        try expectDerive(
            """
            type Subscription { a: A ①@resolver }
            interface I { b: Int ②@resolver } type A implements I { b: Int c: Int @internal ③@resolver }
            type Query { d: Int ④@resolver } type Hidden @internal { e: Int ⑤@resolver f: Int }
            """,
            [
                Expected(2011, at: "①", "@resolver has no meaning on Subscription.a: it is for fields of payloads."),
                Expected(2011, at: "②", "@resolver has no meaning on I.b: it is for fields of object types."),
                Expected(
                    2025, at: "③", "A.c cannot have @resolver, because it is @internal: nobody selects it, so that nothing would be supplied."),
                Expected(2011, at: "④", "@resolver has no meaning on Query.d: it is for fields of payloads."),
                Expected(
                    2025, at: "⑤", "Hidden.e cannot have @resolver, because it is @internal: nobody selects it, so that nothing would be supplied."),
            ])
    }

    @Test("select no events: a filter on one is an error, and an argument of its name selects nothing")
    func filters() throws {
        try expectDerive(
            """
            type Subscription {
              a(c: Int @filter(field: ①"b")): A
              d(c: Int @filter(field: ②"b")): I
              e(③b: Int): A
              f(c: Int @filter(field: ④"g.b")): F
            }
            interface I { b: Int } type A implements I { b: Int @resolver } type B implements I { b: Int }
            type F { g: A @resolver }
            """,
            [
                Expected(
                    2021, at: "①",
                    "@filter on \"a(c:)\" reaches no field: A.b is supplied by a resolver, so that events need not hold it."),
                Expected(
                    2021, at: "②",
                    "@filter on \"d(c:)\" reaches no field: A.b is supplied by a resolver, so that events need not hold it."),
                Expected(
                    .warning, 2030, at: "③",
                    "Argument \"e(b:)\" selects no events: A.b is supplied by a resolver, so that events need not hold it. Subscriptions that "
                        + "give it are refused."),
                Expected(
                    2021, at: "④",
                    "@filter on \"f(c:)\" reaches no field: F.g is supplied by a resolver, so that events need not hold it."),
            ])
    }

    @Test("fill no brace of a topic")
    func braces() throws {
        let table = try expectDerive(
            #"type Subscription { a(id: ID!): A @topic(name: "a.{id}") } type A { id: ID! @resolver }"#)
        #expect(table?.field(named: "a")?.arguments.first?.publishPath == nil)
        #expect(table?.field(named: "a")?.arguments.first?.role == .topic)
    }
}
