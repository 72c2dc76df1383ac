import SDLParser
import Testing

/// What the views tell beyond what the reference's trees hold (ReferenceTests compare those).
@Suite("Typed views")
struct ViewTests {
    private func tree(_ text: String) -> SyntaxTree {
        let result = Parser.parse(Source(name: "text", text: text))
        #expect(result.diagnostics.map(\.message) == [])
        return result.tree
    }

    @Test("executable definitions and variables have descriptions (September 2025)")
    func descriptions() throws {
        let document = tree(
            """
            "o" query Q("v" $a: Int, $b: Int, \"""w\""" $c: [Int] = [1] @d) { a }
            \"""f\"""
            fragment F on T { a }
            { b }
            """
        ).document
        #expect(document.operations.map { $0.description?.value } == ["o", nil])
        #expect(document.operations.map(\.isShorthand) == [false, true])
        #expect(document.operations[0].variableDefinitions.map { $0.description?.value } == ["v", nil, "w"])
        #expect(document.operations[0].variableDefinitions[2].directives.map(\.name) == ["d"])
        #expect(document.fragments.map { $0.description?.value } == ["f"])
        #expect(document.source.text(document.operations[0].span).hasPrefix("\"o\" query"))
    }

    @Test("a view knows the place of its production, its description included, and of its name")
    func places() throws {
        let document = tree("\"d\" type Long implements I @a(b: 1) { field(arg: [Int!]! = 7): String! } query { x }").document
        guard case .type(let type) = document.definitions[0] else { throw Missing() }
        func text(_ view: some SyntaxView) -> String { view.source.text(view.span) }
        #expect(text(type).hasPrefix("\"d\" type") && text(type).hasSuffix("}"))
        #expect(type.source.text(type.nameSpan) == "Long")
        #expect(text(type.interfaces[0]) == "I")
        #expect(text(type.directives[0]) == "@a(b: 1)")
        #expect(type.directives[0].argument("b").map(text) == "b: 1")
        #expect(type.directives[0].argument("c") == nil)
        let field = type.fields[0]
        #expect(text(field) == "field(arg: [Int!]! = 7): String!")
        #expect(text(field.arguments[0]) == "arg: [Int!]! = 7")
        #expect(text(field.arguments[0].type) == "[Int!]!")
        #expect(text(field.arguments[0].type.named) == "Int")
        #expect(field.arguments[0].defaultValue.map(text) == "7")
        #expect(document.operations[0].name.isEmpty)
        #expect(document.operations[0].source.text(document.operations[0].nameSpan) == "q")
    }

    @Test("a field's response key is its alias, else its name")
    func responseKeys() throws {
        let selections = try #require(tree("{ a b: c ...F }").document.operations[0].selectionSet).selections
        let keys = selections.map { selection in
            if case .field(let field) = selection { return field.responseKey }
            return "none"
        }
        #expect(keys == ["a", "b", "none"])
    }

    private struct Missing: Error {}
}
