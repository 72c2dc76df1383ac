import Testing

@testable import Codegen

@Suite("Templates")
struct TemplateLibraryTests {
    private static func render(_ source: String, _ values: TemplateValues) throws -> String {
        try TemplateLibrary(sources: ["t": source]).render("t", values)
    }

    @Test("text stands as it is given, unescaped")
    func text() throws {
        #expect(try Self.render("{{a}}{{{a}}}", ["a": "<&\"{{b}}"]) == "<&\"{{b}}<&\"{{b}}")
    }

    @Test("a name that is not given is an error that says it")
    func unknownName() throws {
        let error = #expect(throws: CodegenError.self) { try Self.render("{{a}} {{b}}{{#c}}x{{/c}}", ["a": "1"]) }
        #expect(error?.description == "template t asks for b, c, which it is not given")
    }

    @Test("a section sees its own names only")
    func scopes() throws {
        #expect(throws: CodegenError.self) { try Self.render("{{#list}}{{a}}{{/list}}", ["a": "1", "list": .list([["b": "2"]])]) }
        #expect(try Self.render("{{#list}}{{b}}{{/list}}", ["list": .list([["b": "2"], ["b": "3"]])]) == "23")
    }

    @Test("a flag shows a section or its inverse")
    func flags() throws {
        #expect(try Self.render("{{#a}}x{{/a}}{{^a}}y{{/a}}{{#b}}x{{/b}}{{^b}}y{{/b}}", ["a": .flag(true), "b": .flag(false)]) == "xy")
    }

    @Test("what does not parse, includes others or does not exist is an error")
    func broken() throws {
        #expect(throws: CodegenError.self) { try TemplateLibrary(sources: ["t": "{{#a}}"]) }
        #expect(throws: CodegenError.self) { try TemplateLibrary(sources: ["t": "{{> other}}"]) }
        #expect(throws: CodegenError.self) { try TemplateLibrary(sources: [:]).render("t", [:]) }
    }
}
