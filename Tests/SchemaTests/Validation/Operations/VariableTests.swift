import GraphQLSchema
import Testing

@Suite("Variables of operations")
struct VariableTests {
    let schema: Schema

    init() throws {
        schema = try build(
            """
            input Choice @oneOf { id: ID, ids: [ID] }
            type Query { pick(choice: Choice!, choices: [Choice!]): Int, need(id: ID!, limit: Int! = 1): Int }
            """)
    }

    @Test("a variable that is the field of a oneOf input object is non-null, whatever its default")
    func oneOf() throws {
        try expectOperation("query ($a: ID!, $b: [ID]!, $c: ID) { pick(choice: {id: $a}, choices: [{ids: $b}, {ids: [$c]}]) }", against: schema)
        try expectOperation(
            "query (①$a: ID, ②$b: [ID] = []) { pick(choice: {id: ③$a}) ...F } fragment F on Query { p: pick(choice: {ids: ④$b}) }",
            against: schema,
            [
                Expected(
                    3030, at: "①", "Variable \"$a\" is of type \"ID\" but must be non-nullable to be used for OneOf Input Object \"Choice\".",
                    notes: ["③"]),
                Expected(
                    3030, at: "②", "Variable \"$b\" is of type \"[ID]\" but must be non-nullable to be used for OneOf Input Object \"Choice\".",
                    notes: ["④"]),
            ])
    }

    @Test("a default, of the variable or of the place, makes a nullable variable fit where null does not")
    func defaults() throws {
        try expectOperation("query ($a: ID = 1, $b: Int) { need(id: $a, limit: $b) }", against: schema)
        try expectOperation(
            "query (①$a: ID, ②$b: ID = null) { need(id: ③$a) n: need(id: ④$b) }", against: schema,
            [
                Expected(3030, at: "①", "Variable \"$a\" of type \"ID\" used in position expecting type \"ID!\".", notes: ["③"]),
                Expected(3030, at: "②", "Variable \"$b\" of type \"ID\" used in position expecting type \"ID!\".", notes: ["④"]),
            ])
    }

    @Test("each operation answers for the variables of the fragments that it spreads")
    func fragments() throws {
        try expectOperation(
            "①query A($id: ID!) { ...F ...G } ②query B(③$id: Int!) { ...F } query C($id: ID!) { ...F } fragment F on Query { need(id: ④$id) } fragment G on Query { n: need(id: ⑤$other) }",
            against: schema,
            [
                Expected(3030, at: "③", "Variable \"$id\" of type \"Int!\" used in position expecting type \"ID!\".", notes: ["④"]),
                Expected(3021, at: "⑤", "Variable \"$other\" is not defined by operation \"A\".", notes: ["①"]),
            ])
    }
}
