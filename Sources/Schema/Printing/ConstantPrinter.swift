import SDLParser

extension ConstantValue {
    /// The constant as a GraphQL literal.
    public var sdl: String {
        switch self {
        case .null: "null"
        case .int(let text), .float(let text), .enumeration(let text): text
        case .string(let text): StringLiteral.quoted(text)
        case .boolean(let value): value ? "true" : "false"
        case .list(let items): "[" + items.map(\.sdl).joined(separator: ", ") + "]"
        case .object(let fields): "{" + fields.map { "\($0.name): \($0.value.sdl)" }.joined(separator: ", ") + "}"
        }
    }
}
