import SDLParser

/// "If operations is a set of more than 1, anonymous must be empty" (spec section 5.2.3.1).
enum LoneAnonymousOperationRule {
    static let code = DiagnosticCode(3003)

    static func check(_ document: OperationDocument, _ report: inout OperationReport) {
        guard document.operations.count > 1 else { return }
        for operation in document.operations where operation.name.isEmpty {
            report.add(code, "This anonymous operation must be the only defined operation.", at: operation.span)
        }
    }
}
