import GraphQLSchema
import SDLParser
import Testing

@testable import SubsgenRuntime

@Suite("Operations that differ in literals share what is made of them")
struct SharedPlanTests {
    static let sdl = """
        type Query { hello(name: String = "you"): String }
        type Subscription {
          post(id: ID @filter, room: String @filter(field: "room"), size: Float @filter(field: "size"), kinds: [Kind!] @filter(field: "kind"),
            any: Any @resolverArgument, style: Style @resolverArgument, one: One @resolverArgument, guess: Int): Post @topic(name: "posts")
          note(text: String!, number: Int! @resolverArgument): Note @topic(name: "notes.{text}")
        }
        interface Node { id: ID! }
        type Post implements Node {
          id: ID! room: String size: Float kind: Kind node: Node next: Post posts: [Post!]!
          excerpt(length: Int = 10, style: Style): String
          tags(of: [Kind!], one: One, any: Any): [String!] @resolver
        }
        type Note implements Node { id: ID! text: String number: Int! excerpt(length: Int): String }
        enum Kind { X Y }
        input Style { mark: String = "…" weights: [Float!] inner: Style level: Int! = 1 }
        input One @oneOf { a: Int b: String }
        scalar Any
        directive @tag(name: String, weight: Int) on FIELD | SUBSCRIPTION
        """

    // MARK: Sharing

    @Test("A thousand clients that inline a thousand ids of one length have one projection")
    func ids() throws {
        let compiler = try compiler(Self.sdl)
        let first = try compiler.subscription("subscription { post(id: \"1000\") { id next { room } } }")
        for id in 1001..<2000 {
            let request = try compiler.subscription("subscription { post(id: \"\(id)\") { id next { room } } }")
            #expect(request.projection === first.projection)
            #expect(String(decoding: request.arguments, as: UTF8.self) == #"{"id":"\#(id)"}"#)
            #expect(request.conditions == [.value(path: ["id"], .equals(try #require(MatchKey.of(try json("\"\(id)\"")))))])
        }
    }

    @Test("Literals of another length move what stands behind them on their line, those with line breaks below it too")
    func places() throws {
        let compiler = try compiler(Self.sdl)
        func body(_ literal: String, _ event: String = "{}") throws -> String {
            try compiler.response(to: event, "subscription { post(room: \(literal)) { id } }")
        }
        func error(_ line: Int, _ column: Int) -> String {
            #"{"data":{"post":null},"errors":[{"message":"Cannot return null for non-nullable field Post.id.","locations":[{"line":\#(line),"column":\#(column)}],"path":["post","id"]}]}"#
        }
        #expect(try body("\"a\"") == error(1, 34))
        #expect(try body("\"abc\"") == error(1, 36))
        #expect(try body("\"é😀\"") == error(1, 35))
        #expect(try body("\"\"\"a\"\"\"") == error(1, 38))
        #expect(try body("\"\"\"\na\r\nb\rc\n\"\"\"") == error(5, 8))
        #expect(try body("\"a\"") == error(1, 34))
    }

    @Test("Equal extents in other places are other places")
    func extents() throws {
        let compiler = try compiler(Self.sdl)
        func projection(_ room: String, _ id: String) throws -> Projection {
            try compiler.subscription("subscription { post(room: \"\(room)\", id: \"\(id)\") { id } }").projection
        }
        let first = try projection("a", "bcd")
        #expect(try projection("x", "yyy") === first)
        #expect(try projection("abc", "d") !== first)
        #expect(try projection("abc", "d").plan.fields.count == first.plan.fields.count)
    }

    @Test("Literals in arguments of payload fields tell projections apart by what functions are asked")
    func payloadArguments() throws {
        let compiler = try compiler(Self.sdl)
        func projection(_ length: Int, _ id: Int = 1) throws -> Projection {
            try compiler.subscription("subscription { post(id: \(id)) { excerpt(length: \(length)) } }").projection
        }
        let first = try projection(3)
        #expect(try projection(3, 2) === first)
        #expect(try projection(4) !== first)
        let arguments = try projection(4).supplies.map { supply in
            if case .call(let key) = supply { String(decoding: key.arguments, as: UTF8.self) } else { "" }
        }
        #expect(arguments == [#"{"length":4}"#])
    }

