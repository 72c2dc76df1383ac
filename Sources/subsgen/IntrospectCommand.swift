import ArgumentParser
import GraphQLSchema
import SDLParser

/// `subsgen introspect SCHEMA... [--out FILE] [--internal]`
struct IntrospectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "introspect", abstract: "Print what a server of the schema answers to the introspection query, as JSON.")

    @Argument(help: ArgumentHelp("Files, folders and patterns; all that they name makes one schema.", valueName: "schema"))
    var schemas: [String]

    @Option(name: [.short, .long], help: ArgumentHelp("Write it to a file, not to standard output.", valueName: "file"))
    var out: String?

    @Flag(help: "Tell also what is @internal, which clients never see.")
    var `internal` = false

    func run() throws {
        // Clients see a query root even where the schema has none: without one, no tool reads the result.
        let schema = QueryRoot.add(to: try LoadedSchema.load(schemas))
        let leaks = `internal` ? [] : IntrospectedSchema.leaks(of: schema)
        if !leaks.isEmpty { throw LoadedSchema.failure(leaks) }
        let text = IntrospectionJSON.text(of: IntrospectedSchema(schema, includingInternal: `internal`))
        guard let out else { return StandardStream.output.write(text) }
        do throws(SystemError) {
            try OutputFile.write(text, to: out)
        } catch {
            throw Failure(.unwritableOutput, "cannot write \(out): \(error.reason).")
        }
    }
}
