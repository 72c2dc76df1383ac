import ArgumentParser
import Codegen
import SDLParser

/// `subsgen SCHEMA... --out FOLDER`: the command without a name.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Write the package of a schema. This is what subsgen does where no subcommand is named.")

    @Argument(help: ArgumentHelp("Files, folders and patterns; all that they name makes one schema.", valueName: "schema"))
    var schemas: [String] = []

    @Option(name: [.short, .long], help: ArgumentHelp("The folder of the package.", valueName: "folder"))
    var out: String?

    @Flag(inversion: .prefixedNo, help: "Take an argument that selects no events for an error, not a warning.")
    var strict: Bool?

    @Flag(inversion: .prefixedNo, help: "Write payload classes for every type, not only for those that Subscription leads to.")
    var allTypes: Bool?

    @Option(
        help: ArgumentHelp(
            "Add directives to what the schema defines: 'Subscription.orderCreated.id=@filter(field: \"order.id\")'.",
            valueName: "coordinate=directives"))
    var directive: [String] = []

    @Option(help: ArgumentHelp("The Python type of a custom scalar: DateTime=datetime.datetime.", valueName: "scalar=type"))
    var scalar: [String] = []

    @Option(help: ArgumentHelp("A folder of templates that take the place of subsgen's of their names.", valueName: "folder"))
    var templates: String?

    @Option(help: ArgumentHelp("The configuration; else subsgen.toml or pyproject.toml beside the schema, else here.", valueName: "file"))
    var config: String?

    @Flag(help: "Write over generated files that were edited by hand. Your resolvers are never written over.")
    var force = false

    @Flag
    var mode: Mode?

    @Option(help: ArgumentHelp("Write for Make or Ninja what the package was made of.", valueName: "file"))
    var depfile: String?

    /// What else to do than to write.
    enum Mode: EnumerableFlag {
        case check, dryRun, clean

        static func help(for mode: Mode) -> ArgumentHelp? {
            switch mode {
            case .check: "Write nothing; show what is out of date, and exit with 1 if anything is."
            case .dryRun: "Write nothing; list what would be written and removed."
            case .clean: "Remove what subsgen wrote and nobody edited. No schema is needed."
            }
        }
    }

    func validate() throws {
        if depfile != nil, mode != nil {
            throw ValidationError("--depfile is written with a package; it does not go together with --check, --dry-run and --clean.")
        }
    }

    func run() throws {
        let settings = try Settings(self, over: try ConfigurationSearch.find(named: config, schemas: schemas))
        let generation = Generation(settings: settings, isForced: force)
        switch mode {
        case nil: try generation.write()
        case .check: try generation.check()
        case .dryRun: try generation.dryRun()
        case .clean: try generation.clean()
        }
    }
}
