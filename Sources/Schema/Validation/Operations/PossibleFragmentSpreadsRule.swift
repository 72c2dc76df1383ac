import SDLParser

/// "The intersection of the possible types of fragmentType and of parentType must not be empty" (spec section 5.5.2.3).
enum PossibleFragmentSpreadsRule {
    static let code = DiagnosticCode(3018)

    static func check(
        _ spread: FragmentSpreadSyntax, of fragment: FragmentDefinitionSyntax, in parent: TypeID?, _ document: OperationDocument,
        _ report: inout OperationReport
    ) {
        check(
            "Fragment \"\(spread.name)\"", at: spread.span, on: document.compositeType(fragment.typeCondition), in: parent, document,
            &report)
    }

    static func check(
        _ fragment: InlineFragmentSyntax, on type: TypeID?, in parent: TypeID?, _ document: OperationDocument,
        _ report: inout OperationReport
    ) {
        check("Fragment", at: fragment.span, on: type, in: parent, document, &report)
    }

    private static func check(
        _ subject: String, at place: SourceSpan, on type: TypeID?, in parent: TypeID?, _ document: OperationDocument,
        _ report: inout OperationReport
    ) {
        guard let type, let parent, !document.schema.overlap(type, parent) else { return }
        report.add(
            code,
            "\(subject) cannot be spread here as objects of type \"\(document.schema[parent].name)\" can never be of type "
                + "\"\(document.schema[type].name)\".",
            at: place)
    }
}

extension Schema {
    /// Whether a value of one composite type can be a value of another.
    fileprivate func overlap(_ left: TypeID, _ right: TypeID) -> Bool {
        if left == right { return true }
        if self[left].isAbstract, self[right].isAbstract {
            return !self[left].possibleTypeSet.isDisjoint(with: self[right].possibleTypeSet)
        }
        return isPossibleType(left, of: right) || isPossibleType(right, of: left)
    }
}
