import Glibc
import SubsgenRuntime

@testable import SubsgenPostgres

/// What a bus's receiver is given: `topic payload` each, or `topic end`.
private final class ReaderInbox: BusReceiver {
    struct Item: Sendable {
        let text: String
        let cursor: Cursor
    }

    let templates: [String]
    let listens: Bool
    let gaps = Guarded(0)
    let items: AsyncStream<Item>
    private let put: AsyncStream<Item>.Continuation

    init(templates: [String], listens: Bool) {
        self.templates = templates
        self.listens = listens
        (items, put) = AsyncStream.makeStream(of: Item.self)
    }

    func isHeard(_ topic: String) -> Bool { true }

    func deliver(_ event: BusEvent, _ cursor: Cursor) {}

    func receive(
        _ topic: String, payload: [UInt8], attributes: [UInt8]?, _ cursor: Cursor, whenReady ready: @escaping @Sendable () -> Void
    ) -> (any BusArrival)? {
        put.yield(Item(text: "\(topic) \(String(decoding: payload, as: UTF8.self))", cursor: cursor))
        return nil
    }

    func receive(endOf topic: String, _ cursor: Cursor) { put.yield(Item(text: "\(topic) end", cursor: cursor)) }
    func receive(notice: [UInt8]) {}
    func note(_ happening: BusHappening) { if case .gap = happening { gaps.withLock { $0 += 1 } } }
}

/// A process on a bus. Its connections go with it.
final class Reader: Sendable {
    let bus: PostgresBus
    private let inbox: ReaderInbox

    init(_ database: PostgresConfiguration, templates: [String] = ["orders", "rooms.{id}"], listens: Bool = true) {
        bus = PostgresBus(database)
        inbox = ReaderInbox(templates: templates, listens: listens)
        bus.start(inbox)
    }

    deinit { bus.stop() }

    /// How many times events were lost.
    var gaps: Int { inbox.gaps.withLock { $0 } }

    /// The next so many.
    func next(_ count: Int) async -> [String] { await nextWithCursors(count).map(\.text) }

    func nextWithCursors(_ count: Int) async -> [(text: String, cursor: Cursor)] {
        var got: [(String, Cursor)] = []
        guard count > 0 else { return [] }
        for await item in inbox.items {
            got.append((item.text, item.cursor))
            if got.count == count { break }
        }
        return got
    }

    /// Publishes and waits for the answer.
    @discardableResult
    func publish(_ payload: Int, _ topic: String = "orders") async throws -> Cursor {
        try await withCheckedContinuation { continuation in
            publish(payload, topic) { continuation.resume(returning: $0) }
        }.get()
    }

    func publish(_ payload: Int, _ topic: String = "orders", _ answer: @escaping @Sendable (Result<Cursor, PublishError>) -> Void) {
        guard let json = try? JSONDocument.parse(Array("\(payload)".utf8)) else { return }
        bus.publish(BusEvent(topic: topic, payload: json), answer)
    }

    func history(_ topic: String, after cursor: Cursor, limit: Int = 1000) async -> Result<BusHistory, BusHistoryError> {
        await withCheckedContinuation { continuation in
            bus.history(of: BusTopic(name: topic, template: topic), after: cursor, limit: limit) { continuation.resume(returning: $0) }
        }
    }

    /// Returns when events flow.
    func isRunning() async { while bus.health != .running { await Task.yield() } }
}

/// What publishers were told.
final class Answers: Sendable {
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
        guard count > 0 else { return [] }
        for await answer in told {
            cursors.append(try answer.get())
            if cursors.count == count { break }
        }
        return cursors
    }
}

/// A session of a user's own, in which transactions stay open.
final class Session {
    private let connection: PostgresConnection

    init(_ database: PostgresConfiguration) throws {
        connection = PostgresConnection(database.hosts[0], database.libpq)
        while connection.isConnecting { turn() }
        if let failure = connection.failure { throw PostgresError(failure) }
    }

    /// Runs SQL and waits; the first value of what it gives.
    @discardableResult
    func run(_ sql: String) throws -> String? {
        var answer: PostgresResult?
        connection.receive = { answer = $0 }
        connection.send(script: sql)
        while answer == nil, connection.failure == nil { turn() }
        if let failure = connection.failure ?? answer?.error?.message { throw PostgresError(failure) }
        return answer.flatMap { $0.count > 0 ? $0.text(0, 0) : nil }
    }

    private func turn() {
        var looked = pollfd(fd: connection.descriptor, events: connection.interest, revents: 0)
        poll(&looked, 1, -1)
        connection.perform(looked.revents)
    }
}
