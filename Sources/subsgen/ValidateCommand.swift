import ArgumentParser
import GraphQLSchema
import SDLParser

/// `subsgen validate FILE...`
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check a schema, and operations against it.",
        discussion: "Exits with 0 where there are no errors, with 1 where there are, and with 2 for wrong use and for unreadable files.")

    @Argument(help: ArgumentHelp("Files, folders and patterns; all that they name makes one schema.", valueName: "schema"))
    var schemas: [String]

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Files, folders and patterns of operations, each file a document of its own.", valueName: "files"))
    var operations: [String] = []

    @Option(help: ArgumentHelp("How to report: text, json, sarif or github.", valueName: "format"))
    var format = ReportFormat.text

    @Flag(help: "Take warnings for errors.")
    var strict = false

    func run() throws {
        let schemaFiles = try InputFile.readAll(schemas, status: .usage)
        let operationFiles = try InputFile.readAll(operations, status: .usage)
        let sources = schemaFiles + operationFiles
        var diagnostics = Self.diagnostics(schemaFiles, operationFiles).inOrder(of: sources)
        if strict { diagnostics = diagnostics.map(\.asError) }

        StandardStream.output.write(format.report(diagnostics, of: sources))
        if diagnostics.contains(where: { $0.severity == .error }) { throw Failure(.mistakes, text: "") }
    }

    /// What there is to say of the schema and of the operations. What cannot be judged because of a mistake elsewhere is left out:
    /// types where a document has syntax errors, and operations where the schema has mistakes.
    private static func diagnostics(_ schemas: [Source], _ operations: [Source]) -> [Diagnostic] {
        let schemaDocuments = schemas.map { SchemaDocument.parse($0) }
        let operationDocuments = operations.map { Parser.parse($0) }
        var diagnostics = schemaDocuments.flatMap(\.diagnostics) + operationDocuments.flatMap(\.diagnostics)
        if schemaDocuments.contains(where: \.hasErrors) { return diagnostics }

        let built = SchemaBuilder.build(schemaDocuments.map(\.tree))
        diagnostics += built.diagnostics
        guard let schema = built.schema else { return diagnostics }
        // A schema to which nobody can subscribe is as good as any.
        if schema.subscriptionType != nil { diagnostics += SubscriptionModel.derive(from: schema).diagnostics }

        for document in operationDocuments where !document.hasErrors {
            diagnostics += OperationValidator.validate(document.tree, against: schema)
        }
        return diagnostics
    }
}
