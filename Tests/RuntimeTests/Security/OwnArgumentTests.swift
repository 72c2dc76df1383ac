import GraphQLSchema
import Testing

@testable import SubsgenRuntime

@Suite("Arguments that are the subscriber's own")
struct OwnArgumentTests {
    private let executor: SubscriptionExecutor
    private static let refusal = [
        #"{"message":"You may not subscribe to \"item\".","locations":[{"line":1,"column":16}],"path":["item"],"extensions":{"code":"FORBIDDEN"}}"#
    ]
    private static let claims = #"{"user_id":"ann","number":7,"teams":["a","b"],"one":["x"],"color":"RED","on":true,"ratio":1.5}"#

    init() throws {
        executor = try secured(
            """
            type Subscription {
              item(user: ID, teams: [ID!], number: Int, text: String, color: Color, flag: Boolean, single: ID, preset: ID = "bob", any: Any, ratio: Float): Item
              odd(odd: ID): Item
              room(user: ID!): Item @topic(name: "room.{user}")
              found(where: Where): Item @topic(name: "item")
              listed(wheres: [Where!] @resolverArgument): Item
              held(holder: Holder @resolverArgument): Item
              chosen(by: By @resolverArgument): Item
              strict(strict: Strict @resolverArgument): Item
            }
            type Item { id: ID user: ID teams: [ID!] number: Int text: String color: Color flag: Boolean single: ID preset: ID any: Any ratio: Float owner: Owner }
            type Owner { id: ID }
            scalar Any
            enum Color { RED BLUE }
            input Where { user: ID number: Int owner: OwnerFilter and: [Where!] or: [Where!] not: Where }
            input OwnerFilter { id: ID }
            input Holder { name: String = "n" inner: Inner inners: [Inner] }
            input Inner { user: ID = "bob" other: Int }
            input By @oneOf { user: ID name: String }
            input Strict { user: ID needed: Int! }
            """
        ) { table in
            for (argument, claim) in [
                ("user", "user_id"), ("teams", "teams"), ("number", "number"), ("text", "number"), ("color", "color"), ("flag", "on"), ("single", "one"),
                ("preset", "user_id"), ("any", "number"), ("ratio", "ratio"),
            ] { table.argument("item", argument) { $0.ownClaim = claim } }
            table.argument("room", "user") { $0.ownClaim = "user_id" }
            table.argument("odd", "odd") { $0.ownClaim = "user_id" }
            table.security.ownInputFields = [("Where", "user"), ("Inner", "user"), ("By", "user"), ("Strict", "user")].map {
                OwnInputField(type: $0, name: $1, claim: "user_id")
            }
        }
    }

    /// The arguments that a subscription has in the end; nil where it is denied.
    private func arguments(_ field: String, _ text: String = "", _ claims: String? = claims) throws -> String? {
        let query = "subscription { \(field)\(text.isEmpty ? "" : "(\(text))") { id } }"
        let subscriber = Subscriber(claims: try claims.map { try Claims(json: Array($0.utf8)) })
        switch try executor.compiler.compile(query: query, operationName: nil, variables: nil, subscriber: subscriber) {
        case .subscription(.allowed(let request)): return String(decoding: request.arguments, as: UTF8.self)
        case .subscription(.denied(let denial)):
            #expect(denial.rule == .ownArgument)
            return nil
        default:
            Issue.record("no subscription")
            return nil
        }
    }

    private static let all =
        #"{"user":"ann","teams":["a","b"],"number":7,"text":"7","color":"RED","flag":true,"single":"x","preset":"ann","any":7,"ratio":1.5}"#

    @Test("What is absent, null or a default becomes the claim's value, as the argument's type has it", arguments: ["", "user: null, teams: null", "number: null"])
    func absent(text: String) throws {
        #expect(try arguments("item", text) == Self.all)
    }

