import ChildProcesses
import Foundation
import Glibc
import Synchronization

/// A redis-server of a test's own: in a temporary folder, on a Unix socket there and, where asked for, on a free port. It ends with the object.
///
/// Where there is no redis-server the test fails: `scripts/packages buses` installs it.
/// `@unchecked Sendable`: the process changes where a test ends and starts it, which it does by itself.
final class RedisServer: @unchecked Sendable {
    let folder: URL
    /// Nil where it listens on its Unix socket only.
    let port: Int?
    private var process: ChildProcess
    private let arguments: [String]

    /// Starts the server and waits until it takes connections. `options` are its own: `["--appendonly", "yes"]`.
    init(onPort: Bool = false, _ options: [String] = []) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("subsgen-redis-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let folder = folder
        func arguments(_ port: Int) -> [String] {
            [
                "--port", "\(port)", "--bind", "127.0.0.1", "--unixsocket", folder.appendingPathComponent("redis.sock").path,
                "--dir", folder.path, "--save", "", "--daemonize", "no", "--logfile", "",
            ] + options
        }
        if onPort {
            let (port, process) = try Self.onFreePort { try Self.start(arguments($0)) }
            (self.port, self.process) = (port, process)
        } else {
            (port, process) = (nil, try Self.start(arguments(0)))
        }
        self.arguments = arguments(port ?? 0)
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// The URL of its socket.
    var url: String { "unix://\(folder.path)/redis.sock" }

    /// Ends it as a crash would.
    func kill() { process.end(by: SIGKILL) }

    /// Starts it again, with what it had written to its folder.
    func restart() throws { process = try Self.start(arguments) }

    /// Stops it for a while, so that nobody gets an answer; `resume` lets it go on.
    func pause() { process.signal(SIGSTOP) }
    func resume() { process.signal(SIGCONT) }

    /// Runs a command by redis-cli and gives what it prints.
    @discardableResult
    func run(_ words: String...) throws -> String { try ChildProcess.run(["redis-cli", "-s", folder.appendingPathComponent("redis.sock").path] + words) }

    /// Starts a redis-server, which says `ready` when it is.
    static func start(_ arguments: [String], ready: String = "The server is now ready to accept connections at") throws -> ChildProcess {
        let process = try ChildProcess(["redis-server"] + arguments)
        _ = try process.reads([ready], of: "redis-server")
        process.readOn()
        return process
    }

    /// Starts something on a port that is free: on another, where somebody else's program took that one in between.
    static func onFreePort(_ start: (Int) throws -> ChildProcess) throws -> (port: Int, process: ChildProcess) {
        for _ in 0..<3 {
            let port = try freePort()
            do {
                return (port, try start(port))
            } catch let failure as ChildProcessFailure where failure.description.contains("Address already in use") {
                continue
            }
        }
        let port = try freePort()
        return (port, try start(port))
    }

    /// Which ports were given to a test.
    private static let given = Mutex<Set<UInt16>>([])

    /// A port that nobody listens on, and that nobody is given again. None of those that the system gives to connections: one of them might have it before the server.
    private static func freePort() throws -> Int {
        for _ in 0..<1000 {
            let port = UInt16.random(in: 10_000..<32_768)
            if given.withLock({ $0.insert(port).inserted }), isFree(port) { return Int(port) }
        }
        throw ChildProcessFailure(program: "redis-server", log: "no port is free")
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
