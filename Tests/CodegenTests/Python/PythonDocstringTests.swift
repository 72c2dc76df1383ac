import Testing

@testable import Codegen

@Suite("Descriptions as docstrings")
struct PythonDocstringTests {
    @Test(
        "a short one stands on one line",
        arguments: [
            ("A message.", #""""A message.""""#),
            ("  padded \n", #""""padded""""#),
            (#"ends with a "quote""#, #""""ends with a "quote\"""""#),
            (#""starts" with one"#, #""""\"starts" with one""""#),
            (#"\n is no line feed"#, #""""\\n is no line feed""""#),
            (#"a\"#, #""""a\\""""#),
        ])
    func short(text: String, expected: String) {
        #expect(PythonDocstring.statement(text, indent: 0) == expected)
    }

    @Test("nothing is written of an empty one", arguments: ["", "  ", "\n \n"])
    func empty(text: String) {
        #expect(PythonDocstring.statement(text, indent: 4) == nil)
    }

    @Test("further lines keep the indentation that they have beyond the least")
    func indentation() {
        #expect(
            PythonDocstring.statement("First.\n\n  one\n    two\n  ", indent: 4) == """
                    \"""First.

                    one
                      two
                    \"""
                """)
    }

    @Test("long lines are broken at spaces; tables are not")
    func wrapping() throws {
        let words = String(repeating: "word ", count: 40)
        let text = try #require(PythonDocstring.statement(words + "\n| " + words, indent: 4))
        let lines = text.split(separator: "\n")
        #expect(lines.dropLast(2).allSatisfy { $0.utf8.count <= 88 })
        #expect(lines.dropLast().last?.utf8.count == 4 + 2 + words.utf8.count - 1)
    }

    @Test("what is broken off the first line of a list has no indentation where nothing before it has less")
    func brokenFirstLine() {
        let words = String(repeating: "word ", count: 20).dropLast()
        #expect(PythonDocstring.statement("- " + words, indent: 0)?.contains("\nword word") == true)
        #expect(PythonDocstring.statement("- \(words)\n- \(words)", indent: 0)?.contains("\n  word word") == true)
    }

    @Test("characters that nobody sees are written as escapes", arguments: [("\u{202E}", "\\u202e"), ("\u{0}", "\\x00"), ("\u{E0001}", "\\U000e0001")])
    func invisible(character: String, expected: String) {
        #expect(PythonDocstring.statement("a\(character)b", indent: 0) == "\"\"\"a\(expected)b\"\"\"")
    }

    @Test("no text ends its docstring early", arguments: 0..<300)
    func containment(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let parts = ["\"", "\"\"\"", "\\", "\\\"", "'''", "\n", " ", "x", "\u{2028}", "\r\n", "{{", "}}", "#", "\u{202E}", "é", "\t", "\u{301}"]
        let text = (0..<Int.random(in: 0...30, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
        guard let statement = PythonDocstring.statement(text, indent: 4) else { return }
        // As Python reads it, code point by code point: an escape is two, and the first three quotation marks end the string.
        let quotes = "\"\"\"".unicodeScalars
        var rest = statement.unicodeScalars.drop { $0 == " " }
        #expect(rest.starts(with: quotes))
        rest = rest.dropFirst(3)
        while !rest.starts(with: quotes) {
            try #require(!rest.isEmpty, "\(statement) does not end")
            rest = rest.dropFirst(rest.first == "\\" ? 2 : 1)
        }
        #expect(rest.count == 3, "\(statement) ends early")
    }
}

@Suite("Strings as Python literals")
struct PythonStringTests {
    @Test(
        "are ASCII in the quotation marks that need fewer escapes",
        arguments: [
            ("x", #""x""#), (#"say "x""#, #"'say "x"'"#), ("it's", #""it's""#), (#"'"'"'"#, #""'\"'\"'""#), ("a\\b\nc", #""a\\b\nc""#),
            ("é\u{202E}\u{1F600}", #""\xe9\u202e\U0001f600""#),
        ])
    func literal(text: String, expected: String) {
        #expect(PythonString.literal(text) == expected)
    }
}
