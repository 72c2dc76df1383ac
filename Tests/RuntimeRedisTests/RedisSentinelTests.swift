import SubsgenRuntime
import Testing

@testable import SubsgenRedis

@Suite("Redis behind sentinels")
struct RedisSentinelTests {
    /// A primary with a replica that has all that it has.
    private struct Pair {
        let primary: RedisServer
        let replica: RedisServer

        init() async throws {
            primary = try RedisServer(onPort: true)
            replica = try RedisServer(onPort: true, ["--replicaof", "127.0.0.1", "\(try #require(primary.port))", "--repl-diskless-sync-delay", "0"])
            while try !replica.run("INFO", "replication").contains("master_link_status:up") { await Task.yield() }
        }

        /// Returns when the replica has what the primary had.
        func settle() async throws {
            let offset = try Self.number("master_repl_offset", primary.run("INFO", "replication"))
            while try Self.number("slave_repl_offset", replica.run("INFO", "replication")) < offset { await Task.yield() }
        }

        private static func number(_ name: String, _ info: String) -> Int {
            info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("\(name):") }.flatMap { Int($0.dropFirst(name.count + 1)) } ?? -1
        }
    }

    @Test("When the primary dies, what was acknowledged and replicated is there, and what is published meanwhile arrives, once and in order")
    func failover() async throws {
        let pair = try await Pair()
        let sentinel = try await Sentinel(watching: pair.primary, password: "watch")
        // The first that is named is not there.
        let url = "redis+sentinel://127.0.0.1:1,127.0.0.1:\(sentinel.port)/shop?sentinel_password=watch"
        let (first, second) = (try Node(url), try Node(url))
        let listener = try second.listen()
        for number in 0..<200 { try await first.publish("news", number) }
        try await pair.settle()
        pair.primary.kill()
        for number in 200..<220 { try await first.publish("news", number) }
        #expect(await listener.next(220) == (0..<220).map(String.init))
        #expect(try pair.replica.run("XLEN", "subsgen:events:news:0") == "220")
        #expect([first, second].allSatisfy { ($0.count("bus_disconnects") ?? 0) > 0 })
    }

    @Test("Of three sentinels two elect the one that promotes the replica when the primary dies, and the sentinel that clients ask first with it")
    func vote() async throws {
        let pair = try await Pair()
        var sentinels: [Sentinel] = []
        for _ in 0..<3 { sentinels.append(try await Sentinel(watching: pair.primary, quorum: 2)) }
        for sentinel in sentinels { try await sentinel.finds(3) }
        // Where the votes are split, they vote again after ten seconds.
        let url = "redis+sentinel://\(sentinels.map { "127.0.0.1:\($0.port)" }.joined(separator: ","))/shop?seconds_to_publish=60"
        let (first, second) = (try Node(url), try Node(url))
        let listener = try second.listen()
        for number in 0..<50 { try await first.publish("news", number) }
        try await pair.settle()
        sentinels.removeFirst()
        pair.primary.kill()
        for number in 50..<70 { try await first.publish("news", number) }
        #expect(await listener.next(70) == (0..<70).map(String.init))
        #expect(try pair.replica.run("INFO", "replication").contains("role:master"))
    }

    @Test("Sentinels that know no such primary, or are not there, are a reason that names the last of them")
    func unknown() async throws {
        let pair = try await Pair()
        let sentinel = try await Sentinel(watching: pair.primary)
        func reason(_ url: String) async throws -> String {
            let node = try Node(url)
            while true {
                if case .failing(let reason) = node.bus.health, !reason.contains("not connected yet") { return reason }
                await Task.yield()
            }
        }
        let other = try await reason("redis+sentinel://127.0.0.1:\(sentinel.port)/other")
        #expect(other.contains("no sentinel knows where the primary is") && other.contains(#"it watches no primary "other""#), "\(other)")
        #expect(try await reason("redis+sentinel://127.0.0.1:1/shop").contains("Connection refused"))
        #expect(try await reason("redis+sentinel://127.0.0.1:\(sentinel.port)/shop?sentinel_password=x").contains("it refuses the user or the password"))
    }
}
