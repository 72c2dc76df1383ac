import GraphQLSchema
import Testing

@Suite("Fields of operations")
struct FieldTests {
    let schema: Schema

    init() throws {
        schema = try build(
            """
            interface Named { name: String }
            interface Pet implements Named { name: String, owner: Human }
            type Dog implements Pet & Named { name: String, owner: Human, barks: Boolean, barkVolume: Int }
            type Cat implements Pet & Named { name: String, owner: Human, meows: Boolean, meowVolume: Int }
            type Human implements Named { name: String, pets: [Pet!]!, home: Home }
            union Home = House | Boat
            type House { rooms: Int }
            type Boat { rooms: Int, sails: Int }
            type Query { pet: Pet, dog(id: ID): Dog, human: Human }
            """)
    }

    @Test("a field exists on the type it is selected on; meta fields exist where the spec puts them")
    func known() throws {
        try expectOperation(
            "{ __typename __schema { types { name } } __type(name: \"Dog\") { kind } pet { __typename name } human { home { __typename } } }",
            against: schema)
        try expectOperation(
            "{ pet { ①__schema { types { name } } } ②nix { a { b } } ③x: nix }", against: schema,
            [
                Expected(3014, at: "①", "Cannot query field \"__schema\" on type \"Pet\"."),
                Expected(3014, at: "②", "Cannot query field \"nix\" on type \"Query\"."),
                Expected(3014, at: "③", "Cannot query field \"nix\" on type \"Query\"."),
            ])
    }

    @Test("a field that other types have is suggested with them, a misspelt one by its name")
    func suggestions() throws {
        try expectOperation(
            "{ pet { ①barks ②nam } human { home { ③rooms ④nix } pets { ⑤barkVolum } } }", against: schema,
            [
                Expected(
                    3014, at: "①", "Cannot query field \"barks\" on type \"Pet\". Did you mean to use an inline fragment on \"Dog\"?"),
                Expected(3014, at: "②", "Cannot query field \"nam\" on type \"Pet\". Did you mean \"name\"?"),
                Expected(
                    3014, at: "③",
                    "Cannot query field \"rooms\" on type \"Home\". Did you mean to use an inline fragment on \"Boat\" or \"House\"?"),
                Expected(3014, at: "④", "Cannot query field \"nix\" on type \"Home\"."),
                Expected(3014, at: "⑤", "Cannot query field \"barkVolum\" on type \"Pet\"."),
            ])
    }

    @Test("objects have a selection, leaves have none")
    func leaves() throws {
        try expectOperation(
            "{ ①dog(id: 1) human { name ②{ length } ③p: pets } }", against: schema,
            [
                Expected(
                    3013, at: "①",
                    "Field \"dog\" of type \"Dog\" must have a selection of subfields. Did you mean \"dog { ... }\"?"),
                Expected(3013, at: "②", "Field \"name\" must not have a selection since type \"String\" has no subfields."),
                Expected(
                    3013, at: "③",
                    "Field \"pets\" of type \"[Pet!]!\" must have a selection of subfields. Did you mean \"pets { ... }\"?"),
            ])
    }
}
