import GraphQLSchema
import Testing

@Suite("Overlapping fields of operations")
struct OverlappingFieldTests {
    let schema: Schema

    init() throws {
        schema = try build(
            """
            type Query { dog: Dog, pet: Pet }
            interface Pet { name: String }
            type Dog implements Pet { name: String, nickname: String, mother: Dog, volume: Int }
            type Cat implements Pet { name: String, mother: Cat, volume: String }
            """)
    }

    @Test("fields of one response name are the same field with the same arguments where they can meet")
    func differ() throws {
        try expectOperation(
            "{ dog { ①n: name ②n: nickname ...F } } fragment F on Dog { ③n: volume }", against: schema,
            [
                conflict("n", "\"name\" and \"nickname\" are different fields", at: "①", notes: ["②"]),
                conflict("n", "\"name\" and \"volume\" are different fields", at: "①", notes: ["③"]),
                conflict("n", "\"nickname\" and \"volume\" are different fields", at: "②", notes: ["③"]),
            ])
    }

    @Test("fields of different objects may be different fields, but have one shape")
    func exclusive() throws {
        try expectOperation("{ pet { ... on Dog { n: nickname } ... on Cat { n: name } } }", against: schema)
        try expectOperation(
            "{ pet { ... on Dog { ①volume } ... on Cat { ②volume mother { n: name } } } }", against: schema,
            [conflict("volume", "they return conflicting types \"Int\" and \"String\"", at: "①", notes: ["②"])])
    }

    @Test("fragments that are spread in several places are compared only where they meet")
    func sharedFragments() throws {
        try expectOperation("{ a: dog { n: name ...F } b: dog { n: nickname ...F } } fragment F on Dog { volume }", against: schema)
    }

    @Test("a conflict below fields that meet tells of them all")
    func nested() throws {
        try expectOperation(
            "{ ①dog { ②n: name } ③dog { ④n: nickname } }", against: schema,
            [
                conflict(
                    "dog", "subfields \"n\" conflict because \"name\" and \"nickname\" are different fields", at: "①", notes: ["②", "③", "④"])
            ])
    }

    @Test("a set is compared with each fragment that it reaches, whatever other sets have been compared with")
    func order() throws {
        try expectOperation(
            "{ dog { ...C } } fragment A on Dog { ①a: name } fragment B on Dog { ...A } fragment C on Dog { ...B ②a: nickname }", against: schema,
            [conflict("a", "\"nickname\" and \"name\" are different fields", at: "②", notes: ["①"])])
    }

    private func conflict(_ name: String, _ reason: String, at marker: String, notes: [String]) -> Expected {
        Expected(
            3032, at: marker,
            "Fields \"\(name)\" conflict because \(reason). Use different aliases on the fields to fetch both if this was intentional.",
            notes: notes)
    }
}
