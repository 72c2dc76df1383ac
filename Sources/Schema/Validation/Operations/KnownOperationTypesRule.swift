import SDLParser

/// "Let rootOperationType be the root operation type in schema for operationType; rootOperationType must not be null"
/// (spec section 5.2.1.1).
enum KnownOperationTypesRule {
    static let code = DiagnosticCode(3004)

    static func check(_ document: OperationDocument, _ report: inout OperationReport) {
        for operation in document.operations where document.schema.rootType(for: operation.operation) == nil {
            report.add(code, "The \(operation.operation.keyword) operation is not supported by the schema.", at: operation.span)
        }
    }
}
