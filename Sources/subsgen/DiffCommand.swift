import ArgumentParser
import Codegen
import GraphQLSchema
import SDLParser

/// `subsgen diff OLD NEW [--format text|json] [--out FOLDER]`
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "List what differs between two versions of a schema, and whom it breaks.",
        discussion: "Exits with 1 where there are breaking changes, and with 0 where there are none.")

    @Argument(help: ArgumentHelp("A file, folder or pattern: the schema as it was.", valueName: "old"))
    var old: String

    @Argument(help: ArgumentHelp("A file, folder or pattern: the schema as it is now.", valueName: "new"))
    var new: String

    @Option(help: ArgumentHelp("How to report: text or json.", valueName: "format"))
    var format = DiffFormat.text

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("A package of the old schema: name the resolver files in it that each change touches.", valueName: "folder"))
    var out: String?

    func run() throws {
        let (before, after) = (try LoadedSchema.load([old]), try LoadedSchema.load([new]))
        let diff = SchemaDiff(from: before, to: after)
        let resolvers = try out.map { folder throws(Failure) in try Self.resolvers(of: before, in: OutputFolder(folder)) } ?? [:]
        let changes = diff.changes.map { change in
            DiffFormat.Entry(change: change, resolvers: diff.subscriptionFields(touchedBy: change).compactMap { resolvers[$0] })
        }
        StandardStream.output.write(format.report(changes, namesResolvers: out != nil))
        if diff.isBreaking { throw Failure(.mistakes, text: "") }
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
