import ArgumentParser

/// `subsgen serve MANAGER ...`, which is Python's.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve a manager of a Python application natively.",
        discussion: """
            Runs in Python, in which the package subsgen must be installed. `subsgen serve --help` lists its options.

            examples:
              subsgen serve app:manager --port 8000
              subsgen serve app:manager --reload
              subsgen serve app:manager --app app:app --workers 4
              subsgen serve app:manager --host 0.0.0.0 --port 443 --tls-cert fullchain.pem --tls-key privkey.pem
            """)

    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("The manager, as module:name, and options.", valueName: "arguments"))
    var arguments: [String] = []

    func run() throws { try PythonPackage.run("serve", arguments) }
}

/// `subsgen subscribe URL QUERY ...`, which is Python's.
struct SubscribeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscribe", abstract: "Print the events of a subscription.",
        discussion: """
            Runs in Python, in which the package subsgen must be installed. `subsgen subscribe --help` lists its options.

            examples:
              subsgen subscribe ws://localhost:8000/graphql 'subscription { messageAdded(roomId: "1") { id text } }'
              subsgen subscribe wss://example.com/graphql - --count 1 < messages.graphql
            """)

    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("The address, the document and options.", valueName: "arguments"))
    var arguments: [String] = []

    func run() throws { try PythonPackage.run("subscribe", arguments) }
}

/// `subsgen publish URL TOPIC PAYLOAD`, which is Python's.
struct PublishCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish", abstract: "Publish an event.",
        discussion: """
            Runs in Python, in which the package subsgen must be installed. `subsgen publish --help` lists its options.

            example:
              subsgen publish http://localhost:8000/publish chat.1 '{"id": "1", "text": "hello"}'
            """)

    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("The address, the topic, the event and options.", valueName: "arguments"))
    var arguments: [String] = []

    func run() throws { try PythonPackage.run("publish", arguments) }
}

/// `subsgen postgres init [URL]`, which is Python's.
struct PostgresCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "postgres", abstract: "Prepare a database for the PostgreSQL bus.",
        discussion: """
            Runs in Python, in which the package subsgen must be installed. `subsgen postgres --help` lists its options.

            examples:
              subsgen postgres init postgresql://localhost/app
              subsgen postgres init --print                     the SQL, for another tool of migrations
            """)

    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("init, the address of the database and options.", valueName: "arguments"))
    var arguments: [String] = []

    func run() throws { try PythonPackage.run("postgres", arguments) }
}

/// `subsgen doctor [FOLDER]`, which is Python's.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Explain a broken set-up of the Python package.",
        discussion: """
            Runs in Python, in which the package subsgen must be installed. `subsgen doctor --help` lists its options.

            examples:
              subsgen doctor
              subsgen doctor gen/ --port 8000                   a generated package and a port, too
            """)

    @Argument(
        parsing: .captureForPassthrough, help: ArgumentHelp("A generated package and options.", valueName: "arguments"),
        completion: .directory)
    var arguments: [String] = []

    func run() throws { try PythonPackage.run("doctor", arguments) }
}
