import SDLParser

/// The literals that a scalar takes (spec sections 3.5.1 to 3.5.6).
enum ScalarLiteral {
    case int, float, string, boolean, id, custom

    init(_ definition: TypeDefinition) {
        guard definition.isBuiltIn else {
            self = .custom
            return
        }
        switch definition.name {
        case "Int": self = .int
        case "Float": self = .float
        case "String": self = .string
        case "Boolean": self = .boolean
        case "ID": self = .id
        default: self = .custom
        }
    }

    /// The value of a literal that the scalar takes; nil for others.
    func coerce(_ value: ConstantValue) -> ConstantValue? {
        switch (self, value) {
        case (.custom, _): value
        case (.int, .int(let text)): Int32(text) == nil ? nil : value
        case (.float, .int(let text)), (.float, .float(let text)): (Double(text)?.isFinite ?? false) ? .float(text) : nil
        case (.string, .string), (.boolean, .boolean), (.id, .string): value
        case (.id, .int(let text)): .string(text)
        case (.int, _), (.float, _), (.string, _), (.boolean, _), (.id, _): nil
        }
    }

    /// What graphql-js says of a literal that the scalar does not take.
    func refusal(of value: ValueSyntax) -> String {
        let text = Printer.print(value)
        switch self {
        case .int:
            if case .int = value.content { return "Int cannot represent non 32-bit signed integer value: \(text)" }
            return "Int cannot represent non-integer value: \(text)"
        case .float: return "Float cannot represent non numeric value: \(text)"
        case .string: return "String cannot represent a non string value: \(text)"
        case .boolean: return "Boolean cannot represent a non boolean value: \(text)"
        case .id: return "ID cannot represent a non-string and non-integer value: \(text)"
        case .custom: return "Expected a value, found \(text)."
        }
    }
}
