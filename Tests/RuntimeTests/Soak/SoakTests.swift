import Foundation
import Synchronization
import Testing

@testable import SubsgenRuntime

/// Everything at once, for a short while; `make soak SECONDS=600` does it for longer.
///
/// A round lets publishers, clients and who answers calls do so many steps, on threads of their own. Clients churn, read slowly or not
/// at all, vanish, are cut off; resolvers fail, skip, answer late or never; topics and sources complete. Each subscription checks that what
/// concerns it comes, once and in order. When a round is over nothing may be missing, the counters must add up, and what is left when all have
/// gone must take no more memory than after the first rounds.
@Suite("Soak")
struct SoakTests {
    private static let seconds = ProcessInfo.processInfo.environment["SOAK_SECONDS"].flatMap(Double.init)

    @Test("Nothing is lost, out of order, uncounted or left over")
    func soak() throws {
        let world = try SoakWorld()
        let seed = ProcessInfo.processInfo.environment["SUBSGEN_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0..<1_000_000)
        print("soak: SUBSGEN_SEED=\(seed)")
        let start = ContinuousClock.now
        var memory = SoakMemory()
        var (round, told) = (0, start)
        repeat {
            round += 1
            let problems = SoakRound(world, seed: seed &+ UInt64(round) &* 1000).run()
            try #require(problems == [], "SUBSGEN_SEED=\(seed), round \(round)")
            memory.note()
            // In a run of all tests others allocate meanwhile.
            if Self.seconds != nil { try #require(memory.problem == nil, "round \(round)") }
            if Self.seconds != nil, ContinuousClock.now - told > .seconds(10) {
                told = .now
                let metrics = world.executor.metrics
                print(
                    "soak: \((told - start).components.seconds) s, \(round) rounds, \(metrics[.eventsPublished]) events,",
                    "\(metrics[.deliveries]) messages, \(metrics.total("dropped")) dropped, \(metrics[.resolverCalls]) calls,", memory.words)
                fflush(nil)
            }
        } while ContinuousClock.now - start < .seconds(Self.seconds ?? 0) || round < 12
        let metrics = world.executor.metrics
        print("soak: \(round) rounds, \(metrics[.eventsPublished]) events, \(metrics[.deliveries]) messages, \(memory.words)")
        #expect(metrics[.deliveries] > 0 && metrics[.resolverErrors] > 0)
        #expect(metrics[.droppedOldest] > 0 && metrics[.droppedNewest] > 0 && metrics[.droppedNotLatest] > 0 && metrics[.droppedSubscriptionFull] > 0)
    }
}

/// How much memory there was when nothing ran.
struct SoakMemory {
    private static let warmUp = 8
    private static let isSanitized = dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil
    private var rounds = 0
    private var firstLive = 0
    private var firstResident = 0
    private var live = 0
    private var resident = 0

    mutating func note() {
        rounds += 1
        live = Self.allocated
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .ascii))?.split(separator: " ")
        resident = (pages?.dropFirst().first.flatMap { Int($0) } ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
        if rounds <= Self.warmUp {
            firstLive = max(firstLive, live)
            firstResident = max(firstResident, resident)
        }
    }

    /// How many bytes are allocated, by malloc's own account. Swift does not see its header.
    private static var allocated: Int {
        typealias Report = @convention(c) (CInt, UnsafeMutablePointer<FILE>) -> CInt
        var (text, size): (UnsafeMutablePointer<CChar>?, Int) = (nil, 0)
        guard let symbol = dlsym(nil, "malloc_info"), let stream = open_memstream(&text, &size) else { return 0 }
        _ = unsafeBitCast(symbol, to: Report.self)(0, stream)
        fclose(stream)
        defer { free(text) }
        // After the arenas one by one comes what they are together.
        guard let summary = text.map({ String(cString: $0) })?.components(separatedBy: "</heap>").last else { return 0 }
        func bytes(_ name: String) -> Int {
            summary.split(separator: "\n").first { $0.contains("type=\"\(name)\"") }
                .flatMap { $0.components(separatedBy: "size=\"").last?.prefix { $0.isNumber } }.flatMap { Int($0) } ?? 0
        }
        return bytes("current") + bytes("mmap") - bytes("fast") - bytes("rest")
    }

    /// Allocations that live, and pages, beyond what the first rounds had: what allocators keep for themselves is allowed for.
    var problem: String? {
        if Self.isSanitized || rounds <= Self.warmUp { return nil }
        if live > firstLive + 1 << 20 { return "memory grows: \(words)" }
        if resident > firstResident + firstResident / 2 + 16 << 20 { return "the process grows: \(words)" }
        return nil
    }

    var words: String { "\(live / 1024) KiB live (at first \(firstLive / 1024)), \(resident / 1024) KiB resident (\(firstResident / 1024))" }
}

/// Some steps of everybody.
private struct SoakRound {
    private static let clientThreads = 3
    private static let clientsOfEach = 4
    private static let events = 500
    private static let steps = 800

