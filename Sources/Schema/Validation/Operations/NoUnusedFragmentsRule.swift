import SDLParser

/// "For each fragment defined in the document: it must be the target of at least one spread" (spec section 5.5.1.4): one that an
/// operation reaches.
enum NoUnusedFragmentsRule {
    static let code = DiagnosticCode(3017)

    static func check(_ document: OperationDocument, _ report: inout OperationReport) {
        if document.fragments.isEmpty { return }
        var used: Set<String> = []
        var waiting = document.operationSpreads
        while let spreads = waiting.popLast() {
            for spread in spreads {
                guard let fragment = spread.fragment, used.insert(document.fragments[fragment].name).inserted else { continue }
                waiting.append(document.fragmentSpreads[fragment])
            }
        }
        for fragment in document.fragments where !used.contains(fragment.name) {
            report.add(code, "Fragment \"\(fragment.name)\" is never used.", at: fragment.span)
        }
    }
}
