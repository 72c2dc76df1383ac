import Testing

@testable import SubsgenRuntime

@Suite("Metrics count from any thread")
struct MetricsTests {
    @Test("what many tasks count at once adds up, and gauges come down again")
    func concurrently() async {
        let metrics = Metrics()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        metrics.add(.eventsPublished)
                        metrics.add(.deliveries, 3)
                        metrics.add(.subscriptions)
                    }
                }
                group.addTask {
                    for _ in 0..<1000 { metrics.add(.subscriptions, -1) }
                }
            }
        }
        let snapshot = metrics.snapshot()
        #expect(snapshot[.eventsPublished] == 8000)
        #expect(snapshot[.deliveries] == 24000)
        #expect(snapshot[.subscriptions] == 0)
        #expect(snapshot.totals.map(\.name) == snapshot.families.map(\.definition.name))
    }
}
