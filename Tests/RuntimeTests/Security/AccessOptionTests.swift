import GraphQLSchema
import SDLParser
import Testing

@testable import SubsgenRuntime

@Suite("Options of access")
struct AccessOptionTests {
    private static let sdl = """
        type Query { hello: String }
        type Subscription { order: Order node: Node }
        type Order { id: ID total: Int }
        type Secret implements Node { id: ID }
        type Plain implements Node { id: ID }
        interface Node { id: ID }
        """

    private func executor(_ change: (inout OperationLimits) -> Void) throws -> SubscriptionExecutor {
        var limits = RuntimeLimits()
        change(&limits.operation)
        return try secured(Self.sdl, limits: limits) {
            $0.protect("Order.total", .scopes([["s"]]))
            $0.protect("Secret", .authenticated)
        }
    }

    // MARK: Refusing instead of masking

    @Test("An operation that selects what its subscriber may not see is refused where that is asked for, and told where")
    func rejects() throws {
        let executor = try executor { $0.rejectsUnauthorized = true }
        func error(_ coordinate: String, _ column: Int) -> [String] {
            [#"{"message":"You may not see \"\#(coordinate)\".","locations":[{"line":1,"column":\#(column)}],"extensions":{"code":"FORBIDDEN"}}"#]
        }
        #expect(try executor.refusal("subscription { order { id total } }", claims: #"{"sub":"a"}"#) == error("Order.total", 27))
        #expect(executor.metrics[.subscriptionsWithoutScopes] == 1)
        #expect(try executor.refusal("subscription { node { id } }") == error("Subscription.node", 16))
        #expect(executor.metrics[.subscriptionsUnauthenticated] == 1)
        #expect(executor.metrics[.subscriptions] == 0)
        #expect(executor.metrics[.fieldsMasked] == 0)
        #expect(try executor.refusal("subscription { order { id } }") == [])
        #expect(try executor.refusal("subscription { order { id total } node { id } }", claims: "{}").count > 0)
        #expect(try executor.refusal("subscription { order { id total } }", claims: #"{"scope":"s"}"#) == [])
    }

    // MARK: Introspection

    private func answer(_ query: String, _ executor: SubscriptionExecutor, claims: String?, hasExecution: Bool = false) throws -> String {
        let subscriber = Subscriber(claims: try claims.map { try Claims(json: Array($0.utf8)) })
        do throws(GraphQLErrors) {
            let compiled = try executor.compiler.compile(
                query: query, operationName: nil, variables: nil, subscriber: subscriber, hasExecution: hasExecution)
            switch compiled {
            case .response(let body): return String(decoding: body, as: UTF8.self)
            case .execution: return "executed"
            case .subscription: return "subscribed"
            }
        } catch {
            return error.errors.map { $0.message + " " + String(decoding: $0.extensions ?? [], as: UTF8.self) }.joined(separator: "; ")
        }
    }

    private static let questions = [
        "{ __schema { queryType { name } } }", "{ __type(name: \"Order\") { name } }", "{ a: __typename b: __schema { queryType { name } } }",
        "query Q { ...F } fragment F on Query { ... { __schema { queryType { name } } } }",
    ]

    @Test("Everybody may ask about the schema where nothing else is said", arguments: questions)
    func open(question: String) throws {
        #expect(try answer(question, try executor { _ in }, claims: nil).hasPrefix(#"{"data":{"#))
    }

    @Test("Nobody may where it is off, and only who has claims where it takes those", arguments: questions)
    func closed(question: String) throws {
        let off = try executor { $0.introspection = .nobody }
        #expect(try answer(question, off, claims: #"{"sub":"a"}"#) == #"You may not ask about the schema. {"code":"FORBIDDEN"}"#)
        #expect(try answer(question, off, claims: nil, hasExecution: true) == #"You may not ask about the schema. {"code":"FORBIDDEN"}"#)
        let authenticated = try executor { $0.introspection = .authenticated }
        for claims in [nil, "{}"] {
            #expect(try answer(question, authenticated, claims: claims) == #"You may not ask about the schema. {"code":"UNAUTHENTICATED"}"#)
        }
        #expect(try answer(question, authenticated, claims: #"{"sub":"a"}"#).hasPrefix(#"{"data":{"#))
    }

    @Test("What others execute asks no question about the schema either, however deep, and everything else goes on")
    func executed() throws {
        let off = try executor { $0.introspection = .nobody }
        #expect(try answer("mutation { done { query { __type(name: \"A\") { name } } } }", off, claims: nil, hasExecution: true).hasPrefix("You may not"))
        let names = "query __schema($__type: Int) { hello __schema: hello(__type: $__type) ...__type } fragment __type on Query { hello }"
        for open in ["{ hello }", names] { #expect(try answer(open, off, claims: nil, hasExecution: true) == "executed") }
        let two = "{ a { __type(name: \"A\") { name } } b { __schema { types { name } } } }"
        #expect(throws: GraphQLErrors(GraphQLError("You may not ask about the schema.", locations: [SDLParser.SourceLocation(line: 1, column: 7)], extensions: DenialCode.forbidden.extensions)), "the first question is told of") {
            try off.compiler.compile(query: two, operationName: nil, variables: nil, hasExecution: true)
        }
        #expect(try answer("{ __typename }", off, claims: nil) == #"{"data":{"__typename":"Query"}}"#)
        #expect(try answer("subscription { order { id } }", off, claims: nil) == "subscribed")
    }

    @Test("Who may not ask is not told by mistakes either what there is")
    func suggestions() throws {
        let mistake = "subscription { order { idd } }"
        #expect(try answer(mistake, try executor { _ in }, claims: nil) == #"Cannot query field "idd" on type "Order". Did you mean "id"? "#)
        #expect(try answer(mistake, try executor { $0.introspection = .nobody }, claims: nil) == #"Cannot query field "idd" on type "Order". "#)
        let mistakes = GraphQLErrors(GraphQLError(" Did you mean \"id\"?"))
        #expect(mistakes.withoutSuggestions.errors.map(\.message) == [""])
    }
}
