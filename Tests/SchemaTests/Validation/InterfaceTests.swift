import GraphQLSchema
import Testing

@Suite("Types that implement interfaces")
struct InterfaceTests {
    @Test("only interfaces are implemented, each once, and none by itself")
    func declarations() {
        expectBuild(
            "type A { a: Int } interface I { a: Int } type T implements ①A & I & ②I { a: Int } interface J implements ③J { a: Int }",
            [
                Expected(1024, at: "①", "Type T must only implement Interface types, it cannot implement A."),
                Expected(1024, at: "②", "Type T can only implement I once."),
                Expected(1024, at: "③", "Type J cannot implement itself because it would create a circular reference."),
            ])
    }

    @Test("interfaces of an interface are declared too, and cannot come round to the type")
    func transitive() {
        expectBuild(
            "interface I { a: Int } interface J implements I { a: Int } type T implements ①J { a: Int }",
            [Expected(1024, at: "①", "Type T must implement I because it is implemented by J.")])
        expectBuild(
            "interface I implements ①J { a: Int } interface J implements ②I { a: Int }",
            [
                Expected(1024, at: "①", "Type I cannot implement J because it would create a circular reference."),
                Expected(1024, at: "②", "Type J cannot implement I because it would create a circular reference."),
            ])
        expectBuild("interface I { a: Int } interface J implements I { a: Int } type T implements J & I { a: Int }", [])
    }

    @Test("every field of the interface is there")
    func missingFields() {
        expectBuild(
            "interface I { a: Int ①b: Int } type ②T implements I { a: Int }",
            [Expected(1025, at: "②", "Interface field I.b expected but T does not provide it.", notes: ["①"])])
    }

    @Test("an extension can bring the interface and its fields")
    func extensions() {
        expectBuild("interface I { a: Int } type T { b: Int } extend type T implements I { a: Int }", [])
        expectBuild(
            "interface I { ①a: Int } type ②T { b: Int } extend type T implements I",
            [Expected(1025, at: "②", "Interface field I.a expected but T does not provide it.", notes: ["①"])])
    }

    @Test(
        "a field's type is equal or narrower",
        arguments: ["I", "I!", "T", "T!", "J"])
    func covariant(type: String) {
        expectBuild(
            "interface I { self: I } interface J implements I { self: T } type T implements J & I { self: T } type X implements I { self: \(type) }",
            [])
    }

    @Test("a field's type is not wider")
    func notCovariant() {
        expectBuild(
            """
            interface I { a: ①Int! b: ②[Int] c: ③U d: [I] }
            union U = A
            type A { a: Int }
            type T implements I { a: ④Int b: ⑤Int c: ⑥T d: [T!]! }
            """,
            [
                Expected(1025, at: "④", "Interface field I.a expects type Int! but T.a is type Int.", notes: ["①"]),
                Expected(1025, at: "⑤", "Interface field I.b expects type [Int] but T.b is type Int.", notes: ["②"]),
                Expected(1025, at: "⑥", "Interface field I.c expects type U but T.c is type T.", notes: ["③"]),
            ])
    }

    @Test("arguments of the interface's field are there with equal types, others are optional")
    func arguments() {
        expectBuild(
            """
            interface I { a(①x: Int, y: ②Int!): Int ③b: Int }
            type T implements I { ④a(y: ⑤Int): Int b(⑥z: Int!, free: Int, given: Int! = 1): Int }
            """,
            [
                Expected(1025, at: "④", "Interface field argument I.a(x:) expected but T.a does not provide it.", notes: ["①"]),
                Expected(1025, at: "⑤", "Interface field argument I.a(y:) expects type Int! but T.a(y:) is type Int.", notes: ["②"]),
                Expected(
                    1025, at: "⑥", "Object field T.b includes required argument z that is missing from the Interface field I.b.",
                    notes: ["③"]),
            ])
    }

    @Test("a field that is deprecated while the interface's is not is a warning")
    func deprecation() {
        expectBuild(
            "interface I { ①a: Int b: Int @deprecated } type T implements I { a: Int ②@deprecated b: Int @deprecated }",
            [
                Expected(
                    .warning, 1026, at: "②",
                    "Interface field I.a is not deprecated, so implementation field T.a must not be deprecated.", notes: ["①"])
            ])
    }

    @Test("what names an unknown type is not judged a second time")
    func unknownTypes() {
        expectBuild(
            "interface I { a: ①Wxyz b(x: ②Wxyz): Int } type T implements I & ③Vwyz { a: Int b(x: Int): Int }",
            [
                Expected(1009, at: "①", "Unknown type \"Wxyz\"."), Expected(1009, at: "②", "Unknown type \"Wxyz\"."),
                Expected(1009, at: "③", "Unknown type \"Vwyz\"."),
            ])
    }
}
