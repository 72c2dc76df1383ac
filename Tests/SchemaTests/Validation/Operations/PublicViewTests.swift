import GraphQLSchema
import Testing

@Suite("Operations see the public schema")
struct PublicViewTests {
    let schema: Schema

    init() throws {
        schema = try build(
            """
            directive @cached on FIELD
            type Query { message: Message, node: Node }
            interface Node { id: ID! }
            type Message implements Node { id: ID!, body: String, bodySecret: String @internal, audit: Audit @internal }
            type Audit @internal { trail: String }
            type Subscription { messageAdded(room: ID! @filter(field: "id")): Message @topic(name: "chat.{room}") }
            """)
    }

    @Test("an internal field looks as if it did not exist, in suggestions too")
    func fields() throws {
        try expectOperation(
            "{ message { ①bodySecret ②audit { trail } ③bodySecre ④bod } node { ⑤bodySecret ⑥audit } }", against: schema,
            [
                Expected(3014, at: "①", "Cannot query field \"bodySecret\" on type \"Message\"."),
                Expected(3014, at: "②", "Cannot query field \"audit\" on type \"Message\"."),
                Expected(3014, at: "③", "Cannot query field \"bodySecre\" on type \"Message\"."),
                Expected(3014, at: "④", "Cannot query field \"bod\" on type \"Message\". Did you mean \"body\" or \"id\"?"),
                Expected(3014, at: "⑤", "Cannot query field \"bodySecret\" on type \"Node\"."),
                Expected(3014, at: "⑥", "Cannot query field \"audit\" on type \"Node\"."),
            ])
    }

    @Test("an internal type looks as if it did not exist, in suggestions too")
    func types() throws {
        try expectOperation(
            "query ($a: ①Audit) { message @skip(if: $a) { ... on ②Audit { trail } ... on ③Audi { trail } ...F } } fragment F on ④Audit { trail }",
            against: schema,
            [
                Expected(3010, at: "①", "Unknown type \"Audit\"."),
                Expected(3010, at: "②", "Unknown type \"Audit\"."),
                Expected(3010, at: "③", "Unknown type \"Audi\"."),
                Expected(3010, at: "④", "Unknown type \"Audit\"."),
            ])
    }

    @Test("subsgen's own directives are unknown, those of the schema are not")
    func directives() throws {
        try expectOperation(
            "{ message @cached ①@internal ②@filter(field: \"id\") { id } }", against: schema,
            [
                Expected(3023, at: "①", "Unknown directive \"@internal\"."),
                Expected(3023, at: "②", "Unknown directive \"@filter\"."),
            ])
    }
}
