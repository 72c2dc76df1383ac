import GraphQLSchema
import SDLParser
import Testing

@testable import SubsgenRuntime

/// A random case of rules: a schema's table, subscribers with claims and operations, events.
struct RandomRules {
    static let sdl = """
        type Query { ok: Boolean }
        type Subscription {
          one(min: Int @filter(field: "code", op: GTE), tag: String): Item
          many(tag: String): [Item]
          node: Node
          nodes: [Node]
          any: Any
          sure: Item!
        }
        interface Node { id: ID tenantId: ID }
        union Any = Item | Secret
        type Item implements Node {
          id: ID tenantId: ID federationId: ID serviceName: String code: Int tag: String! color: Color
          owner: User! rival: User users: [User] node: Node nodes: [Node!] any: Any
        }
        type User implements Node { id: ID tenantId: ID name: String email: String! regions: [String] boss: User item: Item }
        type Secret implements Node { id: ID tenantId: ID text: String }
        scalar Color
        """

    private typealias Shape = RuleReading.Shape
    private typealias ShapeType = RuleReading.ShapeType
    typealias Pick = RuleReading.Pick

    /// The subscription fields; the topics have the same names.
    static let roots: [(name: String, type: RuleReading.ShapeType)] = [
        ("one", .named("Item")), ("many", .list(.named("Item"))), ("node", .named("Node")), ("nodes", .list(.named("Node"))), ("any", .named("Any")),
        ("sure", .nonNull(.named("Item"))),
    ]

    private static let node: [(String, ShapeType)] = [("id", .named("ID")), ("tenantId", .named("ID"))]
    private static let shapes: [String: Shape] = [
        "Node": Shape(fields: node, possible: ["Item", "User", "Secret"]),
        "Any": Shape(possible: ["Item", "Secret"]),
        "Item": Shape(
            fields: node + [
                ("federationId", .named("ID")), ("serviceName", .named("String")), ("code", .named("Int")), ("tag", .nonNull(.named("String"))),
                ("color", .named("Color")), ("owner", .nonNull(.named("User"))), ("rival", .named("User")), ("users", .list(.named("User"))),
                ("node", .named("Node")), ("nodes", .list(.nonNull(.named("Node")))), ("any", .named("Any")),
            ], interfaces: ["Node"]),
        "User": Shape(
            fields: node + [
                ("name", .named("String")), ("email", .nonNull(.named("String"))), ("regions", .list(.named("String"))), ("boss", .named("User")),
                ("item", .named("Item")),
            ], interfaces: ["Node"]),
        "Secret": Shape(fields: node + [("text", .named("String"))], interfaces: ["Node"]),
    ]

    var random: SeededRandom
    /// The rules as the runtime has them.
    let table: DispatchTable
    /// The same as they are written.
    let reading: RuleReading

