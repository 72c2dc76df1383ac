import SDLParser
import Testing

@Suite("Values of strings (spec section 2.9.4)")
struct StringValueTests {
    private func value(_ literal: String) throws -> String {
        let result = Parser.parse(Source(name: "text", text: "\(literal) scalar A"))
        #expect(result.diagnostics.map(\.message) == [])
        guard case .type(let type) = try #require(result.tree.document.definitions.first) else { return "no type" }
        return try #require(type.description).value
    }

    @Test("each escape stands for its character", arguments: [
        (#""\"""#, "\""), (#""\\""#, "\\"), (#""\/""#, "/"), (#""\b""#, "\u{8}"), (#""\f""#, "\u{C}"), (#""\n""#, "\n"), (#""\r""#, "\r"),
        (#""\t""#, "\t"), (#""\u0041""#, "A"), (#""\u00e9""#, "é"), (#""\u00E9""#, "é"), (#""\u{41}""#, "A"), (#""\u{1F600}""#, "😀"),
        (#""\u{00000041}""#, "A"), (#""\u{0}""#, "\u{0}"), (#""\u{10FFFF}""#, "\u{10FFFF}"), (#""\uD83D\uDE00""#, "😀"),
        (#""\uD800\uDC00""#, "\u{10000}"), (#""\uDBFF\uDFFF""#, "\u{10FFFF}"), (#""a\u{62}c\\d""#, "abc\\d"),
    ])
    func escapes(literal: String, expected: String) throws {
        #expect(try value(literal).unicodeScalars.elementsEqual(expected.unicodeScalars))
    }

    @Test("a block string loses the indentation that its lines share, its first line aside, and blank lines at both ends", arguments: [
        ("\"\"\"a\"\"\"", "a"), ("\"\"\"  a  \"\"\"", "  a  "), ("\"\"\"\n    a\n      b\n    c\n\"\"\"", "a\n  b\nc"),
        ("\"\"\"  a\n    b\n    c\"\"\"", "  a\nb\nc"), ("\"\"\"\n\ta\n\t b\"\"\"", "a\n b"), ("\"\"\"\n\ta\n  b\"\"\"", "a\n b"),
        ("\"\"\"\n\n  a\n\n  b\n\n\"\"\"", "a\n\nb"), ("\"\"\"a\r\n  b\r  c\"\"\"", "a\nb\nc"), ("\"\"\"\n  a\n \n  b\"\"\"", "a\n\nb"),
        ("\"\"\"\n   \n\t\n\"\"\"", ""), ("\"\"\"\"\"\"", ""), ("\"\"\"\n  a  \n  b\t\n\"\"\"", "a  \nb\t"),
        ("\"\"\"\n\u{A0}a\n\u{A0}b\"\"\"", "\u{A0}a\n\u{A0}b"), ("\"\"\"a\u{2028}b\"\"\"", "a\u{2028}b"),
        ("\"\"\"\\n \\u0041 \\\"\"\" \\\\ \"\"\"", "\\n \\u0041 \"\"\" \\\\ "),
    ])
    func blockStrings(literal: String, expected: String) throws {
        #expect(try value(literal).unicodeScalars.elementsEqual(expected.unicodeScalars))
    }
}
