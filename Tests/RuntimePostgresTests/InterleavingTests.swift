import SubsgenRuntime
import Testing

@testable import SubsgenPostgres

/// A generator that gives the same numbers for the same seed.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite("Events of transactions that run side by side")
struct InterleavingTests {
    private let server: PostgresServer
    private let database: PostgresConfiguration

    init() throws {
        server = try PostgresServer.shared.get()
        database = try server.database()
    }

    @Test("Whoever commits first, events come in the order in which they were published, and none is skipped")
    func commitOrder() async throws {
        let reader = Reader(database)
        await reader.isRunning()
        let (a, b) = (try Session(database), try Session(database))
        try a.run("begin; select subsgen.publish('orders', '1')")
        try b.run("begin; select subsgen.publish('orders', '2')")
        try b.run("commit")
        // Of another partition, so that it must not wait. Which topics share one is the hash's to say.
        let mine = try b.run("select subsgen.partition_of('orders')")
        let found = try b.run("select 'rooms.' || n from generate_series(1, 100) as n where subsgen.partition_of('rooms.' || n) <> \(mine ?? "") limit 1")
        let other = try #require(found)
        try b.run("select subsgen.publish('\(other)', '3')")
        #expect(await reader.next(1) == ["\(other) 3"])
        try a.run("commit")
        #expect(await reader.next(2) == ["orders 1", "orders 2"])
    }

    @Test("A transaction that is rolled back holds up nobody, whatever else runs in the database")
    func rollback() async throws {
        let reader = Reader(database)
        await reader.isRunning()
        let (idle, a, b) = (try Session(database), try Session(database), try Session(database))
        // It writes, and has nothing to do with events: nobody waits for it.
        try idle.run("create table other (x int); begin; insert into other values (1)")
        try a.run("begin; select subsgen.publish('orders', '1')")
        try b.run("select subsgen.publish('orders', '2')")
        try a.run("rollback")
        #expect(await reader.next(1) == ["orders 2"])
        // One that publishes behind it is not waited for either.
        try a.run("begin; select subsgen.publish('orders', '3'); rollback")
        try a.run("begin; select subsgen.publish('orders', '4')")
        try b.run("begin; select subsgen.publish('orders', '5')")
        try a.run("commit")
        #expect(await reader.next(1) == ["orders 4"])
        try b.run("commit")
        #expect(await reader.next(1) == ["orders 5"])
        try idle.run("rollback")
    }

    @Test("A bus that starts while a transaction is open gets its events")
    func lateStart() async throws {
        let (a, b) = (try Session(database), try Session(database))
        try b.run("select subsgen.publish('orders', '0')")
        try a.run("begin; select subsgen.publish('orders', '1')")
        try b.run("select subsgen.publish('orders', '2')")
        let reader = Reader(database)
        await reader.isRunning()
        try a.run("commit")
        var first = await reader.next(1)
        // A bus begins a little too early rather than too late.
        if first == ["orders 0"] { first = await reader.next(1) }
        #expect(first + (await reader.next(1)) == ["orders 1", "orders 2"])
        // The history stops where events are held back, so that who resumes gets these live.
        try a.run("begin; select subsgen.publish('orders', '3')")
        let published = try b.run("select subsgen.publish('orders', '4')")
        let cursor = try #require(published.flatMap { Cursor($0) })
        let before = Cursor(epoch: cursor.epoch, partition: cursor.partition, sequence: 2)
        let held = try await reader.history("orders", after: before).get()
        #expect(held.isComplete)
        #expect(held.entries.map(\.cursor.sequence) == [3])
        try a.run("commit")
        #expect(await reader.next(2) == ["orders 3", "orders 4"])
        #expect(try await reader.history("orders", after: before).get().entries.map(\.cursor.sequence) == [3, 4, 5])
    }

