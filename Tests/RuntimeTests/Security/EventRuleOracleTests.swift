import GraphQLSchema
import Testing

@testable import SubsgenRuntime

/// Event rules as docs/reference/schema-language.md tells them, read directly. It shares nothing with the runtime but how a leaf is spelled
/// by `NaiveMatcher`.
private struct NaiveRules {
    let claims: JSONModel?
    let singleTenant: String?

    private static func values(_ path: ArraySlice<String>, in value: JSONModel) -> [JSONModel] {
        if case .array(let elements) = value { return elements.flatMap { values(path, in: $0) } }
        guard let name = path.first else { return value == .null ? [] : [value] }
        guard case .object(let members) = value, let member = members.first(where: { $0.key == name }) else { return [] }
        return values(path.dropFirst(), in: member.value)
    }

    private func claim(_ name: String) -> [JSONModel] {
        guard case .object(let members)? = claims, let member = members.first(where: { $0.key == name }), member.value != .null else { return [] }
        if case .array(let elements) = member.value { return elements.filter { $0 != .null } }
        return [member.value]
    }

    private static func isShared(_ values: [JSONModel], _ others: [JSONModel]) -> Bool {
        let texts = Set(others.compactMap { NaiveMatcher.Leaf($0)?.text })
        return values.contains { NaiveMatcher.Leaf($0).map { texts.contains($0.text) } ?? false }
    }

    /// Whether no event can ever satisfy a rule of the field.
    func isHopeless(_ rule: EventRule) -> Bool {
        func hasLeaf(_ values: [JSONModel]) -> Bool { values.contains { NaiveMatcher.Leaf($0) != nil } }
        switch rule {
        case .tenant(_, let name):
            guard let singleTenant else { return !hasLeaf(claim(name)) }
            return !isAbsent(name) && !Self.isShared(claim(name), [.string(singleTenant)])
        case .row(_, let name): return !hasLeaf(claim(name))
        case .federation:
            let own = claim("federation_id") + claim("service_name")
            return !own.isEmpty && !hasLeaf(own)
        }
    }

    private func isAbsent(_ name: String) -> Bool {
        guard case .object(let members)? = claims, let member = members.first(where: { $0.key == name }) else { return true }
        return member.value == .null
    }

    /// Whether one object satisfies a rule.
    private func holds(_ rule: EventRule, for object: JSONModel) -> Bool {
        if isHopeless(rule) { return false }
        switch rule {
        case .row(let path, let name): return Self.isShared(Self.values(path[...], in: object), claim(name))
        case .tenant(let path, let name):
            let values = Self.values(path[...], in: object)
            guard let singleTenant else { return Self.isShared(values, claim(name)) }
            return values.isEmpty || Self.isShared(values, [.string(singleTenant)])
        case .federation(let path, let servicePath):
            let (federations, services) = (Self.values(path[...], in: object), Self.values(servicePath[...], in: object))
            let isFederated = !federations.isEmpty || !services.isEmpty
            if claim("federation_id").isEmpty, claim("service_name").isEmpty { return !isFederated }
            return Self.isShared(federations, claim("federation_id")) || Self.isShared(services, claim("service_name"))
        }
    }

    /// The first kind of rule that denies an event.
    func denial(of event: JSONModel, _ rules: [EventRule]) -> EventRights.Kind? {
        let elements = Self.elements(event)
        return EventRights.Kind.allCases.first { kind in
            let ofKind = rules.filter { $0.kind == kind }
            if ofKind.isEmpty { return false }
            return elements.isEmpty || !elements.allSatisfy { element in ofKind.allSatisfy { holds($0, for: element) } }
        }
    }

    private static func elements(_ event: JSONModel) -> [JSONModel] {
        guard case .array(let items) = event else { return [event] }
        return items.flatMap { item -> [JSONModel] in if case .array = item { elements(item) } else { [item] } }
    }
}

@Suite("Event rules and a direct reading of them")
struct EventRuleOracleTests {
    private struct Subscriber {
        let audience: Audience
        let naive: NaiveRules
        let rules: [EventRule]
        let kind: String?
        let members: Int
    }

    private static let paths = [["t"], ["f"], ["s"], ["o", "t"], ["l", "t"], ["ts"], ["o", "l", "ts"]]
    private static let claims = ["tenant_id", "federation_id", "service_name", "user_id"]

