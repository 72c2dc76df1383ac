import SDLParser

/// "An Object type must define one or more fields" (spec section 3.6), and so for the members of every kind of type but scalars.
enum NonEmptyTypes {
    static let code = DiagnosticCode(1017)

    static func check(_ type: TypeDefinition, _ report: inout [Diagnostic]) {
        let message: String
        switch type.kind {
        case .scalar: return
        case .object, .interface:
            if !type.fields.isEmpty { return }
            message = "Type \(type.name) must define one or more fields."
        case .union:
            if !type.members.isEmpty { return }
            message = "Union type \(type.name) must define one or more member types."
        case .enum:
            if !type.values.isEmpty { return }
            message = "Enum type \(type.name) must define one or more values."
        case .inputObject:
            if !type.inputFields.isEmpty { return }
            message = "Input Object type \(type.name) must define one or more fields."
        }
        guard let node = type.syntax else { return }
        report.append(Diagnostic(code: code, message, at: node))
    }
}