    @Test("In random schedules of transactions, savepoints and rollbacks nothing is skipped, doubled or out of order, in any process")
    func randomSchedules() async throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        let readers = [Reader(database), Reader(database)]
        for reader in readers { await reader.isRunning() }
        let sessions = try (0..<4).map { _ in try Session(database) }
        let topics = (0..<6).map { "rooms.\($0)" }
        // By session what it has published and neither committed nor taken back: topic, place and payload.
        var open = [[(topic: String, cursor: Cursor, payload: Int)]?](repeating: nil, count: sessions.count)
        var saved = [Int?](repeating: nil, count: sessions.count)
        var expected: [String: [(cursor: Cursor, payload: Int)]] = [:]
        func commit(_ number: Int) throws {
            try sessions[number].run("commit")
            for event in open[number] ?? [] { expected[event.topic, default: []].append((event.cursor, event.payload)) }
            (open[number], saved[number]) = (nil, nil)
        }
        for payload in 0..<400 {
            let number = Int.random(in: 0..<sessions.count, using: &random)
            let session = sessions[number]
            if open[number] == nil {
                try session.run("begin")
                open[number] = []
            }
            switch Int.random(in: 0..<10, using: &random) {
            case 0...5:
                let topic = topics[Int.random(in: 0..<topics.count, using: &random)]
                let published = try session.run("select subsgen.publish('\(topic)', '\(payload)')")
                open[number]?.append((topic, try #require(published.flatMap { Cursor($0) }), payload))
            case 6:
                try session.run("savepoint s")
                saved[number] = open[number]?.count
            case 7:
                guard let count = saved[number] else { continue }
                try session.run("rollback to s")
                open[number]?.removeSubrange(count...)
            case 8:
                try session.run("rollback")
                (open[number], saved[number]) = (nil, nil)
            default: try commit(number)
            }
        }
        for number in sessions.indices where open[number] != nil { try commit(number) }
        let count = expected.values.reduce(0) { $0 + $1.count }
        for reader in readers {
            let got = Dictionary(grouping: await reader.nextWithCursors(count)) { $0.text.split(separator: " ").first.map(String.init) ?? "" }
            for topic in topics {
                let wanted = (expected[topic] ?? []).sorted { $0.cursor.sequence < $1.cursor.sequence }
                let came = got[topic] ?? []
                #expect(came.map(\.text) == wanted.map { "\(topic) \($0.payload)" }, "seed \(seed)")
                #expect(came.map(\.cursor) == wanted.map(\.cursor), "seed \(seed)")
            }
        }
    }

    @Test("How far a partition is read agrees with a plain model of places, locks and snapshots, whatever happens")
    func model() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        for _ in 0..<100 {
            var progress = PartitionProgress(number: 0, position: 0)
            var (last, rows, got): (Int64, Set<Int64>, [Int64]) = (0, [], [])
            // A transaction: behind which place it publishes, and which places it has.
            var open: [(lock: Int64, places: [Int64])] = []
            func read() {
                let places = rows.filter { $0 > progress.position }.sorted().prefix(8)
                let passed = progress.pass(places.map { ($0, 0) })
                got += places.prefix(passed)
            }
            for _ in 0..<100 {
                switch Int.random(in: 0..<8, using: &random) {
                case 0: open.append((last, []))
                case 1, 2:
                    guard let number = open.indices.randomElement(using: &random) else { continue }
                    last += 1
                    open[number].places.append(last)
                case 3:
                    guard let number = open.indices.randomElement(using: &random) else { continue }
                    rows.formUnion(open.remove(at: number).places)
                case 4:
                    guard let number = open.indices.randomElement(using: &random) else { continue }
                    open.remove(at: number)
                case 5: read()
                default:
                    guard progress.isHeld else { continue }
                    let lock = open.map(\.lock).min()
                    // Between the two questions somebody may commit.
                    if Bool.random(using: &random), let number = open.indices.randomElement(using: &random) { rows.formUnion(open.remove(at: number).places) }
                    progress.close(before: lock)
                    read()
                }
            }
            for transaction in open { rows.formUnion(transaction.places) }
            for _ in 0..<last + 2 {
                progress.close(before: nil)
                read()
            }
            #expect(got == rows.sorted(), "seed \(seed)")
        }
    }
}
