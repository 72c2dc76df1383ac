import SDLParser

/// "For each argument: no other argument in its argument set has its name" (spec section 5.4.2).
enum UniqueArgumentNamesRule {
    static let code = DiagnosticCode(3027)

    static func check(_ arguments: [ArgumentSyntax], _ report: inout OperationReport) {
        for group in arguments.repeated(by: \.name) {
            report.add(
                code, "There can be only one argument named \"\(group[0].name)\".", at: group[0].nameSpan,
                and: group.dropFirst().map(\.nameSpan), note: "\"\(group[0].name)\" is given again here.")
        }
    }
}
