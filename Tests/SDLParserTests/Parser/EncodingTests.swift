import SDLParser
import Testing

@Suite("Documents that are not UTF-8")
struct EncodingTests {
    /// A document with a mark at each kind of place where text may stand.
    private static let places = [
        "|", "type |A { a: Int }", "type A| { a: Int }", "# comment | \ntype A", "\"string | \" type A", "\"\"\" block | \"\"\" type A",
        "type A { a(b: String = \"\\u{41}|\"): Int }", "{ a(b: 1|) }", "{ a }|", "\"é|\" scalar A", "\"\"\"\n  |\n\"\"\" scalar A",
        "\"\\|\" scalar A", "{ a(b: \"\\u00|\") }", "12345678|", "1234567|é2345678",
    ]
    private static let wrong: [[UInt8]] = [
        [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x80, 0x80], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
        [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xF5], [0xFE], [0xFF],
    ]

    @Test("the first wrong byte is told wherever it stands, and nothing else", arguments: places)
    func wrongBytes(marked: String) throws {
        let place = try #require(Array(marked.utf8).firstIndex(of: UInt8(ascii: "|")))
        let text = Array(marked.utf8)
        for bytes in Self.wrong {
            let source = Source(name: "text", bytes: text[..<place] + bytes + text[(place + 1)...])
            let result = Parser.parse(source)
            let hexadecimal = String(bytes[0], radix: 16, uppercase: true)
            #expect(result.diagnostics.map(\.message) == ["Syntax Error: Invalid UTF-8: byte 0x\(hexadecimal)."])
            #expect(result.diagnostics.map(\.span.start) == [UInt32(place)])
            #expect(result.tree.document.definitions.isEmpty)
            #expect(DiagnosticPrinter().print(result.diagnostics).contains("^"))
        }
    }
}
