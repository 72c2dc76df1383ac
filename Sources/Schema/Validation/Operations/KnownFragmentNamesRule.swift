import SDLParser

/// "For each named spread: the target of namedSpread must be defined in the document" (spec section 5.5.2.1).
enum KnownFragmentNamesRule {
    static let code = DiagnosticCode(3016)

    /// Reports a spread of a fragment that does not exist.
    static func refuse(_ spread: FragmentSpreadSyntax, _ report: inout OperationReport) {
        report.add(code, "Unknown fragment \"\(spread.name)\".", at: spread.nameSpan)
    }
}
