import Testing

@testable import SubsgenRuntime

@Suite("What clients may not connect by")
struct ConnectionRefusalTests {
    @Test("each is counted by its own rule", arguments: ConnectionRefusal.allCases)
    func counted(refusal: ConnectionRefusal) throws {
        let executor = try SubscriptionExecutor(sdl: "type Query { ok: Boolean } type Subscription { tick: Int }", bus: MemoryBus())
        executor.countRefusal(refusal)
        executor.countRefusal(refusal)
        let text = executor.metrics.text()
        for rule in ConnectionRefusal.allCases {
            #expect(text.contains("subsgen_connections_refused_total{rule=\"\(rule.rawValue)\"} \(rule == refusal ? 2 : 0)\n"))
        }
    }
}
