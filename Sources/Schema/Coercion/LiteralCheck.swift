import SDLParser

/// Walks a literal beside the type that is expected of it, and notes where they part.
struct LiteralCheck {
    let schema: Schema
    private(set) var problems: [LiteralCoercion.Problem] = []
    /// Fields of input objects that are given again: operations and schemas have rules of their own for them.
    private(set) var repeatedFields: [LiteralCoercion.Problem] = []

    init(schema: Schema) {
        self.schema = schema
    }

    mutating func check(_ value: ValueSyntax, as type: TypeReference) {
        check(value, as: type, at: type)
    }

    /// `position` is the type that messages name: where a single value stands for a list, that of the list.
    private mutating func check(_ value: ValueSyntax, as type: TypeReference, at position: TypeReference) {
        switch value.content {
        case .variable: return
        case .null:
            if type.isNonNull { note("Expected value of type \"\(schema.name(of: type))\", found null.", value.node) }
            return
        case .list(let items):
            if let element = type.element {
                for item in items { check(item, as: element) }
                return
            }
            // Where no list is expected, graphql-js names the type without its exclamation mark.
            if type.isNonNull { return check(value, as: type.nullable, at: type.nullable) }
        case .int, .float, .string, .boolean, .enumeration, .object: break
        }
        if let element = type.element { return check(value, as: element, at: position) }

        let definition = schema[type.named]
        switch definition.kind {
        case .scalar:
            let scalar = ScalarLiteral(definition)
            if scalar == .custom { return }
            guard ConstantValue(value).flatMap(scalar.coerce) == nil else { return }
            note(scalar.refusal(of: value), value.node)
        case .enum: check(value, asEnum: definition)
        case .inputObject: check(value, asInputObject: definition, position)
        case .object, .interface, .union:
            note("Expected value of type \"\(schema.name(of: position))\", found \(text(value)).", value.node)
        }
    }

    private mutating func check(_ value: ValueSyntax, asEnum type: TypeDefinition) {
        guard case .enumeration(let name) = value.content else {
            let written = text(value)
            let sentence = DidYouMean.sentence(for: written, among: type.values.map(\.name), prefix: "the enum value")
            return note("Enum \"\(type.name)\" cannot represent non-enum value: \(written).\(sentence)", value.node)
        }
        if type.value(named: name) == nil {
            let sentence = DidYouMean.sentence(for: name, among: type.values.map(\.name), prefix: "the enum value")
            note("Value \"\(name)\" does not exist in \"\(type.name)\" enum.\(sentence)", value.node)
        }
    }

    private mutating func check(_ value: ValueSyntax, asInputObject type: TypeDefinition, _ reference: TypeReference) {
        guard case .object(let fields) = value.content else {
            return note("Expected value of type \"\(schema.name(of: reference))\", found \(text(value)).", value.node)
        }
        var given: Set<String> = []
        for field in fields {
            if !given.insert(field.name).inserted {
                repeatedFields.append(
                    .init(message: "There can be only one input field named \"\(field.name)\".", node: field.node))
            }
            if let expected = type.inputField(named: field.name) {
                check(field.value, as: expected.type)
            } else {
                let sentence = DidYouMean.sentence(for: field.name, among: type.inputFields.map(\.name))
                note("Field \"\(field.name)\" is not defined by type \"\(type.name)\".\(sentence)", field.node)
            }
        }
        for field in type.inputFields where field.isRequired && !given.contains(field.name) {
            note(
                "Field \"\(type.name).\(field.name)\" of required type \"\(schema.name(of: field.type))\" was not provided.",
                value.node)
        }
        guard type.isOneOf else { return }
        if given.count != 1 {
            note("OneOf Input Object \"\(type.name)\" must specify exactly one key.", value.node)
        } else if let field = fields.first, case .null = field.value.content {
            note("Field \"\(type.name).\(field.name)\" must be non-null.", value.node)
        }
    }

    private func text(_ value: ValueSyntax) -> String { Printer.print(value) }

    private mutating func note(_ message: String, _ node: SyntaxNode) {
        problems.append(LiteralCoercion.Problem(message: message, node: node))
    }
}
