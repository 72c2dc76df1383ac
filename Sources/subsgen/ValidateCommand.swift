import ArgumentParser
import GraphQLSchema
import SDLParser

/// `subsgen validate [SCHEMA...]`
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check a schema, and operations against it.",
        discussion: """
            Exits with 0 where there are no errors, with 1 where there are, and with 2 for wrong use and for unreadable files.

            examples:
              subsgen validate                                  the schema of the configuration
              subsgen validate schema.graphql                   a file, a folder or a pattern
              subsgen validate schemas/ --operations 'web/**/*.graphql'
              subsgen validate schema.graphql --strict --format github
            """)

    @Argument(
        help: ArgumentHelp("Files, folders and patterns; all that they name makes one schema. Else the configuration's.", valueName: "schema"),
        completion: .schema)
    var schemas: [String] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Files, folders and patterns of operations, each file a document of its own.", valueName: "files"),
        completion: .schema)
    var operations: [String] = []

    @Option(help: ArgumentHelp("How to report: text, json, sarif or github.", valueName: "format"))
    var format = ReportFormat.text

    @Flag(help: "Take warnings for errors.")
    var strict = false

    @OptionGroup
    var options: SchemaChoice.Options

    func run() throws {
        let choice = try SchemaChoice(schemas, options, for: "subsgen validate")
        let schemaFiles = try InputFile.readAll(choice.paths, status: .usage)
        let operationFiles = try InputFile.readAll(operations, status: .usage)
        let sources = schemaFiles + operationFiles
        let schema = LoadedSchema(schemaFiles, adding: choice.directives, choice.security)
        var diagnostics = Self.diagnostics(schema, strict: choice.isStrict, operationFiles).inOrder(of: sources)
        if strict { diagnostics = diagnostics.map(\.asError) }

        StandardStream.output.write(format.report(diagnostics, of: sources))
        if diagnostics.contains(where: { $0.severity == .error }) { throw Failure(.mistakes, text: "") }
    }

    /// What there is to say of the schema and of the operations. What cannot be judged because of a mistake elsewhere is left out:
    /// types where a document has syntax errors, and operations where the schema has mistakes.
    private static func diagnostics(_ loaded: LoadedSchema, strict: Bool, _ operations: [Source]) -> [Diagnostic] {
        let documents = operations.map { Parser.parse($0) }
        var diagnostics = loaded.diagnostics + documents.flatMap(\.diagnostics)
        guard let schema = loaded.schema else { return diagnostics }
        // A schema to which nobody can subscribe is as good as any.
        if schema.subscriptionType != nil { diagnostics += loaded.derive(schema, strict: strict).diagnostics }

        for document in documents where !document.hasErrors {
            diagnostics += OperationValidator.validate(document.tree, against: schema)
        }
        return diagnostics
    }
}

extension CompletionKind {
    /// Files of GraphQL and of introspection results, and what may hold them.
    static var schema: CompletionKind { .file(extensions: ["graphql", "graphqls", "gql", "json"]) }
}
