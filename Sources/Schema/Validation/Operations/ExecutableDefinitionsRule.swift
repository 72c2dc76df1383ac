import SDLParser

/// "For each definition in the document: definition must be ExecutableDefinition" (spec section 5.1.1).
enum ExecutableDefinitionsRule {
    static let code = DiagnosticCode(3001)

    static func check(_ document: OperationDocument, _ report: inout OperationReport) {
        for definition in document.others {
            switch definition {
            case .operation, .fragment: break
            case .schema(let schema): report.add(code, "The schema definition is not executable.", at: schema.span)
            case .type(let type): report.add(code, "The \"\(type.name)\" definition is not executable.", at: type.span)
            case .directive(let directive):
                report.add(code, "The \"\(directive.name)\" definition is not executable.", at: directive.span)
            }
        }
    }
}
