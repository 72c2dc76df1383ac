import SubsgenRuntime
import Testing

@Suite("Coercing variables and arguments")
struct VariableCoercionTests {
    private static let sdl = """
        type Subscription {
          value(
            int: Int @resolverArgument, float: Float @resolverArgument, string: String @resolverArgument, flag: Boolean @resolverArgument,
            id: ID @resolverArgument, color: Color @resolverArgument, any: Any @resolverArgument, list: [Int] @resolverArgument,
            strict: [Int!] @resolverArgument, grid: [[Int!]!] @resolverArgument, point: Point @resolverArgument,
            choice: Choice @resolverArgument, base: Int! = 3 @resolverArgument
          ): Int
          must(int: Int! @resolverArgument): Int
        }
        enum Color { RED GREEN }
        scalar Any
        input Point { x: Int!, y: Float = 2, colors: [Color!] = RED, inner: Point, label: String }
        input Choice @oneOf { a: Int, b: Choice }
        """

    /// The coerced arguments of `value(ARGUMENT: $v)`.
    private func arguments(_ argument: String, _ type: String, _ variables: String?) throws -> String {
        let request = try compiler(Self.sdl).subscription("subscription($v: \(type)) { value(\(argument): $v) }", variables: variables)
        return String(decoding: request.arguments, as: UTF8.self)
    }

    struct Example: Sendable, CustomTestStringConvertible {
        let argument: String
        let type: String
        let value: String
        let result: String

        init(_ argument: String, _ type: String, _ value: String, _ result: String) {
            (self.argument, self.type, self.value, self.result) = (argument, type, value, result)
        }
        var testDescription: String { "\(type) of \(value)" }
    }

    @Test(
        "accepts what the spec accepts, in one spelling",
        arguments: [
            Example("int", "Int", "1", "1"), Example("int", "Int", "-0", "0"), Example("int", "Int", "1.0", "1"), Example("int", "Int", "2147483647", "2147483647"),
            Example("int", "Int", "null", "null"), Example("float", "Float", "1", "1.0"), Example("float", "Float", "1e2", "100.0"), Example("float", "Float", "0.10", "0.1"),
            Example("string", "String", "\"\\u0041\\n\"", "\"A\\n\""), Example("flag", "Boolean", "true", "true"), Example("id", "ID", "7", "\"7\""),
            Example("id", "ID", "\"x\"", "\"x\""), Example("id", "ID", "7.0", "\"7\""), Example("color", "Color", "\"RED\"", "\"RED\""),
            Example("any", "Any", "{\"b\": [1, 2.50, null], \"a\": \"x\"}", "{\"b\":[1,2.50,null],\"a\":\"x\"}"), Example("any", "Any", "1e999", "1e999"),
            Example("list", "[Int]", "[1, null]", "[1,null]"), Example("list", "[Int]", "1", "[1]"), Example("list", "[Int]", "null", "null"), Example("list", "[Int]", "[]", "[]"),
            Example("grid", "[[Int!]!]", "1", "[[1]]"), Example("grid", "[[Int!]!]", "[1, 2]", "[[1],[2]]"), Example("grid", "[[Int!]!]", "[[1, 2], []]", "[[1,2],[]]"),
            Example("point", "Point", "{\"x\": 1}", "{\"x\":1,\"y\":2.0,\"colors\":[\"RED\"]}"),
            Example("point", "Point", "{\"label\": null, \"colors\": \"GREEN\", \"y\": null, \"x\": 1}", "{\"x\":1,\"y\":null,\"colors\":[\"GREEN\"],\"label\":null}"),
            Example("point", "Point", "{\"inner\":{\"x\":1,\"colors\":[]},\"x\":2,\"colors\":null}", "{\"x\":2,\"y\":2.0,\"colors\":null,\"inner\":{\"x\":1,\"y\":2.0,\"colors\":[]}}"),
            Example("choice", "Choice", "{\"a\": 1}", "{\"a\":1}"), Example("choice", "Choice", "{\"b\": {\"a\": 1}}", "{\"b\":{\"a\":1}}"),
        ])
    func accepts(_ example: Example) throws {
        let result = try arguments(example.argument, example.type, "{\"v\": \(example.value)}")
        let base = "\"base\":3}"
        #expect(result == "{\"\(example.argument)\":\(example.result),\(base)")
    }

