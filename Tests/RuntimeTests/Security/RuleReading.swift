import GraphQLSchema

/// The rules of a schema as a document states them, read directly: what the runtime's decisions are compared with.
///
/// It shares nothing with the runtime but the names of the rules: it knows claims and events as trees, and what is selected as a tree.
struct RuleReading {
    /// An object type, interface or union of the test's schema.
    struct Shape: Sendable {
        /// In the order of the schema.
        var fields: [(name: String, type: ShapeType)] = []
        var interfaces: [String] = []
        /// Of an abstract type.
        var possible: [String] = []
    }

    /// The type of a field.
    indirect enum ShapeType: Sendable {
        case named(String)
        case list(ShapeType)
        case nonNull(ShapeType)

        var name: String {
            switch self {
            case .named(let name): name
            case .list(let type), .nonNull(let type): type.name
            }
        }
    }

    /// What an operation selects, each under a key of its own.
    indirect enum Pick: Sendable {
        case field(name: String, key: String, [Pick])
        case fragment(on: String, [Pick])
    }

    /// Who asks.
    struct Reader: Sendable {
        /// Nil for an anonymous one.
        let claims: JSONModel?
        let policies: [String: Bool]
    }

    /// What becomes of a subscription.
    enum Opening: Equatable {
        case begins
        /// By a requirement, or for want of a claim that an event rule reads.
        case refused(String)
    }

    /// What becomes of an event.
    enum Outcome {
        /// The name of the kind of the first rule.
        case denied(String)
        case filtered
        /// The data, and the paths of what is masked.
        case shown(JSONModel, masked: [[String]])
    }

    let shapes: [String: Shape]
    /// The rules by schema coordinate, as written: nothing is inherited.
    let access: [String: [AccessRequirement]]
    let events: [String: [EventRule]]

    // MARK: Access

    static func meets(_ requirement: AccessRequirement, _ reader: Reader) -> Bool {
        func words(_ names: [String]) -> [String] {
            names.map { strings(reader.claims?[$0]) }.joined().map { $0.split(separator: " ").map(String.init) }.flatMap(\.self)
        }
        switch requirement {
        case .authenticated:
            guard case .object(let members) = reader.claims else { return false }
            return members.count > 0
        case .scopes(let lists): return lists.contains { list in list.allSatisfy { words(["scope", "scopes"]).contains($0) } }
        case .roles(let roles): return roles.contains { (strings(reader.claims?["role"]) + strings(reader.claims?["roles"])).contains($0) }
        case .policies(let lists): return lists.contains { list in list.allSatisfy { reader.policies[$0] == true } }
        }
    }

    private static func strings(_ value: JSONModel?) -> [String] {
        switch value {
        case .string(let text): [text]
        case .array(let elements): elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
        default: []
        }
    }

    /// What is asked of who sees a field: by its own rules, those of the fields that it implements, and the type that it returns.
    func requirements(_ type: String, _ field: String, returning result: String) -> [AccessRequirement] {
        inherited(access, type, "." + field) + inherited(access, result)
    }

    private func inherited<Rule>(_ rules: [String: [Rule]], _ type: String, _ suffix: String = "") -> [Rule] {
        ([type] + (shapes[type]?.interfaces ?? [])).flatMap { rules[$0 + suffix] ?? [] }
    }

    private func mayNotSee(_ requirements: [AccessRequirement], _ reader: Reader) -> Bool { requirements.contains { !Self.meets($0, reader) } }

    // MARK: Subscribing

    func opening(_ field: String, returning type: String, _ reader: Reader) -> Opening {
        let unmet = requirements("Subscription", field, returning: type).filter { !Self.meets($0, reader) }
        // Somebody is asked about policies after everything else that may refuse.
        let asked = unmet.filter { Self.isOpen($0, reader) }
        let known = unmet.filter { !Self.isOpen($0, reader) }
        for kind in ["authenticated", "scopes", "role", "policy"] where known.contains(where: { Self.kind($0) == kind }) { return .refused(kind) }
        let rules = rootRules(field, type)
        for kind in ["tenant", "federation", "row"] where rules.contains(where: { Self.kind($0) == kind && Self.neverHolds($0, reader) }) {
            return .refused(kind)
        }
        return asked.isEmpty ? .begins : .refused("policy")
    }

