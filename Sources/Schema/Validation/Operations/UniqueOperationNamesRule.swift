import SDLParser

/// "For each operation definition: if it has a name, that name must be unique in the document" (spec section 5.2.2.1).
enum UniqueOperationNamesRule {
    static let code = DiagnosticCode(3002)

    static func check(_ document: OperationDocument, _ report: inout OperationReport) {
        var known: [String: SourceSpan] = [:]
        for operation in document.operations where !operation.name.isEmpty {
            if let first = known[operation.name] {
                report.add(
                    code, "There can be only one operation named \"\(operation.name)\".", at: first, and: [operation.nameSpan],
                    note: "\"\(operation.name)\" is defined again here.")
            } else {
                known[operation.name] = operation.nameSpan
            }
        }
    }
}
