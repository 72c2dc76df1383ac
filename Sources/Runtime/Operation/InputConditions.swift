import GraphQLSchema

/// Makes conditions of the coerced values of arguments and input fields, by their roles in the dispatch table.
struct InputConditions {
    /// Why there is no condition; `message` completes a sentence that begins with the argument.
    struct Refusal: Error {
        let message: String

        static let undecided = Refusal(
            message: "selects no events, and the schema does not say that a resolver reads it, so a subscription cannot give it")
        static let noLeaf = Refusal(message: "must be a string, number or boolean to be compared with events")
    }

    let schema: Schema
    let filters: [InputFilter]

    // MARK: Input objects

    /// What an input object says of what is at `path`: all of its fields together.
    func condition(_ value: ConstantValue, at path: [String], _ place: Int) throws(Refusal) -> EventCondition {
        guard case .object(let fields) = value, filters.indices.contains(place) else {
            throw Refusal(message: "is no input object that the dispatch table knows")
        }
        let filter = filters[place]
        var conditions: [EventCondition] = []
        for field in fields {
            let role = filter.fields.first { $0.name == field.name }?.role ?? .undecided
            if role == .undecided {
                try checkDefault(field, of: filter)
                continue
            }
            // Null does not restrict.
            guard field.value != .null else { continue }
            switch role {
            case .filter(let inner, let comparison): conditions.append(try condition(field.value, path + inner, comparison))
            case .composed(let inner, let place): conditions.append(try condition(field.value, at: path + inner, place))
            case .and(let place): conditions.append(.all(try list(field.value, at: path, place)))
            case .or(let place): conditions.append(.any(try list(field.value, at: path, place)))
            case .not(let place): conditions += try list(field.value, at: path, place).map { .not($0) }
            case .undecided: continue
            }
        }
        return conditions.count == 1 ? conditions[0] : .all(conditions)
    }

    /// The conditions in a list, or the one that stands for a list. A null among them is as if it weren't there.
    private func list(_ value: ConstantValue, at path: [String], _ place: Int) throws(Refusal) -> [EventCondition] {
        var conditions: [EventCondition] = []
        let values: [ConstantValue] = if case .list(let items) = value { items } else { [value] }
        for value in values where value != .null { conditions.append(try condition(value, at: path, place)) }
        return conditions
    }

    /// A field that selects nothing may have its default, which nobody gave; another value was given, and is refused.
    private func checkDefault(_ field: ConstantValue.Field, of filter: InputFilter) throws(Refusal) {
        if schema.defaultValue(of: field.name, in: filter.type) == field.value { return }
        throw Refusal(
            message: "holds \"\(filter.type).\(field.name)\", which selects no events, so a subscription cannot give it")
    }

    // MARK: Leaf values

    /// The comparison of a value that is not null with what is at `path`.
    func condition(_ value: ConstantValue, _ path: [String], _ comparison: FilterOperator) throws(Refusal) -> EventCondition {
        let test = try test(value, comparison)
        // Both ends of a range are open.
        if test == .lies(from: nil, to: nil) { return .all([]) }
        return .value(path: path, test)
    }

    private func test(_ value: ConstantValue, _ comparison: FilterOperator) throws(Refusal) -> ValueTest {
        switch comparison {
        case .equal, .isIn: return .isAny(of: try keys(value))
        case .notEqual, .isNotIn: return .isNone(of: try keys(value))
        case .lessThan: return .lies(from: nil, to: try bound(value, isIncluded: false))
        case .lessThanOrEqual: return .lies(from: nil, to: try bound(value, isIncluded: true))
        case .greaterThan: return .lies(from: try bound(value, isIncluded: false), to: nil)
        case .greaterThanOrEqual: return .lies(from: try bound(value, isIncluded: true), to: nil)
        case .between:
            guard case .object(let fields) = value else { throw Refusal(message: "must be a range, an object with \"from\" and \"to\"") }
            func end(_ name: String) throws(Refusal) -> OrderBound? {
                // A null end is open.
                guard let value = fields.first(where: { $0.name == name })?.value, value != .null else { return nil }
                return try bound(value, isIncluded: true)
            }
            return .lies(from: try end("from"), to: try end("to"))
        case .prefix: return .hasPrefix(try key(value))
        case .contains: return .contains(try key(value))
        }
    }

    /// Null in a list equals nothing.
    private func keys(_ value: ConstantValue) throws(Refusal) -> [MatchKey] {
        guard case .list(let items) = value else { return [try key(value)] }
        var keys: [MatchKey] = []
        for item in items where item != .null { keys.append(try key(item)) }
        return keys
    }

    private func key(_ value: ConstantValue) throws(Refusal) -> MatchKey {
        guard let text = value.leafText else { throw .noLeaf }
        return MatchKey(text)
    }

    private func bound(_ value: ConstantValue, isIncluded: Bool) throws(Refusal) -> OrderBound {
        switch value {
        case .int(let text), .float(let text): return OrderBound(.number(ExactNumber(text.utf8)), isIncluded: isIncluded)
        case .string(let text): return OrderBound(.text(Array(text.utf8)), isIncluded: isIncluded)
        case .null, .boolean, .enumeration, .list, .object:
            throw Refusal(message: "must be a number or string to be compared by order")
        }
    }
}
