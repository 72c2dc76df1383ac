import GraphQLSchema

/// What a subscriber must be to choose events as it does: who may not see a field may not select events by it either, since what comes and
/// what doesn't would tell its value.
struct ArgumentRights {
    let schema: Schema
    let filters: [InputFilter]

    /// Of all arguments that the operation gives. Null restricts nothing, and so tells nothing; a default is the schema's own choice.
    func requirements(of arguments: [ArgumentCoercion.Argument], _ field: SubscriptionField) -> [AccessRequirement] {
        var requirements: [AccessRequirement] = []
        for argument in arguments where argument.isGiven && argument.value != .null {
            guard let entry = field.arguments.first(where: { $0.name == argument.definition.name }) else { continue }
            requirements += entry.access
            if case .composed(_, let filter) = entry.role { add(argument.value, filter, to: &requirements) }
        }
        return requirements
    }

    private func add(_ value: ConstantValue, _ place: Int, to requirements: inout [AccessRequirement]) {
        if case .list(let items) = value {
            for item in items { add(item, place, to: &requirements) }
        }
        guard case .object(let fields) = value, filters.indices.contains(place) else { return }
        let filter = filters[place]
        for field in fields where field.value != .null && field.value != schema.defaultValue(of: field.name, in: filter.type) {
            guard let entry = filter.fields.first(where: { $0.name == field.name }) else { continue }
            requirements += entry.access
            switch entry.role {
            case .composed(_, let inner), .and(let inner), .or(let inner), .not(let inner): add(field.value, inner, to: &requirements)
            case .filter, .undecided: continue
            }
        }
    }
}

extension Schema {
    /// The coerced default of a field of an input type; nil where it has none.
    func defaultValue(of field: String, in type: String) -> ConstantValue? {
        guard let definition = self.type(named: type)?.inputField(named: field), let constant = definition.defaultValue else { return nil }
        return LiteralCoercion.coerce(constant, to: definition.type, schema: self)
    }
}
