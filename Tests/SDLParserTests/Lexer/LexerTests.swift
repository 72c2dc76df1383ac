import Testing

@testable import SDLParser

@Suite("Lexer")
struct LexerTests {
    /// The kinds and texts of all tokens, and the message of the mistake that ends them.
    private func tokens(_ text: String) -> [String] {
        let source = Source(name: "text", text: text)
        return source.bytes.withUnsafeBytes { buffer in
            var lexer = Lexer(SourceBytes(buffer))
            var found: [String] = []
            while true {
                do throws(SyntaxError) { try lexer.advance() } catch { return found + [error.message] }
                if lexer.token.kind == .endOfFile { return found }
                found.append("\(lexer.token.kind) \(source.text(lexer.token.span))")
            }
        }
    }

    @Test("every punctuator is a token (spec section 2.1.7)", arguments: [
        ("!", "bang"), ("$", "dollar"), ("&", "ampersand"), ("(", "parenLeft"), (")", "parenRight"), ("...", "spread"), (":", "colon"),
        ("=", "equals"), ("@", "at"), ("[", "bracketLeft"), ("]", "bracketRight"), ("{", "braceLeft"), ("|", "pipe"), ("}", "braceRight"),
    ])
    func punctuators(text: String, kind: String) {
        #expect(tokens(text) == ["\(kind) \(text)"])
        #expect(tokens("a\(text)b") == ["name a", "\(kind) \(text)", "name b"])
    }

    @Test("all ASCII characters begin a token, are ignored, or are named in a message")
    func ascii() {
        let ignored = Set("\t\n\r ,#")
        let beginning = Set("!$&():=@[]{|}_").union("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        for value in UInt8(0)..<128 {
            let character = Character(Unicode.Scalar(value))
            let found = tokens(String(character))
            switch character {
            case _ where ignored.contains(character): #expect(found == [])
            case _ where beginning.contains(character): #expect(found.count == 1 && found[0].hasSuffix(" \(character)"))
            case "\"": #expect(found == ["Unterminated string."])
            case "-": #expect(found == ["Invalid number, expected digit but got: <EOF>."])
            case "'": #expect(found == ["Unexpected single quote character ('), did you mean to use a double quote (\")?"])
            default:
                let digits = String(value, radix: 16, uppercase: true)
                let code = "U+" + String(repeating: "0", count: 4 - digits.count) + digits
                #expect(found == ["Unexpected character: \((0x20..<0x7F).contains(value) ? "'\(character)'" : code)."])
            }
        }
    }

    @Test("white space, commas, comments, line terminators and byte order marks separate tokens and are none")
    func ignored() {
        let separators = [" ", "\t", ",", "\n", "\r", "\r\n", "#c\n", "#c\r", "\u{FEFF}", "         ", " ,\t,\n"]
        for separator in separators {
            #expect(tokens("a\(separator)b") == ["name a", "name b"])
            #expect(tokens("\(separator)1\(separator)") == ["int 1"])
        }
        #expect(tokens("a#b") == ["name a"])
        #expect(tokens("# é \u{0} \" { 😀") == [])
    }

    @Test("a run of spaces ends where it ends, however long it is", arguments: 0..<40)
    func spaces(count: Int) {
        let spaces = String(repeating: " ", count: count)
        #expect(tokens("{\(spaces)a\(spaces)}") == ["braceLeft {", "name a", "braceRight }"])
    }

    @Test("names end where no letter, digit or underscore follows", arguments: [
        ("a1", ["name a1"]), ("_", ["name _"]), ("__a_1Z", ["name __a_1Z"]), ("aB9:", ["name aB9", "colon :"]),
        ("a\"\"", ["name a", "string \"\""]), ("a-1", ["name a", "int -1"]), ("aé", ["name a", "Unexpected character: U+00E9."]),
    ])
    func names(text: String, expected: [String]) {
        #expect(tokens(text) == expected)
    }

    @Test("a name of 65,535 bytes is one, and a longer name is a mistake")
    func longNames() {
        let longest = String(repeating: "a", count: 65_535)
        #expect(tokens(longest) == ["name \(longest)"])
        #expect(tokens(longest + "a") == ["Name is longer than 65535 bytes."])
    }

    @Test("numbers end where the grammar ends them, and nothing that could go on may follow", arguments: [
        ("0", ["int 0"]), ("-0", ["int -0"]), ("10 20", ["int 10", "int 20"]), ("1,2", ["int 1", "int 2"]), ("1]", ["int 1", "bracketRight ]"]),
        ("0.5", ["float 0.5"]), ("1E5", ["float 1E5"]), ("-1.5e-10", ["float -1.5e-10"]), ("1-1", ["int 1", "int -1"]),
        ("1\"\"", ["int 1", "string \"\""]), ("1.5\"\"", ["float 1.5", "string \"\""]), ("1#", ["int 1"]),
        ("1_", ["Invalid number, expected digit but got: '_'."]), ("1.5.", ["Invalid number, expected digit but got: '.'."]),
        ("1é", ["int 1", "Unexpected character: U+00E9."]), ("1é", ["int 1", "Unexpected character: U+00E9."]),
    ])
    func numbers(text: String, expected: [String]) {
        #expect(tokens(text) == expected)
    }

    @Test("a string in quotation marks ends with its line, at any distance", arguments: 0..<24)
    func stringLengths(length: Int) {
        let text = String(repeating: "x", count: length)
        #expect(tokens("\"\(text)\" b") == [length == 0 ? "string \"\"" : "string \"\(text)\"", "name b"])
        #expect(tokens("\"\(text)\n\"") == ["Unterminated string."])
        #expect(tokens("\"\(text)\r\"") == ["Unterminated string."])
        #expect(tokens("\"\(text)") == ["Unterminated string."])
        #expect(tokens("\"\"\"\(text)\n\\\"\"\"\"\"\" b") == ["blockString \"\"\"\(text)\n\\\"\"\"\"\"\"", "name b"])
        #expect(tokens("\"\"\"\(text)\"\"") == ["Unterminated string."])
    }
}
