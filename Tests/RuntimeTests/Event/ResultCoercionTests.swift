import SubsgenRuntime
import Testing

@Suite("Coercing the values of events")
struct ResultCoercionTests {
    /// A type, a value in an event, and the value in the response or the message of an error.
    struct Example: Sendable, CustomTestStringConvertible {
        let type: String
        let value: String
        let result: String
        let isError: Bool

        static func gives(_ type: String, _ value: String, _ result: String) -> Example { Example(type: type, value: value, result: result, isError: false) }
        static func refuses(_ type: String, _ value: String, _ message: String) -> Example { Example(type: type, value: value, result: message, isError: true) }
        var testDescription: String { "\(type) of \(value)" }
    }

    @Test(
        "follows the reference implementations",
        arguments: [
            .gives("Int", "1", "1"), .gives("Int", "-2147483648", "-2147483648"), .gives("Int", "2147483647", "2147483647"), .gives("Int", "1.0", "1"),
            .gives("Int", "1e3", "1000"), .gives("Int", "true", "1"), .gives("Int", "false", "0"), .gives("Int", "\"12\"", "12"), .gives("Int", "-12345678", "-12345678"),
            .refuses("Int", "2147483648", "Int cannot represent non 32-bit signed integer value: 2147483648"),
            .refuses("Int", "1e10", "Int cannot represent non 32-bit signed integer value: 1e10"),
            .refuses("Int", "\"99999999999999999999\"", #"Int cannot represent non 32-bit signed integer value: \"99999999999999999999\""#),
            .refuses("Int", "1.5", "Int cannot represent non-integer value: 1.5"), .refuses("Int", "1e999", "Int cannot represent non-integer value: 1e999"),
            .refuses("Int", "\"\"", #"Int cannot represent non-integer value: \"\""#), .refuses("Int", "\"a\"", #"Int cannot represent non-integer value: \"a\""#),
            .refuses("Int", "[1]", "Int cannot represent non-integer value: [Array]"),
            .refuses("Int", "{\"a\":1}", "Int cannot represent non-integer value: [Object]"),
            .gives("Float", "1", "1"), .gives("Float", "-1.50", "-1.50"), .gives("Float", "1e300", "1e300"), .gives("Float", "true", "1"), .gives("Float", "\"1.5\"", "1.5"),
            .refuses("Float", "1e999", "Float cannot represent non numeric value: 1e999"), .refuses("Float", "\"inf\"", #"Float cannot represent non numeric value: \"inf\""#),
            .refuses("Float", "\"0x1\"", #"Float cannot represent non numeric value: \"0x1\""#), .refuses("Float", "\"\"", #"Float cannot represent non numeric value: \"\""#),
            .refuses("Float", "{}", "Float cannot represent non numeric value: [Object]"),
            .gives("String", "\"a\\n\\u00e9\"", "\"a\\n\\u00e9\""), .gives("String", "true", "\"true\""), .gives("String", "12", "\"12\""), .gives("String", "-0", "\"0\""),
            .gives("String", "1.50", "\"1.5\""), .gives("String", "12345678901234567890", "\"12345678901234567890\""),
            .refuses("String", "[\"a\"]", "String cannot represent value: [Array]"), .refuses("String", "1e999", "String cannot represent value: 1e999"),
            .gives("Boolean", "true", "true"), .gives("Boolean", "1", "true"), .gives("Boolean", "0.0", "false"),
            .refuses("Boolean", "\"true\"", #"Boolean cannot represent a non boolean value: \"true\""#),
            .refuses("Boolean", "[]", "Boolean cannot represent a non boolean value: [Array]"),
            .gives("ID", "\"a\"", "\"a\""), .gives("ID", "12", "\"12\""), .gives("ID", "12345678901234567890", "\"12345678901234567890\""), .gives("ID", "1.0", "\"1\""),
            .refuses("ID", "1.5", "ID cannot represent value: 1.5"), .refuses("ID", "true", "ID cannot represent value: true"),
            .refuses("ID", "{}", "ID cannot represent value: [Object]"),
            .gives("Color", "\"RED\"", "\"RED\""), .gives("Color", "\"\\u0052ED\"", "\"\\u0052ED\""), .gives("Color", "\"A_COLOR_OF_A_LONG_NAME\"", "\"A_COLOR_OF_A_LONG_NAME\""),
            .refuses("Color", "\"BLUE\"", #"Enum \"Color\" cannot represent value: \"BLUE\""#), .refuses("Color", "\"RE\"", #"Enum \"Color\" cannot represent value: \"RE\""#),
            .refuses("Color", "1", #"Enum \"Color\" cannot represent value: 1"#), .refuses("Color", "[\"RED\"]", #"Enum \"Color\" cannot represent value: [Array]"#),
            .gives("Any", "{\"a\": [1, null, \"x\"]}", "{\"a\": [1, null, \"x\"]}"), .gives("Any", "1e999", "1e999"), .gives("Any", "false", "false"),
        ] as [Example])
    func coercion(_ example: Example) throws {
        let compiler = try compiler(
            """
            type Subscription { value: \(example.type) required: \(example.type)! }
            enum Color { RED GREEN A_COLOR_OF_A_LONG_NAME }
            scalar Any
            """)
        let nullable = try compiler.response(to: example.value, "subscription { value }")
        let required = try compiler.response(to: example.value, "subscription { required }")
        if example.isError {
            func error(_ field: String) -> String {
                #""errors":[{"message":""# + example.result + #"","locations":[{"line":1,"column":16}],"path":[""# + field + #""]}]}"#
            }
            #expect(nullable == #"{"data":{"value":null},"# + error("value"))
            #expect(required == #"{"data":null,"# + error("required"))
        } else {
            #expect(nullable == "{\"data\":{\"value\":\(example.result)}}")
            #expect(required == "{\"data\":{\"required\":\(example.result)}}")
        }
    }
}
