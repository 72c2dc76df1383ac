import GraphQLSchema
import Testing

@testable import SubsgenRuntime

/// Whatever way a value comes, who may not see it gets null and an error in its place.
@Suite("Masks on every way to a client")
struct AccessPathTests {
    private let executor: SubscriptionExecutor
    private let calls = Calls()
    private let query = "subscription { order { id total } }"
    private static let staff = #"{"role":"staff"}"#
    private static let masked =
        #"{"data":{"order":{"id":"1","total":null}},"errors":[{"message":"You may not see \"Order.total\".","locations":[{"line":1,"column":27}],"path":["order","total"],"extensions":{"code":"FORBIDDEN"}}]}"#
    private static let whole = #"{"data":{"order":{"id":"1","total":5}}}"#

    init() throws {
        executor = try secured(
            """
            type Subscription { order: Order }
            type Order { id: ID total: Int owner: User @resolver }
            type User { name: String email: String best: User @resolver }
            """
        ) {
            for field in ["Order.total", "User.email"] { $0.protect(field, .roles(["staff"])) }
        }
    }

    private func serve(_ functions: FieldFunctions) throws { try executor.setResolver(field: "order", functions, host: calls) }
    private func call() throws -> ResolverCall { try #require(calls.take().first) }

    @Test("An event, to subscribers of both classes side by side")
    func event() throws {
        let clients = try [nil, Self.staff, "{}", Self.staff].map { try executor.subscribe(query, claims: $0) }
        try executor.publish("order", #"{"id":1,"total":5}"#)
        #expect(clients.map { $0.drain() } == [[Self.masked], [Self.whole], [Self.masked], [Self.whole]])
    }

    @Test("An initial event")
    func initial() throws {
        try serve(FieldFunctions(initial: true))
        for (claims, expected) in [(nil, Self.masked), (Self.staff, Self.whole)] {
            let client = try executor.subscribe(query, claims: claims)
            try call().finish(#"{"id":1,"total":5}"#)
            #expect(client.drain() == [expected])
        }
    }

    @Test("What a source gives")
    func source() throws {
        try serve(FieldFunctions(source: .perArguments))
        let clients = try [nil, Self.staff].map { try executor.subscribe(query, claims: $0) }
        let source = try call()
        #expect(source.emit(Array(#"{"id":1,"total":5}"#.utf8)))
        #expect(clients.map { $0.drain() } == [[Self.masked], [Self.whole]])
    }

    @Test("What a resolver answers")
    func resolver() throws {
        try serve(FieldFunctions(resolve: .perArguments))
        let clients = try [nil, Self.staff].map { try executor.subscribe(query, claims: $0) }
        try executor.publish("order", #"{"id":7}"#)
        try call().finish(#"{"id":1,"total":5}"#)
        #expect(clients.map { $0.drain() } == [[Self.masked], [Self.whole]])
    }

    @Test("What functions supply, and what others supply to that")
    func supplied() throws {
        for (type, field) in [("Order", "owner"), ("User", "best")] {
            try executor.setSupplier(type: type, field: field, .perArguments, inFlight: nil, host: calls)
        }
        let query = "subscription { order { owner { best { name email } } } }"
        let clients = try [nil, Self.staff].map { try executor.subscribe(query, claims: $0) }
        try executor.publish("order", #"{"id":1}"#)
        for value in ["{}", #"{"name":"Ada","email":"e"}"#] {
            for call in calls.take() { call.finish(#"{"values":[\#(value)]}"#) }
        }
        #expect(
            clients.map { $0.drain() } == [
                [
                    #"{"data":{"order":{"owner":{"best":{"name":"Ada","email":null}}}},"errors":[{"message":"You may not see \"User.email\".","locations":[{"line":1,"column":44}],"path":["order","owner","best","email"],"extensions":{"code":"FORBIDDEN"}}]}"#
                ], [#"{"data":{"order":{"owner":{"best":{"name":"Ada","email":"e"}}}}}"#],
            ])
    }

    @Test("A field under another name, in a fragment, merged or included by a variable")
    func selections() throws {
        for selection in [
            "x: total", "... { total }", "...F", "... on Order { x: total }", "total ...F", "total @include(if: $yes)", "total @skip(if: $no)",
        ] {
            let query =
                "subscription S($yes: Boolean = true, $no: Boolean = false) { order { ...Y \(selection) } } fragment Y on Order { id @include(if: $yes) @skip(if: $no) } "
                + (selection.contains("F") ? "fragment F on Order { total }" : "")
            let result = try executor.response(to: #"{"id":1,"total":77}"#, on: "order", query)
            #expect(result.count == 1)
            #expect(result.allSatisfy { $0.contains("You may not see") && !$0.contains(":77") }, "\(selection): \(result)")
        }
    }
}
