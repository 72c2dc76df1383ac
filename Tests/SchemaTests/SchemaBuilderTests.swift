import GraphQLSchema
import SDLParser
import Testing

@Suite("Building a schema")
struct SchemaBuilderTests {
    @Test("several documents make one schema, whatever order they come in")
    func documents() throws {
        let schema = try build(
            "extend type Query { b(x: Kind = OPEN): Room } extend enum Kind { CLOSED } extend union Any = Room",
            "type Query { a: Int } enum Kind { OPEN } union Any = Query",
            "type Room { id: ID! } extend schema @tag(name: \"x\") directive @tag(name: String!) on SCHEMA",
            "input In { a: Int } extend input In { b: Int = 1 } scalar Date extend scalar Date @specifiedBy(url: \"https://d\")",
            "interface Node { id: ID! } extend interface Node { at: Date } extend type Room implements Node { at: Date }")
        #expect(schema.type(named: "Query")?.fields.map(\.name) == ["a", "b"])
        #expect(schema.type(named: "Kind")?.values.map(\.name) == ["OPEN", "CLOSED"])
        #expect(schema.type(named: "Any")?.members.map { schema[$0].name } == ["Query", "Room"])
        #expect(schema.type(named: "In")?.inputFields.map(\.name) == ["a", "b"])
        #expect(schema.type(named: "In")?.inputField(named: "b")?.defaultValue == .int("1"))
        #expect(schema.type(named: "Date")?.specifiedByURL == "https://d")
        #expect(schema.type(named: "Node")?.fields.map(\.name) == ["id", "at"])
        #expect(schema.type(named: "Room")?.interfaces.map { schema[$0].name } == ["Node"])
        #expect(schema.type(named: "Room")?.extensions.count == 1)
        #expect(schema.appliedDirectives.first(named: "tag")?.argument("name") == .string("x"))
    }

