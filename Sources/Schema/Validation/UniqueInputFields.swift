import SDLParser

/// "There must not be more than one Input Object Field with the same name" in a value (spec section 5.6.3), be it of a default or of an
/// argument of a directive, and whatever its type is.
enum UniqueInputFields {
    static let code = DiagnosticCode(1037)

    /// The parser's limit of depth bounds the recursion.
    static func check(_ value: ValueSyntax, _ report: inout [Diagnostic]) {
        switch value.node.kind {
        case .listValue:
            guard case .list(let items) = value.content else { return }
            for item in items { check(item, &report) }
        case .objectValue:
            guard case .object(let fields) = value.content else { return }
            for group in fields.repeated(by: \.name) {
                for field in group.dropFirst() {
                    report.append(
                        Diagnostic(
                            code: code, "There can be only one input field named \"\(field.name)\".", at: field.node,
                            notes: [("\"\(field.name)\" is first given here.", group[0].node)]))
                }
            }
            for field in fields { check(field.value, &report) }
        default: return
        }
    }
}
