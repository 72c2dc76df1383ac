import ChildProcesses
import Foundation
import Glibc
import SubsgenPostgres
import Synchronization
import Testing

/// A PostgreSQL server of the tests' own: in a temporary folder, on a Unix socket there. It ends with the object, or with the process.
///
/// Where there is none the test fails: `scripts/packages buses` installs it. It refuses to be run by root, and is the user `postgres` then.
/// `@unchecked Sendable`: the process changes where a test ends and starts it, which it does by itself.
final class PostgresServer: @unchecked Sendable {
    /// One for all tests that do not end it, each of which has a database of its own.
    static let shared = Result { try PostgresServer() }

    let folder: URL
    private var process: ChildProcess?
    private let options: [String]

    /// What ends with this process, whoever still has it.
    private static let running = Mutex<[pid_t: String]>([:])
    private static let cleanUp: Void = {
        atexit {
            PostgresServer.running.withLock { running in
                for (process, folder) in running {
                    Glibc.kill(process, SIGQUIT)
                    var status: Int32 = 0
                    waitpid(process, &status, 0)
                    try? FileManager.default.removeItem(atPath: folder)
                }
            }
        }
    }()

    /// Makes and starts a server, and waits until it takes connections. `options` are its own: `["fsync=off"]`.
    init(_ options: [String] = ["fsync=off"]) throws {
        _ = Self.cleanUp
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("subsgen-postgres-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        if getuid() == 0, let user = getpwnam("postgres") { chown(folder.path, user.pointee.pw_uid, user.pointee.pw_gid) }
        self.options = options
        try Self.run(["initdb", "-D", "\(folder.path)/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])
        try restart()
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// A new database with subsgen's schema, and what a bus there is made of.
    func database(_ parameters: String = "") throws -> PostgresConfiguration {
        let configuration = try PostgresConfiguration(url(try emptyDatabase()) + parameters)
        _ = try PostgresSchema.install(configuration)
        return configuration
    }

    /// A new database that has nothing.
    func emptyDatabase() throws -> String {
        let name = "test\(UUID().uuidString.prefix(8).lowercased())"
        try run("create database \(name)", in: "postgres")
        return name
    }

    func url(_ database: String) -> String { "postgresql:///\(database)?host=\(folder.path)&user=postgres" }

    /// Runs SQL by psql and gives what it prints, without heads and alignment.
    @discardableResult
    func run(_ sql: String, in database: String) throws -> String {
        try Self.run(["psql", "-h", folder.path, "-U", "postgres", "-d", database, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql])
    }

    @discardableResult
    func run(_ sql: String, in configuration: PostgresConfiguration) throws -> String {
        try run(sql, in: String(configuration.address.split(separator: "/").last ?? ""))
    }

    /// Ends it as a crash would.
    func kill() {
        guard let process else { return }
        Self.running.withLock { $0[process.id] = nil }
        // Its children see that it is gone, and go.
        process.end(by: SIGKILL)
    }

    /// Starts it again, with what it had written to its folder.
    func restart() throws {
        var words = ["postgres", "-D", "\(folder.path)/data", "-k", folder.path, "-c", "listen_addresses=", "-c", "max_connections=300"]
        for option in options { words += ["-c", option] }
        while true {
            let process = try ChildProcess(Self.command(words), environment: Self.environment)
            self.process = process
            let ready = "database system is ready to accept connections"
            // A child of the server that crashed may still be on its way out.
            if try process.reads([ready, "pre-existing shared memory block"], of: "PostgreSQL") == ready {
                Self.running.withLock { [path = folder.path] in $0[process.id] = path }
                return process.readOn()
            }
            process.end()
        }
    }

    /// Stops the server and its children for a while, so that nobody gets an answer; `resume` lets them go on.
    func pause() { for process in family { Glibc.kill(process, SIGSTOP) } }
    func resume() { for process in family { Glibc.kill(process, SIGCONT) } }

    private var family: [pid_t] {
        guard let id = process?.id else { return [] }
        let children = (try? String(contentsOfFile: "/proc/\(id)/task/\(id)/children", encoding: .utf8)) ?? ""
        return [id] + children.split(separator: " ").compactMap { pid_t($0) }
    }

    @discardableResult
    static func run(_ words: [String]) throws -> String { try ChildProcess.run(command(words), environment: environment) }

    /// Debian has them where no path leads.
    private static let programs: String = {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        return folders.compactMap { Int($0) }.max().map { "/usr/lib/postgresql/\($0)/bin/" } ?? ""
    }()

    private static let environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("PG") }

    /// A program of PostgreSQL's, as a user whom it lets run it.
    private static func command(_ words: [String]) -> [String] {
        let program = [programs + words[0]] + words.dropFirst()
        return getuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] + program : program
    }
}
