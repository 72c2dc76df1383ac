import Testing

@testable import Codegen

@Suite("The syntax of templates")
struct TemplateTests {
    private static func render(_ source: String, _ values: TemplateValues = [:]) throws(TemplateError) -> String {
        try Template(source).render(values)
    }

    @Test(
        "a tag that is no name takes the line that it has for itself with it",
        arguments: [
            ("a\n{{#s}}\nb\n{{/s}}\nc\n", "a\nb\nc\n"),
            ("a\n  {{#s}}  \n  b\n\t{{/s}}\t\nc", "a\n  b\nc"),
            ("{{#s}}\nb\n{{/s}}", "b\n"),
            ("a\r\n{{#s}}\r\nb\r\n{{/s}}\r\n", "a\r\nb\r\n"),
            ("a\n{{! nothing\nof two lines }}\nb", "a\nb"),
            ("a\n{{=<% %>=}}\n<%#s%>{{n}}<%/s%>", "a\n{{n}}"),
            ("{{#s}}a{{/s}}\n", "a\n"),
            ("{{#s}}a\n{{/s}}b\n", "a\nb\n"),
            (" {{#s}}{{/s}} \n", "  \n"),
            ("a {{! c }} b\n", "a  b\n"),
            ("  {{n}}\n", "  N\n"),
        ])
    func lines(source: String, text: String) throws {
        #expect(try Self.render(source, ["s": .flag(true), "n": "N"]) == text)
    }

    @Test("spaces in a tag, and braces or an ampersand for raw text, mean nothing")
    func spelling() throws {
        #expect(try Self.render("{{ n }}{{{n}}}{{& n }}{{# s }}x{{/s}}", ["s": .flag(true), "n": "<N>"]) == "<N><N><N>x")
    }

    @Test("text without tags stands, whatever braces are in it", arguments: ["", "a\n\nb", "{ {} }", "}}", "é\u{1F600}"])
    func plain(text: String) throws {
        #expect(try Self.render(text) == text)
    }

    @Test(
        "what does not parse is told with its line",
        arguments: [
            ("a\n{{n", "line 2: a tag has no end"),
            ("\n\n{{#a}}", "line 3: the section \"a\" has no end"),
            ("{{#a}}{{#b}}{{/a}}{{/b}}", "line 1: the end of a section \"a\" that is not open"),
            ("{{/a}}", "line 1: the end of a section \"a\" that is not open"),
            ("{{}}", "line 1: \"\" is no name"),
            ("{{ a b }}", "line 1: \"a b\" is no name"),
            ("{{=<%=}}", "line 1: delimiters are two, as in {{=<% %>=}}"),
            (String(repeating: "{{#a}}", count: 100), "line 1: sections nest too deeply"),
        ])
    func broken(source: String, problem: String) {
        let error = #expect(throws: TemplateError.self) { try Template(source) }
        #expect(error?.problem == "is broken: " + problem)
    }

    @Test("a section that is used as text, and text that is used as a section, are errors")
    func misused() {
        let error = #expect(throws: TemplateError.self) { try Self.render("{{s}}{{#t}}{{/t}}", ["s": .list([]), "t": "text"]) }
        #expect(error?.problem == "takes a section for text, or text for a section: s, t")
    }

    @Test("random bytes make no template trap")
    func random() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("random templates: seed \(seed)")
        var random = SeededRandom(seed: seed)
        let pieces = ["{{", "}}", "{{{", "}}}", "#", "/", "^", "!", "=", "&", ">", "a", " ", "\n", "{{#a}}", "{{/a}}", "{{=<% %>=}}", "<%", "%>", "é"]
        for _ in 0..<5_000 {
            let source = (0..<Int.random(in: 0...12, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            _ = try? Self.render(source, ["a": .flag(true)])
        }
    }
}
