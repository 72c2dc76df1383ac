import BusConformance
import SubsgenRuntime
import Testing

private struct MemoryStore: BusStore {
    func bus() -> any EventBus { MemoryBus() }
    let processes = 1
    let keepsHistory = false
}

@Suite("The contract of buses, held by")
struct BusConformanceTests {
    @Test("the memory bus", arguments: BusCase.all(of: MemoryStore()))
    func memory(_ line: BusCase) throws { try line.check(MemoryStore()) }

    @Test("a bus of several processes that lives in this one", arguments: BusCase.all(of: Hub()))
    func hub(_ line: BusCase) throws { try line.check(Hub()) }
}
