import ArgumentParser
import GraphQLSchema
import SDLParser

/// `subsgen persist OPERATIONS... [--schema SCHEMA...] [--out FILE]`
struct PersistCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "persist", abstract: "List the operations that clients may send by digest, as JSON.",
        discussion: """
            Each file is a document of its own, and is checked against the schema. Documents without a subscription whose root types the \
            schema does not have are for the application's "execute": of those the syntax alone is checked.

            examples:
              subsgen persist 'web/**/*.graphql' --out persisted.json
              subsgen persist operations/ --schema schema.graphql --out persisted.json
            """)

    @Argument(help: ArgumentHelp("Files, folders and patterns of operations.", valueName: "operations"), completion: .schema)
    var operations: [String]

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Files, folders and patterns; all that they name makes one schema. Else the configuration's.", valueName: "files"),
        completion: .schema)
    var schema: [String] = []

    @Option(
        name: [.short, .long], help: ArgumentHelp("Write it to a file, not to standard output.", valueName: "file"), completion: .file())
    var out: String?

    @OptionGroup
    var options: SchemaChoice.Options

    func run() throws {
        let choice = try SchemaChoice(schema, options, for: "subsgen persist \(operations[0]) --schema")
        let known = try LoadedSchema.load(choice)
        // As clients see it.
        let schema = QueryRoot.add(to: known)
        let sources = try LoadedSchema.sources(operations)
        let parsed = sources.map { Parser.parse($0) }
        var diagnostics = parsed.flatMap(\.diagnostics)
        var unchecked = 0
        for document in parsed where !document.hasErrors {
            if Self.isForExecution(document.tree, known) {
                unchecked += 1
            } else {
                diagnostics += OperationValidator.validate(document.tree, against: schema)
            }
        }
        if !diagnostics.isEmpty { throw LoadedSchema.failure(diagnostics.inOrder(of: sources)) }
        if unchecked > 0 {
            StandardStream.error.write(
                "note: \(unchecked) of \(sources.count) documents have operations of types that the schema lacks; their syntax alone was checked.\n")
        }
        let documents = Set(sources.map { PersistedDocument(String(decoding: $0.bytes, as: UTF8.self)) })
        let members = documents.sorted { $0.digest < $1.digest }.map { (key: $0.digest, value: JSONText.string($0.text)) }
        let text = JSONText.object(members).text
        guard let out else { return StandardStream.output.write(text) }
        do throws(SystemError) {
            try OutputFile.write(text, to: out)
        } catch {
            throw Failure(.unwritableOutput, "cannot write \(out): \(error.reason).")
        }
    }

    /// Whether a document has only operations that somebody else executes, by a schema of its own.
    private static func isForExecution(_ document: SyntaxTree, _ schema: Schema) -> Bool {
        let operations = document.document.operations
        return !operations.isEmpty
            && operations.allSatisfy { $0.operation != .subscription && schema.rootType(for: $0.operation) == nil }
    }
}