    @Test(
        "refuses what the spec refuses, in the words of the reference implementation",
        arguments: [
            Example("int", "Int", "1.5", "got invalid value 1.5; Int cannot represent non-integer value: 1.5"),
            Example("int", "Int", "\"1\"", "got invalid value \"1\"; Int cannot represent non-integer value: \"1\""),
            Example("int", "Int", "true", "got invalid value true; Int cannot represent non-integer value: true"),
            Example("int", "Int", "2147483648", "got invalid value 2147483648; Int cannot represent non 32-bit signed integer value: 2147483648"),
            Example("int", "Int!", "null", "of non-null type \"Int!\" must not be null."),
            Example("float", "Float", "\"1\"", "got invalid value \"1\"; Float cannot represent non numeric value: \"1\""),
            Example("float", "Float", "1e999", "got invalid value 1e999; Float cannot represent non numeric value: 1e999"),
            Example("string", "String", "1", "got invalid value 1; String cannot represent a non string value: 1"),
            Example("flag", "Boolean", "1", "got invalid value 1; Boolean cannot represent a non boolean value: 1"),
            Example("id", "ID", "1.5", "got invalid value 1.5; ID cannot represent value: 1.5"),
            Example("id", "ID", "true", "got invalid value true; ID cannot represent value: true"),
            Example("color", "Color", "\"REED\"", "got invalid value \"REED\"; Value \"REED\" does not exist in \"Color\" enum. Did you mean the enum value \"RED\" or \"GREEN\"?"),
            Example("color", "Color", "1", "got invalid value 1; Enum \"Color\" cannot represent non-string value: 1."),
            Example("strict", "[Int!]", "[1,null]", "got invalid value null at \"v[1]\"; Expected non-nullable type \"Int!\" not to be null."),
            Example("grid", "[[Int!]!]", "[[1],[2,\"x\"]]", "got invalid value \"x\" at \"v[1][1]\"; Int cannot represent non-integer value: \"x\""),
            Example("point", "Point", "1", "got invalid value 1; Expected type \"Point\" to be an object."),
            Example("point", "Point", "{}", "got invalid value {}; Field \"x\" of required type \"Int!\" was not provided."),
            Example("point", "Point", "{\"x\":1,\"inner\":{\"x\":null}}", "got invalid value null at \"v.inner.x\"; Expected non-nullable type \"Int!\" not to be null."),
            Example("point", "Point", "{\"x\":1,\"lable\":1}", "got invalid value {\"x\":1,\"lable\":1}; Field \"lable\" is not defined by type \"Point\". Did you mean \"label\"?"),
            Example("choice", "Choice", "{}", "got invalid value {}; Exactly one key must be specified for OneOf type \"Choice\"."),
            Example("choice", "Choice", "{\"a\":1,\"b\":null}", "got invalid value {\"a\":1,\"b\":null}; Exactly one key must be specified for OneOf type \"Choice\"."),
            Example("choice", "Choice", "{\"a\":null}", "got invalid value null at \"v.a\"; Field \"a\" must be non-null."),
        ])
    func refuses(_ example: Example) throws {
        let messages = try compiler(Self.sdl).refusal(
            "subscription($v: \(example.type)) { value(\(example.argument): $v) }", variables: "{\"v\": \(example.value)}")
        #expect(messages == ["Variable \"$v\" \(example.result) @1:14"])
    }