    @Test("What is given may be the claim, or of a list in it any")
    func given() throws {
        #expect(try arguments("item", #"user: "ann", teams: ["b"], number: 7, text: "7", color: RED, flag: true, single: "x", preset: "ann""#)
            == Self.all.replacing(#"["a","b"]"#, with: #"["b"]"#))
        #expect(try arguments("room", #"user: "ann""#) == #"{"user":"ann"}"#)
    }

    @Test(
        "What is given and another's denies",
        arguments: [
            #"user: "bob""#, #"user: "Ann""#, #"user: """#, #"teams: ["a", "c"]"#, "teams: []", "number: 8", #"text: "07""#, "color: BLUE", "flag: false",
            #"single: "y""#, #"preset: "bob""#, "any: {a: 7}", "any: [7, 8]", "any: [[]]",
        ])
    func another(text: String) throws {
        #expect(try arguments("item", text) == nil)
    }

    @Test(
        "Who has no such claim, or nothing in it that fits, is denied, whatever it gives",
        arguments: [
            nil, "{}", #"{"user_id":null}"#, #"{"sub":"ann"}"#, #"{"user_id":[]}"#, #"{"user_id":{}}"#, #"{"user_id":["a","b"]}"#, #"{"user_id":[["a"]]}"#,
        ])
    func noClaim(claims: String?) throws {
        #expect(try arguments("found", "", claims) == nil)
        #expect(try arguments("room", #"user: "ann""#, claims) == nil)
        if claims != #"{"user_id":["a","b"]}"# { #expect(try arguments("room", #"user: "a""#, claims) == nil) }
    }

    @Test("A value that the argument's type cannot take denies")
    func otherTypes() throws {
        for (value, other) in [(#""number":7"#, #""number":"seven""#), (#""number":7"#, #""number":1.5"#), (#""RED""#, #""GREEN""#), ("true", "1")] {
            #expect(try arguments("item", "", Self.claims.replacing(value, with: other)) == nil, "\(other)")
        }
    }

    @Test("It is counted by its rule, and the client is told no more than that it may not")
    func refused() throws {
        #expect(try executor.refusal(#"subscription { item(user: "bob") { id } }"#, claims: Self.claims) == Self.refusal)
        #expect(executor.metrics[.subscriptionsOfOtherArguments] == 1)
    }

    @Test("The events are the subscriber's own, and so is the topic")
    func events() throws {
        let executor = try secured(
            "type Subscription { item(user: ID): Item room(user: ID!): Item @topic(name: \"room.{user}\") } type Item { id: ID user: ID }"
        ) { table in
            for field in ["item", "room"] { table.argument(field, "user") { $0.ownClaim = "user_id" } }
        }
        let subscription = try executor.subscribe("subscription { item { id } }", claims: Self.claims)
        try executor.publish("item", #"{"id":1,"user":"bob"}"#)
        try executor.publish("item", #"{"id":2,"user":"ann"}"#)
        #expect(subscription.drain() == [#"{"data":{"item":{"id":"2"}}}"#])
        #expect(try executor.refusal(#"subscription { room(user: "bob") { id } }"#, claims: Self.claims).count == 1)
    }

    @Test("One argument is the subscriber's own beside others that are not, where no input type holds any")
    func besideOthers() throws {
        let executor = try secured("type Subscription { item(kind: ID, user: ID): Item } type Item { id: ID kind: ID user: ID }") { table in
            table.argument("item", "user") { $0.ownClaim = "user_id" }
        }
        #expect(try executor.refusal(#"subscription { item(kind: "a", user: "bob") { id } }"#, claims: Self.claims) == Self.refusal)
        let subscription = try executor.subscribe(#"subscription { item(kind: "a") { id } }"#, claims: Self.claims)
        for (id, user) in [(1, "bob"), (2, "ann")] { try executor.publish("item", #"{"id":\#(id),"kind":"a","user":"\#(user)"}"#) }
        #expect(subscription.drain() == [#"{"data":{"item":{"id":"2"}}}"#])
    }

    @Test("Where it selects nothing, the subscription is refused: the claim's value would be ignored")
    func undecided() throws {
        #expect(throws: GraphQLErrors.self) { try arguments("odd") }
        #expect(throws: GraphQLErrors.self) { try arguments("odd", #"odd: "ann""#) }
    }

    // MARK: Input types

    @Test(
        "A field of an input type is made the subscriber's own wherever it stands, also where nothing is given that could hold it",
        arguments: [
            ("", #"{"where":{"user":"ann"}}"#), ("where: null", #"{"where":{"user":"ann"}}"#), ("where: {}", #"{"where":{"user":"ann"}}"#),
            ("where: {number: 1, user: null}", #"{"where":{"user":"ann","number":1}}"#), (#"where: {user: "ann"}"#, #"{"where":{"user":"ann"}}"#),
            ("where: {or: [{number: 1}, {user: \"ann\"}]}", #"{"where":{"user":"ann","or":[{"user":"ann","number":1},{"user":"ann"}]}}"#),
            ("where: {or: [], and: null, not: {number: 1}}", #"{"where":{"user":"ann","and":null,"or":[],"not":{"user":"ann","number":1}}}"#),
        ])
    func inputFields(text: String, expected: String) throws {
        #expect(try arguments("found", text) == expected)
    }

    @Test(
        "A field of an input type that is another's denies, wherever it stands",
        arguments: [
            #"where: {user: "bob"}"#, #"where: {user: "ann", or: [{user: "bob"}]}"#, #"where: {and: [{and: [{user: "bob"}]}]}"#,
            #"where: {not: {user: "bob"}}"#,
        ])
    func otherInputFields(text: String) throws {
        #expect(try arguments("found", text) == nil)
        #expect(try arguments("found", text.replacing("bob", with: "ann")) != nil)
    }

    @Test("Lists, types that hold such types, and defaults hold nothing back")
    func holders() throws {
        #expect(try arguments("listed") == #"{"wheres":[{"user":"ann"}]}"#)
        #expect(try arguments("listed", "wheres: []") == #"{"wheres":[{"user":"ann"}]}"#)
        #expect(try arguments("listed", "wheres: [{number: 1}]") == #"{"wheres":[{"user":"ann","number":1}]}"#)
        #expect(try arguments("listed", #"wheres: [{}, {user: "bob"}]"#) == nil)
        let inner = #"{"user":"ann"}"#
        #expect(try arguments("held") == #"{"holder":{"name":"n","inner":\#(inner),"inners":[\#(inner)]}}"#)
        #expect(
            try arguments("held", "holder: {inner: {other: 1}, inners: [null, {}]}")
                == #"{"holder":{"name":"n","inner":{"user":"ann","other":1},"inners":[\#(inner),\#(inner)]}}"#)
        #expect(try arguments("held", #"holder: {inner: {user: "eve"}}"#) == nil)
    }

    @Test("Where the claim's value has no place beside what is given or required, the subscription is denied")
    func noPlace() throws {
        #expect(try arguments("chosen") == #"{"by":{"user":"ann"}}"#)
        #expect(try arguments("chosen", #"by: {user: "ann"}"#) == #"{"by":{"user":"ann"}}"#)
        #expect(try arguments("chosen", #"by: {name: "x"}"#) == nil)
        #expect(try arguments("strict") == nil)
        #expect(try arguments("strict", "strict: {needed: 1}") == #"{"strict":{"user":"ann","needed":1}}"#)
    }
}
