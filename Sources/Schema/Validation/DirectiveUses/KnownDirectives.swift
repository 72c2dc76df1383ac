import SDLParser

/// "GraphQL services define what directives they support and where they support them" (spec sections 5.7.1 and 5.7.2).
enum KnownDirectives {
    static let unknown = DiagnosticCode(1030)
    static let misplaced = DiagnosticCode(1031)

    static func refuse(_ directive: AppliedDirective, _ schema: Schema, _ report: inout [Diagnostic]) {
        let sentence = DidYouMean.sentence(for: "@" + directive.name, among: schema.directives.keys.map { "@" + $0 })
        report.append(
            Diagnostic(code: unknown, "Unknown directive \"@\(directive.name)\".\(sentence)", at: directive.syntax))
    }

    static func check(
        _ directive: AppliedDirective, _ definition: DirectiveDefinition, on location: DirectiveLocation, _ report: inout [Diagnostic]
    ) {
        guard !definition.locations.contains(location.rawValue) else { return }
        report.append(
            Diagnostic(
                code: misplaced, "Directive \"@\(directive.name)\" may not be used on \(location.rawValue).", at: directive.syntax,
                notes: definition.syntax.map { [("\"@\(directive.name)\" is defined here.", $0)] } ?? [],
                hint: "It may be used on \(definition.locations.joined(separator: ", "))."))
    }
}
