import ArgumentParser
import Codegen
import GraphQLSchema
import SDLParser

/// `subsgen diff OLD [NEW] [--format text|json] [--out FOLDER]`
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "List what differs between two versions of a schema, and whom it breaks.",
        discussion: """
            Exits with 1 where there are breaking changes, and with 0 where there are none.

            examples:
              subsgen diff old.graphql new.graphql
              subsgen diff old.graphql                          to the schema of the configuration
              subsgen diff old/ new/ --format json
              subsgen diff old.graphql new.graphql --out gen    which resolver files are touched?
            """)

    @Argument(help: ArgumentHelp("A file, folder or pattern: the schema as it was.", valueName: "old"), completion: .schema)
    var old: String

    @Argument(
        help: ArgumentHelp("A file, folder or pattern: the schema as it is now. Else the configuration's.", valueName: "new"),
        completion: .schema)
    var new: String?

    @Option(help: ArgumentHelp("How to report: text or json.", valueName: "format"))
    var format = DiffFormat.text

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("A package of the old schema: name the resolver files in it that each change touches.", valueName: "folder"))
    var out: String?

    @OptionGroup
    var options: SchemaChoice.Options

    func run() throws {
        let (before, after) = try load()
        let diff = SchemaDiff(from: before, to: after)
        let resolvers = try out.map { folder throws(Failure) in try Self.resolvers(of: before, in: OutputFolder(folder)) } ?? [:]
        let changes = diff.changes.map { change in
            DiffFormat.Entry(change: change, resolvers: diff.subscriptionFields(touchedBy: change).compactMap { resolvers[$0] })
        }
        StandardStream.output.write(format.report(changes, namesResolvers: out != nil))
        if diff.isBreaking { throw Failure(.mistakes, text: "") }
    }

    /// Both schemas, with the directives of the configuration. What one of the two lacks takes none there; what both lack is a mistake.
    private func load() throws(Failure) -> (before: Schema, after: Schema) {
        let choice = try SchemaChoice(new.map { [$0] } ?? [], options, for: "subsgen diff \(old)")
        let sources = (before: try LoadedSchema.sources([old]), after: try LoadedSchema.sources(choice.paths))
        var (before, after) = (
            LoadedSchema(sources.before, adding: choice.directives), LoadedSchema(sources.after, adding: choice.directives)
        )
        let (lacking, lackingToo) = (before.unknownCoordinates, after.unknownCoordinates)
        if lacking.isDisjoint(with: lackingToo) {
            if !lacking.isEmpty { before = LoadedSchema(sources.before, adding: choice.directives(except: lacking)) }
            if !lackingToo.isEmpty { after = LoadedSchema(sources.after, adding: choice.directives(except: lackingToo)) }
        }
        return (try before.sound(), try after.sound())
    }

    /// The resolver files that stand in a package, by field. Fails for a folder that holds no package of subsgen's.
    private static func resolvers(of schema: Schema, in folder: OutputFolder) throws(Failure) -> [String: String] {
        let derived = SubscriptionModel.derive(from: schema)
        guard let table = derived.table else { throw LoadedSchema.failure(derived.diagnostics) }
        var found: [String: String] = [:]
        var isPackage = false
        do throws(OutputFolder.Problem) {
            if case .bytes = try folder.file(Manifest.path) { isPackage = true }
            for (field, path) in ResolverFiles.paths(of: schema, table) {
                if case .absent = try folder.file(path) { continue }
                found[field] = folder.path(path)
            }
        } catch {
            throw Failure(.unreadableInput, "cannot read \(folder.path(error.path)): \(error.error.reason).")
        }
        guard isPackage else {
            throw Failure(
                .unreadableInput, "\(folder.name) is no package: it has no \(Manifest.path).",
                hint: "Name the folder that `subsgen --out` wrote.")
        }
        return found
    }
}
