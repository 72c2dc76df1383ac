import SubsgenRuntime
import Testing

@Suite("Hostile operations")
struct HostileOperationTests {
    private static let sdl = """
        type Query { hello: String }
        type Subscription {
          nodeChanged(id: ID, kinds: [Kind!] @resolverArgument, point: Point @resolverArgument): Node!
          found: Found
        }
        interface Node { id: ID! node: Node }
        type A implements Node { id: ID! kind: Kind node: Node text: String list: [[A!]] edited(by: ID): Boolean }
        type B implements Node { id: ID! kind: Kind node: Node! secret: String @internal }
        union Found = A | B
        enum Kind { X Y }
        input Point { x: Int! = 1 y: Float points: [Point!] }
        """

    private static let operations = [
        """
        subscription S($id: ID, $yes: Boolean! = true, $points: [Point!]) {
          a: nodeChanged(id: $id, kinds: [X, Y], point: {x: 2, points: $points}) { __typename ...F ... on B @skip(if: $yes) { kind other: node { id } } }
        }
        fragment F on Node { id ... on A @include(if: $yes) { text list { kind edited(by: "1") } node { ...G } } }
        fragment G on Node { id node { id } }
        """,
        "query Q($d: Boolean!) { __schema { types { ...T fields(includeDeprecated: $d) { name args { name defaultValue type { name } } } } } __type(name: \"A\") { kind } } fragment T on __Type { name kind ofType { name } }",
    ]
    private static let events = [
        #"{"__typename":"A","id":1,"text":null,"list":[[{"kind":"X"},{"kind":"Z"}],[null],7],"node":{"__typename":"B","id":"2","node":{}}}"#,
        #"{"__typename":"B","kind":"Y","node":null}"#, "null", "[]", "7", "{}",
    ]

    @Test("never crash, whatever somebody changes in a document and its variables")
    func mutation() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        let compiler = try compiler(Self.sdl)
        let events = try Self.events.map(json)
        let pieces = ["{", "}", "(", ")", "[", "]", "$", "@skip(if: $yes)", "...", "on", "A", "B", "F", "G", "id", "node", "!", ":", "null", "\"\"", "1", "-", "#", "é", "&", "="]
        for operation in Self.operations { #expect(try compiler.refusal(operation, variables: #"{"d":true}"#) == []) }
        var compiled = 0
        for _ in 0..<1_500 {
            var text = Array(Self.operations.randomElement(using: &random) ?? "").map(String.init)
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let place = Int.random(in: 0..<text.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: text.remove(at: place)
                case 1: text.insert(pieces.randomElement(using: &random) ?? "", at: place)
                default: text[place] = text.randomElement(using: &random) ?? ""
                }
            }
            let variables = ["null", #"{"d":true}"#, #"{"d":false,"yes":false,"id":7,"points":{"points":[{},{"y":1}]}}"#, #"{"d":null,"yes":null,"id":[],"points":[1]}"#]
                .randomElement(using: &random)
            // Where somebody executes queries, of the text no more is known than its syntax.
            _ = try? compiler.compile(query: text.joined(), operationName: nil, variables: nil, hasExecution: true)
            guard case .subscription(.allowed(let request))? = try? compiler.compile(query: text.joined(), operationName: nil, variables: try json(variables ?? "null"))
            else { continue }
            compiled += 1
            for event in events {
                let body = request.projection.body(of: event)
                #expect(throws: Never.self, "seed \(seed)") { try JSONDocument.parse(body) }
            }
        }
        #expect(compiled > 50, "seed \(seed)")
    }

    @Test("cannot exhaust the stack with chains of fragments")
    func chains() throws {
        let compiler = try compiler(Self.sdl)
        let count = 1_500
        let inside = (0..<count).map { "fragment F\($0) on Node { ...F\($0 + 1) }" }.joined(separator: "\n") + "fragment F\(count) on Node { id }"
        #expect(try compiler.refusal("subscription { nodeChanged { ...F0 } } " + inside).count == 1)
        let nested = (0..<count / 2).map { "fragment F\($0) on Node { node { ...F\($0 + 1) } }" }.joined(separator: "\n") + "fragment F\(count / 2) on Node { id }"
        #expect(try compiler.refusal("subscription { nodeChanged { ...F0 } } " + nested).count == 1)
    }

    @Test("cannot ask for a response that grows with each fragment")
    func growth() throws {
        let compiler = try compiler(Self.sdl, limits: OperationLimits(aliases: .max, cost: .max))
        let fragments = (0..<20).map { "fragment F\($0) on Node { node { ...F\($0 + 1) } b: node { ...F\($0 + 1) } }" }.joined(separator: "\n")
        let refusal = try compiler.refusal("subscription { nodeChanged { ...F0 } } \(fragments) fragment F20 on Node { id }")
        #expect(refusal.count == 1)
        #expect(refusal.first?.hasPrefix("The operation selects more fields than the limit of 10000.") == true)
    }

    @Test("get a response with an error where lists make it too large")
    func lists() throws {
        let compiler = try compiler(
            "type Subscription { batch: [Item] } type Item { text: String }", limits: OperationLimits(responseBytes: 1_000))
        let event = "[" + Array(repeating: #"{"text":"ten bytes!"}"#, count: 1_000).joined(separator: ",") + "]"
        #expect(
            try compiler.response(to: event, "subscription { batch { text } }")
                == #"{"data":null,"errors":[{"message":"The response is larger than the limit of 1000 bytes.","locations":[{"line":1,"column":24}],"path":["batch",44,"text"]}]}"#)
    }

    @Test("get a response with an error where they select a long value again and again")
    func aliases() throws {
        let compiler = try compiler("type Subscription { item: Item } type Item { text: String item: Item }", limits: OperationLimits(responseBytes: 1_000))
        let aliases = (0..<100).map { "a\($0): text" }.joined(separator: " ")
        let event = #"{"item":{"text":"\#(String(repeating: "x", count: 100))"}}"#
        #expect(
            try compiler.response(to: event, "subscription { item { item { \(aliases) } } }")
                == #"{"data":null,"errors":[{"message":"The response is larger than the limit of 1000 bytes.","locations":[{"line":1,"column":111}],"path":["item","item","a9"]}]}"#)
    }

    @Test("give every thread the same projection")
    func threads() async throws {
        let compiler = try compiler(Self.sdl)
        for number in 0..<20 {
            let query = "subscription($yes: Boolean!) { a\(number): found { __typename @skip(if: $yes) } }"
            let projections = try await withThrowingTaskGroup(of: Projection.self) { group in
                for _ in 0..<8 { group.addTask { try compiler.subscription(query, variables: #"{"yes":true}"#).projection } }
                return try await group.reduce(into: [Projection]()) { $0.append($1) }
            }
            #expect(Set(projections.map { ObjectIdentifier($0) }).count == 1)
        }
    }
}