    /// A schema and its table without rules.
    static func ruleless() throws -> (Schema, DispatchTable) {
        let schema = try #require(SchemaBuilder.build([Parser.parse(Source(name: "schema", text: sdl)).tree]).schema)
        return (schema, try #require(SubscriptionModel.derive(from: schema).table))
    }

    init(seed: UInt64, ruleless: DispatchTable) {
        var random = SeededRandom(seed: seed)
        var access: [String: [AccessRequirement]] = [:]
        var events: [String: [EventRule]] = [:]
        let coordinates = Self.shapes.flatMap { type, shape in [type] + shape.fields.map { "\(type).\($0.name)" } } + ["Color"]
        for coordinate in (coordinates.filter { $0 != "Any" } + Self.roots.map { "Subscription.\($0.name)" }).sorted() {
            if Int.random(in: 0..<8, using: &random) == 0 {
                access[coordinate] = (0..<Int.random(in: 1...2, using: &random)).map { _ in Self.requirement(&random) }
            }
            if let object = Self.object(at: coordinate), Int.random(in: 0..<6, using: &random) == 0 {
                events[coordinate] = (0..<Int.random(in: 1...2, using: &random)).map { _ in Self.rule(for: object, &random) }
            }
        }
        reading = RuleReading(shapes: Self.shapes, access: access, events: events)
        table = Self.table(ruleless, access, events)
        self.random = random
    }

    /// What the schema's derivation makes of rules: each stands where it holds.
    private static func table(
        _ ruleless: DispatchTable, _ access: [String: [AccessRequirement]], _ events: [String: [EventRule]]
    ) -> DispatchTable {
        func rules(_ coordinates: [String]) -> ProtectionRules {
            var found = ProtectionRules()
            for rule in coordinates.flatMap({ access[$0] ?? [] }) where !found.access.contains(rule) { found.access.append(rule) }
            for rule in coordinates.flatMap({ events[$0] ?? [] }) where !found.events.contains(rule) { found.events.append(rule) }
            return found
        }
        var table = ruleless
        for (type, shape) in shapes.sorted(by: { $0.key < $1.key }) {
            let own = rules([type] + shape.interfaces)
            if !own.isEmpty { table.security.types.append(TypeRules(type: type, rules: own)) }
            for field in shape.fields {
                let own = rules(([type] + shape.interfaces).map { "\($0).\(field.name)" })
                if !own.isEmpty { table.security.fields.append(FieldRules(type: type, name: field.name, rules: own)) }
            }
        }
        if access["Color"] != nil { table.security.types.append(TypeRules(type: "Color", rules: rules(["Color"]))) }
        for index in table.fields.indices {
            let root = roots.first { $0.name == table.fields[index].name }
            table.fields[index].rules = rules(["Subscription.\(table.fields[index].name)"] + (root.map { [$0.type.name] + (shapes[$0.type.name]?.interfaces ?? []) } ?? []))
        }
        return table
    }

    // MARK: Rules

    /// The type of the objects that an event rule at a coordinate protects; nil where there are none.
    private static func object(at coordinate: String) -> String? {
        let parts = coordinate.split(separator: ".").map(String.init)
        if parts.count == 1 { return parts[0] == "Color" ? nil : parts[0] }
        let type = parts[0] == "Subscription" ? roots.first { $0.name == parts[1] }?.type : shapes[parts[0]]?.fields.first { $0.name == parts[1] }?.type
        return type.flatMap { shapes[$0.name] == nil || $0.name == "Any" ? nil : $0.name }
    }

    private static func requirement(_ random: inout SeededRandom) -> AccessRequirement {
        func list(_ words: [String]) -> [String] { (0..<Int.random(in: 1...2, using: &random)).compactMap { _ in words.randomElement(using: &random) } }
        switch Int.random(in: 0..<5, using: &random) {
        case 0, 1: return .authenticated
        case 2: return .scopes((0..<Int.random(in: 1...2, using: &random)).map { _ in list(["read", "write"]) })
        case 3: return .roles(list(["admin", "staff"]))
        default: return .policies((0..<Int.random(in: 1...2, using: &random)).map { _ in list(["p", "q"]) })
        }
    }

    private static func rule(for object: String, _ random: inout SeededRandom) -> EventRule {
        let tenant = EventRule.tenant(path: ["tenantId"], claim: "tenant_id")
        let rows: [EventRule] =
            switch object {
            case "Item":
                [
                    .row(path: ["owner", "id"], claim: "user_id"), .row(path: ["users", "regions"], claim: "region"), .row(path: ["code"], claim: "level"),
                    .federation(path: ["federationId"], servicePath: ["serviceName"]), .federation(path: ["federationId"], servicePath: ["serviceName"]),
                ]
            case "User": [.row(path: ["regions"], claim: "region"), .row(path: ["id"], claim: "user_id"), .row(path: ["boss", "tenantId"], claim: "tenant_id")]
            default: [.row(path: ["id"], claim: "user_id")]
            }
        return Bool.random(using: &random) ? tenant : rows.randomElement(using: &random) ?? tenant
    }

    // MARK: Subscribers

    mutating func reader() -> RuleReading.Reader {
        var policies: [String: Bool] = [:]
        for policy in ["p", "q"] where Int.random(in: 0..<3, using: &random) > 0 { policies[policy] = Bool.random(using: &random) }
        return RuleReading.Reader(claims: Int.random(in: 0..<8, using: &random) == 0 ? nil : claims(), policies: policies)
    }

    private mutating func claims() -> JSONModel {
        var members: [JSONModel.Member] = []
        func words(_ all: [String]) -> JSONModel { .array(all.filter { _ in Bool.random(using: &random) }.map { .string($0) }) }
        let all: [(String, JSONModel)] = [
            ("scope", .string(["", "read", "read write", "writer"].randomElement(using: &random) ?? "")), ("scopes", words(["read", "write"])),
            ("role", .string("staff")), ("roles", words(["admin", "other"])), ("user_id", Self.id(&random)), ("level", .number("1")),
            ("tenant_id", Self.oneOrMore(&random) { Self.tenant(&$0) }), ("region", Self.oneOrMore(&random) { .string(Self.region(&$0)) }),
            ("federation_id", Self.oneOrMore(&random) { Self.federation(&$0) }), ("service_name", Self.federation(&random)),
        ]
        for (name, value) in all where Int.random(in: 0..<(name.hasPrefix("tenant") || name == "user_id" ? 8 : 2), using: &random) > 0 {
            members.append(JSONModel.Member(key: name, value: Int.random(in: 0..<12, using: &random) == 0 ? .null : value))
        }
        return .object(Int.random(in: 0..<15, using: &random) == 0 ? [] : members)
    }

    /// Values that mostly meet each other.
    private static func tenant(_ random: inout SeededRandom) -> JSONModel {
        [.string("t1"), .string("t1"), .string("t2"), .number("7"), .string("7")].randomElement(using: &random) ?? .null
    }

    private static func id(_ random: inout SeededRandom) -> JSONModel {
        [.string("u1"), .string("u2"), .number("12"), .string("12")].randomElement(using: &random) ?? .null
    }

    private static func region(_ random: inout SeededRandom) -> String { ["eu", "us", "apac"].randomElement(using: &random) ?? "" }

    private static func federation(_ random: inout SeededRandom) -> JSONModel {
        [.string("f1"), .string("f2"), .object([]), .null, .null].randomElement(using: &random) ?? .null
    }

    private static func oneOrMore(_ random: inout SeededRandom, _ one: (inout SeededRandom) -> JSONModel) -> JSONModel {
        if Int.random(in: 0..<3, using: &random) > 0 { return one(&random) }
        return .array((0..<Int.random(in: 0...2, using: &random)).map { _ in one(&random) })
    }

    // MARK: Operations

    /// What is selected of a type, as a tree and as text.
    mutating func picks(_ type: String, depth: Int) -> [Pick] {
        var lastKey = 0
        return picks(type, depth: depth, &lastKey)
    }

    private mutating func picks(_ type: String, depth: Int, _ lastKey: inout Int) -> [Pick] {
        guard let shape = Self.shapes[type] else { return [] }
        var picks: [Pick] = []
        for field in shape.fields.shuffled(using: &random).prefix(Int.random(in: 1...4, using: &random)) {
            let isLeaf = Self.shapes[field.type.name] == nil
            if !isLeaf, depth == 0 { continue }
            lastKey += 1
            picks.append(.field(name: field.name, key: "k\(lastKey)", isLeaf ? [] : self.picks(field.type.name, depth: depth - 1, &lastKey)))
        }
        for possible in shape.possible where Bool.random(using: &random) {
            picks.append(.fragment(on: possible, self.picks(possible, depth: depth - 1 < 0 ? 0 : depth - 1, &lastKey)))
        }
        if picks.isEmpty || Int.random(in: 0..<4, using: &random) == 0 {
            lastKey += 1
            picks.append(.field(name: "__typename", key: "k\(lastKey)", []))
        }
        return picks
    }

    static func text(_ picks: [Pick]) -> String {
        if picks.isEmpty { return "" }
        let parts = picks.map { pick in
            switch pick {
            case .field(let name, let key, let picks): "\(key): \(name)\(text(picks))"
            case .fragment(let type, let picks): "... on \(type)\(text(picks))"
            }
        }
        return " { " + parts.joined(separator: " ") + " }"
    }

    // MARK: Events

    /// A value of a type; what may be null is, now and then.
    mutating func event(_ type: RuleReading.ShapeType, depth: Int = 3) -> JSONModel {
        switch type {
        case .nonNull(let type):
            let value = event(type, depth: depth)
            return value == .null ? event(.nonNull(type), depth: depth) : value
        case .list(let type): return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in event(type, depth: depth) })
        case .named(let name):
            if Int.random(in: 0..<12, using: &random) == 0 { return .null }
            guard let shape = Self.shapes[name] else { return leaf(name) }
            guard let concrete = shape.possible.isEmpty ? name : shape.possible.randomElement(using: &random) else { return .null }
            var members = [JSONModel.Member(key: "__typename", value: .string(concrete))]
            for field in (Self.shapes[concrete]?.fields ?? []).shuffled(using: &random) {
                let isObject = Self.shapes[field.type.name] != nil
                var value: JSONModel? = leaf(field.name)
                if isObject || field.name == "regions" { value = isNeeded(field.type) || depth > 0 ? event(field.type, depth: depth - 1) : nil }
                if !isNeeded(field.type), Int.random(in: 0..<8, using: &random) == 0 { value = nil }
                if let value { members.append(JSONModel.Member(key: field.name, value: value)) }
            }
            return .object(members)
        }
    }

    /// The text of an event. Names of types are written plainly: the runtime takes no others.
    mutating func text(_ event: JSONModel) -> String {
        switch event {
        case .object(let members):
            let parts = members.map { member in
                if case .string(let name) = member.value, member.key == "__typename" { return "\"__typename\":\"\(name)\"" }
                return "\(JSONModel.string(member.key).text(using: &random)):\(text(member.value))"
            }
            return "{" + parts.joined(separator: ",") + "}"
        case .array(let elements): return "[" + elements.map { text($0) }.joined(separator: ",") + "]"
        case .null, .boolean, .number, .string: return event.text(using: &random)
        }
    }

    private func isNeeded(_ type: RuleReading.ShapeType) -> Bool {
        if case .nonNull = type { true } else { false }
    }

    /// By the name of a field, or its type.
    private mutating func leaf(_ name: String) -> JSONModel {
        switch name {
        case "id": return Self.id(&random)
        case "tenantId": return Self.tenant(&random)
        case "federationId", "serviceName":
            let value = Self.federation(&random)
            return value == .object([]) ? .string("f3") : value
        case "code": return .number(["0", "1", "2"].randomElement(using: &random) ?? "0")
        default: return .string(Self.region(&random))
        }
    }
}
