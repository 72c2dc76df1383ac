import Foundation
import SDLParser
import Synchronization
import Testing

@Suite("Limits")
struct LimitTests {
    private func messages(_ text: String, limits: Parser.Limits = Parser.Limits()) -> [String] {
        Parser.parse(Source(name: "text", text: text), limits: limits).diagnostics.map(\.message)
    }

    @Test("as many tokens as the limit are read, and one more ends parsing")
    func tokens() {
        #expect(messages("{ a # b\n,,, c }", limits: Parser.Limits(tokens: 4)) == [])
        #expect(
            messages("{ a b c } type A { a Int }", limits: Parser.Limits(tokens: 4))
                == ["Syntax Error: Document contains more than 4 tokens. Parsing aborted."])
        #expect(messages("type A { a Int } type B { b: Int }", limits: Parser.Limits(tokens: 7)).count == 2)
    }

    @Test("what nests as deep as the limit is read, and one level more is a mistake", arguments: [
        ("{a", "}"), ("{a(b:[", "])}"), ("type A { a(b: C = ", "): D }"),
    ])
    func depth(open: String, close: String) {
        func nested(_ levels: Int) -> String {
            switch open {
            case "{a": String(repeating: open, count: levels) + String(repeating: close, count: levels)
            case "{a(b:[":
                open + String(repeating: "[", count: levels - 2) + String(repeating: "]", count: levels - 2) + close
            default: open + String(repeating: "[{a: ", count: levels / 2) + "1" + String(repeating: "}]", count: levels / 2) + close
            }
        }
        #expect(messages(nested(12), limits: Parser.Limits(depth: 12)) == [])
        #expect(
            messages(nested(14), limits: Parser.Limits(depth: 12)) == ["Syntax Error: Document is nested more than 12 levels deep."])
    }

    /// The stack of a thread that macOS makes, the smallest that the runtime meets. AddressSanitizer puts room around every variable,
    /// which makes frames many times larger: under it the stack is larger as well.
    private static let smallStack = dlsym(nil, "__asan_init") == nil ? 512 * 1024 : 8 * 1024 * 1024

    /// Runs `body` on a thread with a small stack.
    private func onSmallStack(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            let thread = Thread {
                body()
                continuation.resume()
            }
            thread.stackSize = Self.smallStack
            thread.start()
        }
    }

    private static let nesting = [
        ("{a(b:", "[", ""), ("{a(b:", "{c:", ""), ("", "{a", ""), ("query Q($a:", "[", "Int"), ("type A{a:", "[", "Int"),
        ("type A{a(b:C=", "[", ""), ("scalar A @b(c:", "{d:", ""), ("", "{...", ""), ("{a(b:", "[{c:", ""), ("{a", "(", ""),
        ("type A", "{", ""), ("", "type A{a:B\n", ""), ("directive @a", "(", ""), ("type A{a:B", "!", ""), ("", "extend ", ""),
        ("", "\"\"", ""), ("{a", "@b", ""), ("query Q($a:Int=", "[", ""),
    ]

    @Test("a hundred thousand of anything that opens end in a diagnostic on a small stack", arguments: nesting)
    func hostile(before: String, open: String, after: String) async {
        let text = before + String(repeating: open, count: 100_000) + after
        let count = Mutex(0)
        await onSmallStack {
            let result = Parser.parse(Source(name: "text", text: text))
            let found = result.diagnostics.count
            #expect(DiagnosticPrinter().print([result.diagnostics[0]]).isEmpty == false)
            count.withLock { $0 = found }
        }
        #expect(count.withLock { $0 } >= 1)
    }

    @Test("a document as deep as the limit is parsed, printed and walked on a small stack")
    func deepest() async {
        let levels = 126
        let values = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        let objects = String(repeating: "{a:", count: levels) + "1" + String(repeating: "}", count: levels)
        let type = String(repeating: "[", count: levels) + "A" + String(repeating: "]!", count: levels)
        let selections = String(repeating: "{...on A", count: levels) + "{a}" + String(repeating: "}", count: levels)
        let text = "type A { a(b: \(type) = \(values), c: B = \(objects)): \(type) } \(selections)"
        await onSmallStack { expectRoundTrip(Parser.parse(Source(name: "text", text: text)).tree) }
        #expect(messages(text) == [])
    }
}
