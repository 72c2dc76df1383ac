import Testing

@testable import SubsgenRuntime

@Suite("The event index and a naive matcher")
struct EventIndexOracleTests {
    /// The input types of the schema; what a field means stands beside it, for the naive matcher.
    private static let fields: [String: [NaiveMatcher.Field]] = {
        func field(_ name: String, _ type: String, _ path: String, _ comparison: String) -> NaiveMatcher.Field {
            NaiveMatcher.Field(name: name, type: type, path: path.split(separator: ".").map(String.init), comparison: comparison)
        }
        var item: [NaiveMatcher.Field] = []
        for (path, type) in [("s", "String"), ("o.s", "String"), ("ls", "String"), ("os.s", "String"), ("n", "Float"), ("n", "Int"), ("os.n", "Int")] {
            let name = path.replacing(".", with: "_") + type
            for comparison in ["EQ", "NE", "LT", "LTE", "GT", "GTE"] { item.append(field("\(name)\(comparison)", type, path, comparison)) }
            for comparison in ["EQ", "IN", "NOT_IN"] { item.append(field("\(name)List\(comparison)", "[\(type)]", path, comparison)) }
            item.append(field("\(name)Range", type == "String" ? "Words" : "Numbers", path, "BETWEEN"))
            if type == "String" { for comparison in ["PREFIX", "CONTAINS"] { item.append(field("\(name)\(comparison)", type, path, comparison)) } }
        }
        for (name, type, path) in [("id", "ID", "id"), ("b", "Boolean", "b"), ("k", "Kind", "k"), ("c", "Custom", "c"), ("lk", "Kind", "lk")] {
            for comparison in ["EQ", "NE"] { item.append(field("\(name)\(comparison)", type, path, comparison)) }
            for comparison in ["IN", "NOT_IN"] { item.append(field("\(name)List\(comparison)", "[\(type)]", path, comparison)) }
        }
        item += [field("idPREFIX", "ID", "id", "PREFIX"), field("idCONTAINS", "ID", "id", "CONTAINS")]
        item += [field("o", "Inner", "o", "fields"), field("os", "Inner", "os", "fields")]
        item += [field("and", "Where", "", "and"), field("or", "Where", "", "or"), field("not", "Where", "", "not")]
        let inner = [
            field("s", "String", "s", "EQ"), field("n", "Numbers", "n", "BETWEEN"), field("id", "ID", "id", "EQ"), field("o", "Inner", "o", "fields"),
            field("not", "Inner", "", "not"),
        ]
        return ["Where": item, "Inner": inner]
    }()

    private static let sdl: String = {
        var sdl = """
            type Query { ok: Int }
            type Subscription { item(s: String, id: ID, where: Where, other: Where): Item }
            type Item { id: ID s: String n: Float b: Boolean k: Kind c: Custom ls: [String] lk: [Kind!] o: Item os: [Item!] }
            enum Kind { A B C } scalar Custom
            input Words { from: String to: String } input Numbers { from: Float to: Int }

            """
        for (type, fields) in Self.fields {
            sdl += "input \(type) {\n"
            for field in fields {
                switch field.comparison {
                case "and", "or", "not": sdl += "  \(field.name): [\(field.type)]\n"
                case "fields": sdl += "  \(field.name): \(field.type)\n"
                default: sdl += "  \(field.name): \(field.type) @filter(field: \"\(field.path.joined(separator: "."))\", op: \(field.comparison))\n"
                }
            }
            sdl += "}\n"
        }
        return sdl
    }()

    private static let arguments: [NaiveMatcher.Field] = [
        .init(name: "s", type: "String", path: ["s"], comparison: "EQ"), .init(name: "id", type: "ID", path: ["id"], comparison: "EQ"),
        .init(name: "where", type: "Where", path: [], comparison: "fields"), .init(name: "other", type: "Where", path: [], comparison: "fields"),
    ]

    private struct Subscriber {
        let audience: Audience
        let rule: NaiveMatcher.Rule
        let arguments: String
    }

