import ArgumentParser
import Codegen
import SDLParser

/// `subsgen SCHEMA... --out FOLDER`: the command without a name.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Write the package of a schema. This is what subsgen does where no subcommand is named.",
        discussion: """
            examples:
              subsgen                                           what the configuration says
              subsgen schema.graphql --out gen                  write the package
              subsgen base.graphql 'api/**/*.graphql' -o gen    of several files
              subsgen schema.graphql -o gen --watch             and again whenever something changes
              subsgen schema.graphql -o gen --check             is it up to date? shows what is not
              subsgen schema.graphql -o gen --dry-run           what would be written?
              subsgen -o gen --clean                            remove what nobody edited
            """)

    @Argument(
        help: ArgumentHelp("Files, folders and patterns; all that they name makes one schema. Else the configuration's.", valueName: "schema"),
        completion: .schema)
    var schemas: [String] = []

    @Option(name: [.short, .long], help: ArgumentHelp("The folder of the package.", valueName: "folder"), completion: .directory)
    var out: String?

    @Flag(inversion: .prefixedNo, help: "Take an argument that selects no events for an error, not a warning.")
    var strict: Bool?

    @Flag(inversion: .prefixedNo, help: "Write payload classes for every type, not only for those that Subscription leads to.")
    var allTypes: Bool?

    @Option(help: ArgumentHelp("What Python payload classes are made with.", valueName: "style"))
    var style: PythonStyle?

    @Option(
        help: ArgumentHelp(
            "Add directives to what the schema defines: 'Subscription.orderCreated.id=@filter(field: \"order.id\")'.",
            valueName: "coordinate=directives"))
    var directive: [String] = []

    @Option(help: ArgumentHelp("The Python type of a custom scalar: DateTime=datetime.datetime. One with parse and serialise is a table, as in the configuration.", valueName: "scalar=type"))
    var scalar: [String] = []

    @Option(
        help: ArgumentHelp("A folder of templates that take the place of subsgen's of their names.", valueName: "folder"),
        completion: .directory)
    var templates: String?

    @OptionGroup
    var options: SchemaChoice.Options

    @Flag(help: "Write over generated files that were edited by hand. Your resolvers are never written over.")
    var force = false

    @Flag
    var mode: Mode?

    @Option(help: ArgumentHelp("Write for Make or Ninja what the package was made of.", valueName: "file"), completion: .file())
    var depfile: String?

    @Flag(name: [.short, .long], help: "Say nothing where all went well: only errors and warnings.")
    var quiet = false

    /// What else to do than to write.
    enum Mode: EnumerableFlag {
        case check, dryRun, clean, watch

        static func help(for mode: Mode) -> ArgumentHelp? {
            switch mode {
            case .check: "Write nothing; show what is out of date, and exit with 1 if anything is."
            case .dryRun: "Write nothing; list what would be written and removed."
            case .clean: "Remove what subsgen wrote and nobody edited. No schema is needed."
            case .watch: "Write it now and whenever something changes that it is made of, until Ctrl-C."
            }
        }
    }

    func validate() throws {
        if depfile != nil, let mode, mode != .watch {
            throw ValidationError("--depfile is written with a package; it does not go together with --check, --dry-run and --clean.")
        }
    }

    func run() throws {
        if mode == .watch {
            var watch = try Watch(self)
            try watch.run()
        }
        let settings = try Settings(self, over: try ConfigurationSearch.find(named: options.config, schemas: schemas))
        let generation = Generation(settings: settings, isForced: force)
        switch mode {
        case nil, .watch:
            let written = try generation.write()
            if !quiet { StandardStream.output.write(generation.summary(written.plan) + "\n") }
            if let misfit = written.misfit { throw misfit }
        case .check: try generation.check()
        case .dryRun: try generation.dryRun()
        case .clean: try generation.clean()
        }
    }
}
