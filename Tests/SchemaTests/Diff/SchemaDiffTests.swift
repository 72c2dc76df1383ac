import GraphQLSchema
import Testing

@Suite("Comparing schemas")
struct SchemaDiffTests {
    /// Expects exactly these changes, in this order: criticality, kind and description.
    private func expectChanges(_ old: String, _ new: String, _ expected: [String], _ location: Testing.SourceLocation = #_sourceLocation) throws {
        let diff = SchemaDiff(from: try build(old, location: location), to: try build(new, location: location))
        let found = diff.changes.map { "\($0.criticality) \($0.kind.rawValue): \($0.description)" + ($0.isInternal ? " [internal]" : "") }
        #expect(found == expected, sourceLocation: location)
        #expect(diff.isBreaking == expected.contains { $0.hasPrefix("breaking") }, sourceLocation: location)
    }

    @Test("finds nothing where nothing but the order and the layout changed")
    func same() throws {
        try expectChanges(
            "type Query { a(x: In = {a: 1, b: 2}): Int b: Int } input In { a: Int b: Int }",
            "input In { b: Int a: Int } type Query { b: Int, a(x: In = {b: 2, a: 1}): Int }", [])
    }

    @Test("puts breaking changes first, then dangerous and safe ones")
    func order() throws {
        try expectChanges(
            "type Query { a: Int } enum E { A B } directive @d(a: Int) repeatable on FIELD | QUERY",
            "type Query { b: Int } enum E { A C } directive @d(b: Int) on FIELD | OBJECT",
            [
                "breaking FIELD_REMOVED: Field Query.a was removed.",
                "breaking VALUE_REMOVED_FROM_ENUM: Enum value E.B was removed.",
                "breaking DIRECTIVE_ARG_REMOVED: Argument @d(a:) was removed.",
                "breaking DIRECTIVE_REPEATABLE_REMOVED: Repeatable flag was removed from @d.",
                "breaking DIRECTIVE_LOCATION_REMOVED: QUERY was removed from @d.",
                "dangerous VALUE_ADDED_TO_ENUM: Enum value E.C was added.",
                "safe FIELD_ADDED: Field Query.b was added.",
                "safe OPTIONAL_DIRECTIVE_ARG_ADDED: An optional argument @d(b:) was added.",
                "safe DIRECTIVE_LOCATION_ADDED: OBJECT was added to @d.",
            ])
    }

    @Test("tells a description on one line, whatever is in it")
    func descriptions() throws {
        try expectChanges(
            "\"Old.\" type Query { \"Gone.\" a: Int }", "\"\"\"\nNew,\nin \"two\" lines.\n\"\"\" type Query { a: Int }",
            [
                #"safe DESCRIPTION_CHANGED: Description of Query has changed to "New,\nin \"two\" lines."."#,
                "safe DESCRIPTION_CHANGED: Description of field Query.a was removed.",
            ])
    }

    @Test("judges types by who reads and who writes them", arguments: [
        ("Int", "Int!", true, false), ("Int!", "Int", false, true), ("[Int]", "[Int!]", true, false), ("[Int!]!", "[Int]", false, true),
        ("Int", "[Int]", false, false), ("[Int]", "Int", false, false), ("Int", "Float", false, false), ("[[Int]!]", "[[Int!]!]!", true, false),
    ])
    func types(old: String, new: String, isSafeToRead: Bool, isSafeToWrite: Bool) throws {
        let before = try build("type Query { a: \(old) other: Float } input I { a: \(old) }")
        let after = try build("type Query { a: \(new) other: Float } input I { a: \(new) }")
        let kinds = SchemaDiff(from: before, to: after).changes.map { "\($0.description) \($0.criticality)" }
        #expect(kinds.contains("Field Query.a changed type from \(old) to \(new). \(isSafeToRead ? "safe" : "breaking")"))
        #expect(kinds.contains("Field I.a changed type from \(old) to \(new). \(isSafeToWrite ? "safe" : "breaking")"))
    }

    @Test("tells of internal parts as such, and of what becomes internal as removed")
    func internals() throws {
        let rest = "type Query { a: Int }"
        try expectChanges(
            "\(rest) type T { a: Int b: Int @internal c: Float @internal } type Gone @internal { a: Int }",
            "\(rest) type T { a: Int @internal b: String @internal d: Int }",
            [
                "breaking FIELD_REMOVED: Field T.a was removed.",
                "breaking TYPE_REMOVED: Standard scalar Float was removed because it is not referenced anymore. [internal]",
                "breaking TYPE_REMOVED: Gone was removed. [internal]",
                "breaking FIELD_REMOVED: Field T.c was removed. [internal]",
                "breaking FIELD_CHANGED_KIND: Field T.b changed type from Int to String. [internal]",
                "safe FIELD_ADDED: Field T.d was added.",
            ])
    }

    @Test("a schema may bring subsgen's directives or leave them out")
    func ownDirectives() throws {
        let schema = "type Query { a: Int } type Subscription { a(x: Int @resolverArgument): Int }"
        try expectChanges(schema, schema + " directive @resolverArgument on ARGUMENT_DEFINITION", [])
    }

    @Test("tells how the fields of input types filter, once for each, and that a type came to filter")
    func inputFilters() throws {
        let types = "type Query { ok: Int } type E { a: Int b: O c: Int } type O { a: Int b: Int } type F { a: Int }"
        try expectChanges(
            "\(types) type Subscription { e(w: W): E f(w: W): F g(x: X @resolverArgument): E } input W { a: Int b: W d: Int or: [W] } input X { c: Int }",
            """
            \(types) type Subscription { e(w: W): E f(w: W): F g(x: X): E }
            input W { a: Int @filter(op: GT) b: W d: Int @filter(field: "a") or: [W] } input X { c: Int }
            """,
            [
                "dangerous FILTER_ADDED: Filter by the fields of its type was added to Subscription.g(x:).",
                "dangerous FILTER_CHANGED: Filter of W.a changed from a EQ to a GT.",
                "dangerous FILTER_ADDED: Filter a EQ was added to W.d.",
            ])
    }

