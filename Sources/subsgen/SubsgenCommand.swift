import ArgumentParser
import Codegen
import Glibc

/// The command: arguments in, exit status out. Everything between is Codegen's.
struct SubsgenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subsgen",
        abstract: "Typed, filtered GraphQL subscriptions: generates code from a schema.",
        discussion: """
            examples:
              subsgen schema.graphql --out gen/           write the package
              subsgen init chat --server fastapi          make a project to start from
              subsgen base.graphql chat.graphql -o gen/   of several files
              subsgen schema.graphql -o gen/ --watch      and again whenever something changes
              subsgen schema.graphql -o gen/ --check      is it up to date? shows what is not
              subsgen -o gen/ --clean                     remove what nobody edited
              subsgen build gen/                          compile resolvers in Swift into a Python extension
              subsgen validate schemas/                   is it a sound schema?
              subsgen format schemas/ --check             are the files in canonical layout?
              subsgen persist web/ --out persisted.json   the operations that clients may send by digest
              subsgen introspect schema.graphql           the schema as introspection JSON
              subsgen diff old.graphql new.graphql        what changed, and whom does it break?
              subsgen audit schema.graphql                who may see what, by which rule?
              subsgen explain SG1012                      what does that message mean?
              subsgen serve app:manager --port 8000       serve a Python application natively
              subsgen subscribe ws://... 'subscription {...}'   print what a server sends
              subsgen postgres init postgresql://...      prepare a database for the PostgreSQL bus
              subsgen doctor                              what is wrong with a set-up?
              subsgen directives                          subsgen's directives
              source <(subsgen completions bash)          complete options in the shell

            exit status (of validate: 0, 1 or 2):
              0  done
              1  the schema has mistakes, or --check found something
              2  wrong use
              3  input that cannot be read
              4  output that cannot be written
              5  files were edited by hand
            """,
        version: Release.version,
        subcommands: [
            GenerateCommand.self,
            BuildCommand.self,
            InitCommand.self,
            ValidateCommand.self,
            FormatCommand.self,
            PersistCommand.self,
            IntrospectCommand.self,
            DiffCommand.self,
            AuditCommand.self,
            DirectivesCommand.self,
            CompletionsCommand.self,
            ExplainCommand.self,
            ServeCommand.self,
            SubscribeCommand.self,
            PublishCommand.self,
            PostgresCommand.self,
            DoctorCommand.self,
            CasesCommand.self,
        ],
        defaultSubcommand: GenerateCommand.self)

    /// What may stand first on the command line, what help does not list included.
    static var names: [String] { configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"] }
}

@main
enum Entry {
    static func main() {
        do {
            try NearNames.refuseUnknownCommand(Array(CommandLine.arguments.dropFirst()), commands: SubsgenCommand.names)
            var command = try SubsgenCommand.parseAsRoot()
            try command.run()
        } catch let failure as Failure {
            StandardStream.error.write(failure.text)
            exit(failure.status.rawValue)
        } catch {
            // Help and the version are errors too, of status 0.
            let text = SubsgenCommand.fullMessage(for: error)
            let isWanted = SubsgenCommand.exitCode(for: error).isSuccess
            (isWanted ? StandardStream.output : StandardStream.error).write(text.hasSuffix("\n") || text.isEmpty ? text : text + "\n")
            exit((isWanted ? ExitStatus.success : .usage).rawValue)
        }
    }
}
