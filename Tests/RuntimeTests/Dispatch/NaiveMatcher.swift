import Foundation

/// Filters as docs/reference/filters.md tells them, read directly: what the index is compared with.
///
/// It shares nothing with the runtime: it knows an operation's arguments as JSON, and an event as a tree.
struct NaiveMatcher {
    /// A field of an input type of the test's schema: its name, type, path in the payload and operator.
    struct Field {
        let name: String
        let type: String
        let path: [String]
        let comparison: String
    }

    /// A string, number or boolean as text, and as a number where it is one. Strings are bytes: Swift's take `é` for `e` with an accent.
    struct Leaf: Hashable {
        let text: [UInt8]
        let number: Decimal?
        let isString: Bool

        init?(_ value: JSONModel) {
            switch value {
            case .boolean(let flag): (text, number, isString) = (Array((flag ? "true" : "false").utf8), nil, false)
            case .string(let string): (text, number, isString) = (Array(string.utf8), nil, true)
            case .number(let spelling):
                guard let decimal = Decimal(string: spelling) else { return nil }
                (text, number, isString) = (Array(decimal.description.utf8), decimal, false)
            case .null, .array, .object: return nil
            }
        }

        /// Nil where there is no order between the two.
        func isLess(than other: Leaf) -> Bool? {
            if let number, let other = other.number { return number < other }
            return isString && other.isString ? text.lexicographicallyPrecedes(other.text) : nil
        }
    }

    indirect enum Rule {
        case value(path: [String], comparison: String, [Leaf])
        /// The ends of a range.
        case range(path: [String], Leaf?, Leaf?)
        case all([Rule])
        case any([Rule])
        case not(Rule)
    }

    /// An event by the paths that have been asked for.
    final class Event {
        let model: JSONModel
        private var known: [[String]: [Leaf]] = [:]

        init(_ model: JSONModel) { self.model = model }

        func leaves(at path: [String]) -> [Leaf] {
            if let leaves = known[path] { return leaves }
            let leaves = Self.values(at: path[...], in: model).compactMap { Leaf($0) }
            known[path] = leaves
            return leaves
        }

        private static func values(at path: ArraySlice<String>, in value: JSONModel) -> [JSONModel] {
            if case .array(let elements) = value { return elements.flatMap { values(at: path, in: $0) } }
            guard let name = path.first else { return [value] }
            guard case .object(let members) = value, let member = members.first(where: { $0.key == name }) else { return [] }
            return values(at: path.dropFirst(), in: member.value)
        }
    }

    /// The fields of an input type, by its name.
    let types: [String: [Field]]

    /// What an input object demands of what is at `prefix`.
    func rule(_ object: JSONModel, _ type: String, at prefix: [String] = []) -> Rule {
        guard case .object(let members) = object else { return .any([]) }
        return .all(
            members.compactMap { member in
                guard member.value != .null, let field = types[type]?.first(where: { $0.name == member.key }) else { return nil }
                let path = prefix + field.path
                let items: [JSONModel] = if case .array(let elements) = member.value { elements.filter { $0 != .null } } else { [member.value] }
                switch field.comparison {
                case "and": return .all(items.map { rule($0, field.type, at: prefix) })
                case "or": return .any(items.map { rule($0, field.type, at: prefix) })
                case "not": return .all(items.map { .not(rule($0, field.type, at: prefix)) })
                case "fields": return rule(member.value, field.type, at: path)
                case "BETWEEN":
                    guard case .object(let ends) = member.value else { return .any([]) }
                    func end(_ name: String) -> Leaf? { ends.first { $0.key == name }.flatMap { Leaf($0.value) } }
                    let (from, to) = (end("from"), end("to"))
                    return from == nil && to == nil ? nil : .range(path: path, from, to)
                default: return .value(path: path, comparison: field.comparison, items.compactMap { Leaf($0) })
                }
            })
    }

    static func matches(_ rule: Rule, _ event: Event) -> Bool {
        switch rule {
        case .all(let rules): rules.allSatisfy { matches($0, event) }
        case .any(let rules): rules.contains { matches($0, event) }
        case .not(let rule): !matches(rule, event)
        case .range(let path, let from, let to):
            event.leaves(at: path).contains { leaf in
                (from.map { leaf.isLess(than: $0) == false } ?? true) && (to.map { $0.isLess(than: leaf) == false } ?? true)
            }
        case .value(let path, let comparison, let values): event.leaves(at: path).contains { passes($0, comparison, values) }
        }
    }

    private static func passes(_ leaf: Leaf, _ comparison: String, _ values: [Leaf]) -> Bool {
        let isAny = values.contains { $0.text == leaf.text }
        switch comparison {
        case "EQ", "IN": return isAny
        case "NE", "NOT_IN": return !isAny
        default: break
        }
        guard let value = values.first else { return false }
        switch comparison {
        case "LT": return leaf.isLess(than: value) == true
        case "LTE": return value.isLess(than: leaf) == false
        case "GT": return value.isLess(than: leaf) == true
        case "GTE": return leaf.isLess(than: value) == false
        case "PREFIX": return leaf.text.starts(with: value.text)
        case "CONTAINS": return (0...leaf.text.count).contains { leaf.text[$0...].starts(with: value.text) }
        default: return false
        }
    }
}
