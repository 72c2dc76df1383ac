import Testing

@testable import Codegen

@Suite("Text of a schema in generated Swift")
struct SwiftTextTests {
    private func comment(_ description: String?, deprecated: String? = nil) -> String {
        guard case .text(let text) = SwiftText.documentation(description, deprecated: deprecated, indentation: "  ") else { return "" }
        return text
    }

    @Test("A description becomes lines of a comment, without empty ones around it")
    func lines() {
        #expect(comment("\n  One.\n\nTwo.  \n \n") == "  ///   One.\n  ///\n  /// Two.\n")
        #expect(comment(nil) == "")
        #expect(comment(" \n") == "")
        #expect(comment("Old.", deprecated: "Use new.") == "  /// Old.\n  ///\n  /// Deprecated: Use new.\n")
        #expect(comment(nil, deprecated: "Use new.") == "  /// Deprecated: Use new.\n")
    }

    @Test(
        "Whatever ends a line somewhere ends a line of the comment",
        arguments: ["\n", "\r", "\r\n", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}"])
    func lineEnds(end: String) {
        #expect(comment("a\(end)import Foundation") == "  /// a\n  /// import Foundation\n")
    }

    @Test("Controls, and what shows text in another order, are replaced", arguments: ["\u{0}", "\u{1B}", "\u{202E}", "\u{2066}", "\u{FEFF}", "\u{E000}"])
    func hidden(character: String) {
        #expect(comment("a\(character)b") == "  /// a\u{FFFD}b\n")
    }

    @Test("What joins the parts of a letter or an emoji stays")
    func joiners() {
        #expect(comment("👩‍🚀 é\u{200C}") == "  /// 👩‍🚀 é\u{200C}\n")
    }

    @Test("A string literal says every character that is not plain")
    func literals() {
        #expect(SwiftText.literal(#"a"b\(c)"#) == #""a\"b\\(c)""#)
        #expect(SwiftText.literal("é\n\u{202E}") == #""\u{E9}\u{A}\u{202E}""#)
        #expect(SwiftText.literal(["a", "b"]) == #"["a", "b"]"#)
    }

    @Test("A literal over several lines is not ended by its text, nor escaped from")
    func blocks() {
        #expect(SwiftText.block("a\n\"\"\"b\\(c)\n") == "#\"\"\"\na\n\"\"\"b\\(c)\n\n\"\"\"#")
        #expect(SwiftText.block("\"\"\"# \\##(c)") == "###\"\"\"\n\"\"\"# \\##(c)\n\"\"\"###")
        #expect(SwiftText.block("é\r\u{202E}") == "#\"\"\"\né\\#u{D}\\#u{202E}\n\"\"\"#")
    }

    @Test("Parameters stand on a line each where one line is too short for them")
    func parameters() {
        #expect(SwiftText.parameters(["a: A", "b: B"], lead: 10, indentation: "    ") == "a: A, b: B")
        #expect(SwiftText.parameters(["a: A", "b: B"], lead: 115, indentation: "    ") == "\n        a: A,\n        b: B\n    ")
        #expect(SwiftText.parameters([], lead: 10, indentation: "") == "")
    }
}
