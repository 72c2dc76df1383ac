import SDLParser
import SubsgenRuntime
import Testing

@Suite("Writing JSON")
struct JSONWriterTests {
    @Test("puts commas where they belong")
    func commas() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("a")
        writer.beginArray()
        writer.integer(1)
        writer.beginObject()
        writer.endObject()
        writer.beginArray()
        writer.endArray()
        writer.boolean(true)
        writer.endArray()
        writer.key("b")
        writer.null()
        writer.key("c")
        writer.double(2.5)
        writer.key("d")
        writer.raw("[1]".utf8)
        writer.endObject()
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"a":[1,{},[],true],"b":null,"c":2.5,"d":[1]}"#)
    }

    @Test("escapes what must be escaped and nothing else")
    func escapes() throws {
        var writer = JSONWriter()
        let text = "q\" b\\ / \u{0}\u{1}\u{8}\u{C}\n\r\t\u{1F}\u{7F} é 😀"
        writer.string(text)
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == "\"q\\\" b\\\\ / \\u0000\\u0001\\u0008\\u000c\\n\\r\\t\\u001f\u{7F} é 😀\"")
        #expect(try JSONDocument.parse(writer.bytes).root.string == text)
    }

    @Test("writes null for numbers that JSON does not have", arguments: [Double.nan, .infinity, -.infinity])
    func notFinite(_ value: Double) {
        var writer = JSONWriter()
        writer.double(value)
        #expect(writer.bytes == Array("null".utf8))
    }

    @Test("writes doubles so that they come back unchanged", arguments: [0, -0.0, 1e300, Double.leastNonzeroMagnitude, 0.1, 12345678.9, 1e21])
    func doubles(_ value: Double) throws {
        var writer = JSONWriter()
        writer.double(value)
        #expect(try JSONDocument.parse(writer.bytes).root.double == value)
    }

    @Test("a GraphQL error has message, locations, path and extensions, and leaves out what it does not have")
    func errors() throws {
        let full = GraphQLError(
            "Not \"there\"", locations: [SourceLocation(line: 2, column: 3)], path: [.key("a"), .index(0)],
            extensions: Array(#"{"code":"X"}"#.utf8))
        let errors = GraphQLErrors(full, [GraphQLError("plain")])
        var writer = JSONWriter()
        errors.write(into: &writer)
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"[{"message":"Not \"there\"","locations":[{"line":2,"column":3}],"path":["a",0],"extensions":{"code":"X"}},{"message":"plain"}]"#)
        #expect(GraphQLErrors([]) == nil)
    }
}
