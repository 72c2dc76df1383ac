import GraphQLSchema
import SDLParser
import Testing

@Suite("Reading introspection results")
struct IntrospectionReaderTests {
    /// The diagnostics of a file that is no introspection result.
    private func expectProblems(_ marked: String, _ expected: [Expected], _ location: Testing.SourceLocation = #_sourceLocation) {
        let text = MarkedText(marked)
        let result = IntrospectionReader.read(Source(name: "schema.json", text: text.text))
        #expect(result.diagnostics.map { Expected($0, in: text) } == expected, sourceLocation: location)
        #expect(result.sdl == nil, sourceLocation: location)
    }

    @Test("gives again the schema of which the result was written")
    func roundTrip() throws {
        let schema = try build(
            """
            "All."
            schema { query: Root }
            "A \\"root\\"."
            type Root implements Node { id: ID! of(a: In = {a: [1]}, b: Choice @deprecated): [[Leaf!]]! @deprecated(reason: "Why.\\n") }
            type Query { notTheRoot: Date }
            interface Node { id: ID! }
            interface Named implements Node { id: ID! }
            union Leaf = Root | Query
            enum Kind { ONE @deprecated TWO }
            input In { a: [Int!]! = [] kind: Kind = TWO }
            input Choice @oneOf { a: Int b: String }
            scalar Date @specifiedBy(url: "https://example.com")
            directive @tag(name: String! = "x") repeatable on OBJECT | FIELD
            """)
        let json = IntrospectionJSON.text(of: IntrospectedSchema(schema))
        let read = IntrospectionReader.read(Source(name: "schema.json", text: json))
        #expect(read.diagnostics.map(\.message) == [])
        let sdl = try #require(read.sdl)
        let again = try build(String(decoding: sdl.bytes, as: UTF8.self))
        #expect(IntrospectionJSON.text(of: IntrospectedSchema(again)) == json)
    }

    @Test("takes what older queries do not ask for as absent")
    func olderQueries() throws {
        let json = """
            {"__schema": {"queryType": {"name": "Query"}, "types": [{"kind": "OBJECT", "name": "Query", "interfaces": [], "fields":
            [{"name": "a", "args": [], "type": {"kind": "INTERFACE", "name": "I"}, "isDeprecated": true}]},
            {"kind": "INTERFACE", "name": "I", "fields": [{"name": "b", "args": [], "type": {"kind": "SCALAR", "name": "Int"}}]}]}}
            """
        let sdl = try #require(IntrospectionReader.read(Source(name: "schema.json", text: json)).sdl)
        #expect(
            String(decoding: sdl.bytes, as: UTF8.self) == """
                schema {
                  query: Query
                }

                type Query {
                  a: I @deprecated
                }

                interface I {
                  b: Int
                }

                """)
    }

    @Test("reports what is no JSON at its place")
    func noJSON() {
        func expect(_ marked: String, _ message: String, _ location: Testing.SourceLocation = #_sourceLocation) {
            expectProblems(marked, [Expected(4001, at: "①", "JSON syntax error: " + message)], location)
        }
        expect("①", "Expected a value, found the end of the file.")
        expect("{\"a\" ①1}", "Expected ':', found '1'.")
        expect("[1①", "Expected ',' or ']', found the end of the file.")
        expect("[] ①]", "Expected the end of the file, found ']'.")
        expect("{\"a\": 1, ①\"\\u0061\": 2}", "The object has the key \"a\" twice.")
        expect("[①\"abc", "The string has no end.")
        expect("[\"\\①x\"]", "There is no such escape.")
        expect("[\"\\ud800①\"]", "The escape is half of a surrogate pair.")
        expect("[①trie]", "Expected a value, found 't'.")
        expect("[①é]", "Expected a value, found a byte that is no ASCII.")
        expect(String(repeating: "[", count: 201) + "①" + String(repeating: "[", count: 100_000), "Arrays and objects nest more than 200 deep.")
    }

    @Test("reports all that is wrong with a result, each with its path")
    func everyMistake() {
        expectProblems(
            """
            {"data": {"__schema": {"queryType": {"name": ①7}, "directives": [{"name": "d", "args": [], "locations": ②[]}], "types": [
            {"kind": ③"FOO", "name": "A"}, ④{"kind": "ENUM", "name": "E"}, ⑤{"kind": "SCALAR"}, ⑥null,
            {"kind": "UNION", "name": "U", "possibleTypes": [{"name": ⑦"1"}]},
            {"kind": "OBJECT", "name": "O", "interfaces": [], "fields": [{"name": "f", "args": [], "type": ⑧{"kind": "NON_NULL", "ofType":
            {"kind": "NON_NULL", "ofType": {"kind": "OBJECT", "name": "O"}}}, "isDeprecated": ⑨"no"}]}]}}}
            """,
            [
                Expected(4002, at: "①", "data.__schema.queryType.name is a number, not a string."),
                Expected(4002, at: "②", "data.__schema.directives[0].locations is empty: the directive could stand nowhere."),
                Expected(4002, at: "③", "data.__schema.types[0].kind is \"FOO\", which is no kind of type."),
                Expected(4002, at: "④", "data.__schema.types[1] has no \"enumValues\"."),
                Expected(4002, at: "⑤", "data.__schema.types[2] has no \"name\"."),
                Expected(4002, at: "⑥", "data.__schema.types[3] is null, not an object."),
                Expected(4002, at: "⑦", "data.__schema.types[4].possibleTypes[0].name is \"1\", which is no GraphQL name."),
                Expected(4002, at: "⑧", "data.__schema.types[5].fields[0].type is a NON_NULL of a NON_NULL."),
                Expected(4002, at: "⑨", "data.__schema.types[5].fields[0].isDeprecated is a string, not a boolean."),
            ])
    }

    @Test("lets no text of the file become SDL of its own", arguments: [
        "1 b: Int", "1 } input B { b: Int", "1 @a", "$a", "", "1 # ", "\\\"a\\\" }", "{a: 1",
    ])
    func injection(literal: String) {
        let json = """
            {"__schema": {"types": [{"kind": "INPUT_OBJECT", "name": "I", "inputFields": [{"name": "a", "type":
            {"kind": "SCALAR", "name": "Int"}, "defaultValue": "\(literal)"}]}]}}
            """
        let result = IntrospectionReader.read(Source(name: "schema.json", text: json))
        if let sdl = result.sdl {
            // A comment behind a value is none of it.
            #expect(String(decoding: sdl.bytes, as: UTF8.self) == "\ninput I {\n  a: Int = 1\n}\n")
        } else {
            #expect(result.diagnostics.count == 1)
        }
    }
}
