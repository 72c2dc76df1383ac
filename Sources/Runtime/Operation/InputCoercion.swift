import GraphQLSchema

/// Input coercion of JSON values (spec sections 3.5 to 3.12): what a variable's value must be for its type, and what it becomes.
///
/// What is accepted, and the messages, are those of the reference implementations.
struct InputCoercion {
    /// One thing that is wrong with a value.
    struct Problem {
        let message: String
        /// From the variable to the wrong part: `.name[0]`.
        let path: String
        /// The wrong part as JSON.
        let value: String
    }

    let schema: Schema
    private(set) var problems: [Problem] = []
    private var path: [GraphQLError.PathElement] = []

    init(schema: Schema) {
        self.schema = schema
    }

    /// The value in the spelling of `LiteralCoercion.coerce`. Use it only when there are no `problems`.
    mutating func coerce(_ value: JSONValue, to type: TypeReference) -> ConstantValue {
        if value.isNull {
            if type.isNonNull { note("Expected non-nullable type \"\(schema.name(of: type))\" not to be null.", value) }
            return .null
        }
        if let element = type.element {
            guard value.kind == .array else { return .list([coerce(value, to: element)]) }
            var items: [ConstantValue] = []
            for (position, item) in value.elements.enumerated() {
                path.append(.index(position))
                items.append(coerce(item, to: element))
                path.removeLast()
            }
            return .list(items)
        }
        let definition = schema[type.named]
        switch definition.kind {
        case .scalar: return coerce(value, toScalar: definition)
        case .enum: return coerce(value, toEnum: definition)
        case .inputObject: return coerce(value, toInputObject: definition)
        case .object, .interface, .union:
            note("Expected type \"\(definition.name)\".", value)
            return .null
        }
    }

    // MARK: Scalars and enums

    private mutating func coerce(_ value: JSONValue, toScalar type: TypeDefinition) -> ConstantValue {
        guard type.isBuiltIn else { return ConstantValue(value) }
        switch type.name {
        case "Int":
            guard value.kind == .number, let number = value.double, number.isFinite, number == number.rounded() else {
                note("Int cannot represent non-integer value: \(value.inspected)", value)
                return .null
            }
            guard let integer = Int32(exactly: number) else {
                note("Int cannot represent non 32-bit signed integer value: \(value.inspected)", value)
                return .null
            }
            return .int(String(integer))
        case "Float":
            if value.kind == .number, let number = value.double, number.isFinite { return .float(number.description) }
            note("Float cannot represent non numeric value: \(value.inspected)", value)
        case "String":
            if let text = value.string { return .string(text) }
            note("String cannot represent a non string value: \(value.inspected)", value)
        case "Boolean":
            if let flag = value.boolean { return .boolean(flag) }
            note("Boolean cannot represent a non boolean value: \(value.inspected)", value)
        case "ID":
            if let text = value.string { return .string(text) }
            if value.kind == .number {
                let text = NumberText.canonical(value.rawBytes)
                if NumberText.isInteger(text[...]) { return .string(String(decoding: text, as: UTF8.self)) }
            }
            note("ID cannot represent value: \(value.inspected)", value)
        default: return ConstantValue(value)
        }
        return .null
    }

    private mutating func coerce(_ value: JSONValue, toEnum type: TypeDefinition) -> ConstantValue {
        guard let name = value.string else {
            note("Enum \"\(type.name)\" cannot represent non-string value: \(value.inspected).", value)
            return .null
        }
        if type.value(named: name) == nil {
            let suggestion = DidYouMean.sentence(for: name, among: type.values.map(\.name), prefix: "the enum value")
            note("Value \"\(name)\" does not exist in \"\(type.name)\" enum.\(suggestion)", value)
        }
        return .enumeration(name)
    }

    // MARK: Input objects

    private mutating func coerce(_ value: JSONValue, toInputObject type: TypeDefinition) -> ConstantValue {
        guard value.kind == .object else {
            note("Expected type \"\(type.name)\" to be an object.", value)
            return .null
        }
        var given: [String: JSONValue] = [:]
        for member in value.members { given[member.key] = member.value }
        var fields: [ConstantValue.Field] = []
        for field in type.inputFields {
            if let member = given[field.name] {
                path.append(.key(field.name))
                fields.append(.init(name: field.name, value: coerce(member, to: field.type)))
                path.removeLast()
            } else if let constant = field.defaultValue {
                if let constant = LiteralCoercion.coerce(constant, to: field.type, schema: schema) {
                    fields.append(.init(name: field.name, value: constant))
                }
            } else if field.type.isNonNull {
                note("Field \"\(field.name)\" of required type \"\(schema.name(of: field.type))\" was not provided.", value)
            }
        }
        for member in value.members where type.inputField(named: member.key) == nil {
            let suggestion = DidYouMean.sentence(for: member.key, among: type.inputFields.map(\.name))
            note("Field \"\(member.key)\" is not defined by type \"\(type.name)\".\(suggestion)", value)
        }
        if type.isOneOf { checkOneOf(type, given, value) }
        return .object(fields)
    }

    /// Spec section 3.10.1: exactly one field, and that not null.
    private mutating func checkOneOf(_ type: TypeDefinition, _ given: [String: JSONValue], _ value: JSONValue) {
        let known = type.inputFields.filter { given[$0.name] != nil }
        guard known.count == 1, let field = known.first, let member = given[field.name] else {
            return note("Exactly one key must be specified for OneOf type \"\(type.name)\".", value)
        }
        if member.isNull {
            path.append(.key(field.name))
            note("Field \"\(field.name)\" must be non-null.", member)
            path.removeLast()
        }
    }

    private mutating func note(_ message: String, _ value: JSONValue) {
        if problems.count > VariableCoercion.maximumErrors { return }
        let place = path.map { element in
            switch element {
            case .key(let name): ".\(name)"
            case .index(let index): "[\(index)]"
            }
        }
        problems.append(Problem(message: message, path: place.joined(), value: value.inspected))
    }
}

extension JSONValue {
    /// The value's own text, for messages.
    fileprivate var inspected: String { String(decoding: rawBytes, as: UTF8.self) }
}

extension ConstantValue {
    /// A JSON value as it is: what custom scalars take.
    fileprivate init(_ value: JSONValue) {
        switch value.kind {
        case .null: self = .null
        case .boolean: self = .boolean(value.boolean == true)
        case .number:
            let text = value.numberText ?? "0"
            self = NumberText.isInteger(value.rawBytes) ? .int(text) : .float(text)
        case .string: self = .string(value.string ?? "")
        case .array: self = .list(value.elements.map { ConstantValue($0) })
        case .object: self = .object(value.members.map { Field(name: $0.key, value: ConstantValue($0.value)) })
        }
    }
}