    @Test("agree about whom an event reaches, and by which rule it is denied to the others, while subscribers come and go", arguments: 0..<4)
    func oracle(round: Int) throws {
        let seed = UInt64.random(in: .min ... .max)
        print("event rule oracle, round \(round): seed \(seed)")
        var random = SeededRandom(seed: seed)
        let (schema, _) = try SchemaLoader.load(sdl: "type Query { ok: Int } type Subscription { x: X } type X { t: ID }")
        var index = EventIndex()
        var subscribers: [Subscriber] = []
        var lastID: UInt64 = 0
        var hopeless = 0
        var reached = 0
        var denied = DeniedPairs()

        func subscribe() throws {
            while true {
                let rules = self.rules(&random)
                let model = claims(&random)
                let single = Int.random(in: 0..<6, using: &random) == 0 ? "a" : nil
                let naive = NaiveRules(claims: model, singleTenant: single)
                let claims = try model.map { try Claims(json: Array($0.text(using: &random).utf8)) }
                let field = SubscriptionField(
                    name: "x", topic: TopicTemplate(segments: [.literal("x")]), payloadType: "X", arguments: [], rules: ProtectionRules(events: rules))
                let asked = EventRules(DispatchTable(fields: [field]), of: schema, singleTenant: single)
                let rights: EventRights
                do throws(EventRights.Unmet) { rights = try asked.rights(to: 0, claims) } catch {
                    let first = rules.sorted { $0.kind.rawValue < $1.kind.rawValue }.first { naive.isHopeless($0) }
                    #expect(first?.kind == error.kind, "seed \(seed): \(rules), \(String(describing: model))")
                    hopeless += 1
                    continue
                }
                #expect(!rules.contains { naive.isHopeless($0) }, "seed \(seed): \(rules), \(String(describing: model))")
                lastID += 1
                let audience = Audience(id: lastID, key: Audience.Key(fieldIndex: 0, arguments: [], claims: nil, rights: rights))
                let kind = Bool.random(using: &random) ? ["x", "y"].randomElement(using: &random) : nil
                index.insert(audience, kind.map { [.value(path: ["k"], .isAny(of: [MatchKey($0.utf8)]))] } ?? [])
                let members = Int.random(in: 1...3, using: &random)
                audience.count(members)
                subscribers.append(Subscriber(audience: audience, naive: naive, rules: rules, kind: kind, members: members))
                return
            }
        }

        for _ in 0..<150 { try subscribe() }
        for _ in 0..<300 {
            let leaving = subscribers.remove(at: Int.random(in: subscribers.indices, using: &random))
            leaving.audience.count(-leaving.members)
            index.remove(leaving.audience)
            try subscribe()
            let model = event(&random)
            let text = model.text(using: &random)
            let value = try json(text)
            let found = index.matches(of: value)
            var expected = DeniedPairs()
            var concerned: Set<UInt64> = []
            let leaves = NaiveMatcher.Event(model).leaves(at: ["k"])
            for subscriber in subscribers {
                let denial = subscriber.naive.denial(of: model, subscriber.rules)
                #expect(subscriber.audience.gate.denial(of: value) == denial, "seed \(seed): \(text), \(subscriber.rules)")
                if let denial { expected[denial] += subscriber.members }
                let isSelected = subscriber.kind.map { kind in leaves.contains { $0.text == Array(kind.utf8) } } ?? true
                if denial == nil, isSelected { concerned.insert(subscriber.audience.id) }
            }
            let isRight = Set(found.audiences.map(\.id)) == concerned && found.audiences.count == concerned.count && found.denied == expected
            #expect(isRight, "seed \(seed): \(text)")
            if !isRight { return }
            reached += concerned.count
            denied += expected
        }
        // Each outcome is there often enough to say something.
        for count in [hopeless, reached, denied.tenant, denied.federation, denied.row] { #expect(count > 100, "seed \(seed)") }
        for subscriber in subscribers {
            subscriber.audience.count(-subscriber.members)
            index.remove(subscriber.audience)
        }
        let nobody = index.matches(of: try json(event(&random).text(using: &random)))
        #expect(nobody.audiences.isEmpty && nobody.denied == DeniedPairs(), "seed \(seed)")
    }

    // MARK: What is random

    private func rules(_ random: inout SeededRandom) -> [EventRule] {
        (0..<Int.random(in: 0...3, using: &random)).map { _ in
            func path() -> [String] { Self.paths.randomElement(using: &random) ?? [] }
            switch Int.random(in: 0..<3, using: &random) {
            case 0: return .tenant(path: path(), claim: "tenant_id")
            case 1: return .federation(path: path(), servicePath: path())
            default: return .row(path: path(), claim: Self.claims.randomElement(using: &random) ?? "")
            }
        }
    }

    private func claims(_ random: inout SeededRandom) -> JSONModel? {
        if Int.random(in: 0..<30, using: &random) == 0 { return nil }
        return .object(
            Self.claims.compactMap { name in
                Int.random(in: 0..<5, using: &random) == 0 ? nil : JSONModel.Member(key: name, value: value(listed: 4, &random))
            })
    }

    private func event(_ random: inout SeededRandom) -> JSONModel {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return value(listed: 2, &random)
        case 1...3:
            return .array(
                (0..<Int.random(in: 0...3, using: &random)).map { _ in
                    switch Int.random(in: 0..<12, using: &random) {
                    case 0: .null
                    case 1: .array([object(depth: 1, &random)])
                    default: object(depth: 1, &random)
                    }
                })
        default: return object(depth: 2, &random)
        }
    }

    private func object(depth: Int, _ random: inout SeededRandom) -> JSONModel {
        var members: [JSONModel.Member] = []
        for name in ["t", "f", "s", "ts", "k"] where Int.random(in: 0..<4, using: &random) > 0 {
            if name == "k" {
                members.append(.init(key: name, value: .string(Bool.random(using: &random) ? "x" : "y")))
            } else {
                members.append(.init(key: name, value: value(listed: name == "ts" ? 1 : 8, &random)))
            }
        }
        if depth > 0, Bool.random(using: &random) { members.append(.init(key: "o", value: object(depth: depth - 1, &random))) }
        if depth > 0, Bool.random(using: &random) {
            members.append(.init(key: "l", value: .array((0..<Int.random(in: 0...2, using: &random)).map { _ in object(depth: depth - 1, &random) })))
        }
        return .object(members)
    }

    /// Mostly one of few leaves; one time of so many a list.
    private func value(listed: Int, _ random: inout SeededRandom) -> JSONModel {
        if Int.random(in: 0..<listed, using: &random) == 0 {
            return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(listed: 12, &random) })
        }
        switch Int.random(in: 0..<14, using: &random) {
        case 0: return .null
        case 1: return .object([])
        case 2: return .boolean(true)
        case 3, 4: return .number(Bool.random(using: &random) ? "1" : "1.0")
        case 5: return .string("1")
        default: return .string(["a", "b"].randomElement(using: &random) ?? "")
        }
    }
}
