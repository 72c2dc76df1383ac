import ArgumentParser
import GraphQLSchema

/// The schema that a command is about: the one that the command line names, else that of the configuration. Either way with the
/// directives that the configuration adds, as the generator takes them.
struct SchemaChoice {
    /// An option of every command that reads a schema.
    struct Options: ParsableArguments {
        @Option(
            help: ArgumentHelp("The configuration; else subsgen.toml or pyproject.toml beside the schema, else here.", valueName: "file"),
            completion: .file(extensions: ["toml"]))
        var config: String?
    }

    let paths: [String]
    let directives: [(coordinate: Quotation, text: Quotation)]
    /// Whether the configuration takes an argument that selects no events for an error.
    let isStrict: Bool
    /// What the configuration says of rules.
    let security: SecuritySettings

    /// Fails where neither names a schema, and says how one is named: after `command`.
    init(_ schemas: [String], _ options: Options, for command: String) throws(Failure) {
        let configuration = try ConfigurationSearch.find(named: options.config, schemas: schemas)
        paths = schemas.isEmpty ? configuration.schemas : schemas
        directives = configuration.directives
        isStrict = configuration.isStrict ?? false
        security = configuration.security
        if paths.isEmpty { throw Self.missing(for: command) }
    }

    /// The directives but for those at some coordinates.
    func directives(except coordinates: Set<String>) -> [(coordinate: Quotation, text: Quotation)] {
        directives.filter { !coordinates.contains($0.coordinate.text) }
    }

    /// The failure of a command that nobody told which schema. The hint names one that lies here, if any does.
    static func missing(for command: String, _ options: String = "") -> Failure {
        let found = (try? FolderEntries.names(in: "."))?.first { name in
            !name.hasPrefix(".") && InputPaths.endings.contains(where: name.hasSuffix)
        }
        return Failure(
            .usage, "no schema is named, neither here nor in a configuration.",
            hint: "Name it, as in `\(command) \(found ?? "schema.graphql")\(options)`, or in subsgen.toml. `subsgen --help` shows more.")
    }
}
