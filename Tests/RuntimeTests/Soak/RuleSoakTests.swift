import Foundation
import Testing

@testable import SubsgenRuntime

/// Rules while everything moves, as `SoakTests` does without them: clients churn, authenticate again as others, expire, and are revoked, looked at
/// again or thrown out while events come. Who could see an event by no claims that it may have had then has got too much, and who could for
/// certain must have got it.
@Suite("Soak of rules")
struct RuleSoakTests {
    private static let seconds = ProcessInfo.processInfo.environment["SOAK_SECONDS"].flatMap(Double.init)
    private static let events = 300
    private static let clientThreads = 3
    private static let clientsOfEach = 3
    private static let steps = 250

    private struct Shared: Sendable {
        var problems: [String] = []
        var publishing = RuleSoakWorld.publishers
        var clients: [RuleSoakClient] = []
    }

    private final class Board: Sendable {
        /// Guards what the threads found.
        let shared = Guarded(Shared())
        var isPublishing: Bool { shared.withLock { $0.publishing > 0 } }
        func tell(_ problems: [String]) { if !problems.isEmpty { shared.withLock { $0.problems += problems } } }
    }

    @Test("Nobody gets what its claims deny or misses what they allow, and every slot, count and question comes back")
    func soak() throws {
        let world = try RuleSoakWorld()
        let seed = ProcessInfo.processInfo.environment["SUBSGEN_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0..<1_000_000)
        print("soak of rules: SUBSGEN_SEED=\(seed)")
        let start = ContinuousClock.now
        var memory = SoakMemory()
        var round: UInt64 = 0
        repeat {
            round += 1
            let problems = Self.round(world, seed: seed &+ round &* 1000)
            try #require(problems == [], "SUBSGEN_SEED=\(seed), round \(round)")
            memory.note()
            // In a run of all tests others allocate meanwhile.
            if Self.seconds != nil { try #require(memory.problem == nil, "round \(round)") }
        } while ContinuousClock.now - start < .seconds(Self.seconds ?? 0) || round < 4
        let metrics = world.executor.metrics
        let counted: [Metric] = [
            .deliveries, .deniedTenant, .filtered, .droppedRateLimit, .subscriptionsWithoutTenant, .subscriptionsWithoutRole, .subscriptionsWithoutPolicy,
            .fieldsMasked, .resolverErrors,
        ]
        for metric in counted { #expect(metrics[metric] > 0, "\(metric)") }
        print("soak of rules: \(round) rounds, \(metrics[.eventsPublished]) events, \(metrics[.deliveries]) messages, \(metrics[.deniedTenant]) denied,", memory.words)
    }

    private static func round(_ world: RuleSoakWorld, seed: UInt64) -> [String] {
        let board = Board()
        var threads: [@Sendable () -> Void] = []
        for publisher in 0..<RuleSoakWorld.publishers {
            threads.append {
                for _ in 0..<events {
                    do { try world.publish(by: publisher) } catch { board.tell(["\(error)"]) }
                    sched_yield()
                }
                board.shared.withLock { $0.publishing -= 1 }
            }
        }
        for thread in 0..<clientThreads { threads.append { listen(world, board, seed: seed + 10 + UInt64(thread)) } }
        threads.append {
            var random = SeededRandom(seed: seed)
            while board.isPublishing {
                world.host.answer(&random)
                if Int.random(in: 0..<50, using: &random) == 0 {
                    world.executor.revoke(SoakClaims.revocation(&random), recheck: Int.random(in: 0..<4, using: &random) > 0)
                }
                sched_yield()
            }
        }
        SoakThreads.run(threads)
        settle(world, board, seed: seed)
        return Array(board.shared.withLock { $0.problems }.prefix(10))
    }

    private static func listen(_ world: RuleSoakWorld, _ board: Board, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var clients = (0..<clientsOfEach).map { _ in RuleSoakClient(world, &random) }
        for _ in 0..<steps {
            let place = Int.random(in: 0..<clients.count, using: &random)
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<30: clients[place].subscribe(&random)
            case 30..<36: clients[place].complete(&random)
            case 36..<50: clients[place].authenticateAgain(&random)
            case 50..<95: board.tell(clients[place].take())
            case 95..<98:
                board.tell(end(&clients[place]))
                clients[place] = RuleSoakClient(world, &random)
            // Thrown away without a word.
            default: clients[place] = RuleSoakClient(world, &random)
            }
            clients[place].expire()
            if clients[place].isClosed {
                board.tell(end(&clients[place]))
                clients[place] = RuleSoakClient(world, &random)
            }
        }
        let left = clients
        board.shared.withLock { $0.clients += left }
    }

    private static func end(_ client: inout RuleSoakClient) -> [String] {
        client.session.disconnected()
        return client.take() + (client.running == 0 ? [] : ["\(client.running) subscriptions have no end"])
    }

    /// Lets everything come that is on its way, looks whether it did, and lets everybody go.
    private static func settle(_ world: RuleSoakWorld, _ board: Board, seed: UInt64) {
        var clients = board.shared.withLock { $0.clients }
        board.shared.withLock { $0.clients = [] }
        var random = SeededRandom(seed: seed)
        while !world.host.isIdle { world.host.answer(&random) }
        for place in clients.indices { board.tell(clients[place].take()) }
        for client in clients where !client.isClosed { board.tell(client.missing()) }
        var metrics = world.executor.metrics
        // As docs/reference/metrics.md has it, of every pair of an event and a subscription of its topic.
        let ends = metrics[.deliveries] + metrics[.filtered] + metrics.total("dropped") + metrics.total("denied") + metrics[.abandoned]
            + metrics[.eventsHeld]
        if metrics[.considered] != ends { board.tell(["considered \(metrics[.considered]), and \(ends) have an end"]) }
        for place in clients.indices { board.tell(end(&clients[place])) }
        clients = []
        while !world.host.isIdle { world.host.answer(&random) }
        metrics = world.executor.metrics
        for gauge in [Metric.subscriptions, .groups, .topics, .connections, .resolversInFlight, .resolversWaiting, .eventsHeld] where metrics[gauge] != 0 {
            board.tell(["\(metrics[gauge]) \(gauge) are left"])
        }
        let executor = world.executor
        if executor.quota.userCount != 0 { board.tell(["\(executor.quota.userCount) users have slots and no subscription"]) }
        if executor.revocables.count != 0 { board.tell(["\(executor.revocables.count) can be revoked and are gone"]) }
    }
}

/// Threads of a soak.
enum SoakThreads {
    /// Runs each in a thread of its own until all are done.
    static func run(_ bodies: [@Sendable () -> Void]) {
        let done = DispatchSemaphore(value: 0)
        for body in bodies {
            Thread {
                body()
                done.signal()
            }.start()
        }
        for _ in bodies { done.wait() }
    }
}
