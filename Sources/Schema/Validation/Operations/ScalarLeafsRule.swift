import SDLParser

/// "If selectionType is a scalar or enum, the subselection set of that selection must be empty; if it is an interface, union, or
/// object, it must not be empty" (spec section 5.3.3).
enum ScalarLeafsRule {
    static let code = DiagnosticCode(3013)

    static func check(_ field: FieldSyntax, of type: TypeReference, _ document: OperationDocument, _ report: inout OperationReport) {
        let isLeaf = document.schema[type.named].isLeaf
        if isLeaf, let set = field.selectionSet {
            report.add(
                code,
                "Field \"\(field.name)\" must not have a selection since type \"\(document.schema.name(of: type))\" has no subfields.",
                at: set.span)
        } else if !isLeaf, field.selectionSet == nil {
            report.add(
                code,
                "Field \"\(field.name)\" of type \"\(document.schema.name(of: type))\" must have a selection of subfields. "
                    + "Did you mean \"\(field.name) { ... }\"?",
                at: field.span)
        }
    }
}
