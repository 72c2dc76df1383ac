import ArgumentParser
import GraphQLSchema
import SDLParser

/// `subsgen introspect [SCHEMA...] [--out FILE] [--internal]`
struct IntrospectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "introspect", abstract: "Print what a server of the schema answers to the introspection query, as JSON.",
        discussion: """
            examples:
              subsgen introspect                                the schema of the configuration
              subsgen introspect schema.graphql --out schema.json
              subsgen introspect schemas/ --internal
            """)

    @Argument(
        help: ArgumentHelp("Files, folders and patterns; all that they name makes one schema. Else the configuration's.", valueName: "schema"),
        completion: .schema)
    var schemas: [String] = []

    @Option(
        name: [.short, .long], help: ArgumentHelp("Write it to a file, not to standard output.", valueName: "file"), completion: .file())
    var out: String?

    @Flag(help: "Tell also what is @internal, which clients never see.")
    var `internal` = false

    @OptionGroup
    var options: SchemaChoice.Options

    func run() throws {
        // Clients see a query root even where the schema has none: without one, no tool reads the result.
        let schema = QueryRoot.add(
            to: try LoadedSchema.load(SchemaChoice(schemas, options, for: "subsgen introspect")))
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
