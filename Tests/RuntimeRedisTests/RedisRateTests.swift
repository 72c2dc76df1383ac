import SubsgenRuntime
import Testing

@testable import SubsgenRedis

@Suite("Rate limits over the Redis bus")
struct RedisRateTests {
    private static let hour: UInt64 = 3_600_000_000_000

    /// Tells a bus what was taken, and waits for how far the marks are ahead.
    private func share(_ bus: RedisBus, _ takings: (String, Int)...) async throws -> [UInt64] {
        try await withCheckedThrowingContinuation { continuation in
            bus.share(takings.map { RateTaking(key: $0.0, nanoseconds: Self.hour, count: $0.1) }) { continuation.resume(with: $0) }
        }
    }

    /// Whole hours, rounded.
    private func hours(_ leads: [UInt64]) -> [UInt64] { leads.map { ($0 + Self.hour / 2) / Self.hour } }

    @Test("What all processes took is added up, what was given back taken off, and what has passed is forgotten by Redis")
    func adding() async throws {
        let server = try RedisServer()
        let (first, second) = (try Node(server.url), try Node(server.url))
        try await first.publish("news", 1)
        try await second.publish("news", 2)
        #expect(try await hours(share(first.bus, ("a", 2), ("b\r\n ä", 1))) == [2, 1])
        #expect(try await hours(share(second.bus, ("b\r\n ä", 3), ("a", 0), ("c", 0))) == [4, 2, 0])
        #expect(try await hours(share(first.bus, ("a", -1), ("b\r\n ä", -9))) == [1, 0])
        #expect(try server.run("KEYS", "subsgen:rate:*") == "subsgen:rate:a")
        #expect((1...3600).contains(Int(try server.run("TTL", "subsgen:rate:a")) ?? 0))
        // Of more than the script's numbers hold there is a most.
        #expect(try await share(first.bus, ("a", .max)).first ?? 0 > 8000 * Self.hour)
    }

    @Test("A user gets what the limit allows from all processes together")
    func together() async throws {
        let server = try RedisServer()
        let (first, second) = (try Node(server.url), try Node(server.url))
        let listeners = try [first, second].map { try Listener($0.runtime, "subscription { rare { id } }", #"{"user_id":"ada"}"#) }
        let bystander = try second.listen(claims: #"{"user_id":"bob"}"#)
        for number in 0..<50 {
            try await first.publish("rare", number)
            try await first.publish("news", number)
        }
        #expect(await bystander.next(50).count == 50)
        // Of a hundred deliveries: ten, and another burst where neither had heard of the other.
        let count = [first, second].reduce(0) { $0 + ($1.count("deliveries") ?? 0) } - 50
        #expect((10...20).contains(count), "\(count)")
        withExtendedLifetime(listeners) {}
        let third = try Node(server.url)
        try await third.publish("news", 1)
        #expect(try await hours(share(third.bus, ("rare:0:ada", 0))).first ?? 0 >= 9)
    }

    @Test("A user who may not run scripts loses that alone, and is told in the log")
    func rights() async throws {
        let server = try RedisServer(["--user", "ann", "on", ">secret", "~subsgen:*", "+@all", "-eval"])
        let node = try Node(server.url.replacing("unix://", with: "unix://ann:secret@"))
        let log = Log()
        node.runtime.setLog(log)
        try await node.publish("news", 1)
        let error = await #expect(throws: PublishError.self) { try await share(node.bus, ("a", 1)) }
        #expect(error?.message.contains("NOPERM") == true)
        while log.kinds.isEmpty { await Task.yield() }
        #expect(log.kinds == [.ratesApart])
        try await node.publish("news", 2)
    }

    @Test("Where Redis cannot be reached there is an answer at once")
    func away() async throws {
        let server = try RedisServer()
        let node = try Node(server.url)
        try await node.publish("news", 1)
        server.kill()
        await #expect(throws: PublishError.self) { try await share(node.bus, ("a", 1)) }
        node.bus.stop()
        await #expect(throws: PublishError.self) { try await share(node.bus, ("a", 1)) }
    }
}

/// What a runtime logged.
private final class Log: RuntimeLog {
    /// Guards the kinds.
    private let heard = Guarded<[LogRecord.Kind]>([])
    var kinds: [LogRecord.Kind] { heard.withLock { $0 } }
    func log(_ record: LogRecord) { heard.withLock { $0.append(record.kind) } }
}
