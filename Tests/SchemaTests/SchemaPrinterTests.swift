import GraphQLSchema
import SDLParser
import Testing

@Suite("Printing a schema")
struct SchemaPrinterTests {
    @Test("everything that the documents say comes back, extensions merged, in one layout")
    func canonical() throws {
        let schema = try build(
            #"""
            "A filter of rooms." input RoomFilter @oneOf { id: ID name: String @deprecated(reason: "by id") }
            directive @tag(name: String!, weight: Int = 1) repeatable on OBJECT | FIELD_DEFINITION
            type Query { rooms("Which." filter: RoomFilter = {id: "1"}, first: Int = 10): [Room!]! }
            interface Node { id: ID! }
            type Room implements Node @tag(name: "a") { id: ID! }
            """#,
            #"""
            extend type Room @tag(name: "b") {
              """
              Many words,
                indented,

              on lines with \""" and \.
              """
              kind: Kind! @tag(name: "kind")
            }
            union Any = Room | Query
            enum Kind { "Everybody." OPEN CLOSED @deprecated }
            scalar Date @specifiedBy(url: "https://example.com/date")
            """#)
        #expect(
            SchemaPrinter.print(schema, includeInternal: true) == #"""
                directive @tag(name: String!, weight: Int = 1) repeatable on OBJECT | FIELD_DEFINITION

                """A filter of rooms."""
                input RoomFilter @oneOf {
                  id: ID
                  name: String @deprecated(reason: "by id")
                }

                type Query {
                  rooms(
                    """Which."""
                    filter: RoomFilter = {id: "1"}
                    first: Int = 10
                  ): [Room!]!
                }

                interface Node {
                  id: ID!
                }

                type Room implements Node @tag(name: "a") @tag(name: "b") {
                  id: ID!

                  """
                  Many words,
                    indented,

                  on lines with \""" and \.
                  """
                  kind: Kind! @tag(name: "kind")
                }

                union Any = Room | Query

                enum Kind {
                  """Everybody."""
                  OPEN
                  CLOSED @deprecated
                }

                scalar Date @specifiedBy(url: "https://example.com/date")

                """#)
    }

    @Test(
        "a schema definition is printed where it says more than the default names do",
        arguments: [
            ("type Query { a: Int }", nil),
            ("schema { query: Query } type Query { a: Int }", nil),
            ("schema { query: Root } type Root { a: Int }", "schema {\n  query: Root\n}\n"),
            ("schema { query: Query } type Query { a: Int } type Mutation { a: Int }", "schema {\n  query: Query\n}\n"),
            ("\"Chat.\" schema { query: Query } type Query { a: Int }", "\"\"\"Chat.\"\"\"\nschema {\n  query: Query\n}\n"),
            (
                "directive @d on SCHEMA extend schema @d type Query { a: Int }",
                "schema @d {\n  query: Query\n}\n"
            ),
            ("directive @d on SCHEMA extend schema @d type Room { a: Int }", "extend schema @d\n"),
        ])
    func schemaDefinition(text: String, expected: String?) throws {
        let schema = try build(text)
        let printed = SchemaPrinter.print(schema, includeInternal: true)
        #expect(printed.contains("schema") == (expected != nil))
        if let expected { #expect(printed.hasPrefix(expected)) }
        let again = try build(printed)
        #expect(SchemaPrinter.print(again, includeInternal: true) == printed)
        #expect(again.queryType.map { again[$0].name } == schema.queryType.map { schema[$0].name })
        #expect(again.mutationType == nil)
    }

    @Test("the public schema has no internal fields, no internal types and none of subsgen's directives")
    func publicView() throws {
        let schema = try build(
            #"""
            directive @topic(name: String!) on FIELD_DEFINITION
            directive @doc(category: String!) on FIELD_DEFINITION
            type Subscription {
              posted(room: ID! @filter(field: "roomId"), note: String @resolverArgument): Message! @topic(name: "chat") @doc(category: "chat")
            }
            type Message { id: ID! roomId: ID! @internal audit: Audit @internal text: String @deprecated }
            type Audit @internal { by: String }
            """#)
        #expect(
            SchemaPrinter.print(schema, includeInternal: false) == """
                directive @doc(category: String!) on FIELD_DEFINITION

                type Subscription {
                  posted(room: ID!, note: String): Message! @doc(category: "chat")
                }

                type Message {
                  id: ID!
                  text: String @deprecated
                }

                """)
        let all = SchemaPrinter.print(schema, includeInternal: true)
        #expect(all.contains("directive @topic(name: String!) on FIELD_DEFINITION\n"))
        #expect(all.contains("type Audit @internal {"))
    }

    @Test("the printed schema derives an equal dispatch table")
    func roundTrip() throws {
        let schema = try build(
            #"""
            type Subscription {
              posted(room: ID!, kinds: [Kind!] = [TEXT], by: ID @filter(field: "author.id"), note: String @resolverArgument, other: Int): Message!
                @topic(name: "chat.{room}")
              changed(ids: [ID!] @filter(field: "id", op: IN)): [Message!]
            }
            type Message { id: ID! kind: Kind! author: User! room: ID! }
            type User { id: ID! }
            enum Kind { TEXT IMAGE }
            """#)
        let again = try build(SchemaPrinter.print(schema, includeInternal: true))
        let table = SubscriptionModel.derive(from: schema).table
        #expect(table != nil)
        #expect(SubscriptionModel.derive(from: again).table == table)
    }

    @Test("any description survives printing, by a seeded random walk over awkward characters")
    func descriptions() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = SplitMix(state: seed)
        let pieces = ["\"", "\"\"\"", "\\", "\n", " ", "\t", "a", "é", "{", "#", "\r", "\u{7F}", "\\\"\"\"", "\u{1}", "word", "\u{1F600}"]
        for _ in 0..<500 {
            let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            let sdl = "\(ConstantValue.string(text).sdl) type Query { \(ConstantValue.string(text).sdl) a: Int }"
            let schema = try build(sdl)
            #expect(schema.type(named: "Query")?.description == text)
            let again = try build(SchemaPrinter.print(schema, includeInternal: true))
            #expect(again.type(named: "Query")?.description == text, "seed \(seed)")
            #expect(again.type(named: "Query")?.field(named: "a")?.description == text, "seed \(seed)")
        }
    }
}

/// A small generator that can be started from a printed seed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
