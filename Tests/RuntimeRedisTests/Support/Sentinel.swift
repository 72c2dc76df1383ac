import Foundation
import Glibc
import Testing

/// A sentinel of a test's own that watches a primary as "shop", and by itself decides that it is gone. It ends with the object.
///
/// `@unchecked Sendable`: nothing of it changes.
final class Sentinel: @unchecked Sendable {
    let port: Int
    private let folder: URL
    private let process: pid_t

    /// Returns when it watches the primary and knows a replica.
    init(watching primary: RedisServer, password: String? = nil) async throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("subsgen-sentinel-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        port = try RedisServer.freePort()
        let file = folder.appendingPathComponent("sentinel.conf")
        var lines = [
            "port \(port)", "bind 127.0.0.1", "dir \(folder.path)", "sentinel monitor shop 127.0.0.1 \(try #require(primary.port)) 1",
            "sentinel down-after-milliseconds shop 300", "sentinel failover-timeout shop 5000",
        ]
        if let password { lines += ["requirepass \(password)", "sentinel sentinel-pass \(password)"] }
        try Data(lines.joined(separator: "\n").utf8).write(to: file)
        process = try RedisServer.start([file.path, "--sentinel"], ready: "+slave slave")
    }

    deinit {
        kill(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        try? FileManager.default.removeItem(at: folder)
    }
}
