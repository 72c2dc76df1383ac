import Testing

@testable import SDLParser

@Suite("The shape of a document")
struct DocumentShapeTests {
    private func shape(_ text: String) -> DocumentShape { DocumentShape(of: Parser.parse(Source(name: "t", text: text)).tree) }

    @Test("Numbers and strings in arguments of fields are out of it, in lists and objects too")
    func literals() {
        let first = shape("{ a(x: 1, y: [\"é\", {z: 1.5}]) { b(s: \"\"\"\n\"\"\") } }")
        let second = shape("{ a(x: -22, y: [\"\", {z: 1e9}]) { b(s: \"\"\"\"\"\") } }")
        #expect(first.bytes == second.bytes)
        #expect(first.literals.count == 4)
        #expect(first.extents != second.extents)
        #expect(first.extents == shape("{ a(x: 7, y: [\"a\", {z: 0.1}]) { b(s: \"\"\"\r\"\"\") } }").extents)
    }

    @Test("Everything else is in it", arguments: [
        "{ a(x: 2.0) }", "{ a(x: \"1\") }", "{ a(x: \"\"\"1\"\"\") }", "{ a(x: A) }", "{ a(x: true) }", "{ a(x: null) }", "{ a(x: $v) }", "{ a(x: [1]) }",
        "{ a(y: 1) }", "{ a( x: 1) }", "{ a(x: 1) # 1\n}", "{ b(x: 1) }", "query { a(x: 1) }",
    ])
    func others(text: String) {
        #expect(shape(text).bytes != shape("{ a(x: 1) }").bytes)
    }

    @Test("Directives, variables and descriptions keep their literals")
    func kept() {
        let text = "\"1\" query Q(\"2\" $v: Int = 3 @d(x: 4)) @d(x: \"5\") { a @d(x: [6]) ... @d(x: 7) { b } ...F @d(x: 8) } fragment F on Q @d(x: {y: 9}) { c }"
        #expect(shape(text).literals == [])
        #expect(shape(text).bytes == Array(text.utf8))
    }

    @Test("Everything is found at its line and column from the shape and the literals' extents alone")
    func places() {
        for seed: UInt64 in 0..<2_000 {
            let source = Source(name: "t", text: RandomDocument.text(seed: seed))
            let result = Parser.parse(source)
            guard !result.hasErrors else { continue }
            let shape = DocumentShape(of: result.tree)
            let layout = DocumentLayout(shape: shape.bytes, extents: shape.extents)
            for id in result.tree.nodes.indices {
                let start = result.tree.node(id).span.start
                #expect(layout.location(at: shape.offset(of: start)) == source.location(at: start), "seed \(seed)")
            }
        }
    }
}
