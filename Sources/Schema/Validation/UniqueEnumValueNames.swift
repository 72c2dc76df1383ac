import SDLParser

/// "An Enum type must define one or more unique enum values" (spec section 3.9).
enum UniqueEnumValueNames {
    static let code = DiagnosticCode(1008)

    static func check(_ type: TypeDefinition, _ report: inout [Diagnostic]) {
        var first: [String: SyntaxNode] = [:]
        first.reserveCapacity(type.values.count)
        for value in type.values {
            guard let node = value.syntax else { continue }
            if let known = first[value.name] {
                report.append(
                    Diagnostic(
                        code: code, "Enum value \"\(type.name).\(value.name)\" can only be defined once.", at: node,
                        notes: [("\"\(type.name).\(value.name)\" is first defined here.", known)]))
            } else {
                first[value.name] = node
            }
        }
    }
}
