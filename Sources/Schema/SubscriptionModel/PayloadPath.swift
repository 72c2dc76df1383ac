/// A way from an event to one of its leaf values: the names of the fields on it.
struct PayloadPath {
    let names: [String]
    /// The type of the last field.
    let type: TypeReference
    /// Whether the payload or a field before the last is a list, so that there may be several values.
    let crossesList: Bool
    /// Whether there is a value in every event: nothing on the way is nullable.
    let isAlwaysThere: Bool
    /// Whether a field on the way is `@internal`.
    let isInternal: Bool

    /// Why there is no such path, as a sentence; and where the error is a misspelt name, what is there instead.
    struct Problem: Error {
        let message: String
        var suggestion = ""
    }

    /// Follows `names` from a payload type (docs/reference/filters.md).
    static func find(_ names: [String], in payload: TypeReference, _ schema: Schema) -> Result<PayloadPath, Problem> {
        if payload.listDepth > 1 {
            return .failure(Problem(message: "an event of type \(schema.name(of: payload)) is a list of lists"))
        }
        var current = payload
        var crossesList = payload.isList
        var isAlwaysThere = payload.isNonNull
        var isInternal = false
        for (position, name) in names.enumerated() {
            let type = schema[current.named]
            if position > 0 {
                crossesList = crossesList || current.isList
                isAlwaysThere = isAlwaysThere && current.isNonNull
            }
            switch type.kind {
            case .object, .interface: break
            case .union:
                return .failure(Problem(message: "\(type.name) is a union, and the fields of its members are reached by no path"))
            case .scalar, .enum, .inputObject: return .failure(Problem(message: "\(type.name) has no fields"))
            }
            guard let field = type.field(named: name) else {
                return .failure(
                    Problem(
                        message: "\(type.name) has no field \"\(name)\"",
                        suggestion: DidYouMean.sentence(for: name, among: type.fields.map(\.name))))
            }
            if let problem = supplied(field, of: current.named, schema) { return .failure(problem) }
            if field.type.listDepth > 1 { return .failure(Problem(message: "\(type.name).\(name) is a list of lists")) }
            isInternal = isInternal || field.isInternal || schema[field.type.named].isInternal
            current = field.type
        }
        return .success(
            PayloadPath(
                names: names, type: current, crossesList: crossesList, isAlwaysThere: isAlwaysThere && current.isNonNull,
                isInternal: isInternal))
    }

    /// Why a field is in no event, or not in all; nil where it is. Of an interface each object type decides for itself.
    private static func supplied(_ field: FieldDefinition, of type: TypeID, _ schema: Schema) -> Problem? {
        if !field.arguments.isEmpty {
            return Problem(message: "\(schema[type].name).\(field.name) takes arguments, so that events do not hold it")
        }
        let supplied = schema.possibleTypes(of: type).first { schema[$0].field(named: field.name)?.isSupplied == true }
        return supplied.map { Problem(message: "\(schema[$0].name).\(field.name) is supplied by a resolver, so that events need not hold it") }
    }

    /// The path as `@filter(field:)` writes it.
    var text: String { names.joined(separator: ".") }
}
