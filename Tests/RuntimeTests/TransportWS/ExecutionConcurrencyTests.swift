import Testing

@testable import SubsgenRuntime

@Suite("Queries and mutations on many threads")
struct ExecutionConcurrencyTests {
    private static let rounds = 200

    @Test("Clients ask, complete and vanish while a host answers: each operation has one answer or none, and nothing is left")
    func askAndComplete() async throws {
        let executor = try SubscriptionExecutor(sdl: chatSDL, bus: MemoryBus())
        let host = AnsweringTasks()
        executor.setExecution(host: host)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<4 {
                group.addTask {
                    let client = SessionClient.acknowledged(executor)
                    var answers: [String: Int] = [:]
                    for round in 0..<Self.rounds {
                        client.subscribe("\(round)", "mutation { post }")
                        // It may cross with the answer.
                        if round.isMultiple(of: 3) { client.complete("\(round)") }
                        for said in client.heard() where said.contains(#""type":"next""#) || said.contains(#""type":"error""#) {
                            answers[String(said.prefix { $0 != "," }), default: 0] += 1
                        }
                        await Task.yield()
                    }
                    if number.isMultiple(of: 2) { client.session.disconnected() } else { client.session.drainAndClose() }
                    #expect(answers.values.allSatisfy { $0 == 1 })
                    #expect(client.heard().filter { $0.contains(#""type":"next""#) }.count <= Self.rounds)
                    client.session.disconnected()
                }
            }
        }
        await host.finished()
        #expect(executor.metrics[.connections] == 0)
        #expect(executor.metrics[.resolverErrors] == 0)
    }
}

/// Answers each call in a task of its own.
private final class AnsweringTasks: ResolverHost {
    /// Guards the tasks that were begun.
    private let tasks = Guarded<[Task<Void, Never>]>([])

    func start(_ call: ResolverCall) {
        let task = Task {
            await Task.yield()
            call.finish(#"{"data":{"post":true}}"#)
        }
        tasks.withLock { $0.append(task) }
    }

    func finished() async {
        for task in tasks.withLock({ $0 }) { await task.value }
    }
}
