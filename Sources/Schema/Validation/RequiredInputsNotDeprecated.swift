import SDLParser

/// "The @deprecated directive must not appear on required (non-null without a default) arguments or input object field
/// definitions" (spec section 3.13.3).
enum RequiredInputsNotDeprecated {
    static let code = DiagnosticCode(1020)

    static func check(_ input: InputValueDefinition, _ owner: InputOwner, _ report: inout [Diagnostic]) {
        guard !input.appliedDirectives.isEmpty, input.isRequired,
            let deprecated = input.appliedDirectives.first(named: "deprecated")
        else { return }
        let what =
            switch owner {
            case .argument, .directiveArgument: "argument"
            case .inputField: "input field"
            }
        report.append(
            Diagnostic(
                code: code, "Required \(what) \(owner.coordinate(of: input)) cannot be deprecated.", at: deprecated.syntax,
                hint: "Make it nullable or give it a default value first."))
    }
}
