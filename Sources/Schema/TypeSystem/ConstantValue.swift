import SDLParser

/// A constant in SDL. Numbers keep their text, so that no digit is lost.
public indirect enum ConstantValue: Sendable, Hashable {
    case null
    case int(String)
    case float(String)
    case string(String)
    case boolean(Bool)
    case enumeration(String)
    case list([ConstantValue])
    case object([Field])

    /// A field of an input object literal.
    public struct Field: Sendable, Hashable {
        public let name: String
        public let value: ConstantValue
        public init(name: String, value: ConstantValue) {
            self.name = name
            self.value = value
        }
    }

    /// The constant that a literal writes; nil where it holds a variable.
    public init?(_ syntax: ValueSyntax) {
        switch syntax.content {
        case .variable: return nil
        case .int(let text): self = .int(text)
        case .float(let text): self = .float(text)
        case .string(let text): self = .string(text)
        case .boolean(let value): self = .boolean(value)
        case .null: self = .null
        case .enumeration(let name): self = .enumeration(name)
        case .list(let items):
            var values: [ConstantValue] = []
            values.reserveCapacity(items.count)
            for item in items {
                guard let value = ConstantValue(item) else { return nil }
                values.append(value)
            }
            self = .list(values)
        case .object(let members):
            var fields: [Field] = []
            fields.reserveCapacity(members.count)
            for member in members {
                guard let value = ConstantValue(member.value) else { return nil }
                fields.append(Field(name: member.name, value: value))
            }
            self = .object(fields)
        }
    }

    /// The text of a string constant; nil for any other.
    public var stringValue: String? {
        if case .string(let text) = self { text } else { nil }
    }
}
