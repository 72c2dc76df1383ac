import BusConformance
import SubsgenRuntime
import Testing

@testable import SubsgenPostgres

/// A database of a test's own, and three processes on it.
private final class SharedDatabase: BusStore {
    private let configuration: PostgresConfiguration

    init() throws { configuration = try PostgresServer.shared.get().database() }

    func bus() throws -> any EventBus { PostgresBus(configuration) }
    var processes: Int { 3 }
    var keepsHistory: Bool { true }
}

@Suite("The contract of buses, over PostgreSQL")
struct PostgresConformanceTests {
    private static let cases = (try? SharedDatabase()).map { BusCase.all(of: $0) } ?? []

    @Test("A PostgreSQL server is there to hold the bus to its contract")
    func isThere() throws {
        _ = try PostgresServer.shared.get()
        #expect(Self.cases.isEmpty == false)
    }

    @Test("The bus keeps", arguments: cases)
    func contract(of bus: BusCase) throws { try bus.check(SharedDatabase()) }
}
