import GraphQLSchema
import SDLParser
import Testing

@Suite("Coercion of literals")
struct LiteralCoercionTests {
    private static let types = """
        scalar Date
        enum Color { RED GREEN }
        input Point { x: Int! y: Int = 2 label: String tags: [String!] = ["a"] }
        input Choice @oneOf { id: ID point: Point }
        """

    /// The schema with one argument of a type, and the literal as an argument's value.
    private func prepare(_ type: String, _ literal: String) throws -> (schema: Schema, type: TypeReference, value: ValueSyntax) {
        let schema = try build(Self.types + " type Query { field(argument: \(type)): Int }")
        let argument = try #require(schema.type(named: "Query")?.field(named: "field")?.argument(named: "argument"))
        let document = parse(["query ($v: Int) { field(argument: \(literal)) }"])[0].document
        guard case .field(let field)? = document.operations.first?.selectionSet?.selections.first,
            let value = field.arguments.first?.value
        else { throw Missing() }
        return (schema, argument.type, value)
    }

    private struct Missing: Error {}

    @Test(
        "a literal that fits has one spelling afterwards",
        arguments: [
            ("Int", "-2147483648", "-2147483648"), ("Int", "null", "null"), ("Float", "1", "1"), ("Float", "1.5e3", "1.5e3"),
            ("String!", "\"a\"", "\"a\""), ("Boolean", "true", "true"), ("ID", "5", "\"5\""), ("ID!", "\"x\"", "\"x\""),
            ("ID", "12345678901234567890", "\"12345678901234567890\""), ("Color", "RED", "RED"), ("Date", "{a: [1, B]}", "{a: [1, B]}"),
            ("[Int]", "1", "[1]"), ("[[Int]]", "1", "[[1]]"), ("[[Int]]", "[1, [2], null]", "[[1], [2], null]"), ("[Int!]", "[]", "[]"),
            ("[ID!]!", "[1, \"b\"]", "[\"1\", \"b\"]"),
            ("Point", "{x: 1}", "{x: 1, y: 2, tags: [\"a\"]}"),
            ("Point", "{tags: \"b\", y: null, x: 1}", "{x: 1, y: null, tags: [\"b\"]}"),
            ("[Point]", "{x: 1}", "[{x: 1, y: 2, tags: [\"a\"]}]"), ("Choice", "{id: 1}", "{id: \"1\"}"),
        ])
    func fits(type: String, literal: String, coerced: String) throws {
        let (schema, type, value) = try prepare(type, literal)
        #expect(LiteralCoercion.problems(in: value, as: type, schema: schema).map(\.message) == [])
        let constant = try #require(ConstantValue(value))
        #expect(LiteralCoercion.coerce(constant, to: type, schema: schema)?.sdl == coerced)
    }

    @Test(
        "a literal that does not fit is refused in the words of graphql-js, at its part that is wrong",
        arguments: [
            ("Int", "①2147483648", "Int cannot represent non 32-bit signed integer value: 2147483648"),
            ("Int", "①1.0", "Int cannot represent non-integer value: 1.0"),
            ("Int!", "①null", "Expected value of type \"Int!\", found null."),
            ("Float", "①\"1\"", "Float cannot represent non numeric value: \"1\""),
            ("Float", "①1e999", "Float cannot represent non numeric value: 1e999"),
            ("String", "①1", "String cannot represent a non string value: 1"),
            ("String", "①RED", "String cannot represent a non string value: RED"),
            ("Boolean", "①\"true\"", "Boolean cannot represent a non boolean value: \"true\""),
            ("ID", "①1.5", "ID cannot represent a non-string and non-integer value: 1.5"),
            ("ID", "①[1]", "ID cannot represent a non-string and non-integer value: [1]"),
            ("Color", "①BLUE", "Value \"BLUE\" does not exist in \"Color\" enum."),
            ("Color", "①REDD", "Value \"REDD\" does not exist in \"Color\" enum. Did you mean the enum value \"RED\"?"),
            (
                "Color", "①\"RED\"",
                "Enum \"Color\" cannot represent non-enum value: \"RED\". Did you mean the enum value \"RED\" or \"GREEN\"?"
            ),
            ("Color", "①1", "Enum \"Color\" cannot represent non-enum value: 1."),
            ("[Int!]", "[1, ①null]", "Expected value of type \"Int!\", found null."),
            ("[Int]", "①\"1\"", "Int cannot represent non-integer value: \"1\""),
            ("Point", "①1", "Expected value of type \"Point\", found 1."),
            ("Point", "①{y: 1}", "Field \"Point.x\" of required type \"Int!\" was not provided."),
            ("Point", "{x: 1, ①z: 1, label: \"a\"}", "Field \"z\" is not defined by type \"Point\". Did you mean \"x\" or \"y\"?"),
            ("Point", "{x: 1, ①x: 1}", "There can be only one input field named \"x\"."),
            ("Point", "{x: ①null}", "Expected value of type \"Int!\", found null."),
            ("Choice", "①{}", "OneOf Input Object \"Choice\" must specify exactly one key."),
            ("Choice", "①{id: 1, point: {x: 1}}", "OneOf Input Object \"Choice\" must specify exactly one key."),
            ("Choice", "①{id: null}", "Field \"Choice.id\" must be non-null."),
        ])
    func refused(type: String, literal: String, message: String) throws {
        let prefix = "query ($v: Int) { field(argument: "
        let marked = MarkedText(prefix + literal)
        let (schema, type, value) = try prepare(type, String(marked.text.dropFirst(prefix.count)))
        let problems = LiteralCoercion.problems(in: value, as: type, schema: schema)
        #expect(problems.map(\.message) == [message])
        #expect(problems.first.map { marked.name(of: $0.node.span.start) } == "①")
        let constant = try #require(ConstantValue(value))
        #expect(LiteralCoercion.coerce(constant, to: type, schema: schema) == nil)
    }

    @Test("variables are taken to fit, and make no constant")
    func variables() throws {
        let (schema, type, value) = try prepare("[Point]", "[$v, {x: $v, z: 1}]")
        #expect(LiteralCoercion.problems(in: value, as: type, schema: schema).map(\.message) == [
            "Field \"z\" is not defined by type \"Point\". Did you mean \"x\" or \"y\"?"
        ])
        #expect(ConstantValue(value) == nil)
    }
}
