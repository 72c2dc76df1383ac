import SDLParser

/// "It is not legal to ... provide more than one type for an operation": root operation types are given once (spec section 3.3).
enum UniqueOperationTypes {
    static let code = DiagnosticCode(1003)

    static func check(_ assembled: AssembledSchema, _ report: inout [Diagnostic]) {
        var first: [OperationType: SyntaxNode] = [:]
        for root in assembled.rootTypes {
            if let known = first[root.operation] {
                report.append(
                    Diagnostic(
                        code: code, "There can be only one \(root.operation.keyword) type in schema.", at: root.syntax,
                        notes: [("It is first given here.", known)]))
            } else {
                first[root.operation] = root.syntax
            }
        }
    }
}
