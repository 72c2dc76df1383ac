import ArgumentParser
import GraphQLSchema
import SDLParser

/// `subsgen audit [SCHEMA...] [--format text|json]`
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "List who may see what subscriptions give, and by which rules of the schema.",
        discussion: """
            For each subscription field: its own rules, its arguments that are bound to claims, and the rules of every field that a client can
            select of its events. What has no rule is seen by everyone who may subscribe.

            examples:
              subsgen audit                                     the schema of the configuration
              subsgen audit schema.graphql
              subsgen audit schema.graphql --format json
            """)

    @Argument(
        help: ArgumentHelp("Files, folders and patterns; all that they name makes one schema. Else the configuration's.", valueName: "schema"),
        completion: .schema)
    var schemas: [String] = []

    @Option(help: ArgumentHelp("How to report: text or json.", valueName: "format"))
    var format = AuditFormat.text

    @OptionGroup
    var options: SchemaChoice.Options

    func run() throws {
        let choice = try SchemaChoice(schemas, options, for: "subsgen audit")
        let loaded = LoadedSchema(try LoadedSchema.sources(choice.paths), adding: choice.directives, choice.security)
        let schema = try loaded.sound()
        let derived = loaded.derive(schema, strict: choice.isStrict)
        guard let table = derived.table else { throw LoadedSchema.failure(derived.diagnostics) }
        StandardStream.error.write(LoadedSchema.report(derived.diagnostics))
        StandardStream.output.write(format.report(AccessAudit(schema, table)))
    }
}
