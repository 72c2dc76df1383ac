import GraphQLSchema
import Testing

@Suite("Names that may be there once")
struct UniquenessTests {
    @Test("a type is defined once; the message shows both places")
    func types() {
        expectBuild(
            "type Query { a: Int } type ①Room { a: Int } scalar ②Room enum ③Room { A }",
            [
                Expected(1004, at: "②", "There can be only one type named \"Room\".", notes: ["①"]),
                Expected(1004, at: "③", "There can be only one type named \"Room\".", notes: ["①"]),
            ])
    }

    @Test("a built-in scalar may be said again as a scalar, and as nothing else")
    func builtInTypes() {
        expectBuild("scalar ID type Query { a: ID }", [])
        expectBuild(
            "type ①String { a: Int } type Query { a: String }",
            [Expected(1004, at: "①", "There can be only one type named \"String\".")])
    }

    @Test("a field is defined once, in definition and extensions together")
    func fields() {
        expectBuild(
            "type Query { ①a: Int b: Int ②a: String } extend type Query { ③a: Int }",
            [
                Expected(1006, at: "②", "Field \"Query.a\" can only be defined once.", notes: ["①"]),
                Expected(1006, at: "③", "Field \"Query.a\" can only be defined once.", notes: ["①"]),
            ])
        expectBuild(
            "interface I { ①a: Int ②a: Int } input In { ③x: Int ④x: Int }",
            [
                Expected(1006, at: "②", "Field \"I.a\" can only be defined once.", notes: ["①"]),
                Expected(1006, at: "④", "Field \"In.x\" can only be defined once.", notes: ["③"]),
            ])
    }

    @Test("two pairs of duplicate fields of one type are both reported in one run")
    func severalFields() {
        expectBuild(
            "type Info { ①a: Int ②b: Int ③a: Int ④b: Int }",
            [
                Expected(1006, at: "③", "Field \"Info.a\" can only be defined once.", notes: ["①"]),
                Expected(1006, at: "④", "Field \"Info.b\" can only be defined once.", notes: ["②"]),
            ])
    }

    @Test("an argument is defined once in its field or directive")
    func arguments() {
        expectBuild(
            "type Query { a(①x: Int, ②x: Int): Int } directive @d(③y: Int, ④y: Int) on OBJECT",
            [
                Expected(1007, at: "②", "Argument \"Query.a(x:)\" can only be defined once.", notes: ["①"]),
                Expected(1007, at: "④", "Argument \"@d(y:)\" can only be defined once.", notes: ["③"]),
            ])
    }

    @Test("an enum value is defined once")
    func enumValues() {
        expectBuild(
            "enum E { ①A B } extend enum E { ②A }",
            [Expected(1008, at: "②", "Enum value \"E.A\" can only be defined once.", notes: ["①"])])
    }

    @Test("a directive is defined once; a specified one may be defined by the schema")
    func directives() {
        expectBuild(
            "directive @①d on OBJECT directive @②d on FIELD type Query { a: Int }",
            [Expected(1005, at: "②", "There can be only one directive named \"@d\".", notes: ["①"])])
        expectBuild("directive @oneOf on INPUT_OBJECT input In @oneOf { a: Int }", [])
    }

    @Test("a union has a member once")
    func members() {
        expectBuild(
            "type A { a: Int } union U = ①A | ②A extend union U = ③A",
            [
                Expected(1018, at: "②", "Union type U can only include type A once.", notes: ["①"]),
                Expected(1018, at: "③", "Union type U can only include type A once.", notes: ["①"]),
            ])
    }

    @Test("the schema is defined once, and each operation has one root type")
    func schemaDefinition() {
        expectBuild(
            "①schema { query: Q } ②schema { mutation: M } type Q { a: Int } type M { a: Int }",
            [Expected(1002, at: "②", "Must provide only one schema definition.", notes: ["①"])])
        expectBuild(
            "schema { query: ①Q query: ②M } extend schema { query: ③M } type Q { a: Int } type M { a: Int }",
            [
                Expected(1003, at: "②", "There can be only one query type in schema.", notes: ["①"]),
                Expected(1003, at: "③", "There can be only one query type in schema.", notes: ["①"]),
            ])
    }

    @Test("mistakes come in the order of their places, whatever rule finds them")
    func order() {
        expectBuild(
            "type A { a: ①Wxyz } type ②__B { a: Int } type C { ③x: Int ④x: Int } ⑤query { a }",
            [
                Expected(1009, at: "①", "Unknown type \"Wxyz\"."),
                Expected(1011, at: "②", "Name \"__B\" must not begin with \"__\", which is reserved by GraphQL introspection."),
                Expected(1006, at: "④", "Field \"C.x\" can only be defined once.", notes: ["③"]),
                Expected(1001, at: "⑤", "An anonymous query cannot be part of a schema."),
            ])
    }
}
