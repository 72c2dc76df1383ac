import Testing

@testable import GraphQLSchema

@Suite("Topics that name the tenant")
struct TenantTopicTests {
    private func tenant(_ rest: String) throws -> (segments: [TopicTemplate.Segment], brace: TenantBrace?) {
        let sdl = "type Query { ok: Int } " + rest
        let table = try #require(try expectDerive(sdl))
        let schema = try build(sdl)
        let root = try #require(schema.subscriptionType)
        let field = try #require(schema[root].field(named: "a"))
        return (table.fields[0].topic.segments, table.fields[0].tenantBrace(in: schema, payload: field.type))
    }

    @Test("{tenant} stands for the tenant where the field has a @tenant and no argument of that name")
    func segments() throws {
        let own = try tenant(#"type Subscription { a: A! @tenant @topic(name: "a:{tenant}") } type A { tenantId: ID! }"#)
        #expect(own.segments == [.literal("a:"), .tenant])
        #expect(own.brace?.path == ["tenantId"])
        #expect(own.brace?.type.isNonNull == true)
        let argument = try tenant(#"type Subscription { a(tenant: ID!): A! @tenant @topic(name: "a:{tenant}") } type A { tenantId: ID! }"#)
        #expect(argument.segments == [.literal("a:"), .argument("tenant")])
        #expect(argument.brace == nil)
    }

    @Test("The tenant of the type or of the schema does, and another field of it")
    func inherited() throws {
        let type = try tenant(#"type Subscription { a: A! @topic(name: "a:{tenant}") } type A @tenant(field: "org.id") { org: Org! } type Org { id: Int! }"#)
        #expect(type.brace?.path == ["org", "id"])
        let schema = try tenant(#"schema @tenant { query: Query subscription: Subscription } type Subscription { a: A! @topic(name: "a:{tenant}") } type A { tenantId: ID! }"#)
        #expect(schema.segments == [.literal("a:"), .tenant])
    }

    @Test(
        "Where an event may be without a tenant, or have several, a publisher gives it",
        arguments: ["a: A @tenant", "a: [A!]! @tenant", #"a: A! @tenant(field: "maybe")"#, #"a: A! @tenant(field: "many")"#])
    func given(field: String) throws {
        let found = try tenant("type Subscription { \(field) @topic(name: \"a:{tenant}\") } type A { tenantId: ID! maybe: ID many: [ID!]! }")
        #expect(found.segments == [.literal("a:"), .tenant])
        #expect(try #require(found.brace).path == nil)
    }

    @Test("Without a @tenant, or twice, {tenant} is refused")
    func refused() throws {
        try expectDerive(
            """
            type Query { ok: Int }
            type Subscription {
              ③a: A @topic(name: ①"a:{tenant}")
              b: A @tenant @topic(name: ②"b:{tenant}:{tenant}")
            }
            type A { tenantId: ID! }
            """,
            [
                Expected(
                    .warning, 2055, at: "③", "The events of subscription field \"a\" reach subscribers of every tenant, for no @tenant protects them."),
                Expected(
                    2012, at: "①", "The topic of subscription field \"a\" names {tenant}, which is no argument of the field, and the field has no @tenant."),
                Expected(2012, at: "②", "The topic of subscription field \"b\" names {tenant} more than once."),
            ])
    }

    @Test("Topics of tenants meet those that arguments fill")
    func overlaps() throws {
        let tenant = TopicTemplate(segments: [.literal("a:"), .tenant])
        #expect(tenant.overlaps(TopicTemplate(segments: [.literal("a:"), .argument("x")])))
        #expect(tenant.overlaps(TopicTemplate(segments: [.literal("a:b")])))
        #expect(!tenant.overlaps(TopicTemplate(segments: [.literal("b:"), .tenant])))
        #expect(tenant.matches("a:x%20") && !tenant.matches("a") && !tenant.matches("a:x.y"))
        #expect(tenant.description == "a:{tenant}" && tenant.namesTenant && !tenant.isPlain && tenant.arguments.isEmpty)
    }
}
