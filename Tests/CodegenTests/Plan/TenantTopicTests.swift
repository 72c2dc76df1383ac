import Testing

@testable import Codegen

@Suite("Publishers to topics that name the tenant")
struct TenantTopicPublisherTests {
    private func files(_ payload: String) throws -> (python: String, swift: String, table: String) {
        let files = try generate(
            """
            type Query { ok: Int }
            type Subscription { shipped(region: ID!): \(payload) @tenant @topic(name: "shipped.{region}:tenant-{tenant}") }
            type Order { id: ID! region: ID! tenantId: ID! @internal }
            """)
        func file(_ end: String) throws -> String { try #require(files.first { $0.key.hasSuffix(end) }?.value) }
        return (try file("topics.py"), try file("Topics.swift"), try file("DispatchTable.swift"))
    }

    @Test("The event says whose it is, where it always does")
    func fromEvent() throws {
        let (python, swift, table) = try files("Order!")
        #expect(python.contains("def name(self, region: ID, tenant: ID) -> str:"))
        #expect(python.contains(#"return topic_name("shipped.", Arg(region), ":tenant-", Arg(tenant))"#))
        #expect(python.contains("topic = self.name(event.region, event.tenant_id)"))
        #expect(swift.contains(#"try topic.append(argument: "tenant", event.tenantId)"#))
        #expect(table.contains(".tenant"))
    }

    @Test("Else the publisher gives it")
    func given() throws {
        let (python, swift, _) = try files("[Order!]!")
        #expect(python.contains("topic = self.name(region, tenant)"))
        #expect(swift.contains("tenant: ID") && !swift.contains("event.tenantId"))
    }
}
