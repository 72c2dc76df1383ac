import Testing

@testable import GraphQLSchema

@Suite("Rules in the dispatch table")
struct RuleDerivationTests {
    private func table(_ sdl: String) throws -> DispatchTable {
        try #require(SubscriptionModel.derive(from: try build(sdl + " type Query { ok: Int }")).table)
    }

    @Test("A subscription field has its own rules and those of the type that it returns, each once and in order")
    func roots() throws {
        let table = try table(
            """
            type Subscription {
              plain: User
              order: Order @requiresRole(roles: ["clerk", "boss"]) @rowFilter(field: "owner.id", claim: "user_id") @authenticated
              orders: [Order!]!
            }
            type Order @tenant @requiresScopes(scopes: [["a", "b"], ["c"]]) @requiresRole(roles: ["clerk", "boss"]) {
              id: ID! tenantId: ID! @internal owner: User
            }
            type User { id: ID! }
            """)
        let rules = table.fields.map(\.rules)
        let tenant = EventRule.tenant(path: ["tenantId"], claim: "tenant_id")
        #expect(rules[0].isEmpty)
        #expect(rules[1].access == [.authenticated, .scopes([["a", "b"], ["c"]]), .roles(["clerk", "boss"])])
        #expect(rules[1].events == [tenant, .row(path: ["owner", "id"], claim: "user_id")])
        #expect(rules[2] == ProtectionRules(access: [.scopes([["a", "b"], ["c"]]), .roles(["clerk", "boss"])], events: [tenant]))
    }

    @Test("@tenant and @federation on the schema are rules of every subscription field")
    func wholeSchema() throws {
        let table = try table(
            """
            schema @tenant(field: "org", claim: "org_id") @federation(service: "service") { query: Query subscription: Subscription }
            type Subscription { a: A b: [A!] @tenant(field: "other") }
            type A { org: ID! other: Int federationId: ID service: String }
            """)
        let whole: [EventRule] = [
            .tenant(path: ["org"], claim: "org_id"), .federation(path: ["federationId"], servicePath: ["service"]),
        ]
        #expect(table.fields[0].rules.events == whole)
        #expect(table.fields[1].rules.events == [.tenant(path: ["other"], claim: "tenant_id")] + whole)
    }

