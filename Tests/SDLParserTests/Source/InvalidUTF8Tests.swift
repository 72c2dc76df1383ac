import Testing

@testable import SDLParser

@Suite("UTF-8")
struct InvalidUTF8Tests {
    @Test("Text in any alphabet is found sound", arguments: ["", "a", "schema { query: Q }", "é", "# Ω\n\u{10FFFF}", "12345678é", "1234567😀89012345"])
    func sound(_ text: String) {
        #expect(InvalidUTF8.find(in: Array(text.utf8)) == nil)
    }

    @Test("The first bytes that are no part of a character are found wherever they stand", arguments: 0..<20)
    func places(_ offset: Int) {
        let before = Array("abcdefgé1234567890".utf8.prefix(offset)) + (offset == 8 ? [0xA9] : [])
        for wrong: [UInt8] in [[0x80], [0xC0, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF5], [0xFF]] {
            let found = InvalidUTF8.find(in: before + wrong + Array("tail".utf8))
            #expect(found?.lowerBound == before.count)
        }
    }

    @Test("A character that is cut off at the end is found")
    func cut() {
        #expect(InvalidUTF8.find(in: Array("12345678".utf8) + [0xF0, 0x9F, 0x98]) == 8..<11)
    }
}
