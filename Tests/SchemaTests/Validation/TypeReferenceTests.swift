import GraphQLSchema
import SDLParser
import Testing

@Suite("Names of types")
struct TypeReferenceTests {
    @Test("every reference to an unknown type is reported, with what may have been meant")
    func unknownTypes() {
        expectBuild(
            """
            type Query implements ①Nod { a(b: [②Strin!]!): ③Mesage c: Message }
            union U = ④Masage
            input In { a: ⑤Query2x }
            interface Node { id: ID! }
            type Message { id: ID! }
            directive @d(a: ⑥Booleam) on OBJECT
            schema { query: ⑦Qery }
            """,
            [
                Expected(1009, at: "①", "Unknown type \"Nod\". Did you mean \"Node\" or \"ID\"?"),
                Expected(1009, at: "②", "Unknown type \"Strin\". Did you mean \"String\" or \"In\"?"),
                Expected(1009, at: "③", "Unknown type \"Mesage\". Did you mean \"Message\"?"),
                Expected(1009, at: "④", "Unknown type \"Masage\". Did you mean \"Message\"?"),
                Expected(1009, at: "⑤", "Unknown type \"Query2x\". Did you mean \"Query\"?"),
                Expected(1009, at: "⑥", "Unknown type \"Booleam\". Did you mean \"Boolean\"?"),
                Expected(1009, at: "⑦", "Unknown type \"Qery\". Did you mean \"Query\"?"),
            ])
    }

    @Test("several near names are listed, the nearest first")
    func suggestions() {
        expectBuild(
            "type Room { a: ①Roomm } type Rooms { a: Int } type Boom { a: Int }",
            [Expected(1009, at: "①", "Unknown type \"Roomm\". Did you mean \"Room\", \"Rooms\", or \"Boom\"?")])
        expectBuild("type Room { a: ①room }", [Expected(1009, at: "①", "Unknown type \"room\". Did you mean \"Room\"?")])
        expectBuild("type Room { a: ①Xyz }", [Expected(1009, at: "①", "Unknown type \"Xyz\".")])
    }

    @Test("a type extends only what is defined, is of its kind and is not built in")
    func extensions() {
        expectBuild(
            "type ④Room { a: Int } extend type ①Rom { b: Int } extend input ②Room { b: Int } extend scalar ③ID @specifiedBy(url: \"\")",
            [
                Expected(1010, at: "①", "Cannot extend type \"Rom\" because it is not defined. Did you mean \"Room\"?"),
                Expected(1010, at: "②", "Cannot extend non-input object type \"Room\".", notes: ["④"]),
                Expected(1010, at: "③", "Cannot extend type \"ID\" because it is built into GraphQL."),
            ])
    }

    @Test("names beginning with two underscores belong to introspection")
    func reservedNames() {
        func refusal(_ name: String) -> String {
            "Name \"\(name)\" must not begin with \"__\", which is reserved by GraphQL introspection."
        }
        expectBuild(
            """
            type ①__A { ②__f(③__x: Int): Int _ok: Int }
            enum E { ④__V }
            input In { ⑤__i: Int }
            directive @⑥__d(⑦__y: Int) on OBJECT
            """,
            [
                Expected(1011, at: "①", refusal("__A")), Expected(1011, at: "②", refusal("__f")),
                Expected(1011, at: "③", refusal("__x")), Expected(1011, at: "④", refusal("__V")),
                Expected(1011, at: "⑤", refusal("__i")), Expected(1011, at: "⑥", refusal("__d")),
                Expected(1011, at: "⑦", refusal("__y")),
            ])
    }

    @Test("fields have output types, arguments and input fields have input types")
    func positions() {
        expectBuild(
            """
            input In { a: ①[Out!]! }
            type Out { in: ②In! x(y: ③Out, z: In): Int }
            directive @d(x: ④U) on OBJECT
            union U = Out
            """,
            [
                Expected(1015, at: "①", "The type of In.a must be Input Type but got: [Out!]!."),
                Expected(1016, at: "②", "The type of Out.in must be Output Type but got: In!."),
                Expected(1015, at: "③", "The type of Out.x(y:) must be Input Type but got: Out."),
                Expected(1015, at: "④", "The type of @d(x:) must be Input Type but got: U."),
            ])
    }

    @Test("a union is made of object types")
    func unions() {
        expectBuild(
            "type A { a: Int } interface I { a: Int } union U = A | ①I | ②V | ③Int union V = A",
            [
                Expected(1018, at: "①", "Union type U can only include Object types, it cannot include I."),
                Expected(1018, at: "②", "Union type U can only include Object types, it cannot include V."),
                Expected(1018, at: "③", "Union type U can only include Object types, it cannot include Int."),
            ])
    }

    @Test("every type but a scalar has members")
    func emptyTypes() {
        expectBuild(
            "type ①A interface ②B union ③C enum ④D input ⑤E scalar F",
            [
                Expected(1017, at: "①", "Type A must define one or more fields."),
                Expected(1017, at: "②", "Type B must define one or more fields."),
                Expected(1017, at: "③", "Union type C must define one or more member types."),
                Expected(1017, at: "④", "Enum type D must define one or more values."),
                Expected(1017, at: "⑤", "Input Object type E must define one or more fields."),
            ])
        expectBuild("type A extend type A { a: Int }", [])
    }

    @Test("root types are objects, and different ones")
    func roots() {
        expectBuild(
            "schema { query: ①A mutation: ②A subscription: ③B } interface B { a: Int } type A { a: Int }",
            [
                Expected(1012, at: "②", "All root types must be different, \"A\" type is used as query and mutation root types.", notes: ["①"]),
                Expected(1012, at: "③", "Subscription root type must be Object type if provided, it cannot be B."),
            ])
        expectBuild(
            "scalar ①Query input ②Subscription { a: Int }",
            [
                Expected(1012, at: "①", "Query root type must be Object type, it cannot be Query."),
                Expected(1012, at: "②", "Subscription root type must be Object type if provided, it cannot be Subscription."),
            ])
    }

    @Test("a schema without a query root is accepted with one warning")
    func missingQueryRoot() throws {
        let text = MarkedText("type A { a: Int } type ①Subscription { a: A }")
        let result = SchemaBuilder.build(parse([text.text]))
        #expect(
            result.diagnostics.map { Expected($0, in: text) } == [
                Expected(.warning, 1013, at: "①", "Query root type must be provided.")
            ])
        #expect(result.schema?.queryType == nil)
        #expect(result.schema?.subscriptionType != nil)
    }

    @Test("documents without any type are refused, and so is no document at all")
    func noTypes() {
        expectBuild("①directive @d on OBJECT", [Expected(1014, at: "①", "The schema defines no types.")])
        let nothing = SchemaBuilder.build([])
        #expect(nothing.diagnostics.map(\.message) == ["The schema defines no types."])
        #expect(nothing.schema == nil)
    }

    @Test("operations and fragments cannot be part of a schema")
    func executables() {
        expectBuild(
            "type Query { a: Int } subscription ①S { a } fragment ②F on Query { a }",
            [
                Expected(1001, at: "①", "The subscription \"S\" cannot be part of a schema."),
                Expected(1001, at: "②", "The fragment \"F\" cannot be part of a schema."),
            ])
    }
}
