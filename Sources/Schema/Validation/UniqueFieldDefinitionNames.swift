import SDLParser

/// "The field must have a unique name within that Object type; no two fields may share the same name" (spec section 3.6; 3.7
/// for interfaces, 3.10 for input objects).
enum UniqueFieldDefinitionNames {
    static let code = DiagnosticCode(1006)

    static func check(_ type: TypeDefinition, _ report: inout [Diagnostic]) {
        // The index by name has been built anyway: it is shorter than the list exactly when a name is in that twice.
        if type.fieldIndex.count != type.fields.count {
            check(type, type.fields.map { ($0.name, $0.syntax) }, index: type.fieldIndex, &report)
        }
        if type.inputFieldIndex.count != type.inputFields.count {
            check(type, type.inputFields.map { ($0.name, $0.syntax) }, index: type.inputFieldIndex, &report)
        }
    }

    private static func check(
        _ type: TypeDefinition, _ fields: [(name: String, syntax: SyntaxNode?)], index: [String: Int], _ report: inout [Diagnostic]
    ) {
        for (position, field) in fields.enumerated() {
            guard let first = index[field.name], first != position, let node = field.syntax, let known = fields[first].syntax
            else { continue }
            report.append(
                Diagnostic(
                    code: code, "Field \"\(type.name).\(field.name)\" can only be defined once.", at: node,
                    notes: [("\"\(type.name).\(field.name)\" is first defined here.", known)]))
        }
    }
}
