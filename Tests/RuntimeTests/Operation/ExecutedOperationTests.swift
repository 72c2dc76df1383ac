import Testing

@testable import SubsgenRuntime

@Suite("Operations that others execute")
struct ExecutedOperationTests {
    private static let sdl = "type Query { hello: String } type Subscription { ticked: Int }"

    /// What becomes of an operation where somebody executes queries and mutations.
    private func compiled(_ query: String, named name: String? = nil, limits: OperationLimits = OperationLimits()) throws -> String {
        let compiler = try compiler(Self.sdl, limits: limits)
        do throws(GraphQLErrors) {
            switch try compiler.compile(query: query, operationName: name, variables: nil, hasExecution: true) {
            case .subscription: return "subscription"
            case .response: return "answered"
            case .execution(let type): return "executed as \(type.keyword)"
            }
        } catch {
            return error.errors.map(\.message).joined(separator: " ")
        }
    }

    @Test("Mutations, and queries for more than the schema, are not validated")
    func executed() throws {
        #expect(try compiled("{ hello }") == "executed as query")
        #expect(try compiled("{ nobody(knows: $this) { it } }") == "executed as query")
        #expect(try compiled("mutation { send }") == "executed as mutation")
        #expect(try compiled("mutation { __typename }") == "executed as mutation")
        #expect(try compiled("{ __schema { description } hello }") == "executed as query")
        #expect(try compiled("{ ... { ...F } } fragment F on Whatever { __typename ... @skip(if: true) { hello } }") == "executed as query")
    }

    @Test("Queries for the schema alone, and subscriptions, are validated and answered here")
    func native() throws {
        #expect(try compiled("{ a: __typename ...F } fragment F on Query { __schema { description } ... { __type(name: \"X\") { name } } }") == "answered")
        #expect(try compiled("subscription { ticked }") == "subscription")
        #expect(try compiled("{ __schema { nope } }") == "Cannot query field \"nope\" on type \"__Schema\".")
        #expect(try compiled("{ ...F } fragment F on Query { ...F }") == "Cannot spread fragment \"F\" within itself.")
        #expect(try compiled("{ ...F }") == "Unknown fragment \"F\".")
    }

    @Test("The operation that is named decides")
    func named() throws {
        let document = "query Q { hello } mutation M { send } subscription S { ticked }"
        #expect(try compiled(document, named: "Q") == "executed as query")
        #expect(try compiled(document, named: "M") == "executed as mutation")
        #expect(try compiled("query Q { hello } subscription S { ticked }", named: "S") == "subscription")
        #expect(try compiled(document, named: "X") == "Unknown operation named \"X\".")
        #expect(try compiled(document) == "Must provide operation name if query contains multiple operations.")
    }

    @Test("Bytes, tokens and nesting are limited as for subscriptions")
    func limits() throws {
        #expect(try compiled("{ hello }", limits: OperationLimits(bytes: 8)) == "The document has 9 bytes, more than the limit of 8.")
        #expect(try compiled("{ hello }", limits: OperationLimits(tokens: 2)).contains("2"))
        let deep = "{ a { b { c } } }"
        #expect(try compiled(deep, limits: OperationLimits(depth: 3)) == "executed as query")
        #expect(try compiled(deep, limits: OperationLimits(depth: 2)) != "executed as query")
    }

    @Test("Fragments count where they are spread: neither depth nor fields can be multiplied by them")
    func fragments() throws {
        let nested = "{ a { ...F } } fragment F on X { b { ...G } } fragment G on X { c }"
        #expect(try compiled(nested, limits: OperationLimits(depth: 5)) == "executed as query")
        #expect(try compiled(nested, limits: OperationLimits(depth: 4)) == "The operation nests deeper than the limit of 4.")
        // G is measured where it is shallow, and is too deep at another place.
        let measured = "{ ...G a { b { c { ...G } } } } fragment G on X { d { e } }"
        #expect(try compiled(measured, limits: OperationLimits(depth: 6)) == "executed as query")
        #expect(try compiled(measured, limits: OperationLimits(depth: 5)) == "The operation nests deeper than the limit of 5.")
        let doubling = "{ ...F0 } " + (0..<64).map { "fragment F\($0) on X { a { ...F\($0 + 1) } b { ...F\($0 + 1) } }" }.joined(separator: " ") + " fragment F64 on X { c }"
        #expect(try compiled(doubling, limits: OperationLimits(depth: 1_000)) == "The operation selects more fields than the limit of 10000.")
        let chain = "{ ...F0 } " + (0..<3_000).map { "fragment F\($0) on X { ...F\($0 + 1) }" }.joined(separator: " ") + " fragment F3000 on X { c }"
        #expect(try compiled(chain, limits: OperationLimits(tokens: 100_000)) == "The operation nests deeper than the limit of 100.")
        #expect(try compiled("{ a { ...F } } fragment F on X { b { ...F } }") == "Cannot spread fragment \"F\" within itself.")
    }

    @Test("A document that is known goes the same ways")
    func known() throws {
        let compiler = try compiler(Self.sdl)
        for _ in 0..<2 {
            #expect(try compiler.refusal("{ hello }") == ["This server answers subscriptions only: it has no \"execute\" hook for \"Query.hello\". @1:3"])
            guard case .execution(.query) = try compiler.compile(query: "{ hello }", operationName: nil, variables: nil, hasExecution: true) else {
                Issue.record("not executed")
                return
            }
        }
    }
}
