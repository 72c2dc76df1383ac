import Synchronization
import Testing

@testable import SubsgenRuntime

@Suite("Functions that answer from many threads")
struct SupplyConcurrencyTests {
    /// Answers each call from a task of its own; some fail, and none keeps the order.
    private final class Host: ResolverHost {
        private let tasks = Guarded<[Task<Void, Never>]>([])

        func start(_ call: ResolverCall) {
            let task = Task {
                do {
                    let parents = try JSONDocument.parse(call.event).root.elements.map { $0["n"]?.integer ?? -1 }
                    if parents.contains(where: { $0 % 5 == 0 }) { await Task.yield() }
                    switch call.field {
                    case "Tick.next": call.finish(#"{"values":[\#(parents.map { #"{"n":\#($0 + 1)}"# }.joined(separator: ","))]}"#)
                    default: call.finish(#"{"values":[\#(parents.map { "\"t\($0)\"" }.joined(separator: ","))]}"#)
                    }
                } catch {
                    call.fail("\(error)")
                }
            }
            tasks.withLock { $0.append(task) }
        }

        /// Waits for everything that was started, and for what that started.
        func finished() async {
            var done = 0
            while case let tasks = tasks.withLock({ $0 }), done < tasks.count {
                for task in tasks[done...] { await task.value }
                done = tasks.count
            }
        }
    }

    @Test("Events of every topic stay in order, none is lost or doubled, and each has its own values")
    func order() async throws {
        let sdl = """
            type Subscription { tick(of: Int!): Tick! @topic(name: "tick.{of}") }
            type Tick { n: Int! of: Int text: String @resolver next: Tick @resolver }
            """
        let (topics, events) = (4, 100)
        let host = Host()
        let executor = try SubscriptionExecutor(
            sdl: sdl, bus: MemoryBus(), limits: RuntimeLimits(outbox: Outbox.Limits(subscriptionMessages: 1000), resolverQueue: 1000))
        for field in ["text", "next"] { try executor.setSupplier(type: "Tick", field: field, .perArguments, host: host) }
        let clients = try (0..<topics).map { topic in
            try ["n text", "n next { text }"].map { try executor.subscribe("subscription { tick(of: \(topic)) { \($0) } }") }
        }
        await withTaskGroup(of: Void.self) { group in
            for topic in 0..<topics {
                group.addTask {
                    for n in 0..<events {
                        do { try executor.publish("tick.\(topic)", #"{"n":\#(n),"of":\#(topic)}"#) } catch { Issue.record(error) }
                    }
                }
            }
        }
        await host.finished()
        for clients in clients {
            #expect(clients[0].drain() == (0..<events).map { #"{"data":{"tick":{"n":\#($0),"text":"t\#($0)"}}}"# })
            #expect(clients[1].drain() == (0..<events).map { #"{"data":{"tick":{"n":\#($0),"next":{"text":"t\#($0 + 1)"}}}}"# })
        }
        for client in clients.joined() { client.complete() }
        #expect(executor.metrics[.groups] == 0)
        #expect(executor.metrics[.topics] == 0)
    }
}
