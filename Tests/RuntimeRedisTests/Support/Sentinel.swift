import ChildProcesses
import Foundation
import Glibc
import Testing

/// A sentinel of a test's own that watches a primary as "shop". It ends with the object.
///
/// `@unchecked Sendable`: nothing of it changes.
final class Sentinel: @unchecked Sendable {
    let port: Int
    private let folder: URL
    private let process: ChildProcess

    /// Returns when it watches the primary and knows a replica. So many sentinels must agree that the primary is gone, by default it alone.
    init(watching primary: RedisServer, quorum: Int = 1, password: String? = nil) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("subsgen-sentinel-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        self.folder = folder
        let file = folder.appendingPathComponent("sentinel.conf")
        var lines = [
            "bind 127.0.0.1", "dir \(folder.path)", "sentinel monitor shop 127.0.0.1 \(try #require(primary.port)) \(quorum)",
            "sentinel down-after-milliseconds shop 300", "sentinel failover-timeout shop 5000",
        ]
        if let password { lines += ["requirepass \(password)", "sentinel sentinel-pass \(password)"] }
        (port, process) = try RedisServer.onFreePort { port in
            try Data((["port \(port)"] + lines).joined(separator: "\n").utf8).write(to: file)
            return try RedisServer.start([file.path, "--sentinel"], ready: "+slave slave")
        }
    }

    /// Returns when it has found so many sentinels, itself among them, that would elect one of them.
    func finds(_ count: Int) async throws {
        while try !ChildProcess.run(["redis-cli", "-p", "\(port)", "SENTINEL", "CKQUORUM", "shop"]).hasPrefix("OK \(count) usable Sentinels") { await Task.yield() }
    }

    deinit {
        process.end(by: SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }
}
