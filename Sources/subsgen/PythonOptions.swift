import ArgumentParser

/// The command as shells complete it: those of Python's have the options that Python reads, which the command itself hands on as they are.
///
/// A test compares them with what Python lists.
struct CompletedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: SubsgenCommand.configuration.commandName, abstract: SubsgenCommand.configuration.abstract,
        version: SubsgenCommand.configuration.version, subcommands: SubsgenCommand.configuration.subcommands.map(completed),
        defaultSubcommand: SubsgenCommand.configuration.defaultSubcommand)

    private static func completed(_ command: any ParsableCommand.Type) -> any ParsableCommand.Type {
        switch command {
        case is ServeCommand.Type: ServeOptions.self
        case is SubscribeCommand.Type: SubscribeOptions.self
        case is PublishCommand.Type: PublishOptions.self
        case is DoctorCommand.Type: DoctorOptions.self
        case is PostgresCommand.Type: PostgresOptions.self
        default: command
        }
    }
}

private struct ServeOptions: ParsableCommand {
    static let configuration = ServeCommand.configuration

    @Argument(help: "A module and its manager: app:manager.") var manager: String
    @Option(help: "An ASGI application for other paths: app:app.") var app: String?
    @Option(help: "Where to listen.") var host: String?
    @Option(help: "Where to listen.") var port: Int?
    @Option(help: "Where operations are served.") var path: String?
    @Flag(help: "Start again when a Python file changes.") var reload = false
    @Option(help: "How many processes serve.") var workers: Int?
    @Option(help: "How many seconds clients have at the end.") var drainTimeout: Double?
    @Option(help: "Where metrics are for Prometheus.") var metricsPath: String?
    @Option(help: "Listen at a socket of Unix instead.", completion: .file()) var unixSocket: String?
    @Option(help: "Whom to believe who a client is: addresses, networks, unix.") var trustedProxies: String?
    @Flag(help: "Connections of trusted proxies begin with a header of the PROXY protocol.") var proxyProtocol = false
    @Option(help: "A certificate in PEM, for TLS.", completion: .file()) var tlsCert: String?
    @Option(help: "The key of the certificate.", completion: .file()) var tlsKey: String?
}

private struct SubscribeOptions: ParsableCommand {
    static let configuration = SubscribeCommand.configuration

    @Argument(help: "ws://..., wss://..., http://... or https://...") var url: String
    @Argument(help: "The GraphQL document; - reads it from standard input.") var query: String
    @Option(help: "The variables, a JSON object.") var variables: String?
    @Option(help: "Which operation of the document.") var operation: String?
    @Option(name: [.customShort("H"), .long], help: "A header of the handshake or the request.") var header: [String] = []
    @Option(help: "The payload of connection_init, a JSON object.") var payload: String?
    @Option(help: "End after so many results.") var count: Int?
    @Option(help: "End after so many seconds.") var timeout: Double?
    @Flag(help: "Connect again when the connection is lost.") var reconnect = false
    @Flag(help: "The same, and get what was missed.") var resume = false
}

private struct PublishOptions: ParsableCommand {
    static let configuration = PublishCommand.configuration

    @Argument(help: "redis://..., http://... or env:NAME") var url: String
    @Argument(help: "The topic.") var topic: String
    @Argument(help: "The event, JSON; - reads it from standard input.") var payload: String
    @Option(help: "An attribute, NAME=VALUE.") var attribute: [String] = []
    @Option(help: "For a bus: the schema, or the folder of a generated package.", completion: .schema) var schema: String?
}

private struct DoctorOptions: ParsableCommand {
    static let configuration = DoctorCommand.configuration

    @Argument(help: "A generated package to look at, too.", completion: .directory) var package: String?
    @Option(help: "A port that a server is to listen on.") var port: Int?
    @Option(help: "The URL of a bus.") var bus: String?
}

private struct PostgresOptions: ParsableCommand {
    static let configuration = PostgresCommand.configuration

    @Argument(help: "What to do: init.", completion: .list(["init"])) var action: String
    @Argument(help: "postgresql://... or env:NAME") var url: String?
    @Flag(help: "Print the SQL in place of running it.") var print = false
}