    /// Whether it depends on policies that nobody was asked about.
    private static func isOpen(_ requirement: AccessRequirement, _ reader: Reader) -> Bool {
        guard case .policies(let lists) = requirement else { return false }
        return lists.contains { list in !list.contains { reader.policies[$0] == false } }
    }

    static func kind(_ requirement: AccessRequirement) -> String {
        switch requirement {
        case .authenticated: "authenticated"
        case .scopes: "scopes"
        case .roles: "role"
        case .policies: "policy"
        }
    }

    static func kind(_ rule: EventRule) -> String {
        switch rule {
        case .tenant: "tenant"
        case .federation: "federation"
        case .row: "row"
        }
    }

    private func rootRules(_ field: String, _ type: String) -> [EventRule] {
        inherited(events, "Subscription", "." + field) + inherited(events, type)
    }

    // MARK: Event rules

    /// Whether the subscriber lacks what the rule compares.
    static func neverHolds(_ rule: EventRule, _ reader: Reader) -> Bool {
        switch rule {
        case .row(_, let claim), .tenant(_, let claim): leaves(reader.claims?[claim]).isEmpty
        case .federation:
            isFederated(reader) && leaves(reader.claims?["federation_id"]).isEmpty && leaves(reader.claims?["service_name"]).isEmpty
        }
    }

    static func holds(_ rule: EventRule, for object: JSONModel, _ reader: Reader) -> Bool {
        switch rule {
        case .row(let path, let claim), .tenant(let path, let claim):
            return haveCommon(values(at: path[...], in: object), leaves(reader.claims?[claim]))
        case .federation(let path, let servicePath):
            let (federation, service) = (values(at: path[...], in: object), values(at: servicePath[...], in: object))
            let isFederated = (federation + service).contains { $0 != .null }
            if isFederated != Self.isFederated(reader) { return false }
            return !isFederated || haveCommon(federation, leaves(reader.claims?["federation_id"]))
                || haveCommon(service, leaves(reader.claims?["service_name"]))
        }
    }

    private static func isFederated(_ reader: Reader) -> Bool {
        ["federation_id", "service_name"].contains { values(at: [], in: reader.claims?[$0] ?? .null).contains { $0 != .null } }
    }

    private static func haveCommon(_ values: [JSONModel], _ leaves: [[UInt8]]) -> Bool {
        values.contains { value in NaiveMatcher.Leaf(value).map { leaves.contains($0.text) } ?? false }
    }

    /// What something may equal to equal a claim.
    private static func leaves(_ claim: JSONModel?) -> [[UInt8]] {
        let values: [JSONModel] = if case .array(let elements) = claim { elements } else { [claim ?? .null] }
        return values.compactMap { NaiveMatcher.Leaf($0)?.text }
    }

    /// What stands at a path; a list stands for its elements.
    static func values(at path: ArraySlice<String>, in value: JSONModel) -> [JSONModel] {
        if case .array(let elements) = value { return elements.flatMap { values(at: path, in: $0) } }
        guard let name = path.first else { return [value] }
        return value[name].map { values(at: path.dropFirst(), in: $0) } ?? []
    }

    // MARK: An event

