import Glibc

/// The schema of a bus in its database: migrations, each of which brings it to the version of its number.
public enum PostgresSchema {
    /// By version, from 1.
    private static let migrations: [[UInt8]] = [PackageResources.postgres_1_sql]

    /// The version that this subsgen works with.
    static let version = Int64(migrations.count)

    /// What `install` would run in an empty database, as a script for psql or another tool of migrations.
    public static var script: String { "begin;\n\n\(migrations.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n"))\ncommit;\n" }

    /// Brings the schema of a database up to date, in one transaction, and gives the versions from which and to which. For one at a time: others wait.
    ///
    /// Blocks the calling thread.
    public static func install(_ configuration: PostgresConfiguration) throws(PostgresError) -> (from: Int, to: Int) {
        var refusals: [String] = []
        for host in configuration.hosts {
            do throws(PostgresError) {
                return try install(PostgresSession(host, configuration.libpq))
            } catch {
                refusals.append(error.description)
            }
        }
        throw PostgresError("\(configuration.address): \(refusals.joined(separator: "; "))")
    }

    private static func install(_ session: PostgresSession) throws(PostgresError) -> (from: Int, to: Int) {
        try session.run("begin; select pg_advisory_xact_lock(1937072640 - 2, 0)")
        var version = 0
        if try session.run("select 1 from pg_namespace where nspname = 'subsgen'").count > 0 {
            let result = try session.run("select version from subsgen.bus")
            guard result.count == 1, let text = result.text(0, 0), let number = Int(text) else {
                throw PostgresError("the database has a schema subsgen that is another's, or not whole")
            }
            version = number
        }
        guard (0...migrations.count).contains(version) else {
            throw PostgresError("the database has version \(version) of subsgen's schema, and this subsgen knows it up to \(migrations.count): use a newer subsgen")
        }
        for migration in migrations[version...] { try session.run(String(decoding: migration, as: UTF8.self)) }
        try session.run("commit")
        return (version, migrations.count)
    }
}

/// A connection whose thread waits for each result.
private struct PostgresSession {
    private let connection: PostgresConnection

    init(_ parameters: [String: String], _ libpq: LibPQ) throws(PostgresError) {
        connection = PostgresConnection(parameters, libpq)
        while connection.isConnecting { try turn(connection) }
        if let failure = connection.failure { throw PostgresError(failure) }
    }

    @discardableResult
    func run(_ script: String) throws(PostgresError) -> PostgresResult {
        var answer: PostgresResult?
        connection.receive = { answer = $0 }
        connection.send(script: script)
        while answer == nil { try turn(connection) }
        guard let answer else { throw PostgresError("no answer") }
        if let error = answer.error { throw PostgresError(error.message) }
        return answer
    }

    /// Waits for something to happen, ten minutes at most.
    private func turn(_ connection: PostgresConnection) throws(PostgresError) {
        if let failure = connection.failure { throw PostgresError(failure) }
        var looked = pollfd(fd: connection.descriptor, events: connection.interest, revents: 0)
        if poll(&looked, 1, 600_000) == 0 { throw PostgresError("no answer from the server") }
        connection.perform(looked.revents)
        if let failure = connection.failure { throw PostgresError(failure) }
    }
}