    @Test("Types and payload fields have the rules of the interfaces that they implement")
    func interfaces() throws {
        let table = try table(
            """
            type Subscription { node: Node }
            interface Node @authenticated { id: ID! secret: String @requiresRole(roles: ["boss"]) }
            type Order implements Node @rowFilter(field: "id", claim: "orders") {
              id: ID! secret: String @policy(policies: [["p"]])
              customer: Customer @requiresScopes(scopes: ["customers"]) @tenant
            }
            type Customer { tenantId: Int }
            scalar Money @requiresScopes(scopes: [["money"]])
            enum State @authenticated { OPEN }
            type Bill implements Node { id: ID! secret: String sum: Money state: State }
            type Unreached @authenticated { id: ID! @authenticated }
            """)
        #expect(
            table.security.types == [
                TypeRules(type: "Node", rules: ProtectionRules(access: [.authenticated])),
                TypeRules(type: "Order", rules: ProtectionRules(access: [.authenticated], events: [.row(path: ["id"], claim: "orders")])),
                TypeRules(type: "Money", rules: ProtectionRules(access: [.scopes([["money"]])])),
                TypeRules(type: "State", rules: ProtectionRules(access: [.authenticated])),
                TypeRules(type: "Bill", rules: ProtectionRules(access: [.authenticated])),
            ])
        #expect(
            table.security.fields == [
                FieldRules(type: "Node", name: "secret", rules: ProtectionRules(access: [.roles(["boss"])])),
                FieldRules(type: "Order", name: "secret", rules: ProtectionRules(access: [.roles(["boss"]), .policies([["p"]])])),
                FieldRules(
                    type: "Order", name: "customer",
                    rules: ProtectionRules(
                        access: [.scopes([["customers"]])], events: [.tenant(path: ["tenantId"], claim: "tenant_id")])),
                FieldRules(type: "Bill", name: "secret", rules: ProtectionRules(access: [.roles(["boss"])])),
            ])
    }

    @Test("Who selects events by a field must be one who may see it, whatever object type it is of")
    func filters() throws {
        let table = try table(
            """
            type Subscription {
              node(total: Int, by: By, note: String @resolverArgument, mine: ID @ownArgument(claim: "user_id") @filter(field: "owner.id")): Node
            }
            input By { total: Int owner: Owner and: [By!] }
            input Owner { id: ID @ownArgument(claim: "sub") }
            interface Node { total: Int owner: User }
            type Order implements Node { total: Int @requiresScopes(scopes: [["totals"]]) owner: User }
            type Bill implements Node { total: Int @authenticated owner: User }
            type User @requiresRole(roles: ["boss"]) { id: ID! @authenticated }
            """)
        let totals: [AccessRequirement] = [.authenticated, .scopes([["totals"]])]
        #expect(
            table.fields[0].arguments.map(\.access) == [totals, [], [], [.authenticated, .roles(["boss"])]])
        #expect(table.fields[0].arguments.map(\.ownClaim) == [nil, nil, nil, "user_id"])
        #expect(table.inputFilters.map { $0.fields.map(\.access) } == [[totals, [.roles(["boss"])], []], [[.authenticated]]])
        #expect(table.security.ownInputFields == [OwnInputField(type: "Owner", name: "id", claim: "sub")])
    }

    @Test("Rules of the subscription root type, and of the interfaces that it implements, are rules of each of its fields")
    func rootType() throws {
        let table = try table(
            """
            interface Feed @policy(policies: [["reader"]]) { a: A @requiresScopes(scopes: [["a"]]) }
            type Subscription implements Feed @authenticated @rowFilter(field: "id", claim: "ids") { a: A b: [A!] }
            type A { id: ID! }
            """)
        let row: [EventRule] = [.row(path: ["id"], claim: "ids")]
        #expect(table.fields[0].rules == ProtectionRules(access: [.authenticated, .scopes([["a"]]), .policies([["reader"]])], events: row))
        #expect(table.fields[1].rules == ProtectionRules(access: [.authenticated, .policies([["reader"]])], events: row))
        #expect(table.security == SecurityTable())
    }

    @Test("Where a payload leads back to the subscription root type, its fields are protected there too")
    func rootInPayload() throws {
        let table = try table(
            """
            type Subscription { a: A @requiresRole(roles: ["reader"]) }
            type A { id: ID! root: Subscription }
            """)
        #expect(table.security.fields == [FieldRules(type: "Subscription", name: "a", rules: ProtectionRules(access: [.roles(["reader"])]))])
    }

    @Test("Who selects events by what may be one of several types must be one who may see each of them")
    func filtersOfAbstractTypes() throws {
        let table = try table(
            """
            type Subscription { any(id: ID): Any order(owner: ID @filter(field: "owner.id"), by: ByOwner): Order }
            input ByOwner { owner: ByID } input ByID { id: ID }
            interface Any { id: ID! }
            type Secret implements Any @authenticated { id: ID! }
            type Open implements Any { id: ID! }
            type Order { owner: Actor }
            interface Actor { id: ID! }
            type Person implements Actor @requiresRole(roles: ["boss"]) { id: ID! }
            type Robot implements Actor { id: ID! }
            """)
        #expect(table.fields.map { $0.arguments.map(\.access) } == [[[.authenticated]], [[.roles(["boss"])], []]])
        #expect(table.inputFilters.map { $0.fields.map(\.access) } == [[[.roles(["boss"])]], [[.roles(["boss"])]]])
    }

    @Test("A schema's own definitions may have defaults; values that are no strings make no rule weaker")
    func ownDefinitions() throws {
        let definitions = """
            scalar Anything
            directive @requiresScopes(scopes: [[Anything!]!]! = [["s"]]) on FIELD_DEFINITION
            directive @ownArgument(claim: Anything! = "me") on ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION
            directive @requiresRole(roles: [Anything!]!) on FIELD_DEFINITION
            directive @rateLimit(limit: Anything!) on FIELD_DEFINITION
            type Query { ok: Int }

            """
        let table = try expectDerive(
            definitions + """
                type Subscription { a(me: ID @ownArgument @resolverArgument, in: In @resolverArgument): Int @requiresScopes }
                input In { me: ID @ownArgument }
                """)
        #expect(table?.fields.map(\.rules.access) == [[.scopes([["s"]])]])
        #expect(table?.fields[0].arguments.map(\.ownClaim) == ["me", nil])
        #expect(table?.security.ownInputFields == [OwnInputField(type: "In", name: "me", claim: "me")])
        try expectDerive(
            definitions + """
                type Subscription {
                  a(me: ID @resolverArgument @ownArgument(claim: ①1)): Int @requiresScopes(scopes: ②[["a", 1]])
                  b: Int @requiresRole(roles: ③["a", 1])
                  c: Int @rateLimit(limit: ④"1")
                }
                """,
            [
                Expected(2051, at: "①", "@ownArgument on Subscription.a(me:) names no claim, so that nobody has it."),
                Expected(2051, at: "②", "@requiresScopes on Subscription.a has something among its scopes that is no string."),
                Expected(2051, at: "③", "@requiresRole on Subscription.b names a role that is no string."),
                Expected(2052, at: "④", "@rateLimit(limit:) on \"c\" must be positive, and at most 2147483647."),
            ])
    }

    @Test("A rule that can hold for nobody is refused, and so are rules of events for what is no event")
    func neverHolding() throws {
        try expectDerive(
            """
            type Subscription {
              a(in: In @resolverArgument ①@ownArgument(claim: "me")): A @tenant(claim: ②"")
            }
            input In { more: In ③@ownArgument(claim: "me") id: ID @ownArgument(claim: ④"") }
            type A { tenantId: ID }
            type Query ⑤@rowFilter(field: "ok", claim: "c") { ok: Int other: A ⑥@tenant @authenticated }
            type Mutation { other: A ⑦@federation(field: "tenantId", service: "tenantId") }
            """,
            [
                Expected(2051, at: "①", "@ownArgument on Subscription.a(in:) holds for nobody: no value of In equals a claim."),
                Expected(2051, at: "②", "@tenant on Subscription.a names no claim, so that nobody has it."),
                Expected(2051, at: "③", "@ownArgument on In.more holds for nobody: no value of In equals a claim."),
                Expected(2051, at: "④", "@ownArgument on In.id names no claim, so that nobody has it."),
                Expected(2011, at: "⑤", "@rowFilter has no meaning on Query: it is for subscription fields and what is in events."),
                Expected(2011, at: "⑥", "@tenant has no meaning on Query.other: it is for subscription fields and what is in events."),
                Expected(2011, at: "⑦", "@federation has no meaning on Mutation.other: it is for subscription fields and what is in events."),
            ])
    }

    @Test("Rate limits have their windows in milliseconds, and a window's number as their burst where none is given")
    func rateLimits() throws {
        let table = try table(
            """
            type Subscription {
              a: Int @rateLimit(limit: 5) @rateLimit(limit: 100, window: "1m", burst: 10, per: CONNECTION)
              b: Int @rateLimit(limit: 1, window: "250ms", per: SUBSCRIPTION)
            }
            """)
        #expect(
            table.fields.map(\.rateLimits) == [
                [
                    RateLimit(limit: 5, window: 1000, burst: 5, scope: .user),
                    RateLimit(limit: 100, window: 60_000, burst: 10, scope: .connection),
                ],
                [RateLimit(limit: 1, window: 250, burst: 1, scope: .subscription)],
            ])
    }

    @Test("Costs are those of what a subscription reaches, written as a number or as a text")
    func costs() throws {
        let table = try table(
            """
            directive @cost(weight: String!) on FIELD_DEFINITION | OBJECT | ARGUMENT_DEFINITION
            type Subscription { a(n: Int @cost(weight: "2") @resolverArgument): A @cost(weight: "7") }
            type A @cost(weight: "1") { b: Int @cost(weight: "0") }
            """)
        #expect(
            table.security.costs == [
                CostRule(coordinate: "Subscription.a", weight: 7), CostRule(coordinate: "Subscription.a(n:)", weight: 2),
                CostRule(coordinate: "A", weight: 1), CostRule(coordinate: "A.b", weight: 0),
            ])
    }

    @Test("A rule that cannot be meant is told once, where it stands")
    func mistakes() throws {
        try expectDerive(
            """
            type Subscription {
              a: A @rowFilter(field: ①"ids", claim: "c")
              b: Int @rowFilter(field: ②"id", claim: "c")
              c: A @rowFilter(field: ③"", claim: "c") @rowFilter(field: ④"self", claim: "c")
              d: A @rateLimit(limit: ⑤0)
              e: A @rateLimit(limit: 1, window: ⑥"1 s", burst: ⑦-1)
            }
            interface I { x: Int @requiresScopes(scopes: ⑧[]) }
            type A implements I { self: A x: Int y: Int @policy(policies: ⑨[["p"], []]) }
            type Query { ok: Int }
            """,
            [
                Expected(2050, at: "①", "@rowFilter on Subscription.a reaches no field: A has no field \"ids\"."),
                Expected(2050, at: "②", "@rowFilter on Subscription.b reaches no field: Int has no fields."),
                Expected(2050, at: "③", "@rowFilter on Subscription.c must name a field of A, or several with dots between them, as `field`."),
                Expected(2050, at: "④", "@rowFilter on Subscription.c must lead to a scalar or an enum; \"self\" is of type A."),
                Expected(2052, at: "⑤", "@rateLimit(limit:) on \"d\" must be positive, and at most 2147483647."),
                Expected(2052, at: "⑥", "@rateLimit(window:) on \"e\" must be a time from 1ms to 366d."),
                Expected(2052, at: "⑦", "@rateLimit(burst:) on \"e\" must be positive, and at most 2147483647."),
                Expected(2051, at: "⑧", "@requiresScopes on I.x has no list of scopes, so that nobody sees it."),
                Expected(2051, at: "⑨", "@policy on A.y has an empty list of policies, which everybody satisfies."),
            ])
    }

    @Test("A cost of what is known with the variables alone is refused")
    func costsOfInputs() throws {
        try expectDerive(
            """
            type Subscription { a(in: In @resolverArgument): Int }
            input In { n: Int ①@cost(weight: 1) }
            directive @cost(weight: Int!) on INPUT_FIELD_DEFINITION | FIELD_DEFINITION | ARGUMENT_DEFINITION
            directive @other(n: Int ②@cost(weight: 1)) on FIELD
            type Query { ok: Int }
            """,
            [
                Expected(2011, at: "①", "@cost has no meaning on In.n: it is for output fields, their arguments, and types."),
                Expected(2011, at: "②", "@cost has no meaning on @other(n:): it is for output fields, their arguments, and types."),
            ])
    }

    @Test("Where some subscription fields are for tenants, one that is not is told of; strictly, it is refused", arguments: [false, true])
    func tenants(strict: Bool) throws {
        try expectDerive(
            """
            type Subscription { a: A @tenant ①b: A c: B }
            type A { tenantId: ID! } type B @tenant(field: "id") { id: ID! }
            type Query { ok: Int }
            """, strict: strict,
            [
                Expected(
                    strict ? .error : .warning, 2055, at: "①",
                    "The events of subscription field \"b\" reach subscribers of every tenant, for no @tenant protects them.")
            ])
    }

    @Test("Nobody selects events by what is in an object that rules keep from some")
    func oracle() throws {
        try expectDerive(
            """
            type Subscription {
              a(①total: Int @filter(field: "bill.sum"), by: By, own: Int @filter(field: "sum")): A
              b(sum: Int): Bill
            }
            input By { ②owner: ID @filter(field: "owner.id") sum: Int }
            type A { bill: Bill owner: User @tenant sum: Int }
            type Bill @rowFilter(field: "sum", claim: "sums") { sum: Int }
            type User { id: ID! tenantId: ID! }
            type Query { ok: Int }
            """,
            [
                Expected(2056, at: "①", Self.oracle("Argument \"a(total:)\"", "Bill")),
                Expected(2056, at: "②", Self.oracle("Input field \"By.owner\"", "User")),
                Expected(
                    .warning, 2055, at: "③", "The events of subscription field \"b\" reach subscribers of every tenant, for no @tenant protects them."),
            ].dropLast())
    }

    private static func oracle(_ what: String, _ type: String) -> String {
        "\(what) selects events by what is in \(type), and rules of events keep \(type) from some subscribers: what comes would tell them what "
            + "they may not see."
    }

    @Test("Claims that rules compare are declared, where any are")
    func claims() throws {
        let text = """
            type Subscription { a(user: ID @ownArgument(claim: "user_id")): A @tenant(claim: "org") @federation }
            type A { user: ID tenantId: ID federationId: ID serviceName: ID }
            type Query { ok: Int }
            """
        let schema = try build(text)
        func told(_ claims: Set<String>?) -> [String] {
            SubscriptionModel.derive(from: schema, claims: claims).diagnostics.map(\.message)
        }
        #expect(told(nil) == [])
        #expect(told(["user_id", "org", "federation_id", "service_name"]) == [])
        #expect(
            told(["user_ids", "service_name"]) == [
                "@ownArgument on Subscription.a(user:) compares the claim \"user_id\", which is not declared. Did you mean \"user_ids\"?",
                "@tenant on Subscription.a compares the claim \"org\", which is not declared.",
                "@federation on Subscription.a compares the claim \"federation_id\", which is not declared.",
            ])
    }

    @Test("By default-access, a subscription field without a rule of access is for authenticated subscribers")
    func defaultAccess() throws {
        let text = """
            type Subscription { a: Int b: Int @requiresRole(roles: ["r"]) c: C d: D @tenant }
            type C @authenticated { x: Int } type D { tenantId: ID }
            type Query { ok: Int }
            """
        let settings = SecuritySettings(isAuthenticatedByDefault: true)
        let schema = try #require(SchemaBuilder.build(parse([text]), adding: [], settings).schema)
        let table = try #require(SubscriptionModel.derive(from: schema).table)
        #expect(table.fields.map(\.rules.access) == [[.authenticated], [.roles(["r"])], [.authenticated], [.authenticated]])
        #expect(SchemaPrinter.print(schema, includeInternal: true).contains("a: Int @authenticated"))
    }

    @Test("An audit tells of each subscription field what clients can select of it, and by which rules")
    func audit() throws {
        let text = """
            type Subscription { a(id: ID @ownArgument(claim: "user_id") sum: Int): A @tenant @rateLimit(limit: 2) b: Int }
            type A @authenticated { id: ID sum: Int @requiresScopes(scopes: [["x", "y"], ["z"]]) user: User tenantId: ID @internal }
            type User @rowFilter(field: "id", claim: "user_id") { id: ID }
            type Query { ok: Int }
            """
        let schema = try build(text)
        let audit = AccessAudit(schema, try table(text.replacing("type Query { ok: Int }", with: "")))
        #expect(audit.entries.map(\.coordinate) == ["Subscription.a", "Subscription.b"])
        #expect(audit.entries[0].rules.access.map(\.text) + audit.entries[0].rules.events.map(\.text) == ["@authenticated", "@tenant tenantId = claim tenant_id"])
        #expect(audit.entries[0].rateLimits.map(\.text) == ["@rateLimit 2 in 1000 ms, 2 at once, for each user"])
        #expect(audit.entries[0].arguments.map(\.name) == ["id", "sum"])
        #expect(audit.entries[0].arguments.map { $0.access.map(\.text) } == [[], ["@requiresScopes x and y, or z"]])
        #expect(
            audit.entries[0].payload.map { [$0.coordinate] + $0.rules.access.map(\.text) + $0.rules.events.map(\.text) } == [
                ["A.id"], ["A.sum", "@requiresScopes x and y, or z"], ["A.user", "@rowFilter id = claim user_id"], ["User.id"],
            ])
        #expect(audit.entries[1].payload.isEmpty && audit.entries[1].rules.isEmpty)
    }

    @Test("A directive that means something elsewhere alone is refused, and so is a cost that is none")
    func places() throws {
        try expectDerive(
            """
            type Subscription { a: A @cost(weight: ①-1) }
            type A { y(n: Int ②@ownArgument(claim: "c")): Int ③@rateLimit(limit: 1) }
            type Query { ok: Int }
            """,
            [
                Expected(2053, at: "①", "@cost(weight:) on Subscription.a must be a whole number that is not negative."),
                Expected(2011, at: "②", "@ownArgument has no meaning on A.y(n:): it is for arguments of subscription fields."),
                Expected(2011, at: "③", "@rateLimit has no meaning on A.y: it is for fields of the subscription root type."),
            ])
    }
}