    @Test("tells the rules of what both versions have, where they stand")
    func rules() throws {
        let types = "type Query { ok: Int } input W { user: ID owner: ID @ownArgument(claim: \"sub\") }"
        let fields = "a(w: W, user: ID): A b: B c: Order d: Order"
        try expectChanges(
            """
            \(types) type Subscription { \(fields) gone: Order @authenticated }
            type A { id: ID user: ID owner: ID secret: Int @requiresScopes(scopes: [["a"]]) open: Int @authenticated old: Int @authenticated }
            type B @requiresRole(roles: ["r"]) { id: ID } type Order { id: ID tenant: ID owner: ID }
            """,
            """
            \(types.replacing("user: ID", with: #"user: ID @ownArgument(claim: "user_id")"#).replacing("sub", with: "user_id"))
            type Subscription {
              a(w: W, user: ID @ownArgument(claim: "user_id")): A @authenticated b: B c: Order @rowFilter(field: "owner", claim: "sub")
              d: Order @tenant(field: "tenant") new: Order @authenticated
            }
            type A { id: ID user: ID owner: ID secret: Int @requiresScopes(scopes: [["a", "b"], ["c"]]) open: Int new: Int @authenticated }
            type B { id: ID } type Order @tenant(field: "tenant") { id: ID tenant: ID owner: ID }
            """,
            [
                "breaking FIELD_REMOVED: Field Subscription.gone was removed.",
                "breaking FIELD_REMOVED: Field A.old was removed.",
                "breaking RULE_ADDED: @authenticated was added to Subscription.a.",
                "breaking RULE_ADDED: @ownArgument claim user_id was added to Subscription.a(user:).",
                "breaking RULE_ADDED: @rowFilter owner = claim sub was added to Subscription.c.",
                "breaking RULE_ADDED: @ownArgument claim user_id was added to W.user.",
                "breaking RULE_CHANGED: Rule of W.owner changed from @ownArgument claim sub to @ownArgument claim user_id.",
                "breaking RULE_CHANGED: Rule of A.secret changed from @requiresScopes a to @requiresScopes a and b, or c.",
                "breaking RULE_ADDED: @tenant tenant = claim tenant_id was added to Order.",
                "dangerous RULE_REMOVED: @authenticated was removed from A.open.",
                "dangerous RULE_REMOVED: @requiresRole r was removed from B.",
                "safe FIELD_ADDED: Field Subscription.new was added.",
                "safe FIELD_ADDED: Field A.new was added.",
            ])
    }

    @Test("tells rules of the whole schema, and those that a field keeps where its type has them too")
    func rulesOfEverything() throws {
        let rest = "type Query { ok: Int } type Order { id: ID tenantId: ID }"
        try expectChanges(
            "\(rest) type Subscription { a: Order @authenticated b: Order }",
            "schema @tenant { query: Query subscription: Subscription } \(rest) extend type Order @authenticated type Subscription { a: Order @authenticated b: Order }",
            [
                "breaking RULE_ADDED: @tenant tenantId = claim tenant_id was added to Subscription.a.",
                "breaking RULE_ADDED: @tenant tenantId = claim tenant_id was added to Subscription.b.",
                "breaking RULE_ADDED: @authenticated was added to Order.",
            ])
    }

    @Test("tells what becomes of messages that are too many or too fast")
    func rates() throws {
        let rest = "type Query { ok: Int } type Order { id: ID }"
        try expectChanges(
            "\(rest) type Subscription { a: Order b: Order @rateLimit(limit: 5) @overflow(policy: DROP_OLDEST, capacity: 3) c: Order @overflow(policy: DISCONNECT) }",
            "\(rest) type Subscription { a: Order @overflow(policy: LATEST, capacity: 5, key: \"id\") b: Order @overflow(policy: DROP_OLDEST, capacity: 3) c: Order }",
            [
                "dangerous OVERFLOW_CHANGED: Overflow of Subscription.a changed from DISCONNECT to LATEST by id, of at most 5.",
                "dangerous RATE_LIMIT_CHANGED: Rate limit of Subscription.b changed from @rateLimit 5 in 1000 ms, 5 at once, for each user to none.",
            ])
    }

    @Test("names the subscription fields that a change reaches, through payloads and arguments")
    func touched() throws {
        let sdl = """
            type Query { a: Int }
            type Subscription { one(by: In): A two: B three(x: Int): Int }
            type A { of: [Node!] }
            interface Node { id: ID }
            type B implements Node { id: ID e: E }
            enum E { X Y }
            input In { e: E }
            """
        let new = sdl.replacing("X Y", with: "X").replacing("three(x: Int)", with: "three").replacing("In {", with: "In { a: Int")
            .replacing("type A {", with: "\"A.\" type A {")
        let diff = SchemaDiff(from: try build(sdl), to: try build(new))
        let touched = Dictionary(uniqueKeysWithValues: diff.changes.map { ($0.kind.rawValue, diff.subscriptionFields(touchedBy: $0)) })
        #expect(
            touched == [
                "VALUE_REMOVED_FROM_ENUM": ["one", "two"], "ARG_REMOVED": ["three"], "OPTIONAL_INPUT_FIELD_ADDED": ["one"],
                "DESCRIPTION_CHANGED": [],
            ])
    }
}
