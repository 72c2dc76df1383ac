import SubsgenRuntime
import Testing

@Suite("Compiling operations")
struct OperationCompilerTests {
    private static let sdl = """
        type Query { hello: String }
        type Mutation { send: String }
        type Subscription {
          messageAdded(roomId: ID! @filter(field: "room.id"), kinds: [Kind!] = [TEXT] @filter(field: "kind"), authorId: ID @filter(field: "author.id")): Message
            @topic(name: "chat.{roomId}")
          numbered(float: Float!, flag: Boolean!, kind: Kind!, any: Any!): Message @topic(name: "n.{float}.{flag}.{kind}.{any}")
          counted(id: ID, any: Any, guess: String): Message
          ticked: Int!
        }
        type Message { id: ID! kind: Kind any: Any room: Room author: Author }
        type Room { id: ID! }
        type Author { id: ID }
        enum Kind { TEXT IMAGE }
        scalar Any
        """

    private func key(_ text: String) throws -> MatchKey { try #require(MatchKey.of(try json(text))) }

    @Test("fills the topic's braces and makes conditions of the filters")
    func topics() throws {
        let compiler = try compiler(Self.sdl)
        let request = try compiler.subscription(
            "subscription($room: ID!, $author: ID) { messageAdded(roomId: $room, authorId: $author) { id } }",
            variables: #"{"room":"a.b/é","author":7}"#)
        #expect(request.field == "messageAdded")
        #expect(request.fieldIndex == 0)
        #expect(request.topic == "chat.a%2Eb%2F%C3%A9")
        #expect(
            request.conditions == [
                .value(path: ["room", "id"], .equals(try key("\"a.b/é\""))), .value(path: ["kind"], .equals(try key("\"TEXT\""))),
                .value(path: ["author", "id"], .equals(try key("7"))),
            ])
        #expect(String(decoding: request.arguments, as: UTF8.self) == #"{"roomId":"a.b/é","kinds":["TEXT"],"authorId":"7"}"#)
    }

    @Test("writes numbers, booleans and enums into topics by their shortest text")
    func topicValues() throws {
        let compiler = try compiler(Self.sdl)
        #expect(
            try compiler.subscription("subscription { numbered(float: 1.0, flag: true, kind: TEXT, any: 1e2) { id } }").topic == "n.1.true.TEXT.100")
        let request = try compiler.subscription("subscription { numbered(float: -0.5, flag: false, kind: IMAGE, any: \"a b\") { id } }")
        #expect(request.topic == "n.-0%2E5.false.IMAGE.a%20b")
        // A brace argument without @filter gives no condition, though the payload has fields of these names.
        #expect(request.conditions == [])
        #expect(
            try compiler.refusal("subscription { numbered(float: 1, flag: true, kind: TEXT, any: [1]) { id } }")
                == ["Argument \"numbered(any:)\" must be a string, number or boolean to name a topic. @1:59"])
    }

    @Test("lets null and absent arguments not restrict, and an empty list match nothing")
    func conditions() throws {
        let compiler = try compiler(Self.sdl)
        func conditions(_ arguments: String) throws -> [EventCondition] {
            Array(try compiler.subscription("subscription { messageAdded(roomId: 1, \(arguments)) { id } }").conditions.dropFirst())
        }
        #expect(try conditions("kinds: null, authorId: null") == [])
        #expect(try conditions("kinds: []") == [.value(path: ["kind"], .isIn([]))])
        let either = EventCondition.value(path: ["kind"], .isAny(of: [try key("\"IMAGE\""), try key("\"TEXT\"")]))
        #expect(try conditions("kinds: [IMAGE, TEXT, IMAGE]") == [either])
        #expect(try conditions("kinds: [TEXT, IMAGE]") == [either])
        #expect(try conditions("kinds: IMAGE") == [.value(path: ["kind"], .equals(try key("\"IMAGE\"")))])
        #expect(
            try compiler.refusal("subscription { counted(any: {a: 1}) { id } }")
                == ["Argument \"counted(any:)\" must be a string, number or boolean to be compared with events. @1:24"])
    }

    @Test("refuses an argument that nobody decided about, when it is given")
    func undecided() throws {
        let compiler = try compiler(Self.sdl)
        let message =
            "Argument \"counted(guess:)\" selects no events, and the schema does not say that a resolver reads it, so a subscription "
            + "cannot give it."
        #expect(try compiler.refusal("subscription { counted(guess: \"x\") { id } }") == [message + " @1:24"])
        #expect(try compiler.refusal("subscription { counted(guess: null) { id } }") == [message + " @1:24"])
        #expect(try compiler.refusal("subscription($g: String) { counted(guess: $g) { id } }", variables: #"{"g":null}"#) == [message + " @1:36"])
        #expect(try compiler.subscription("subscription($g: String) { counted(guess: $g) { id } }").conditions == [])
    }

    @Test("chooses the operation by its name")
    func operationName() throws {
        let compiler = try compiler(Self.sdl)
        let two = "subscription A { ticked } subscription B { t: ticked } fragment F on Message { id }"
        #expect(try compiler.refusal("subscription A { ticked } subscription B { t: ticked }") == ["Must provide operation name if query contains multiple operations."])
        #expect(try compiler.refusal("fragment F on Message { id }").count == 1)
        #expect(try compiler.refusal("subscription A { ticked }", operationName: "C") == ["Unknown operation named \"C\"."])
        let unused = try compiler.refusal(two)
        #expect(unused == ["Fragment \"F\" is never used. @1:56"])
        #expect(try compiler.subscription("subscription A { ticked }", operationName: "").field == "ticked")
        let request = try compiler.subscription("subscription A { ticked } subscription B { t: ticked }", operationName: "B")
        #expect(String(decoding: request.projection.body(of: try json("1")), as: UTF8.self) == #"{"data":{"t":1}}"#)
    }

    @Test("answers mistakes of syntax and of validation with their places")
    func mistakes() throws {
        let compiler = try compiler(Self.sdl)
        #expect(try compiler.refusal("subscription {") == ["Syntax Error: Expected Name, found <EOF>. @1:15"])
        #expect(try compiler.refusal("") == ["Syntax Error: Unexpected <EOF>. @1:1"])
        #expect(try compiler.refusal("subscription { tick }") == ["Cannot query field \"tick\" on type \"Subscription\". Did you mean \"ticked\"? @1:16"])
        #expect(try compiler.refusal("subscription { ticked a: ticked }").count == 1)
        #expect(try compiler.refusal("mutation { send }").count == 1)
    }

    @Test("gives equal operations the same projection, and others their own")
    func identity() throws {
        let compiler = try compiler(Self.sdl)
        let query = """
            subscription A($room: ID!, $brief: Boolean = false) { messageAdded(roomId: $room) { id kind @skip(if: $brief) } }
            subscription B($room: ID!, $brief: Boolean = false) { messageAdded(roomId: $room) { id kind @skip(if: $brief) } }
            """
        func projection(_ name: String, _ variables: String) throws -> Projection {
            try compiler.subscription(query, variables: variables, operationName: name).projection
        }
        let first = try projection("A", #"{"room":1}"#)
        #expect(try projection("A", #"{"room":1}"#) === first)
        #expect(try projection("A", #"{"room":2,"brief":false}"#) === first)
        #expect(try projection("A", #"{"room":1,"brief":true}"#) !== first)
        #expect(try projection("B", #"{"room":1}"#) !== first)
    }

    @Test("holds its limits with an error that names each")
    func limits() throws {
        let small = OperationLimits(bytes: 400, tokens: 80, depth: 5, fields: 12)
        let compiler = try compiler(
            "type Subscription { node: Node } type Node { id: ID a: Node b: Node node: Node }", limits: small)
        let deep = "subscription { node { node { node { node { node { id } } } } } }"
        let chain = "subscription { node { ...A } } fragment A on Node { node { ...B } } fragment B on Node { node { node { node { id } } } }"
        #expect(try compiler.refusal("subscription { node { " + Array(repeating: "id", count: 80).joined(separator: " ") + " } }").count == 1)
        #expect(try compiler.refusal("#" + String(repeating: "x", count: 400) + "\n{ id }") == ["The document has 408 bytes, more than the limit of 400."])
        #expect(try compiler.refusal(deep).count == 1)
        let nested = try compiler.refusal(chain)
        #expect(nested == ["The operation nests deeper than the limit of 5. @1:111"])
        let wide = "subscription { node { ...A } } fragment A on Node { a { ...B } b { ...B } } fragment B on Node { a { x: id y: id } b { x: id y: id } }"
        #expect(try compiler.refusal(wide) == ["The operation selects more fields than the limit of 12. @1:64"])
    }

    @Test("forgets plans that are out of use, and compiles them again")
    func forgetting() throws {
        let limits = OperationLimits(cachedBytes: 40_000)
        let compiler = try compiler(Self.sdl, limits: limits)
        let first = try compiler.subscription("subscription { ticked }").projection
        for number in 0..<40 { _ = try compiler.subscription("subscription { a\(number): ticked }") }
        let again = try compiler.subscription("subscription { ticked }").projection
        #expect(again !== first)
        #expect(again.body(of: try json("1")) == first.body(of: try json("1")))
    }
}
