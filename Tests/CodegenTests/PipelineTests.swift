import SDLParser
import Testing

@testable import Codegen

@Suite("From documents to files")
struct PipelineTests {
    private static func run(_ texts: String..., options: Pipeline.Options = Pipeline.Options()) throws -> Pipeline.Result {
        let sources = texts.enumerated().map { Source(name: "\($0.offset).graphql", text: $0.element) }
        return try Pipeline.run(sources, options: options, templates: try .embedded())
    }

    @Test("several documents make one schema")
    func severalDocuments() throws {
        let result = try Self.run("type Query { ok: Int }", "type Subscription { tick: Tick! }", "type Tick { n: Int! }")
        #expect(result.diagnostics.isEmpty)
        let stub = try #require(result.files?.first { $0.path == "resolvers/tick.py" })
        #expect(stub.owner == .developer)
    }

    @Test(
        "each stage ends with its mistakes and without files",
        arguments: [
            ("type Query {", "Syntax Error: Expected Name, found <EOF>."),
            ("type Query { a: Foo } type Subscription { a: Int }", "Unknown type \"Foo\"."),
            (
                "type Query { a: Int }",
                "The schema has no subscription root type, so there is nothing to subscribe to."
            ),
        ])
    func mistakes(sdl: String, message: String) throws {
        let result = try Self.run(sdl)
        #expect(result.files == nil)
        #expect(result.diagnostics.map(\.message) == [message])
    }

    @Test("an argument that selects nothing is a warning, and an error where that is asked for")
    func strict() throws {
        let sdl = "type Query { a: Int } type Subscription { a(x: Int): Int }"
        let lenient = try Self.run(sdl)
        #expect(lenient.files != nil && lenient.diagnostics.map(\.severity) == [.warning])
        let strict = try Self.run(sdl, options: Pipeline.Options(isStrict: true))
        #expect(strict.files == nil && strict.diagnostics.map(\.severity) == [.error])
    }

    @Test("its stub does not pass events through, and says what to decide")
    func undecided() throws {
        let files = try generate("type Query { a: Int } type Subscription { a(x: Int): Int b: Int }")
        let undecided = try #require(files["resolvers/a.py"])
        #expect(!undecided.contains("passthrough") && undecided.contains("# - `x`\n"))
        #expect(try #require(files["resolvers/b.py"]).contains("@passthrough\nasync def resolve("))
    }

    @Test("types that Subscription does not lead to have classes only where all are asked for")
    func reachability() throws {
        let sdl = "type Query { a: Other } type Other { a: Int } input In { a: Int } type Subscription { a: Int }"
        #expect(try #require(try generate(sdl)["types.py"]).contains("Other") == false)
        let all = try #require(try generate(sdl, options: Pipeline.Options(hasAllTypes: true))["types.py"])
        #expect(all.contains("class Other(") && all.contains("class In(") && !all.contains("class Query("))
    }

    @Test("a root operation type has a class only where another type leads to it")
    func roots() throws {
        let sdl = """
            type Query implements Node { id: ID!, last: Mutation } type Mutation { done: Int } interface Node { id: ID! }
            type Subscription { a: Int, b: [Int] }
            """
        let all = try #require(try generate(sdl, options: Pipeline.Options(hasAllTypes: true))["types.py"])
        #expect(all.contains("class Query(") && all.contains("class Mutation(") && !all.contains("class Subscription("))
    }

    @Test("the public schema has nothing that is internal")
    func publicSchema() throws {
        let files = try generate("type Query { a: Int } type Subscription { a: A } type A { a: Int secret: Int @internal }")
        #expect(try #require(files["schema.graphql"]).contains("secret"))
        #expect(try #require(files["schema.public.graphql"]).contains("secret") == false)
        #expect(try #require(files["types.py"]).contains("secret: Int | UnsetType | None = UNSET"))
    }

    @Test("the same documents give the same files in the same order")
    func determinism() throws {
        let sdl = try Golden.schema("features")
        let first = try #require(try Self.run(sdl).files)
        #expect(first == first.sorted { $0.path < $1.path })
        for _ in 0..<5 { #expect(try Self.run(sdl).files == first) }
    }
}
