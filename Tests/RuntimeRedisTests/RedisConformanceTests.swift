import BusConformance
import SubsgenRuntime
import Testing

@testable import SubsgenRedis

/// A server of a test's own, and three processes on it.
private final class SharedServer: BusStore {
    private let server: RedisServer
    private let options: String

    init(options: String) throws {
        server = try RedisServer()
        self.options = options
    }

    func bus() throws -> any EventBus { RedisBus(try RedisConfiguration(url: server.url + options)) }
    var processes: Int { 3 }
    var keepsHistory: Bool { true }
}

@Suite("The contract of buses, over Redis")
struct RedisConformanceTests {
    private static let cases = (try? SharedServer(options: "")).map { BusCase.all(of: $0) } ?? []

    @Test("A redis-server is there to hold the bus to its contract")
    func isThere() { #expect(Self.cases.isEmpty == false) }

    @Test("The bus keeps", arguments: cases)
    func contract(of bus: BusCase) throws { try bus.check(SharedServer(options: "?partitions=2")) }
}
