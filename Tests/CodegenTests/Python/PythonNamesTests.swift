import GraphQLSchema
import SDLParser
import Testing

@testable import Codegen

@Suite("Names in Python")
struct PythonNamesTests {
    /// Names that are near to each other and to everything that is reserved.
    private static let stems =
        ["fooBar", "foo_bar", "FooBar", "foo_bar_", "_foo_bar", "FOO_BAR", "x", "X", "_", "_1", "_x", "self", "event", "types"]
        + PythonReservedNames.keywords.sorted() + PythonReservedNames.enumAttributes.sorted()
        + PythonReservedNames.modelAttributes.sorted() + PythonReservedNames.annotationBuiltins.sorted() + PythonReservedNames.packageVariables.sorted()

    private static func names(_ random: inout SeededRandom) -> [String] {
        var names: [String] = []
        for _ in 0..<Int.random(in: 1...40, using: &random) {
            var name = stems.randomElement(using: &random) ?? "x"
            if Bool.random(using: &random) { name += ["_", "s", "ID", "2", "__"].randomElement(using: &random) ?? "" }
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    private struct Scope {
        let name: String
        let make: @Sendable ([String]) -> [String]
        let reserved: Set<String>
    }

    private static let scopes = [
        Scope(
            name: "attributes", make: { PythonNames.attributes($0, style: .msgspec) },
            reserved: PythonReservedNames.annotationBuiltins.union(PythonReservedNames.payloadAttributes)),
        Scope(
            name: "attributes of models", make: { PythonNames.attributes($0, style: .pydantic) },
            reserved: PythonReservedNames.annotationBuiltins.union(PythonReservedNames.payloadAttributes)
                .union(PythonReservedNames.modelAttributes)),
        Scope(
            name: "parameters", make: PythonNames.parameters,
            reserved: PythonReservedNames.annotationBuiltins.union(PythonReservedNames.parameters)),
        Scope(name: "members", make: PythonNames.members, reserved: PythonReservedNames.enumAttributes),
    ]

    @Test("are legal, not reserved, each once in its scope, and stay when the schema grows at its end", arguments: 0..<200)
    func properties(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let wire = Self.names(&random)
        for scope in Self.scopes {
            let names = scope.make(wire)
            #expect(Set(names).count == wire.count, "\(scope.name): \(names)")
            for name in names {
                #expect(name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_]*/) != nil, "\(scope.name): \(name)")
                #expect(!PythonReservedNames.keywords.contains(name) && !scope.reserved.contains(name), "\(scope.name): \(name)")
            }
            let first = Array(wire.prefix(wire.count / 2))
            #expect(scope.make(first) == Array(names.prefix(first.count)), "\(scope.name): names changed when the schema grew")
        }
    }

    /// A schema that can grow: its types in order, each with its fields.
    private struct Growing {
        var types: [(name: String, fields: [String])]
        var subscription: [String]

        var sdl: String {
            let definitions = types.map { type in "type \(type.name) { \(type.fields.map { $0 + ": Int" }.joined(separator: " ")) }" }
            return "type Query { ok: Int } type Subscription { \(subscription.map { $0 + "(a: Int): Int" }.joined(separator: " ")) }\n"
                + definitions.joined(separator: "\n")
        }

        func names() throws -> (PythonNames, Schema) {
            let schema = try #require(SchemaBuilder.build([SchemaDocument.parse(Source(name: "", text: sdl)).tree]).schema, "\(sdl)")
            let table = try #require(SubscriptionModel.derive(from: schema).table, "\(sdl)")
            let plan = PackagePlan(schema: schema, table: table, hasAllTypes: true)
            return (PythonNames(schema: schema, fields: plan.fields, suppliedFields: plan.suppliedFields), schema)
        }
    }

    @Test("of a whole schema are each once, and none changes when a type, or a field at the end of one, is added", arguments: 0..<300)
    func growth(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var pool = (Self.names(&random) + Self.names(&random)).flatMap { [$0, $0 + "Args", "x" + $0] }.filter { !$0.hasPrefix("__") }.shuffled(using: &random)
        pool = pool.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        let taken: Set<String> = ["Query", "Subscription", "Int", "ID", "String", "Float", "Boolean"]
        pool.removeAll { taken.contains($0) }
        var schema = Growing(types: [("T", ["f"])], subscription: ["s"])
        var (names, built) = try schema.names()
        for word in pool.prefix(25) {
            switch Int.random(in: 0..<3, using: &random) {
            case 0: schema.types.append((word, ["f"]))
            case 1: schema.subscription.append(word)
            default:
                let index = Int.random(in: 0..<schema.types.count, using: &random)
                schema.types[index].fields.append(word)
            }
            let (grown, larger) = try schema.names()
            for (id, name) in names.types {
                let same = try #require(larger.typeID(named: built[id].name))
                #expect(grown.types[same] == name, "\(built[id].name), seed \(seed), after \(word):\n\(schema.sdl)")
            }
            for (field, own) in names.fields {
                #expect(grown.fields[field]?.argumentsClass == own.argumentsClass && grown.fields[field]?.variable == own.variable, "\(field), seed \(seed), after \(word):\n\(schema.sdl)")
            }
            let classes = grown.types.values + grown.fields.values.map(\.argumentsClass)
            #expect(Set(classes).count == classes.count, "seed \(seed):\n\(schema.sdl)")
            #expect(Set(grown.fields.values.map(\.variable)).count == grown.fields.count)
            (names, built) = (grown, larger)
        }
    }

    @Test("attributes never begin with a capital, so that none hides a class")
    func attributesAreSmall() {
        #expect(PythonNames.attributes(["ID", "Message", "URL", "_Entity"], style: .msgspec) == ["id", "message", "url", "entity_"])
    }

    @Test("an underscore in front, which makes a name private, goes to the back; a digit gets a word in front")
    func leadingUnderscores() {
        #expect(
            PythonNames.attributes(["_id", "id_", "_", "_1", "_1080P"], style: .msgspec)
                == ["id_", "id__", "field_", "field_1", "field_1080_p"])
        #expect(PythonNames.members(["_1080P", "_X"]) == ["value_1080P", "X_"])
    }

    @Test("an enum keeps its values' names but for those that Enum or str has")
    func members() {
        #expect(
            PythonNames.members(["ACTIVE", "continue", "mro", "name", "title", "None", "ok"])
                == ["ACTIVE", "continue_", "mro_", "name_", "title_", "None_", "ok"])
    }

