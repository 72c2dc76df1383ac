import SDLParser

/// "For each input object value: there must not be more than one Input Object Field with the same name" (spec section 5.6.3).
enum UniqueInputFieldNamesRule {
    static let code = DiagnosticCode(3031)

    static func check(_ fields: [ObjectFieldSyntax], _ report: inout OperationReport) {
        for group in fields.repeated(by: \.name) {
            for field in group.dropFirst() {
                report.add(
                    code, "There can be only one input field named \"\(field.name)\".", at: group[0].nameSpan, and: [field.nameSpan],
                    note: "\"\(field.name)\" is given again here.")
            }
        }
    }
}