    @Test("tells of every mistake at once, with its variable's place")
    func several() throws {
        #expect(
            try compiler(Self.sdl).refusal(
                "subscription($a: Int!, $b: Point, $c: Int!) { value(int: $a, point: $b, base: $c) }",
                variables: #"{"b":{"y":"y","colors":["BLUE"]},"unknown":1}"#) == [
                    "Variable \"$a\" of required type \"Int!\" was not provided. @1:14",
                    #"Variable "$b" got invalid value {"y":"y","colors":["BLUE"]}; Field "x" of required type "Int!" was not provided. @1:24"#,
                    #"Variable "$b" got invalid value "y" at "b.y"; Float cannot represent non numeric value: "y" @1:24"#,
                    #"Variable "$b" got invalid value "BLUE" at "b.colors[0]"; Value "BLUE" does not exist in "Color" enum. @1:24"#,
                    "Variable \"$c\" of required type \"Int!\" was not provided. @1:35",
                ])
        #expect(try compiler(Self.sdl).refusal("subscription { value }", variables: "[]") == ["Variables must be an object."])
    }

    @Test("stops after fifty mistakes")
    func manyMistakes() throws {
        let items = Array(repeating: "\"x\"", count: 1000).joined(separator: ",")
        let messages = try compiler(Self.sdl).refusal("subscription($v: [Int]) { value(list: $v) }", variables: "{\"v\":[\(items)]}")
        #expect(messages.count == 51)
        #expect(messages.last == "Too many errors processing variables, error limit reached. Execution aborted.")
    }

    @Test("tells absent from null, and takes defaults for what is absent")
    func absence() throws {
        #expect(try arguments("int", "Int", nil) == #"{"base":3}"#)
        #expect(try arguments("int", "Int", "null") == #"{"base":3}"#)
        #expect(try arguments("int", "Int", #"{"v":null}"#) == #"{"int":null,"base":3}"#)
        #expect(try arguments("int", "Int = 5", "{}") == #"{"int":5,"base":3}"#)
        #expect(try arguments("int", "Int = 5", #"{"v":null}"#) == #"{"int":null,"base":3}"#)
        #expect(try arguments("base", "Int", "{}") == #"{"base":3}"#)
        #expect(try arguments("point", "Point = {x: 7, label: \"l\"}", "{}") == #"{"point":{"x":7,"y":2.0,"colors":["RED"],"label":"l"},"base":3}"#)
        #expect(
            try compiler(Self.sdl).refusal("subscription($v: Int) { value(base: $v) }", variables: #"{"v":null}"#)
                == ["Argument \"base\" of non-null type \"Int!\" must not be null. @1:37"])
        #expect(
            try compiler(Self.sdl).refusal("subscription($v: Int = 1) { must(int: $v) }", variables: #"{"v":null}"#)
                == ["Argument \"int\" of non-null type \"Int!\" must not be null. @1:39"])
    }

    @Test("writes literals and variables inside them in the same bytes")
    func literals() throws {
        let compiler = try compiler(Self.sdl)
        func arguments(_ arguments: String, _ definitions: String = "", _ variables: String? = nil) throws -> String {
            let request = try compiler.subscription("subscription\(definitions) { value(\(arguments)) }", variables: variables)
            return String(decoding: request.arguments, as: UTF8.self)
        }
        #expect(
            try arguments(#"base: 1, id: 7, float: 1, int: -0, string: """a"b""", flag: true, color: RED, list: 1, grid: [[1], 2]"#)
                == #"{"int":0,"float":1.0,"string":"a\"b","flag":true,"id":"7","color":"RED","list":[1],"grid":[[1],[2]],"base":1}"#)
        #expect(
            try arguments("any: {a: [1, 2.50, ENUM, null, \"s\"], b: $x, c: $y}", "($x: Any, $y: Any)", #"{"x":{"k k":1.50}}"#)
                == #"{"any":{"a":[1,2.50,"ENUM",null,"s"],"b":{"k k":1.50}},"base":3}"#)
        #expect(
            try arguments(
                "point: {label: $l, x: $x, inner: $p}, list: [1, $m, $x], float: 100", "($x: Int!, $l: String, $p: Point, $m: Int)",
                #"{"x":1,"p":{"x":2}}"#)
                == #"{"float":100.0,"list":[1,null,1],"point":{"x":1,"y":2.0,"colors":["RED"],"inner":{"x":2,"y":2.0,"colors":["RED"]}},"base":3}"#)
        #expect(try arguments("choice: {a: $x}", "($x: Int!)", #"{"x":1}"#) == #"{"choice":{"a":1},"base":3}"#)
        #expect(try arguments("id: $x", "($x: ID)", #"{"x":7}"#) == arguments("id: \"7\""))
    }

    @Test("refuses a variable that leaves a hole where null may not be")
    func holes() throws {
        let compiler = try compiler(Self.sdl)
        #expect(
            try compiler.refusal("subscription($x: Int = 1) { value(strict: [$x]) }", variables: #"{"x":null}"#)
                == ["Argument \"strict\" has invalid value [$x]. @1:43"])
    }
}
