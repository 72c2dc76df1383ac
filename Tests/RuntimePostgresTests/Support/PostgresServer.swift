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
    private var process: pid_t
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
        process = 0
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
        Self.running.withLock { $0[process] = nil }
        // Its children see that it is gone, and go.
        Glibc.kill(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
    }

    /// Starts it again, with what it had written to its folder.
    func restart() throws {
        var words = ["postgres", "-D", "\(folder.path)/data", "-k", folder.path, "-c", "listen_addresses=", "-c", "max_connections=300"]
        for option in options { words += ["-c", option] }
        let (process, output) = try Self.spawn(words)
        self.process = process
        Self.running.withLock { [path = folder.path] in $0[process] = path }
        var log = Data()
        while !String(decoding: log, as: UTF8.self).contains("database system is ready to accept connections") {
            let more = output.availableData
            if more.isEmpty { throw PostgresServerFailure(log: String(decoding: log, as: UTF8.self)) }
            log.append(more)
            // A child of the server that crashed may still be on its way out.
            if String(decoding: log, as: UTF8.self).contains("pre-existing shared memory block") { return try again(process) }
        }
        // It goes on writing, and must not wait for a reader.
        Thread.detachNewThread { while !output.availableData.isEmpty {} }
    }

    private func again(_ process: pid_t) throws {
        var status: Int32 = 0
        waitpid(process, &status, 0)
        Self.running.withLock { $0[process] = nil }
        try restart()
    }

    /// Stops the server and its children for a while, so that nobody gets an answer; `resume` lets them go on.
    func pause() { for process in family { Glibc.kill(process, SIGSTOP) } }
    func resume() { for process in family { Glibc.kill(process, SIGCONT) } }

    private var family: [pid_t] {
        let children = (try? String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)) ?? ""
        return [process] + children.split(separator: " ").compactMap { pid_t($0) }
    }

    @discardableResult
    static func run(_ words: [String]) throws -> String {
        let (process, output) = try spawn(words)
        let text = String(decoding: output.readDataToEndOfFile(), as: UTF8.self)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        if status != 0 { throw PostgresServerFailure(log: text) }
        return text.trimmingCharacters(in: .newlines)
    }

    /// Guards the making of children.
    private static let spawning = Mutex(())

    /// Debian has them where no path leads.
    private static let programs: String = {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        return folders.compactMap { Int($0) }.max().map { "/usr/lib/postgresql/\($0)/bin/" } ?? ""
    }()

    private static func spawn(_ words: [String]) throws -> (process: pid_t, output: FileHandle) {
        var words = words
        words[0] = programs + words[0]
        if getuid() == 0 { words = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] + words }
        var ends: [Int32] = [-1, -1]
        var process = pid_t()
        // One at a time, since a child of another thread would keep this one's pipe open.
        let failure = spawning.withLock { _ -> Int32 in
            guard pipe(&ends) == 0, fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0, fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0 else { return errno }
            defer { close(ends[1]) }
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            defer { posix_spawn_file_actions_destroy(&actions) }
            posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
            posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
            let arguments = words.map { strdup($0) }
            defer { for argument in arguments { free(argument) } }
            var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("PG") }.map { strdup("\($0.key)=\($0.value)") }
            environment.append(nil)
            defer { for variable in environment { free(variable) } }
            return posix_spawnp(&process, words[0], &actions, nil, arguments + [nil], environment)
        }
        let output = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        if failure != 0 { throw PostgresServerFailure(log: String(cString: strerror(failure))) }
        return (process, output)
    }
}

/// A server that did not start, or a program of its that failed; most often because it is not installed.
struct PostgresServerFailure: Error, CustomStringConvertible {
    let log: String

    var description: String { "PostgreSQL (scripts/packages buses installs it): \(log)" }
}