    @Test("Fields of one response key merge where their literals are equal, and are refused where they are not, whichever came first")
    func merging() throws {
        func text(_ first: String, _ second: String) -> String {
            "subscription { post(id: \(first)) { id } ...F } fragment F on Subscription { post(id: \(second)) { room } }"
        }
        let refusal = "Fields \"post\" conflict because they have differing arguments. Use different aliases on the fields to fetch both if this was intentional. @1:16 @1:71"
        let compiler = try compiler(Self.sdl)
        #expect(try compiler.refusal(text("1", "1")) == [])
        #expect(try compiler.refusal(text("1", "2")) == [refusal])
        #expect(try compiler.refusal(text("2", "2")) == [])
        #expect(try compiler.refusal(text("3", "2")) == [refusal])
        // Equal though they are written in two ways.
        #expect(try compiler.refusal(text("\"A\"", "\"\\u0041\"")) == [])
        #expect(try compiler.refusal(text("\"B\"", "\"\\u0041\"")).count == 1)
    }

    @Test("Refuses a literal as if no other text had come before")
    func refusals() throws {
        let compiler = try compiler(Self.sdl)
        func text(_ number: String) -> String { "subscription {\n  note(text: \"t\", number: \(number)) { id } }" }
        #expect(try compiler.refusal(text("1")) == [])
        #expect(
            try compiler.refusal(text("2147483648"))
                == ["Int cannot represent non 32-bit signed integer value: 2147483648 @2:27"])
        #expect(try compiler.refusal(text("1.5")) == ["Int cannot represent non-integer value: 1.5 @2:27"])
        #expect(try compiler.refusal(text("2")) == [])
    }

    @Test("Keeps a shape, not a text of huge literals")
    func hugeLiterals() throws {
        let compiler = try compiler(Self.sdl)
        let huge = String(repeating: "x", count: 200_000)
        let request = try compiler.subscription("subscription { post(room: \"\(huge)\", id: \"1\") { id } }")
        #expect(request.arguments.count > 200_000)
        #expect(compiler.cachedBytes < 10_000)
    }

    // MARK: The same as alone

    @Test("Texts get what they would get alone, in whatever order they come: results, errors, places")
    func sameAsAlone() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        let warm = try compiler(Self.sdl)
        let (schema, table) = try SchemaLoader.load(sdl: Self.sdl)
        let events = try RandomOperation.events.map(json)
        var accepted = 0
        var shared = 0
        var compared = 0
        for _ in 0..<250 {
            let operation = RandomOperation(&random)
            var known: Set<ObjectIdentifier> = []
            for _ in 0..<12 {
                let text = operation.text(&random)
                let variables = RandomOperation.variables.randomElement(using: &random) ?? "null"
                let alone = OperationCompiler(schema: schema, table: table)
                let (found, projection) = try Self.outcome(of: text, variables, warm, events)
                let (expected, _) = try Self.outcome(of: text, variables, alone, events)
                #expect(found == expected, "seed \(seed): \(text) with \(variables)")
                compared += 1
                guard let projection else { continue }
                accepted += 1
                if !known.insert(ObjectIdentifier(projection)).inserted { shared += 1 }
            }
        }
        #expect(compared == 3_000)
        #expect(accepted > 500 && shared > 30, "seed \(seed): \(accepted) accepted, \(shared) shared")
        print("seed \(seed): \(compared) texts, \(accepted) accepted, \(shared) with a projection that was there")
    }

    private static func outcome(
        of text: String, _ variables: String, _ compiler: OperationCompiler, _ events: [JSONValue]
    ) throws -> (lines: [String], projection: Projection?) {
        let variables = try json(variables)
        do throws(GraphQLErrors) {
            switch try compiler.compile(query: text, operationName: nil, variables: variables) {
            case .response(let body): return ([String(decoding: body, as: UTF8.self)], nil)
            case .execution(let type): return ([type.keyword], nil)
            case .subscription(.denied), .subscription(.undecided): return (["denied"], nil)
            case .subscription(.allowed(let request)):
                let supplies = request.projection.supplies.map { supply in
                    switch supply {
                    case .call(let key): "\(key.field) \(String(decoding: key.arguments, as: UTF8.self))"
                    case .failure(let error): "\(error)"
                    }
                }
                let bodies = events.map { request.projection.body(of: $0) } + [request.projection.body(failure: "no")]
                let lines = [request.topic, String(decoding: request.arguments, as: UTF8.self), "\(request.conditions)"]
                return (lines + supplies + bodies.map { String(decoding: $0, as: UTF8.self) }, request.projection)
            }
        } catch {
            var writer = JSONWriter()
            error.write(into: &writer)
            return ([String(decoding: writer.bytes, as: UTF8.self)], nil)
        }
    }
}
