import GraphQLSchema
import Testing

@testable import SubsgenRuntime

@Suite("How much an operation may ask for")
struct OperationLimitTests {
    private static let sdl = """
        type Query { hello: String }
        type Subscription { posted(room: ID, deep: Boolean): Post! seen: Node any: Any posts: [Post!]! plain: Int }
        type Post implements Node { id: ID! text: String author: User! replies: [Post!]! }
        type User implements Node { id: ID! name: String }
        interface Node { id: ID! }
        union Any = Post | User
        """

    /// Why an operation is refused; with what its `@cost` would say.
    private func refusal(
        _ query: String, _ limits: OperationLimits, costs: [String: Int] = [:], hasExecution: Bool = false
    ) throws -> [String] {
        let executor = try secured(Self.sdl, limits: RuntimeLimits(operation: limits)) { table in
            table.fields[0].arguments = table.fields[0].arguments.map { argument in
                var argument = argument
                argument.role = .resolver
                return argument
            }
            table.security.costs = costs.sorted { $0.key < $1.key }.map { CostRule(coordinate: $0.key, weight: $0.value) }
        }
        do throws(GraphQLErrors) {
            _ = try executor.compiler.compile(query: query, operationName: nil, variables: nil, hasExecution: hasExecution)
            return []
        } catch {
            return error.errors.map { error in error.message + error.locations.map { " @\($0.line):\($0.column)" }.joined() }
        }
    }

    /// What an operation costs: the least limit that lets it through.
    private func cost(_ query: String, _ costs: [String: Int]) throws -> Int? {
        try (0...200).first { try refusal(query, OperationLimits(cost: $0), costs: costs).isEmpty }
    }

    // MARK: Aliases

    @Test("An operation may have as many aliases as the limit says, and not one more", arguments: ["subscription", "query", "introspection"])
    func aliases(of kind: String) throws {
        let (query, place) =
            switch kind {
            case "subscription": ("subscription { a: posted { b: id c: text } }", "@1:1")
            case "query": ("{ a: x { b: y c: z } }", "@1:1")
            default: ("{ a: __schema { b: types { c: name } } }", "@1:1")
            }
        let (hasExecution, message) = (kind != "subscription", "The operation has 3 aliases, more than the limit of 2. \(place)")
        #expect(try refusal(query, OperationLimits(aliases: 3), hasExecution: hasExecution) == [])
        #expect(try refusal(query, OperationLimits(aliases: 2), hasExecution: hasExecution) == [message])
    }

    @Test("Aliases of a fragment count wherever it is spread")
    func aliasesInFragments() throws {
        let query = "subscription { posted { ...F author { id } replies { ...F } } } fragment F on Post { a: id b: text }"
        #expect(try refusal(query, OperationLimits(aliases: 4)) == [])
        #expect(try refusal(query, OperationLimits(aliases: 3)) == ["The operation has 4 aliases, more than the limit of 3. @1:1"])
    }