    @Test("a class does not take the name of what generated files import")
    func classesAndImports() throws {
        let files = try generate(
            """
            type Query { ok: Int }
            type Subscription { a: Payload b: Skip fooBar: FooBarArgs c: self d: Self }
            type Payload { a: UNSET! }
            scalar UNSET
            type Skip { a: Any }
            enum Any { A }
            type FooBarArgs { a: Int }
            type self { a: Int }
            type Self { a: Int }
            """)
        let types = try #require(files["types.py"])
        for name in ["Payload_", "Skip_", "FooBarArgs", "FooBarArgs_", "Self", "Self_"] {
            #expect(types.contains("class \(name)(Payload, kw_only=True):"), "\(name)")
        }
        #expect(types.contains("class Any_(OpenEnum):"))
        #expect(types.contains("UNSET_: TypeAlias = Any\n"))
    }

    @Test("resolver modules and topics of fields that differ in case only differ")
    func fields() throws {
        let files = try generate(
            "type Query { ok: Int } type Subscription { fooBar: Int foo_bar: Int FooBar: Int types: Int import: Int _x: Int }")
        let stubs = files.keys.filter { $0.hasPrefix("resolvers/") && $0 != "resolvers/__init__.py" }.sorted()
        #expect(
            stubs == [
                "resolvers/foo_bar.py", "resolvers/foo_bar_.py", "resolvers/foo_bar__.py", "resolvers/import_.py", "resolvers/types_.py",
                "resolvers/x_.py",
            ])
    }
}