    @Test("agree about a million random pairs of event and subscription, while subscriptions come and go", arguments: 0..<4)
    func oracle(round: Int) throws {
        let seed = UInt64.random(in: .min ... .max)
        print("event index oracle, round \(round): seed \(seed)")
        var random = SeededRandom(seed: seed)
        let compiler = try compiler(Self.sdl)
        let matcher = NaiveMatcher(types: Self.fields.merging(["arguments": Self.arguments]) { first, _ in first })
        var index = EventIndex()
        var subscribers: [Subscriber] = []
        var lastID: UInt64 = 0

        func subscribe() throws {
            let arguments = object("arguments", matcher, depth: 4, &random)
            let text = arguments.text(using: &random)
            let request = try compiler.subscription(
                "subscription($s: String, $id: ID, $where: Where, $other: Where) { item(s: $s, id: $id, where: $where, other: $other) { id } }",
                variables: text)
            lastID += 1
            let audience = Audience(id: lastID, key: Audience.Key(fieldIndex: 0, arguments: request.arguments, claims: nil))
            index.insert(audience, request.conditions)
            subscribers.append(Subscriber(audience: audience, rule: matcher.rule(arguments, "arguments"), arguments: text))
        }

        for _ in 0..<500 { try subscribe() }
        var pairs = 0
        var matches = 0
        for _ in 0..<500 {
            // One comes, one goes.
            index.remove(subscribers.remove(at: Int.random(in: 0..<subscribers.count, using: &random)).audience)
            try subscribe()
            let model = item(depth: 3, &random)
            let text = model.text(using: &random)
            let found = Set(index.matches(of: try json(text)).audiences.map(\.id))
            let event = NaiveMatcher.Event(model)
            let expected = subscribers.filter { NaiveMatcher.matches($0.rule, event) }
            if found != Set(expected.map(\.audience.id)) {
                let wrong = subscribers.filter { found.contains($0.audience.id) != NaiveMatcher.matches($0.rule, event) }.map(\.arguments)
                Issue.record("seed \(seed), event \(text), subscriptions \(wrong), gone ones \(found.subtracting(subscribers.map(\.audience.id)))")
                return
            }
            pairs += subscribers.count
            matches += found.count
        }
        #expect(pairs == 250_000)
        // Neither nothing nor everything: about a tenth.
        #expect(matches > pairs / 100 && matches < pairs * 9 / 10, "seed \(seed): \(matches) of \(pairs)")
        for subscriber in subscribers { index.remove(subscriber.audience) }
        for _ in 0..<50 { #expect(index.matches(of: try json(item(depth: 2, &random).text(using: &random))).audiences.isEmpty, "seed \(seed)") }
    }

    // MARK: Random arguments

    private func object(_ type: String, _ matcher: NaiveMatcher, depth: Int, _ random: inout SeededRandom) -> JSONModel {
        let fields = matcher.types[type] ?? []
        var members: [JSONModel.Member] = []
        for field in fields.shuffled(using: &random).prefix(Int.random(in: 0...(type == "arguments" ? 3 : 2), using: &random)) {
            if let value = value(of: field, matcher, depth: depth, &random) { members.append(.init(key: field.name, value: value)) }
        }
        // Connectives among many fields would be rare.
        if type == "Where", depth > 0, Int.random(in: 0..<3, using: &random) == 0,
            let field = fields.filter({ ["and", "or", "not"].contains($0.comparison) }).randomElement(using: &random),
            !members.contains(where: { $0.key == field.name }), let value = value(of: field, matcher, depth: depth, &random)
        {
            members.append(.init(key: field.name, value: value))
        }
        return .object(members)
    }

    private func value(of field: NaiveMatcher.Field, _ matcher: NaiveMatcher, depth: Int, _ random: inout SeededRandom) -> JSONModel? {
        if Int.random(in: 0..<20, using: &random) == 0 { return .null }
        func list(_ range: ClosedRange<Int>, _ element: (inout SeededRandom) -> JSONModel) -> JSONModel {
            .array((0..<Int.random(in: range, using: &random)).map { _ in Int.random(in: 0..<10, using: &random) == 0 ? .null : element(&random) })
        }
        switch field.comparison {
        case "and", "or", "not":
            guard depth > 0 else { return nil }
            // A single value stands for a list of one.
            if Int.random(in: 0..<4, using: &random) == 0 { return object(field.type, matcher, depth: depth - 1, &random) }
            return list(0...3) { object(field.type, matcher, depth: depth - 1, &$0) }
        case "fields": return depth > 0 ? object(field.type, matcher, depth: depth - 1, &random) : nil
        case "BETWEEN":
            let type = field.type == "Words" ? ("String", "String") : ("Float", "Int")
            var members: [JSONModel.Member] = []
            if Bool.random(using: &random) { members.append(.init(key: "from", value: leaf(type.0, &random))) }
            if Bool.random(using: &random) { members.append(.init(key: "to", value: leaf(type.1, &random))) }
            return .object(members)
        default:
            guard field.type.hasPrefix("[") else { return leaf(field.type, &random) }
            return list(0...4) { leaf(String(field.type.dropFirst().dropLast()), &$0) }
        }
    }

    private static let texts = ["", "a", "ab", "b", "A", "é", "e\u{301}", "1", "true", "abcdefghijklmno", "abcdefghijklmnop"]

    private func leaf(_ type: String, _ random: inout SeededRandom) -> JSONModel {
        func one(_ texts: [String]) -> String { texts.randomElement(using: &random) ?? "0" }
        switch type {
        case "String": return .string(one(Self.texts))
        case "Int": return .number(one(["-1", "0", "1", "2", "100"]))
        case "Float": return .number(one(["-1", "0", "0.5", "1", "1.0", "1.5", "2", "1e2", "9007199254740992"]))
        case "ID": return Bool.random(using: &random) ? .number(one(["0", "1", "12", "100"])) : .string(one(["1", "12", "a", "ab"]))
        case "Boolean": return .boolean(Bool.random(using: &random))
        case "Kind": return .string(one(["A", "B", "C"]))
        default: return anything(&random)
        }
    }

    private func anything(_ random: inout SeededRandom) -> JSONModel {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: .boolean(Bool.random(using: &random))
        case 1, 2: .string(Self.texts.randomElement(using: &random) ?? "")
        default:
            .number(
                ["-1", "0", "-0", "1", "1.0", "10e-1", "1.5", "2", "1e2", "0.5", "9007199254740993", "12345678901234567890"]
                    .randomElement(using: &random) ?? "0")
        }
    }

