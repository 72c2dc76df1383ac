import Testing

@testable import SubsgenRuntime

@Suite("Memory bus")
struct MemoryBusTests {
    @Test("An event is delivered once, before publish returns")
    func deliversOnce() throws {
        let (bus, log) = Self.started()
        let cursor = try bus.publish(Self.event("a", 1))
        #expect(log.entries == [Log.Entry(topic: "a", number: "1", cursor: cursor)])
    }

    @Test("Cursors of a topic grow and carry the bus's epoch")
    func cursors() throws {
        let (bus, _) = Self.started()
        let cursors = try (1...5).map { try bus.publish(Self.event("a", $0)) }
        #expect(Set(cursors.map(\.epoch)).count == 1)
        #expect(Set(cursors.map(\.partition)).count == 1)
        #expect(zip(cursors, cursors.dropFirst()).allSatisfy { $0.sequence < $1.sequence })
        #expect(try Self.started().bus.publish(Self.event("a", 1)).epoch != cursors[0].epoch)
    }

    @Test("The events of a topic arrive in the order of their cursors, whoever publishes")
    func orderAcrossThreads() async throws {
        let (bus, log) = Self.started()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for number in 0..<250 { _ = try bus.publish(Self.event("t\(number % 3)", number)) } }
            }
            try await group.waitForAll()
        }
        let byTopic = Dictionary(grouping: log.entries, by: \.topic)
        #expect(byTopic.values.map(\.count).reduce(0, +) == 2000)
        for entries in byTopic.values {
            let sequences = entries.compactMap { $0.cursor?.sequence }
            #expect(sequences == sequences.sorted())
            #expect(Set(sequences).count == entries.count)
        }
    }

    @Test("A completed topic is told after its events")
    func completion() throws {
        let (bus, log) = Self.started()
        _ = try bus.publish(Self.event("a", 1))
        _ = try bus.complete(BusTopic(name: "a", template: "a"))
        #expect(log.entries.map(\.number) == ["1", nil])
    }

    @Test("A bus that was not started refuses events and says so")
    func notStarted() throws {
        let bus = MemoryBus()
        #expect(bus.health == .idle)
        #expect { try bus.publish(Self.event("a", 1)) } throws: { ($0 as? PublishError)?.isUnavailable == true }
        bus.start(Log())
        #expect(bus.health == .running)
        _ = try bus.publish(Self.event("a", 1))
    }

    private static func started() -> (bus: MemoryBus, log: Log) {
        let bus = MemoryBus()
        let log = Log()
        bus.start(log)
        return (bus, log)
    }

    private static func event(_ topic: String, _ number: Int) throws -> BusEvent {
        BusEvent(topic: topic, payload: try JSONDocument.parse(Array(String(number).utf8)))
    }
}

/// What a bus delivered, in order.
private final class Log: BusReceiver {
    struct Entry: Sendable, Equatable {
        var topic: String
        /// Nil for a completion.
        var number: String?
        var cursor: Cursor?
    }

    private let state = Guarded<[Entry]>([])

    var entries: [Entry] { state.withLock { $0 } }

    let templates: [String] = []

    func isHeard(_ topic: String) -> Bool { true }

    func deliver(_ event: BusEvent, _ cursor: Cursor) {
        let entry = Entry(topic: event.topic, number: event.payload.root.numberText, cursor: cursor)
        state.withLock { $0.append(entry) }
    }

    func receive(endOf topic: String, _ cursor: Cursor) {
        state.withLock { $0.append(Entry(topic: topic, cursor: cursor)) }
    }

    func receive(
        _ topic: String, payload: [UInt8], attributes: [UInt8]?, _ cursor: Cursor, whenReady ready: @escaping @Sendable () -> Void
    ) -> (any BusArrival)? {
        Issue.record("The memory bus reads nothing from elsewhere.")
        return nil
    }

    func receive(notice: [UInt8]) { Issue.record("There is nobody else.") }
    func note(_ happening: BusHappening) { Issue.record("Nothing can happen to the memory bus.") }
}