    /// The outcome for a subscriber whose subscription has begun, and which the filter lets through or not.
    func outcome(_ field: String, _ type: ShapeType, _ picks: [Pick], of event: JSONModel, _ reader: Reader, passes: Bool) -> Outcome {
        let elements: [JSONModel] = if case .array(let all) = event { all } else { [event] }
        for kind in ["tenant", "federation", "row"] {
            let holds = elements.allSatisfy { element in
                let concrete = element.typeName.map { $0 == type.name ? [] : inherited(events, $0) } ?? []
                return (rootRules(field, type.name) + concrete).filter { Self.kind($0) == kind }.allSatisfy { Self.holds($0, for: element, reader) }
            }
            let rules = rootRules(field, type.name) + (shapes[type.name]?.possible ?? []).flatMap { inherited(events, $0) }
            // A list without elements satisfies nothing that is asked of them.
            if !holds || (elements.isEmpty && rules.contains { Self.kind($0) == kind }) { return .denied(kind) }
        }
        guard passes else { return .filtered }
        var masked: [[String]] = []
        let value = shown(event, type, picks, at: [field], reader, rules: [], &masked)
        return .shown(value.map { .object([JSONModel.Member(key: field, value: $0)]) } ?? .null, masked: masked)
    }

    /// A value as the subscriber sees it; nil where it is null and may not be. Goes on after that, so that all is found that is masked.
    private func shown(
        _ value: JSONModel, _ type: ShapeType, _ picks: [Pick], at path: [String], _ reader: Reader, rules: [EventRule], _ masked: inout [[String]]
    ) -> JSONModel? {
        switch type {
        case .nonNull(let type):
            let shown = shown(value, type, picks, at: path, reader, rules: rules, &masked)
            return shown == .null ? nil : shown
        case .list(let type):
            guard case .array(let elements) = value else { return .null }
            let all = elements.enumerated().map { shown($1, type, picks, at: path + ["\($0)"], reader, rules: rules, &masked) }
            return all.contains(nil) ? .null : .array(all.compactMap(\.self))
        case .named(let name):
            guard let shape = shapes[name] else {
                // An ID may be a number in events, and is a string in responses.
                if case .number(let text) = value, name == "ID" { return .string(text) }
                return value
            }
            guard case .object = value else { return .null }
            let concrete = shape.possible.isEmpty ? name : value.typeName ?? name
            let isRoot = path.count == 1 || (path.count == 2 && Int(path[1]) != nil)
            let denied = isRoot ? [] : rules + inherited(events, concrete)
            if mayNotSee(concrete == name ? [] : inherited(access, concrete), reader) || denied.contains(where: { !Self.holds($0, for: value, reader) }) {
                masked.append(path)
                return .null
            }
            return object(value, concrete, picks, at: path, reader, &masked).map { .object($0) } ?? .null
        }
    }

    private func object(
        _ value: JSONModel, _ type: String, _ picks: [Pick], at path: [String], _ reader: Reader, _ masked: inout [[String]]
    ) -> [JSONModel.Member]? {
        var members: [JSONModel.Member] = []
        var isNull = false
        for pick in picks {
            switch pick {
            case .fragment(let condition, let picks):
                if condition != type, shapes[type]?.interfaces.contains(condition) != true { continue }
                let more = object(value, type, picks, at: path, reader, &masked)
                members += more ?? []
                if more == nil { isNull = true }
            case .field("__typename", let key, _): members.append(JSONModel.Member(key: key, value: .string(type)))
            case .field(let name, let key, let picks):
                guard let field = shapes[type]?.fields.first(where: { $0.name == name }) else { continue }
                var shown: JSONModel? = .null
                if mayNotSee(requirements(type, name, returning: field.type.name), reader) {
                    masked.append(path + [key])
                    if case .nonNull = field.type { shown = nil }
                } else {
                    shown = self.shown(
                        value[name] ?? .null, field.type, picks, at: path + [key], reader, rules: inherited(events, type, "." + name), &masked)
                }
                members.append(JSONModel.Member(key: key, value: shown ?? .null))
                if shown == nil { isNull = true }
            }
        }
        return isNull ? nil : members
    }
}

extension JSONModel {
    /// A member of an object.
    subscript(_ key: String) -> JSONModel? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    var typeName: String? {
        guard case .string(let name) = self["__typename"] else { return nil }
        return name
    }
}
