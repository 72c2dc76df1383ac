import Testing

@testable import SDLParser

@Suite("Source")
struct SourceTests {
    @Test("Lines end with LF, CR LF or a lone CR (spec section 2.1.2)", arguments: [
        ("a\nb", 2), ("a\r\nb", 2), ("a\rb", 2), ("a\n\rb", 3), ("ab", 1),
    ])
    func lines(text: String, line: Int) {
        let source = Source(name: "t", text: text)
        #expect(source.location(at: UInt32(source.bytes.count)).line == line)
    }

    @Test("Columns count Unicode scalars from 1")
    func columns() {
        let source = Source(name: "t", text: "é\u{1F600}x")
        #expect(source.location(at: 0) == SourceLocation(line: 1, column: 1))
        #expect(source.location(at: 2).column == 2)
        #expect(source.location(at: 6).column == 3)
    }

    @Test("An offset past the end is the end")
    func pastTheEnd() {
        #expect(Source(name: "t", text: "ab\n").location(at: 99) == SourceLocation(line: 2, column: 1))
    }
}
