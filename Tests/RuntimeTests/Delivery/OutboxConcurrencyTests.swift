import Synchronization
import Testing

@testable import SubsgenRuntime

/// Run under ThreadSanitizer by `make sanitize`.
@Suite("Outboxes that many threads use")
struct OutboxConcurrencyTests {
    private static let perProducer = 2000

    /// Producers and a host that sleeps until it is woken: what is missing in the end was lost, or its wake was.
    @Test("Nothing is lost and no wake is missed, whether messages go in one by one or many by one push", arguments: [1, 3])
    func wakes(each: Int) async {
        let bell = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let outbox = Outbox(limits: Outbox.Limits(subscriptionMessages: .max, connectionBytes: .max)) { bell.continuation.yield() }
        let expected = 4 * each * Self.perProducer
        async let taken = Task {
            var texts: [String] = []
            for await _ in bell.stream {
                var outputs: [Outbox.Output]
                repeat {
                    outputs = outbox.take(7)
                    texts += RuntimeTests.texts(outputs)
                } while outputs.count == 7
                if texts.count == expected { break }
            }
            return texts
        }.value
        await withTaskGroup(of: Void.self) { group in
            for producer in 0..<4 {
                let members = (0..<each).map { member("\(producer).\($0)", outbox) }
                group.addTask { Self.produce(for: members[...]) }
            }
        }
        let texts = await taken
        for producer in 0..<4 {
            for number in 0..<each {
                let own = texts.filter { $0.hasPrefix("\(producer).\(number):") }
                #expect(own == (0..<Self.perProducer).map { "\(producer).\(number):\($0)}" })
            }
        }
    }

    private static func produce(for members: ArraySlice<ProjectionGroup.Member>) {
        guard let outbox = members.first?.subscription.outbox else { return }
        for number in 0..<perProducer {
            var outcome = FanOutOutcome()
            outbox.enqueue(SharedBody(Array("\(number)".utf8)), for: members, of: 0, &outcome)
            for outbox in outcome.wakes { outbox.wake() }
        }
    }

    @Test("While producers push, a connection that goes keeps no message and frees every subscription", arguments: 0..<20)
    func discard(round: Int) async {
        let freed = Freed()
        await withTaskGroup(of: Void.self) { group in
            let outbox = Outbox(limits: Outbox.Limits(subscriptionMessages: .max, connectionBytes: .max)) {}
            for producer in 0..<3 {
                group.addTask {
                    let subscription = Subscription(handle: 0, id: "\(producer)", prefix: [], outbox: outbox, owner: nil)
                    for number in 0..<200 { _ = outbox.enqueue(SharedBody(Array("\(number)".utf8)), for: subscription) }
                    if producer == 2 { subscription.isCancelled.store(true, ordering: .relaxed) }
                    freed.watch(subscription)
                }
            }
            group.addTask {
                for _ in 0..<20 + round { _ = outbox.take(5) }
                outbox.discardFrames()
                _ = outbox.append(.ended(handle: 1))
            }
            await group.waitForAll()
            // A session closes when its subscriptions have left their topics, so that nobody pushes any more.
            _ = outbox.append(.close(code: 1000, reason: ""))
            #expect(texts(outbox.take(.max)) == ["ended 1", "close 1000"])
        }
        #expect(freed.alive == 0)
    }

    @Test("The bytes of a connection are never exceeded, and exactly one producer learns that they are used up")
    func bound() async {
        let outbox = Outbox(limits: Outbox.Limits(subscriptionMessages: .max, connectionBytes: 10_000)) {}
        let admissions = await withTaskGroup(of: [Outbox.Admission].self) { group in
            for producer in 0..<4 {
                group.addTask {
                    let subscription = Subscription(handle: 0, id: "\(producer)", prefix: [], outbox: outbox, owner: nil)
                    return (0..<200).map { _ in outbox.enqueue(SharedBody([UInt8](repeating: 0x30, count: 67)), for: subscription) }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        // Each costs a hundred bytes.
        #expect(admissions.count { $0 == .queued || $0 == .queuedFirst } <= 100)
        #expect(admissions.count { $0 == .connectionFull } == 1)
        #expect(outbox.take(.max).isEmpty)
    }

    @Test("What is held back while events come keeps its order behind the first message", arguments: 0..<20)
    func release(round: Int) async {
        let outbox = Outbox(limits: Outbox.Limits(subscriptionMessages: .max, connectionBytes: .max)) {}
        let subscription = Subscription(handle: 0, id: "", prefix: [], outbox: outbox, owner: nil)
        outbox.admit(subscription, OverflowRule(), nil, isHeld: true)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for number in 0..<300 { _ = outbox.enqueue(SharedBody(Array("\(number)".utf8)), for: subscription) } }
            group.addTask {
                for _ in 0..<round { await Task.yield() }
                _ = outbox.release(subscription, after: SharedBody(Array("first".utf8)))
            }
        }
        #expect(texts(outbox.take(.max)) == ["first}"] + (0..<300).map { "\($0)}" })
    }

    @Test("A million messages that nobody took are freed without recursion")
    func longChain() {
        let outbox = Outbox(limits: Outbox.Limits(subscriptionMessages: .max, connectionBytes: .max)) {}
        for _ in 0..<1_000_000 { _ = outbox.append(.ended(handle: 1)) }
    }

    private func member(_ id: String, _ outbox: Outbox) -> ProjectionGroup.Member {
        let subscription = Subscription(handle: 0, id: id, prefix: Array("\(id):".utf8), outbox: outbox, owner: nil)
        return ProjectionGroup.Member(subscription: subscription, since: 0)
    }
}

/// Looks whether subscriptions are still there.
private final class Freed: Sendable {
    private struct Watched: Sendable {
        weak var subscription: Subscription?
    }

    private let watched = Guarded<[Watched]>([])

    func watch(_ subscription: Subscription) {
        watched.withLock { $0.append(Watched(subscription: subscription)) }
    }

    var alive: Int { watched.withLock { $0.count { $0.subscription != nil } } }
}
