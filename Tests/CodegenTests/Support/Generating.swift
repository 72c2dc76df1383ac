import SDLParser
import Testing

@testable import Codegen

/// The package of a schema that has no mistakes, by path.
func generate(_ sdl: String, options: Pipeline.Options = Pipeline.Options()) throws -> [String: String] {
    let source = Source(name: "schema.graphql", text: sdl)
    let result = try Pipeline.run([source], options: options, templates: try .embedded())
    let files = try #require(result.files, "\(DiagnosticPrinter().print(result.diagnostics))")
    #expect(Set(files.map(\.path)).count == files.count, "every path stands once")
    return Dictionary(files.map { ($0.path, $0.text) }, uniquingKeysWith: { first, _ in first })
}
