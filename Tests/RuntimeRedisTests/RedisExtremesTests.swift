import Foundation
import SubsgenRuntime
import Testing

@testable import SubsgenRedis

@Suite("What is large, many or strange, over the Redis bus")
struct RedisExtremesTests {
    @Test("A payload of 8 MB arrives whole, and one above the limit of a process is counted there and left out")
    func large() async throws {
        let server = try RedisServer()
        var limits = RuntimeLimits(outbox: Outbox.Limits(subscriptionMessages: 100, connectionBytes: 64 << 20))
        limits.eventBytes = 16 << 20
        let (first, second, narrow) = (try Node(server.url, limits), try Node(server.url, limits), try Node(server.url))
        let (listener, narrowListener) = (try Listener(second.runtime, "subscription { news { text id } }", nil), try narrow.listen())
        let text = String(repeating: "ä\\n☃", count: 1_200_000)
        _ = try await first.runtime.publish(topic: "news", payload: Array(#"{"id":"1","text":"\#(text)"}"#.utf8))
        _ = try await first.publish("news", 2)
        let message = await listener.message()
        #expect(message == #"{"data":{"news":{"text":"\#(text)","id":"1"}}}"#)
        #expect(await listener.next(1) == ["2"])
        #expect(await narrowListener.next(1) == ["2"])
        #expect(narrow.count("events_unreadable") == 1)
    }

    @Test("A hundred thousand topics are four streams, and who listens to a few of them gets those")
    func many() async throws {
        let server = try RedisServer()
        let (first, second) = (try Node(server.url + "?events_per_stream=1000000"), try Node(server.url + "?events_per_stream=1000000"))
        let listeners = try ["5", "50000", "99999"].map { try second.listen($0) }
        try await first.publish("chat.0", 0)
        // A foreign publisher: of topics that nobody listens to, nobody asks in which stream they are.
        try server.run(
            "EVAL",
            "for i = 100000, 199999 do redis.call('XADD', 'subsgen:events:chat.{}:' .. i % 4, '*', 'topic', 'chat.' .. i, 'payload', '{}') end", "0")
        for room in [5, 50_000, 99_999, 5] { try await first.publish("chat.\(room)", room) }
        #expect(await listeners[0].next(2) == ["5", "5"])
        #expect(await listeners[1].next(1) == ["50000"])
        #expect(await listeners[2].next(1) == ["99999"])
        #expect(try server.run("KEYS", "subsgen:events:*").split(separator: "\n").count == 4)
        #expect(second.count("events_unreadable") == 0 && second.count("bus_gaps") == 0)
    }

    @Test("Topics of whatever characters are themselves", arguments: ["", "%", "a.b", "{}", "日本 💥", "\u{0}\r\n", "*:?[", String(repeating: "x", count: 20_000)])
    func strange(room: String) async throws {
        func name(_ room: String) throws -> String {
            var name = TopicName()
            name.append("chat.")
            try name.append(argument: "roomId", room)
            return name.text
        }
        let server = try RedisServer()
        let (first, second) = (try Node(server.url), try Node(server.url))
        let variables = try JSONSerialization.data(withJSONObject: ["r": room])
        let listener = try Listener(second.runtime, "subscription ($r: ID!) { messageAdded(roomId: $r) { id } }", nil, variables: Array(variables))
        try await first.publish(name(room), 1)
        try await first.publish(name(room + "x"), 2)
        try await first.publish(name(room), 3)
        #expect(await listener.next(2) == ["1", "3"])
    }

    @Test("A Redis that cannot write to its disk refuses events with its reason, and takes them when it can")
    func disk() async throws {
        let disk = FileManager.default.temporaryDirectory.appendingPathComponent("subsgen-disk-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: disk) }
        let server = try RedisServer(["--dir", disk.path, "--save", "3600 1000000"])
        let node = try Node(server.url)
        let listener = try node.listen()
        try await node.publish("news", 1)
        try FileManager.default.removeItem(at: disk)
        try server.run("BGSAVE")
        while try !server.run("INFO", "persistence").contains("rdb_last_bgsave_status:err") { await Task.yield() }
        let error = await #expect(throws: PublishError.self) { try await node.publish("news", 2) }
        #expect(error?.isUnavailable == true && error?.message.contains("MISCONF") == true)
        try server.run("CONFIG", "SET", "stop-writes-on-bgsave-error", "no")
        try await node.publish("news", 3)
        #expect(await listener.next(2) == ["1", "3"])
    }
}
