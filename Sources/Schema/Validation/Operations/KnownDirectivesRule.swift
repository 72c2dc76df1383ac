import SDLParser

/// "For every directive in a document: it must be defined, and its definition must allow its location" (spec sections 5.7.1, 5.7.2).
enum KnownDirectivesRule {
    static let unknown = DiagnosticCode(3023)
    static let misplaced = DiagnosticCode(3024)

    /// Reports a directive that clients do not know.
    static func refuse(_ directive: DirectiveSyntax, _ report: inout OperationReport) {
        report.add(unknown, "Unknown directive \"@\(directive.name)\".", at: directive.span)
    }

    static func check(
        _ directive: DirectiveSyntax, _ definition: DirectiveDefinition, on location: ExecutableDirectiveLocation,
        _ report: inout OperationReport
    ) {
        guard !definition.locations.contains(location.rawValue) else { return }
        report.add(misplaced, "Directive \"@\(directive.name)\" may not be used on \(location.rawValue).", at: directive.span)
    }
}
