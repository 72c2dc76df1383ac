import SDLParser
import Testing

@testable import GraphQLSchema

@Suite("Directives that are added to a schema")
struct AddedDirectivesTests {
    private static func added(_ coordinate: String, _ directives: String) throws -> AddedDirectives {
        let source = Source(name: "subsgen.toml", text: "'\(coordinate)' = '\(directives)'")
        let start = UInt32(coordinate.utf8.count + 6)
        let text = Quotation(directives, in: source, at: SourceSpan(start: start, end: start + UInt32(directives.utf8.count)))
        let place = Quotation(coordinate, in: source, at: SourceSpan(start: 1, end: start - 5))
        let result = AddedDirectives.parse(text, for: place)
        #expect(result.diagnostics.map(\.message) == [])
        return try #require(result.directives)
    }

    @Test(
        "hold on every kind of definition as if they stood there",
        arguments: [
            ("S", "@specifiedBy(url: \"x\")", "scalar S", "scalar S @specifiedBy(url: \"x\")"),
            ("I", "@oneOf", "input I {", "input I @oneOf {"),
            ("I.a", "@deprecated(reason: \"x\")", "a: Int\n", "a: Int @deprecated(reason: \"x\")\n"),
            ("E.B", "@deprecated", "B }", "B @deprecated }"),
            ("Subscription.tick", "@topic(name: \"t\") @deprecated", "tick(n: Int): Int", "tick(n: Int): Int @topic(name: \"t\") @deprecated"),
            ("Subscription.tick.n", "@resolverArgument", "n: Int)", "n: Int @resolverArgument)"),
            ("T", "@internal", "type T {", "type T @internal {"),
        ])
    func kinds(coordinate: String, directives: String, old: String, new: String) throws {
        let text = """
            type Query { ok: Int }
            type Subscription { tick(n: Int): Int }
            type T { a: Int }
            scalar S
            enum E { A B }
            input I {
              a: Int
            }
            """
        let result = SchemaBuilder.build(parse([text]), adding: [try Self.added(coordinate, directives)])
        #expect(result.diagnostics.map(\.message) == [])
        let schema = try #require(result.schema)
        let written = try build(text.replacing(old, with: new))
        #expect(SchemaPrinter.print(schema, includeInternal: true) == SchemaPrinter.print(written, includeInternal: true))
    }

    @Test("come after those that stand in the schema, and mistakes are told of both places")
    func repeated() throws {
        let added = try Self.added("Subscription.tick", "@topic(name: \"b\")")
        let text = "type Query { ok: Int } type Subscription { tick: Int @topic(name: \"a\") }"
        let result = SchemaBuilder.build(parse([text]), adding: [added])
        let diagnostic = try #require(result.diagnostics.first)
        #expect(result.diagnostics.count == 1 && diagnostic.code.number == 1032)
        #expect(diagnostic.source.name == "subsgen.toml" && diagnostic.source.text(diagnostic.span) == "@topic")
        #expect(diagnostic.notes.map(\.source.name) == ["document 1"])
    }
}