    @Test("built-in scalars, introspection types and specified directives are there without a definition")
    func builtIn() throws {
        let schema = try build("type Query { a: Int }")
        for name in ["String", "Int", "Float", "Boolean", "ID"] {
            #expect(schema.type(named: name)?.kind == .scalar)
            #expect(schema.type(named: name)?.isBuiltIn == true)
            #expect(schema.type(named: name)?.syntax == nil)
        }
        #expect(schema.types.filter { $0.name.hasPrefix("__") }.map(\.name) == [
            "__Schema", "__Type", "__TypeKind", "__Field", "__InputValue", "__EnumValue", "__Directive", "__DirectiveLocation",
        ])
        #expect(schema.type(named: "__Type")?.field(named: "fields")?.argument(named: "includeDeprecated")?.defaultValue == .boolean(false))
        for name in ["skip", "include", "deprecated", "specifiedBy", "oneOf"] {
            #expect(schema.directives[name]?.isBuiltIn == true)
        }
        #expect(schema.directives["deprecated"]?.argument(named: "reason")?.defaultValue == .string("No longer supported"))
        #expect(schema.types.filter { !$0.isBuiltIn }.map(\.name) == ["Query"])
    }

    @Test("root types are those of the schema definition, else those of the default names")
    func roots() throws {
        func roots(_ text: String) throws -> [String?] {
            let schema = try build(text)
            return OperationType.allCases.map { operation in schema.rootType(for: operation).map { schema[$0].name } }
        }
        let types = " type Query { a: Int } type Mutation { a: Int } type Subscription { a: Int } type Other { a: Int }"
        #expect(try roots(types) == ["Query", "Mutation", "Subscription"])
        #expect(try roots("schema { query: Query }" + types) == ["Query", nil, nil])
        #expect(try roots("schema { query: Query } extend schema { subscription: Other }" + types) == ["Query", nil, "Other"])
        #expect(try roots("type Subscription { a: Int }") == [nil, nil, "Subscription"])
    }

    @Test("an abstract type knows its object types, an object itself")
    func possibleTypes() throws {
        let schema = try build(
            """
            interface Node { id: ID! } interface Named implements Node { id: ID! }
            type A implements Node { id: ID! } type B implements Named & Node { id: ID! } union U = B | C type C { a: Int }
            """)
        func names(_ name: String) throws -> [String] {
            schema.possibleTypes(of: try #require(schema.typeID(named: name))).map { schema[$0].name }
        }
        #expect(try names("Node") == ["A", "B"])
        #expect(try names("Named") == ["B"])
        #expect(try names("U") == ["B", "C"])
        #expect(try names("A") == ["A"])
        let (b, c) = (try #require(schema.typeID(named: "B")), try #require(schema.typeID(named: "C")))
        let node = try #require(schema.typeID(named: "Node"))
        #expect(schema.isPossibleType(b, of: node))
        #expect(!schema.isPossibleType(c, of: node))
        #expect(schema.isPossibleType(c, of: c))
    }

    @Test("type references keep their wrappers and print as they were written")
    func typeReferences() throws {
        let deep = String(repeating: "[", count: 70) + "Int" + String(repeating: "]!", count: 70)
        let schema = try build("type Query { a: Int b: [Int!]! c: [[Int]!] d: Int! e: \(deep) }")
        let fields = try #require(schema.type(named: "Query")).fields
        #expect(fields.map { schema.name(of: $0.type) } == ["Int", "[Int!]!", "[[Int]!]", "Int!", deep])
        #expect(fields.map(\.type.isNonNull) == [false, true, false, true, true])
        #expect(fields.map(\.type.isList) == [false, true, true, false, true])
        #expect(fields.map(\.type.listDepth) == [0, 1, 2, 0, 70])
        #expect(fields[1].type.element.map { schema.name(of: $0) } == "Int!")
        #expect(fields[3].type.element == nil)
    }

    @Test("subtypes are narrower in their name and promise no less in their wrappers")
    func subtypes() throws {
        let schema = try build(
            """
            interface I { a: Int } interface J implements I { a: Int } type T implements J & I { a: Int } union U = T
            type Query { t: T tn: T! i: I ts: [T!]! is: [I] u: U j: J tss: [[T]] }
            """)
        let query = try #require(schema.type(named: "Query"))
        func isSubtype(_ type: String, _ other: String) throws -> Bool {
            schema.isSubtype(
                try #require(query.field(named: type)).type, of: try #require(query.field(named: other)).type)
        }
        for (type, other) in [("t", "t"), ("tn", "t"), ("t", "i"), ("t", "u"), ("t", "j"), ("j", "i"), ("ts", "is"), ("tn", "u")] {
            #expect(try isSubtype(type, other), "\(type) of \(other)")
        }
        for (type, other) in [("t", "tn"), ("i", "t"), ("is", "ts"), ("t", "is"), ("ts", "i"), ("u", "i"), ("i", "j"), ("tss", "is")] {
            #expect(!(try isSubtype(type, other)), "\(type) of \(other)")
        }
    }

    @Test("descriptions, deprecations and markers are read from the documents")
    func details() throws {
        let schema = try build(
            #"""
            "The schema." schema { query: Query }
            "The root." type Query {
              "A field." a("An argument." x: Int = 1 @deprecated(reason: "x")): Int @deprecated
              b: Int @deprecated(reason: "Use a.")
              c: In2
            }
            "An enum." enum In2 { "A value." V @deprecated(reason: "v") }
            input In @oneOf { a: Int }
            "A directive." directive @d("Why." reason: String) repeatable on FIELD | OBJECT
            """#)
        let query = try #require(schema.type(named: "Query"))
        #expect(schema.description == "The schema.")
        #expect(query.description == "The root.")
        #expect(query.fields.map(\.description) == ["A field.", nil, nil])
        #expect(query.fields.map(\.deprecationReason) == ["No longer supported", "Use a.", nil])
        let argument = try #require(query.field(named: "a")?.argument(named: "x"))
        #expect(argument.description == "An argument.")
        #expect(argument.deprecationReason == "x")
        #expect(!argument.isRequired)
        let value = try #require(schema.type(named: "In2")?.value(named: "V"))
        #expect(value.description == "A value.")
        #expect(value.deprecationReason == "v")
        #expect(schema.type(named: "In")?.isOneOf == true)
        #expect(schema.type(named: "Query")?.isOneOf == false)
        let directive = try #require(schema.directives["d"])
        #expect(directive.description == "A directive.")
        #expect(directive.locations == ["FIELD", "OBJECT"])
        #expect(directive.isRepeatable)
        #expect(directive.argument(named: "reason")?.description == "Why.")
        #expect(!directive.isBuiltIn)
        #expect(schema.type(named: "Int")?.description?.isEmpty == false)
    }

    @Test("default values and arguments of directives keep every digit and character")
    func constants() throws {
        let schema = try build(
            #"""
            scalar Any
            directive @d(a: Any) on FIELD_DEFINITION
            type Query {
              a(x: Any = [1, 12345678901234567890, -1.50e10, "a\"b", true, null, OPEN, {k: [1], l: {}}]): Int @d(a: {b: 1})
            }
            """#)
        let field = try #require(schema.type(named: "Query")?.field(named: "a"))
        let expected: ConstantValue = .list([
            .int("1"), .int("12345678901234567890"), .float("-1.50e10"), .string("a\"b"), .boolean(true), .null, .enumeration("OPEN"),
            .object([.init(name: "k", value: .list([.int("1")])), .init(name: "l", value: .object([]))]),
        ])
        #expect(field.arguments.first?.defaultValue == expected)
        #expect(expected.sdl == #"[1, 12345678901234567890, -1.50e10, "a\"b", true, null, OPEN, {k: [1], l: {}}]"#)
        #expect(field.appliedDirectives.first?.argument("a") == .object([.init(name: "b", value: .int("1"))]))
    }

    @Test("what a root type leads to: outputs through fields and possible types, inputs through arguments")
    func reachableTypes() throws {
        let schema = try build(
            """
            type Query { hidden: Unseen } type Unseen { a: Int }
            type Subscription { a(in: In!, e: Color): Node b: [Text!] }
            interface Node { id: ID! } type Room implements Node { id: ID! owner(first: Int): User audit: Audit @internal }
            type User { room: Room name: String } type Audit { at: Date } scalar Date
            union Text = Room | Note type Note { text: String }
            input In { deeper: [Deeper!] self: In } input Deeper { date: Date } enum Color { RED } enum Other { A }
            """)
        let root = try #require(schema.subscriptionType)
        let reached = schema.reachableTypes(from: root)
        #expect(
            reached.outputs.map { schema[$0].name } == ["String", "ID", "Node", "Room", "User", "Audit", "Date", "Text", "Note"])
        #expect(reached.inputs.map { schema[$0].name } == ["Int", "Date", "In", "Deeper", "Color"])
    }

    @Test("subsgen's enums are no types of the schema; only its directives' arguments lead to them")
    func directiveTypes() throws {
        let schema = try build("enum OverflowPolicy { MINE } type Query { a: OverflowPolicy }")
        #expect(schema.type(named: "FilterOperator") == nil)
        #expect(schema.type(named: "OverflowPolicy")?.values.map(\.name) == ["MINE"])
        #expect(schema.directiveTypes.map(\.name) == ["FilterOperator", "OverflowPolicy", "RateLimitScope"])
        let policy = try #require(schema.directives["overflow"]?.argument(named: "policy"))
        #expect(schema[policy.type.named].values.map(\.name) == ["DROP_OLDEST", "DROP_NEWEST", "LATEST", "DISCONNECT"])
        #expect(schema.name(of: policy.type) == "OverflowPolicy!")
        #expect(policy.defaultValue == .enumeration("DISCONNECT"))
    }
}
