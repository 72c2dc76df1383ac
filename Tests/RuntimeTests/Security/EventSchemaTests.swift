import Testing

@testable import SubsgenRuntime

/// From directives to what clients get.
@Suite("Rules of tenants, federations and rows, as a schema states them")
struct EventSchemaTests {
    private static let sdl = """
        schema @federation(service: "origin") { query: Query subscription: Subscription }
        type Query { ok: Int }
        type Subscription {
          order(status: String): Order @tenant
          shipped: Order @tenant @topic(name: "shipped:tenant-{tenant}")
          chosen(tenant: ID!): Order @tenant @topic(name: "chosen:tenant-{tenant}")
          bill: Bill
        }
        type Order { id: ID status: String tenantId: ID @internal federationId: ID @internal origin: ID @internal customer: Customer }
        type Customer @rowFilter(field: "accounts", claim: "account") @rowFilter(field: "region", claim: "regions") { name: String accounts: [ID] @internal region: ID @internal }
        type Bill @rowFilter(field: "payer.id", claim: "sub") { id: ID payer: Payer federationId: ID origin: ID }
        type Payer { id: ID }
        """

    private func executor(singleTenant: String? = nil) throws -> SubscriptionExecutor {
        var limits = RuntimeLimits()
        limits.operation.singleTenant = singleTenant
        return try SubscriptionExecutor(sdl: Self.sdl, bus: MemoryBus(), limits: limits)
    }

    /// How many of the results there are of an event.
    private func count(_ event: String, on topic: String, _ selection: String, _ claims: String?, _ executor: SubscriptionExecutor) throws -> Int {
        try executor.response(to: event, on: topic, "subscription { \(selection) }", claims: claims).count
    }

    @Test("The rules of a field, of the type that it returns and of the schema hold together")
    func together() throws {
        let executor = try executor()
        let claims = #"{"tenant_id":"a","federation_id":"f","sub":"u"}"#
        #expect(try count(#"{"id":1,"tenantId":"a","federationId":"f"}"#, on: "order", "order { id }", claims, executor) == 1)
        #expect(try count(#"{"id":1,"tenantId":"b","federationId":"f"}"#, on: "order", "order { id }", claims, executor) == 0)
        #expect(try count(#"{"id":1,"tenantId":"a","origin":"f"}"#, on: "order", "order { id }", claims, executor) == 0)
        #expect(try count(#"{"id":1,"payer":{"id":"u"},"federationId":"f"}"#, on: "bill", "bill { id }", claims, executor) == 1)
        #expect(try count(#"{"id":1,"payer":{"id":"v"},"federationId":"f"}"#, on: "bill", "bill { id }", claims, executor) == 0)
        #expect(try count(#"{"id":1,"payer":{"id":"u"}}"#, on: "bill", "bill { id }", claims, executor) == 0)
        #expect(executor.metrics[.deniedTenant] == 1)
        #expect(executor.metrics[.deniedFederation] == 2)
        #expect(executor.metrics[.deniedRow] == 1)
    }

    @Test("All row filters of an object hold; its error says nothing of them")
    func rows() throws {
        let executor = try executor()
        func name(_ customer: String, _ claims: String) throws -> String {
            try executor.response(
                to: #"{"id":1,"tenantId":"a","customer":\#(customer)}"#, on: "order", "subscription { order { customer { name } } }", claims: claims)
                .joined()
        }
        let customer = #"{"name":"n","accounts":["1","2"],"region":"north"}"#
        #expect(try name(customer, #"{"tenant_id":"a","account":"2","regions":["south","north"]}"#) == #"{"data":{"order":{"customer":{"name":"n"}}}}"#)
        for claims in [#"{"tenant_id":"a","account":"2"}"#, #"{"tenant_id":"a","account":"3","regions":"north"}"#] {
            #expect(
                try name(customer, claims)
                    == #"{"data":{"order":{"customer":null}},"errors":[{"message":"You may not see \"Order.customer\".","locations":[{"line":1,"column":24}],"path":["order","customer"],"extensions":{"code":"FORBIDDEN"}}]}"#)
        }
    }

    // MARK: Topics of tenants

    @Test("{tenant} in a topic is the subscriber's, and the rule holds all the same")
    func topics() throws {
        let executor = try executor()
        for tenant in [#""a b""#, #"["a b"]"#] {
            let claims = #"{"tenant_id":\#(tenant)}"#
            #expect(try count(#"{"id":1,"tenantId":"a b"}"#, on: "shipped:tenant-a%20b", "shipped { id }", claims, executor) == 1)
            #expect(try count(#"{"id":1,"tenantId":"b"}"#, on: "shipped:tenant-a%20b", "shipped { id }", claims, executor) == 0)
            #expect(try count(#"{"id":1,"tenantId":"a b"}"#, on: "shipped:tenant-b", "shipped { id }", claims, executor) == 0)
        }
        #expect(executor.metrics[.considered] == 4, "the other topic has no subscribers")
        #expect(throws: PublishError.self) { try executor.publish("shipped", #"{"id":1}"#) }
    }

    @Test("Who has no tenant, or several, has no topic", arguments: [nil, #"{"tenant_id":["a","b"]}"#, #"{"tenant_id":[]}"#])
    func noTopic(claims: String?) throws {
        let executor = try executor()
        #expect(try executor.refusal("subscription { shipped { id } }", claims: claims).first?.hasSuffix(#"{"code":"FORBIDDEN"}}"#) == true)
        #expect(executor.metrics[.subscriptionsWithoutTenant] == 1)
    }

    @Test("An argument of that name goes first, and does not let into another tenant's topic")
    func argument() throws {
        let executor = try executor()
        let claims = #"{"tenant_id":"a"}"#
        for (tenant, seen) in [("a", 1), ("b", 0)] {
            let event = #"{"id":1,"tenantId":"\#(tenant)"}"#
            #expect(try count(event, on: "chosen:tenant-\(tenant)", #"chosen(tenant: "\#(tenant)") { id }"#, claims, executor) == seen)
        }
    }

    // MARK: One tenant

    @Test(
        "With one tenant, what names none is its own and what names another one is denied",
        arguments: [
            (nil, #","tenantId":"one""#, true), (nil, "", true), (nil, #","tenantId":null"#, true), (nil, #","tenantId":"two""#, false),
            (nil, #","tenantId":{}"#, false), (#"{"tenant_id":"one"}"#, "", true), (#"{"tenant_id":["two","one"]}"#, #","tenantId":"two""#, false),
        ])
    func single(claims: String?, fields: String, isSeen: Bool) throws {
        let executor = try executor(singleTenant: "one")
        let event = #"{"id":1\#(fields)}"#
        #expect(try count(event, on: "order", "order { id }", claims, executor) == (isSeen ? 1 : 0))
        #expect(try count(event, on: "shipped:tenant-one", "shipped { id }", claims, executor) == (isSeen ? 1 : 0))
    }

    @Test("With one tenant, subscribers of others are denied", arguments: [#"{"tenant_id":"two"}"#, #"{"tenant_id":[]}"#, #"{"tenant_id":{}}"#])
    func otherTenant(claims: String) throws {
        let executor = try executor(singleTenant: "one")
        for field in ["order", "shipped"] { #expect(try executor.refusal("subscription { \(field) { id } }", claims: claims).count == 1) }
        #expect(executor.metrics[.subscriptionsWithoutTenant] == 2)
    }
}
