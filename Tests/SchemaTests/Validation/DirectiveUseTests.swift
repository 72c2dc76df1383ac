import GraphQLSchema
import Testing

@Suite("Directives where they are applied")
struct DirectiveUseTests {
    @Test("an applied directive is defined")
    func unknown() {
        expectBuild(
            "type Query ①@nix { a(x: Int ②@deprected): Int ③@D } directive @d on FIELD_DEFINITION",
            [
                Expected(1030, at: "①", "Unknown directive \"@nix\"."),
                Expected(1030, at: "②", "Unknown directive \"@deprected\". Did you mean \"@deprecated\"?"),
                Expected(1030, at: "③", "Unknown directive \"@D\". Did you mean \"@d\"?"),
            ])
    }

    @Test("a directive stands only on the locations of its definition")
    func locations() {
        let places = [
            "scalar S ①@d", "type T ①@d { a: Int }", "type T { a: Int ①@d }", "type T { a(x: Int ①@d): Int }",
            "interface I ①@d { a: Int }", "union U ①@d = T type T { a: Int }", "enum E ①@d { A }", "enum E { A ①@d }",
            "input In ①@d { a: Int }", "input In { a: Int ①@d }", "schema ①@d { query: T } type T { a: Int }",
            "directive @e(x: Int ①@d) on FIELD scalar S",
        ]
        let names = [
            "SCALAR", "OBJECT", "FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INTERFACE", "UNION", "ENUM", "ENUM_VALUE", "INPUT_OBJECT",
            "INPUT_FIELD_DEFINITION", "SCHEMA", "ARGUMENT_DEFINITION",
        ]
        for (place, name) in zip(places, names) {
            expectBuild("directive @d on \(name) " + place, [])
            expectBuild(
                "directive @②d on FIELD " + place,
                [Expected(1031, at: "①", "Directive \"@d\" may not be used on \(name).", notes: ["②"])])
        }
    }

    @Test("a directive is applied once at a place, unless it is repeatable; a type and its extensions are one place")
    func repeated() {
        expectBuild(
            """
            directive @once on OBJECT | FIELD_DEFINITION
            directive @often repeatable on OBJECT
            type Query ①@once @often @often { a: Int ②@once ③@once }
            extend type Query ④@once
            """,
            [
                Expected(1032, at: "③", "The directive \"@once\" can only be used once at this location.", notes: ["②"]),
                Expected(1032, at: "④", "The directive \"@once\" can only be used once at this location.", notes: ["①"]),
            ])
    }

    @Test("arguments of a directive are known, given once, given where required, and fit")
    func arguments() {
        expectBuild(
            """
            directive @d(need: Int!, name: String, with: Int! = 1) repeatable on OBJECT
            type Query @d(need: 1, ①nam: "a") @d(②need: 1, ③need: 2) ④@d(name: "x") @d(need: ⑤"1") { a: Int }
            """,
            [
                Expected(1033, at: "①", "Unknown argument \"nam\" on directive \"@d\". Did you mean \"name\"?"),
                Expected(1034, at: "③", "There can be only one argument named \"need\".", notes: ["②"]),
                Expected(1035, at: "④", "Directive \"@d\" argument \"need\" of type \"Int!\" is required, but it was not provided."),
                Expected(1036, at: "⑤", "Int cannot represent non-integer value: \"1\""),
            ])
    }

    @Test("subsgen's enums type the arguments of its directives, beside a type of the same name")
    func directiveEnums() {
        expectBuild(
            "type FilterOperator { a: Int } type Subscription { a(x: Int @filter(op: ①EG)): FilterOperator }",
            [Expected(1036, at: "①", "Value \"EG\" does not exist in \"FilterOperator\" enum. Did you mean the enum value \"EQ\"?")])
        expectBuild("type Query { a: ①OverflowPolicy }", [Expected(1009, at: "①", "Unknown type \"OverflowPolicy\".")])
    }
}
