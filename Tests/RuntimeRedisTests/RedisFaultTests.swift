import SubsgenRuntime
import Synchronization
import Testing

@testable import SubsgenRedis

/// What publishers were told.
private final class Answers: Sendable {
    private let told: AsyncStream<Result<Cursor, PublishError>>
    let tell: @Sendable (Result<Cursor, PublishError>) -> Void

    init() {
        let (told, teller) = AsyncStream.makeStream(of: Result<Cursor, PublishError>.self)
        self.told = told
        tell = { teller.yield($0) }
    }

    /// The cursors of the next so many; throws the error of one that failed.
    func next(_ count: Int) async throws -> [Cursor] {
        var cursors: [Cursor] = []
        for await answer in told {
            if case .failure(let error) = answer { Issue.record("a publisher was told: \(error)") }
            cursors.append(try answer.get())
            if cursors.count == count { break }
        }
        return cursors
    }
}

@Suite("The Redis bus when something breaks")
struct RedisFaultTests {
    @Test("Whatever connections are cut while events are published, each arrives once, in order")
    func cuts() async throws {
        let server = try RedisServer()
        let (first, second) = (try Node(server.url), try Node(server.url))
        let (listener, answers) = (try second.listen(), Answers())
        let (rounds, each) = (12, 600)
        var cursors: [Cursor] = []
        for round in 0..<rounds {
            try first.publishNews(round * each..<(round + 1) * each, answers.tell)
            try server.run("CLIENT", "KILL", "TYPE", "normal")
            cursors += try await answers.next(each)
        }
        #expect(zip(cursors, cursors.dropFirst()).allSatisfy { $0.sequence < $1.sequence })
        let got = await listener.next(rounds * each)
        let place = zip(got, 0...).first { $0 != String($1) }
        #expect(place == nil && got.count == rounds * each, "\(got.count) came, at \(place.map { "\($1): \($0)" } ?? "the end") another")
    }

    @Test("A Redis that crashes and comes back with its data has each event once, also those whose answer was lost")
    func crash() async throws {
        let server = try RedisServer(["--appendonly", "yes", "--appendfsync", "always"])
        let (first, second) = (try Node(server.url), try Node(server.url))
        let (listener, answers) = (try second.listen(), Answers())
        try first.publishNews(0..<1, answers.tell)
        _ = try await answers.next(1)
        try first.publishNews(1..<3000, answers.tell)
        _ = try await answers.next(500)
        server.kill()
        try server.restart()
        _ = try await answers.next(2499)
        #expect(await listener.next(3000) == (0..<3000).map(String.init))
        #expect((second.count("bus_disconnects") ?? 0) > 0)
    }

    @Test("A Redis that lost everything begins a new epoch, and events go on")
    func emptied() async throws {
        let server = try RedisServer()
        let (first, second) = (try Node(server.url), try Node(server.url))
        let listener = try second.listen()
        let before = try await first.publish("news", 1)
        #expect(await listener.next(1) == ["1"])
        server.kill()
        try server.restart()
        let after = try await first.publish("news", 2)
        #expect(await listener.next(1) == ["2"])
        #expect(after.epoch != before.epoch)
    }

    @Test("A Redis without memory refuses events with its reason, and takes them when it has some")
    func memory() async throws {
        let server = try RedisServer()
        let node = try Node(server.url)
        let listener = try node.listen()
        try await node.publish("news", 1)
        try server.run("CONFIG", "SET", "maxmemory", "1")
        let error = await #expect(throws: PublishError.self) { try await node.publish("news", 2) }
        #expect(error?.isUnavailable == true)
        #expect(error?.message.contains("OOM") == true)
        try server.run("CONFIG", "SET", "maxmemory", "0")
        try await node.publish("news", 3)
        #expect(await listener.next(2) == ["1", "3"])
    }

    @Test("Whom Redis does not answer in time is told that it is not known whether the event was published")
    func silence() async throws {
        let server = try RedisServer()
        let node = try Node(server.url + "?seconds_to_publish=1")
        try await node.publish("news", 1)
        server.pause()
        let error = await #expect(throws: PublishError.self) { try await node.publish("news", 2) }
        #expect(error?.message.contains("may have been published") == true)
        server.resume()
        try await node.publish("news", 3)
    }

    @Test("Entries that were thrown away before they were read are counted; others are no loss")
    func gaps() {
        var stream = ReadStream(name: "s", kind: .notices, position: StreamID(milliseconds: 100, number: 0))
        let (first, last) = (StreamID(milliseconds: 10, number: 0), StreamID(milliseconds: 50, number: 0))
        #expect(stream.compare(StreamInfo(length: 5, last: last, first: first, added: 8), isNewHistory: false) == .none)
        #expect(stream.position == last)
        stream.passed(StreamID(milliseconds: 110, number: 0))
        // Nine were read, of sixteen the last three are left: four are lost.
        let later = StreamInfo(length: 3, last: StreamID(milliseconds: 200, number: 0), first: StreamID(milliseconds: 180, number: 0), added: 16)
        #expect(stream.compare(later, isNewHistory: false) == .entries(4))
        #expect(stream.compare(later, isNewHistory: false) == .none)
        // Another server, which had not got all: what it has added since may be behind what was read.
        let behind = StreamInfo(length: 1, last: StreamID(milliseconds: 90, number: 0), first: StreamID(milliseconds: 90, number: 0), added: 1)
        #expect(stream.compare(behind, isNewHistory: false) == .entries(nil))
        #expect(stream.compare(StreamInfo(length: 2, last: last, first: first, added: 5), isNewHistory: true) == .entries(3))
        #expect(stream.position == .zero)
    }

    @Test("What a stream still has is told from what it may have lost")
    func history() {
        let (a, b, c) = (StreamID(milliseconds: 1, number: 0), StreamID(milliseconds: 2, number: 0), StreamID(milliseconds: 3, number: 0))
        let trimmed = StreamInfo(length: 2, last: c, first: b, added: 3)
        #expect(!trimmed.hasAll(after: .zero) && !trimmed.hasAll(after: a) && trimmed.hasAll(after: b) && trimmed.hasAll(after: c))
        #expect(trimmed.oldest < b && trimmed.oldest > a && trimmed.hasAll(after: trimmed.oldest))
        #expect(StreamInfo(length: 3, last: c, first: a, added: 3).hasAll(after: .zero))
        let emptied = StreamInfo(length: 0, last: c, first: nil, added: 3)
        #expect(emptied.hasAll(after: c) && !emptied.hasAll(after: b) && emptied.oldest == c)
        #expect(StreamInfo.none.hasAll(after: .zero) && !StreamInfo.none.hasAll(after: a))
        // An older server does not tell how many there were.
        #expect(!StreamInfo(length: 3, last: c, first: a, added: nil).hasAll(after: .zero))
    }
}
