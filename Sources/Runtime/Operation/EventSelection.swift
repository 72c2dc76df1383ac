import GraphQLSchema
import SDLParser

/// Which events a subscription gets: what its arguments say by their roles (design section 4).
struct EventSelection {
    private(set) var topic = ""
    private(set) var conditions: [EventCondition] = []

    /// Reads the roles of a field's arguments. Whatever cannot choose events as the schema promises is refused: nothing is silently
    /// unfiltered. `tenant` is there where the topic names the subscriber's.
    init(
        _ field: SubscriptionField, _ arguments: [ArgumentCoercion.Argument], _ filters: InputConditions, tenant: MatchKey? = nil,
        at syntax: FieldSyntax
    ) throws(GraphQLErrors) {
        var values: [String: ConstantValue] = [:]
        for argument in arguments {
            let name = argument.definition.name
            values[name] = argument.value
            guard let role = field.arguments.first(where: { $0.name == name })?.role else {
                throw Self.refusal(of: name, "is unknown to the dispatch table", field, syntax)
            }
            do throws(InputConditions.Refusal) {
                switch role {
                case .topic, .resolver: continue
                case .undecided:
                    if argument.isGiven { throw .undecided }
                case .filter(let path, let comparison):
                    // A null argument does not restrict.
                    if argument.value == .null { continue }
                    conditions.append(try filters.condition(argument.value, path, comparison))
                case .composed(let path, let filter):
                    if argument.value == .null { continue }
                    conditions.append(try filters.condition(argument.value, at: path, filter))
                }
            } catch {
                throw Self.refusal(of: name, error.message, field, syntax)
            }
        }
        for segment in field.topic.segments {
            switch segment {
            case .literal(let text): topic += text
            case .tenant: topic += TopicTemplate.encode(tenant?.text ?? "")
            case .argument(let name):
                guard let text = values[name]?.leafText else {
                    throw Self.refusal(of: name, "must be a string, number or boolean to name a topic", field, syntax)
                }
                topic += TopicTemplate.encode(String(decoding: text, as: UTF8.self))
            }
        }
    }

    /// `problem` completes the sentence that begins with the argument's name.
    private static func refusal(of argument: String, _ problem: String, _ field: SubscriptionField, _ syntax: FieldSyntax) -> GraphQLErrors {
        let place = syntax.arguments.first { $0.name == argument }?.node ?? syntax.node
        return GraphQLErrors(GraphQLError("Argument \"\(field.name)(\(argument):)\" \(problem).", at: place))
    }
}