    private struct Shared: Sendable {
        var problems: [String] = []
        var publishing = SoakWorld.publishers
        var clients: [SoakClient] = []
    }

    private final class Board: Sendable {
        /// Guards what the threads found.
        let shared = Guarded(Shared())
        var isPublishing: Bool { shared.withLock { $0.publishing > 0 } }
        func tell(_ problems: [String]) { if !problems.isEmpty { shared.withLock { $0.problems += problems } } }
    }

    private let world: SoakWorld
    private let seed: UInt64
    private let board = Board()

    init(_ world: SoakWorld, seed: UInt64) {
        self.world = world
        self.seed = seed
    }

    /// What was wrong; at most ten problems.
    func run() -> [String] {
        let (world, seed, board) = (world, seed, board)
        var threads: [@Sendable () -> Void] = []
        for publisher in 0..<SoakWorld.publishers {
            threads.append {
                for number in 0..<Self.events {
                    world.publish(by: publisher)
                    if publisher == 0, number % 150 == 149 { try? world.executor.complete(topic: "tick") }
                }
                board.shared.withLock { $0.publishing -= 1 }
            }
        }
        for thread in 0..<Self.clientThreads {
            threads.append { Self.listen(world, board, seed: seed + 10 + UInt64(thread)) }
        }
        threads.append {
            var turn = seed
            while board.isPublishing {
                turn += 1
                world.host.answer(8, seed: turn)
                world.host.feed(seed: turn)
                sched_yield()
            }
        }
        SoakThreads.run(threads)
        settle()
        return Array(board.shared.withLock { $0.problems }.prefix(10))
    }

    private static func listen(_ world: SoakWorld, _ board: Board, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var clients = (0..<clientsOfEach).map { _ in SoakClient(world) }
        for _ in 0..<steps {
            let place = Int.random(in: 0..<clients.count, using: &random)
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<25: clients[place].subscribe(&random)
            case 25..<35: clients[place].complete(&random)
            // The first of them reads little.
            case 35..<92: board.tell(clients[place].take(place == 0 ? 2 : 128))
            case 92..<94: clients[place].session.drainAndClose()
            case 94..<95: clients[place].session.receive(Array("{".utf8))
            case 95..<97:
                clients[place].session.disconnected()
                board.tell(end(&clients[place]))
                clients[place] = SoakClient(world)
            // Thrown away without a word.
            default: clients[place] = SoakClient(world)
            }
            if clients[place].isClosed {
                board.tell(end(&clients[place]))
                clients[place] = SoakClient(world)
            }
        }
        let left = clients
        board.shared.withLock { $0.clients += left }
    }

    /// A connection that has gone owes the end of whatever began.
    private static func end(_ client: inout SoakClient) -> [String] {
        client.session.disconnected()
        let problems = takeAll(&client)
        return problems + (client.running == 0 ? [] : ["\(client.running) subscriptions have no end"])
    }

    private static func takeAll(_ client: inout SoakClient) -> [String] {
        var problems: [String] = []
        var before = -1
        while client.frames != before {
            before = client.frames
            problems += client.take(4096)
        }
        return problems
    }

    /// Lets everything come that is on its way, looks whether it did, and lets everybody go.
    private func settle() {
        var clients = board.shared.withLock { $0.clients }
        board.shared.withLock { $0.clients = [] }
        while !world.host.isIdle { world.host.answer(1000, seed: seed) }
        for place in clients.indices { board.tell(Self.takeAll(&clients[place])) }
        for client in clients where !client.isClosed { board.tell(client.missing()) }
        checkCounters()
        for place in clients.indices { board.tell(Self.end(&clients[place])) }
        clients = []
        while !world.host.isIdle { world.host.answer(1000, seed: seed) }
        let metrics = world.executor.metrics
        for gauge in [Metric.subscriptions, .groups, .topics, .sources, .connections, .resolversInFlight, .resolversWaiting] where metrics[gauge] != 0 {
            board.tell(["\(metrics[gauge]) \(gauge) are left"])
        }
    }

    private func checkCounters() {
        let metrics = world.executor.metrics
        let published = (0..<SoakWorld.publishers).reduce(0) { $0 + world.published(by: $1) }
        if metrics[.eventsPublished] != published {
            board.tell(["\(metrics[.eventsPublished]) events are counted, and \(published) were published"])
        }
        // As docs/reference/metrics.md has it, of every pair of an event and a subscription of its topic.
        let ended = metrics[.deliveries] + metrics[.filtered] + metrics.total("dropped") + metrics.total("denied") + metrics[.abandoned]
        if metrics[.considered] != ended || metrics[.eventsInLanes] != 0 {
            board.tell([
                "considered \(metrics[.considered]), but delivered \(metrics[.deliveries]) + filtered \(metrics[.filtered]) + dropped "
                    + "\(metrics.total("dropped")) + abandoned \(metrics[.abandoned]) are \(ended); in lanes \(metrics[.eventsInLanes])"
            ])
        }
    }
}
