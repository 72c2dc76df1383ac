import GraphQLSchema
import SDLParser

/// Which events a subscription gets: what its arguments say by their roles (design section 4).
struct EventSelection {
    private(set) var topic = ""
    private(set) var conditions: [EventCondition] = []

    /// Reads the roles of a field's arguments. Whatever cannot choose events as the schema promises is refused: nothing is silently
    /// unfiltered.
    init(_ field: SubscriptionField, _ arguments: [ArgumentCoercion.Argument], at syntax: FieldSyntax) throws(GraphQLErrors) {
        var values: [String: ConstantValue] = [:]
        for argument in arguments {
            let name = argument.definition.name
            values[name] = argument.value
            guard let role = field.arguments.first(where: { $0.name == name })?.role else {
                throw Self.refusal(of: name, "is unknown to the dispatch table", field, syntax)
            }
            switch role {
            case .topic, .resolver: continue
            case .undecided:
                guard argument.isGiven else { continue }
                throw Self.refusal(
                    of: name, "selects no events, and the schema does not say that a resolver reads it, so a subscription cannot give it",
                    field, syntax)
            case .filter(let path, let comparison):
                // A null argument does not restrict.
                guard argument.value != .null else { continue }
                guard let keys = Self.keys(argument.value, comparison) else {
                    throw Self.refusal(of: name, "must be a string, number or boolean to be compared with events", field, syntax)
                }
                conditions.append(EventCondition(path: path, keys: keys))
            }
        }
        for segment in field.topic.segments {
            switch segment {
            case .literal(let text): topic += text
            case .argument(let name):
                guard let text = values[name]?.leafText else {
                    throw Self.refusal(of: name, "must be a string, number or boolean to name a topic", field, syntax)
                }
                topic += TopicTemplate.encode(String(decoding: text, as: UTF8.self))
            }
        }
    }

    /// The values that satisfy a filter; nil where there is one that no field of an event can be compared with. Null in a list
    /// equals nothing.
    private static func keys(_ value: ConstantValue, _ comparison: FilterOperator) -> [MatchKey]? {
        let values: [ConstantValue]
        switch (comparison, value) {
        case (.isIn, .list(let items)): values = items.filter { $0 != .null }
        case (.equal, _), (.isIn, _): values = [value]
        }
        var keys: [MatchKey] = []
        var seen: Set<MatchKey> = []
        for value in values {
            guard let text = value.leafText else { return nil }
            let key = MatchKey(text)
            if seen.insert(key).inserted { keys.append(key) }
        }
        return keys
    }

    /// `problem` completes the sentence that begins with the argument's name.
    private static func refusal(of argument: String, _ problem: String, _ field: SubscriptionField, _ syntax: FieldSyntax) -> GraphQLErrors {
        let place = syntax.arguments.first { $0.name == argument }?.node ?? syntax.node
        return GraphQLErrors(GraphQLError("Argument \"\(field.name)(\(argument):)\" \(problem).", at: place))
    }
}
