import SubsgenRuntime
import Testing

@testable import SubsgenRedis

@Suite("The Redis bus")
struct RedisBusTests {
    @Test("What a process publishes reaches the subscribers of all, its own too, once and in order")
    func everywhere() async throws {
        let server = try RedisServer()
        let nodes = try (0..<3).map { _ in try Node(server.url) }
        let listeners = try nodes.map { try $0.listen("7") }
        for number in 0..<300 { try await nodes[number % 3].publish("chat.7", number) }
        for listener in listeners { #expect(await listener.next(300) == (0..<300).map(String.init)) }
    }

    @Test("Redis has the events as docs/reference/redis.md says, so that any language can publish and read")
    func format() async throws {
        let server = try RedisServer()
        let node = try Node(server.url + "?prefix=shop&partitions=2")
        let cursor = try await node.runtime.publish(topic: "news", payload: Array(#"{"id":"1"}"#.utf8), attributes: Array(#"{"a":"b"}"#.utf8))
        let entry = try server.run("XRANGE", "shop:events:news:0", "-", "+").split(separator: "\n").map(String.init)
        #expect(entry.count == 9)
        #expect(StreamID(entry[0].utf8)?.sequence == cursor.sequence)
        #expect(Array(entry[1...7]) == ["topic", "news", "payload", #"{"id":"1"}"#, "attributes", #"{"a":"b"}"#, "from"])
        #expect(try server.run("HGET", "shop:bus", "partitions") == "2")
        #expect(try server.run("HGET", "shop:bus", "epoch") == String(cursor.epoch, radix: 16))

        let listener = try node.listen("9")
        // crc32("chat.9") % 2, as zlib has it.
        try server.run("XADD", "shop:events:chat.{}:0", "*", "topic", "chat.9", "payload", #"{"id":"5"}"#, "unknown", "x")
        try server.run("XADD", "shop:events:chat.{}:1", "*", "topic", "chat.9", "payload", #"{"id":"6"}"#)
        #expect(await listener.next(1) == [CRC32.of("chat.9".utf8) % 2 == 0 ? "5" : "6"])
    }

    @Test("What is no event is counted and left out, and the stream goes on")
    func unreadable() async throws {
        let server = try RedisServer()
        let node = try Node(server.url)
        let listener = try node.listen()
        try await node.publish("news", 1)
        let stream = "subsgen:events:news:0"
        try server.run("XADD", stream, "*", "topic", "news", "payload", "{not json")
        try server.run("XADD", stream, "*", "topic", "news")
        try server.run("XADD", stream, "*", "payload", "{}")
        try server.run("XADD", stream, "*", "topic", "news", "payload", #"{"id":"9","id":"9"}"#)
        try server.run("XADD", stream, "*", "topic", "news", "payload", #"{"id":"2"}"#)
        #expect(await listener.next(2) == ["1", "2"])
        #expect(node.count("events_unreadable") == 4)
    }

    @Test("A topic that ends in one process ends in all")
    func completion() async throws {
        let server = try RedisServer()
        let (first, second) = (try Node(server.url), try Node(server.url))
        let listener = try second.listen()
        try await first.publish("news", 1)
        try first.runtime.complete(topic: "news")
        #expect(await listener.next(1) == ["1"])
        await listener.end()
    }

    @Test("Who is revoked in one process is revoked in all, and nobody else")
    func revocation() async throws {
        let server = try RedisServer()
        let (first, second) = (try Node(server.url), try Node(server.url))
        let (ada, bob) = (try second.listen(claims: #"{"user_id":"ada"}"#), try second.listen(claims: #"{"user_id":"bob"}"#))
        try await first.publish("news", 1)
        #expect(await ada.next(1) == ["1"])
        #expect(first.runtime.revoke(.user("ada")) == 0)
        await ada.end()
        try await first.publish("news", 2)
        #expect(await bob.next(2) == ["1", "2"])
        #expect(second.count("subscriptions") == 1)
    }

    @Test("A runtime that only publishes has one connection, refuses subscriptions, and its events reach the others")
    func publishing() async throws {
        let server = try RedisServer()
        let node = try Node(server.url)
        let listener = try node.listen("7")
        var limits = RuntimeLimits()
        limits.role = .publishing
        let publisher = try SubscriptionExecutor(sdl: Node.sdl, bus: RedisBus(try RedisConfiguration(url: server.url)), limits: limits)
        for number in 0..<20 { try await publisher.publish(topic: "chat.7", payload: Array(#"{"id":"\#(number)"}"#.utf8)) }
        #expect(await listener.next(20) == (0..<20).map(String.init))
        #expect(publisher.busHealth == .running)
        // Two of the node, and that of redis-cli itself.
        #expect(try server.run("CLIENT", "LIST").split(separator: "\n").count == 4)
        #expect(throws: GraphQLErrors.self) { try publisher.subscribe(query: "subscription { news { id } }") }
        #expect(throws: PublishError.self) { try publisher.publish(topic: "nowhere", payload: Array("1".utf8)) }
    }

    @Test("A subscriber who was there before Redis gets what is published from then on")
    func late() async throws {
        let server = try RedisServer(["--appendonly", "yes"])
        server.kill()
        let (first, second) = (try Node(server.url), try Node(server.url))
        let listener = try second.listen()
        async let cursor = first.publish("news", 1)
        try server.restart()
        _ = try await cursor
        #expect(await listener.next(1) == ["1"])
    }

    @Test("A user with no more rights than docs/reference/redis.md lists will do")
    func rights() async throws {
        let commands = ["xadd", "xread", "xrange", "xinfo", "xtrim", "hsetnx", "hmget", "hget", "time", "eval", "get", "set", "del", "client|setname", "client|id", "client|kill", "info"]
        let server = try RedisServer(["--user", "ann", "on", ">secret", "~subsgen:*"] + commands.map { "+\($0)" })
        let node = try Node(server.url.replacing("unix://", with: "unix://ann:secret@") + "?seconds_kept=1")
        let listener = try node.listen()
        try await node.publish("news", 1)
        #expect(await listener.next(1) == ["1"])
        #expect(node.bus.health == .running)
    }

    @Test("A bus that was stopped refuses events, and its connections go")
    func stop() async throws {
        let server = try RedisServer()
        let node = try Node(server.url)
        try await node.publish("news", 1)
        node.bus.stop()
        await #expect(throws: PublishError.self) { try await node.publish("news", 2) }
        while try server.run("CLIENT", "LIST").contains("name=subsgen") { await Task.yield() }
    }
}