    @Test("A limit holds for texts that differ in literals too, and for the operation that is named")
    func known() throws {
        let compiler = try compiler(Self.sdl.replacing("posted(room: ID, deep: Boolean)", with: "posted(id: ID)"), limits: OperationLimits(aliases: 1))
        for id in 1...2 {
            #expect(
                try compiler.refusal("\nsubscription { a: posted(id: \(id)) { b: id } }") == ["The operation has 2 aliases, more than the limit of 1. @2:1"])
            #expect(try compiler.refusal("subscription { a: posted(id: \(id)) { id } }") == [])
        }
        let two = "subscription A { a: plain } subscription B { b: posted { c: id } }"
        #expect(try compiler.refusal(two, operationName: "A") == [])
        #expect(try compiler.refusal(two, operationName: "B") == ["The operation has 2 aliases, more than the limit of 1. @1:29"])
    }

    @Test("Fragments that double cost no more time than their text is long")
    func doubling() throws {
        let fragments = (0..<64).map { "fragment F\($0) on Post { a: replies { ...F\($0 + 1) } b: replies { ...F\($0 + 1) } }" }.joined(separator: " ")
        let query = "subscription { posted { ...F0 } } \(fragments) fragment F64 on Post { id }"
        let limits = OperationLimits(depth: 1_000)
        #expect(try refusal(query, limits) == ["The operation has \(Int.max) aliases, more than the limit of 100. @1:1"])
    }

    // MARK: Costs

    @Test("Each field costs one where the schema says nothing")
    func plainCost() throws {
        let query = "subscription { posted { id ... on Post { text } ...F } } fragment F on Post { author { id } }"
        #expect(try cost(query, [:]) == 5)
        #expect(try refusal(query, OperationLimits(cost: 4)) == ["The operation costs 5, more than the limit of 4. @1:1"])
    }

    @Test("A field costs its own weight, else that of the type that it returns")
    func weights() throws {
        let query = "subscription { posted { id author { name } } }"
        #expect(try cost(query, ["Subscription.posted": 10]) == 13)
        #expect(try cost(query, ["Post": 5]) == 8)
        #expect(try cost(query, ["Post": 5, "Subscription.posted": 10]) == 13)
        #expect(try cost(query, ["User.name": 0, "Post.id": 0]) == 2)
        #expect(try cost(query, ["User": 7, "Post.text": 100]) == 10)
    }

    @Test("The weights are those of the schema, in the forms of IBM's specification too")
    func inSchemas() throws {
        let compiler = try compiler(
            """
            type Query { ok: Int }
            type Subscription { a(n: Int @resolverArgument @cost(weight: "7")): A @cost(weight: "5") }
            type A @cost(weight: "3") { b: A c: S d: E i: I }
            interface I { s: S }
            type J implements I { s: S @cost(weight: "20") }
            scalar S @cost(weight: "100")
            enum E @cost(weight: "1000") { ONE }
            directive @cost(weight: String!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR
            """, limits: OperationLimits(cost: 0))
        #expect(
            try compiler.refusal("subscription { a(n: 1) { b { c d i { s } } } }") == ["The operation costs 1216, more than the limit of 0. @1:1"])
    }

    @Test("An argument costs its weight where it is given")
    func arguments() throws {
        let costs = ["Subscription.posted(room:)": 10, "Subscription.posted(deep:)": 3]
        #expect(try cost("subscription { posted { id } }", costs) == 2)
        #expect(try cost("subscription { posted(room: 1) { id } }", costs) == 12)
        #expect(try cost("subscription($r: ID) { posted(deep: true, room: $r) { id } }", costs) == 15)
    }

    @Test("A list counts once")
    func lists() throws {
        #expect(try cost("subscription { posts { replies { id } } }", ["Post": 4]) == 9)
    }

    @Test("Of an interface or union the dearest type counts, and all fragments")
    func abstractTypes() throws {
        #expect(try cost("subscription { seen { id } }", ["User": 6, "Post": 4]) == 7)
        #expect(try cost("subscription { seen { id } }", ["User.id": 6, "Node.id": 2]) == 7)
        #expect(try cost("subscription { seen { id } }", ["Node.id": 3]) == 4)
        #expect(try cost("subscription { any { ... on User { id } ... on Post { id } } }", ["User.id": 6, "Post.id": 4, "Post": 2]) == 12)
    }

    // MARK: Fields of the root

    @Test("A query or mutation may select as many fields of its root as the limit says, and not one more")
    func rootFields() throws {
        let limits = OperationLimits(rootFields: 2)
        for keyword in ["query", "mutation"] {
            #expect(try refusal("\(keyword) { a: login b: login }", limits, hasExecution: true) == [])
            #expect(
                try refusal("\(keyword) { a: login b: login ... { c: login } }", limits, hasExecution: true)
                    == ["The operation selects 3 fields of its root, more than the limit of 2. @1:1"])
        }
    }

    @Test("Those of fragments count, what has the same key once, and what introspects not at all")
    func countedRootFields() throws {
        let limits = OperationLimits(rootFields: 2)
        let query = "{ a ...F a ...F __typename __schema { description } } fragment F on Query { a b @skip(if: true) }"
        #expect(try refusal(query, limits, hasExecution: true) == [])
        #expect(try refusal(query, OperationLimits(rootFields: 1), hasExecution: true).count == 1)
    }
}
