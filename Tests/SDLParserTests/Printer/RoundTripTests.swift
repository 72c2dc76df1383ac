import Foundation
import SDLParser
import Testing

@Suite("Printing and parsing again")
struct RoundTripTests {
    /// `SEED=7 swift test --filter RoundTripTests` repeats a run; a failure names the document's own seed.
    private static let seed = ProcessInfo.processInfo.environment["SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1_000_000_000)

    @Test("keeps what a random document means, formatting its comments too, and doing it again changes nothing")
    func documents() {
        print("RoundTripTests: SEED=\(Self.seed)")
        for seed in Self.seed..<Self.seed + 1_500 {
            let text = RandomDocument.text(seed: seed)
            let result = Parser.parse(Source(name: "random", text: text))
            #expect(result.diagnostics.map(\.message) == [], "SEED=\(seed)\n\(text)")
            expectRoundTrip(result.tree, "SEED=\(seed)")
            expectFormatted(result.tree, "SEED=\(seed)")
        }
    }

    @Test("keeps parts that are printed by themselves")
    func parts() throws {
        let document = Parser.parse(
            Source(name: "parts", text: "scalar A @a(b: [1, {c: \"d\\n\"}, \"\"\"e\"\"\"])\ntype B { c(d: [Int!]! = {e: $f}): A }")
        ).tree.document
        guard case .type(let scalar) = try #require(document.definitions.first) else { return #expect(Bool(false)) }
        let directive = try #require(scalar.directives.first)
        #expect(Printer.print(directive) == "@a(b: [1, {c: \"d\\n\"}, \"\"\"e\"\"\"])")
        #expect(Printer.print(directive.arguments[0].value) == "[1, {c: \"d\\n\"}, \"\"\"e\"\"\"]")
        #expect(Printer.print(.type(scalar)) == "scalar A " + Printer.print(directive))
    }
}

@Suite("String literals")
struct StringLiteralTests {
    private static let seed = UInt64.random(in: 0..<1_000_000_000)

    private static let hostile = [
        "", " ", "\n", "\t", "\"", "\\", "\"\"\"", "\\\"\"\"", "\"\"\"\"", "a\"", "a\\", "\"a", " a", "a ", "a\n", "\na", "a\nb", "a\n b", " a\nb", " a\n b",
        "\ta\n\tb", "a\r", "a\rb", "a\r\nb", "\u{0}", "\u{7F}", "\u{85}", "\u{FEFF}", "\u{2028}", "é", "e\u{301}", "a\n\u{301}", "😀", "a\n\nb", "a\n  \nb",
        "a\"\"\n\"\"b", "\"\"\n\"", "a\n\"", "\\u0041", "a\n\\",
    ]

    @Test("a literal of any kind has the value that it was made of", arguments: hostile)
    func values(value: String) {
        for indentation in ["", "  ", "\t", "      "] {
            expectValue(StringLiteral.quoted(value), value)
            if let block = StringLiteral.block(value, indentation: indentation) { expectValue(block, value) }
        }
    }

    @Test("random strings, too")
    func random() {
        print("StringLiteralTests: seed \(Self.seed)")
        var random = SeededRandom(seed: Self.seed)
        for _ in 0..<3_000 {
            var value = ""
            for _ in 0..<Int.random(in: 0..<5, using: &random) { value += Self.hostile.randomElement(using: &random) ?? "" }
            values(value: value)
        }
    }

    @Test("control characters are escaped, and what can be seen is not")
    func escapes() {
        #expect(StringLiteral.quoted("a\u{0}\u{1F}\u{7F}\u{85}\u{FEFF}é😀/'") == "\"a\\u0000\\u001F\\u007F\\u0085\\uFEFFé😀/'\"")
        #expect(StringLiteral.quoted("\"\\\u{8}\u{C}\n\r\t") == "\"\\\"\\\\\\b\\f\\n\\r\\t\"")
    }

    @Test("a block string cannot hold what it would lose", arguments: [" ", "\n", "a\n", "\na", " a\n b", "a\rb", "\u{0}"])
    func unsuitable(value: String) {
        #expect(StringLiteral.block(value) == nil)
    }

    private func expectValue(_ literal: String, _ value: String) {
        let result = Parser.parse(Source(name: "literal", text: "  " + literal + "\n  scalar A"))
        guard case .type(let type)? = result.tree.document.definitions.first else {
            Issue.record("\(literal.debugDescription) is no literal")
            return
        }
        #expect(type.description?.value.unicodeScalars.elementsEqual(value.unicodeScalars) == true, "\(literal.debugDescription)")
    }
}
