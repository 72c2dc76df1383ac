import Foundation
import Glibc
import Synchronization
import Testing

/// A redis-server of a test's own: in a temporary folder, on a Unix socket there and, where asked for, on a free port. It ends with the object.
///
/// Where there is no redis-server the test fails: `scripts/packages buses` installs it.
/// `@unchecked Sendable`: the process changes where a test ends and starts it, which it does by itself.
final class RedisServer: @unchecked Sendable {
    let folder: URL
    /// Nil where it listens on its Unix socket only.
    let port: Int?
    private var process: pid_t
    private let arguments: [String]

    /// Starts the server and waits until it takes connections. `options` are its own: `["--appendonly", "yes"]`.
    init(onPort: Bool = false, _ options: [String] = []) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("subsgen-redis-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        port = onPort ? try Self.freePort() : nil
        arguments =
            [
                "--port", "\(port ?? 0)", "--bind", "127.0.0.1", "--unixsocket", folder.appendingPathComponent("redis.sock").path,
                "--dir", folder.path, "--save", "", "--daemonize", "no", "--logfile", "",
            ] + options
        process = try Self.start(arguments)
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// The URL of its socket.
    var url: String { "unix://\(folder.path)/redis.sock" }

    /// Ends it as a crash would.
    func kill() {
        Glibc.kill(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
    }

    /// Starts it again, with what it had written to its folder.
    func restart() throws { process = try Self.start(arguments) }

    /// Stops it for a while, so that nobody gets an answer; `resume` lets it go on.
    func pause() { Glibc.kill(process, SIGSTOP) }
    func resume() { Glibc.kill(process, SIGCONT) }

    /// Runs a command by redis-cli and gives what it prints.
    @discardableResult
    func run(_ words: String...) throws -> String { try Self.ask(["-s", folder.appendingPathComponent("redis.sock").path], words) }

    /// Runs a command by redis-cli at the server that the options name.
    static func ask(_ server: [String], _ words: [String]) throws -> String {
        let (client, output) = try spawn(["redis-cli"] + server + words)
        let text = String(decoding: output.readDataToEndOfFile(), as: UTF8.self)
        var status: Int32 = 0
        waitpid(client, &status, 0)
        return text.trimmingCharacters(in: .newlines)
    }

    /// Starts a redis-server, which says `ready` when it is.
    static func start(_ arguments: [String], ready: String = "The server is now ready to accept connections at") throws -> pid_t {
        let (process, output) = try spawn(["redis-server"] + arguments)
        var log = Data()
        while !String(decoding: log, as: UTF8.self).contains(ready) {
            let more = output.availableData
            if more.isEmpty {
                var status: Int32 = 0
                waitpid(process, &status, 0)
                throw RedisServerFailure(log: String(decoding: log, as: UTF8.self))
            }
            log.append(more)
        }
        // It goes on writing, and must not wait for a reader.
        Thread.detachNewThread { while !output.availableData.isEmpty {} }
        return process
    }

    /// Guards the making of children.
    private static let spawning = Mutex(())

    private static func spawn(_ words: [String]) throws -> (process: pid_t, output: FileHandle) {
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
            return posix_spawnp(&process, words[0], &actions, nil, arguments + [nil], nil)
        }
        let output = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        if failure != 0 { throw RedisServerFailure(log: String(cString: strerror(failure))) }
        return (process, output)
    }

    /// Which ports were given to a test.
    private static let given = Mutex<Set<UInt16>>([])

    /// A port that nobody listens on, and that nobody is given again. None of those that the system gives to connections: one of them might have it before the server.
    static func freePort() throws -> Int {
        for _ in 0..<1000 {
            let port = UInt16.random(in: 10_000..<32_768)
            if given.withLock({ $0.insert(port).inserted }), isFree(port) { return Int(port) }
        }
        throw RedisServerFailure(log: "no port is free")
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
    }
}

/// A server that did not start; most often because it is not installed.
struct RedisServerFailure: Error, CustomStringConvertible {
    let log: String

    var description: String { "redis-server did not start (scripts/packages buses installs it): \(log)" }
}
