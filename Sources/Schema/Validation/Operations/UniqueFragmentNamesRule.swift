import SDLParser

/// "For each fragment definition: its name must be unique in the document" (spec section 5.5.1.1).
enum UniqueFragmentNamesRule {
    static let code = DiagnosticCode(3015)

    static func check(_ document: OperationDocument, _ report: inout OperationReport) {
        var known: [String: SourceSpan] = [:]
        for fragment in document.fragments {
            if let first = known[fragment.name] {
                report.add(
                    code, "There can be only one fragment named \"\(fragment.name)\".", at: first, and: [fragment.nameSpan],
                    note: "\"\(fragment.name)\" is defined again here.")
            } else {
                known[fragment.name] = fragment.nameSpan
            }
        }
    }
}