    // MARK: Random events

    private func item(depth: Int, _ random: inout SeededRandom) -> JSONModel {
        var members: [JSONModel.Member] = []
        let types = [
            ("id", "ID"), ("s", "String"), ("n", "Float"), ("b", "Boolean"), ("k", "Kind"), ("c", "Custom"), ("ls", "String"), ("lk", "Kind"),
            ("o", "Item"), ("os", "Item"), ("unknown", "Custom"),
        ]
        for (name, type) in types.shuffled(using: &random) where Int.random(in: 0..<6, using: &random) > 0 {
            let isList = ["ls", "lk", "os"].contains(name) != (Int.random(in: 0..<20, using: &random) == 0)
            let count = isList ? Int.random(in: 0...3, using: &random) : 1
            var values = (0..<count).map { _ in value(type, depth: depth, &random) }
            if isList, Int.random(in: 0..<10, using: &random) == 0 { values = [.array(values), .null] }
            members.append(.init(key: name, value: isList ? .array(values) : values[0]))
        }
        return .object(members)
    }

    /// A value that is mostly of the type.
    private func value(_ type: String, depth: Int, _ random: inout SeededRandom) -> JSONModel {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: .null
        case 1: anything(&random)
        case 2: .object([])
        default: type == "Item" ? (depth > 0 ? item(depth: depth - 1, &random) : .null) : leaf(type, &random)
        }
    }
}
