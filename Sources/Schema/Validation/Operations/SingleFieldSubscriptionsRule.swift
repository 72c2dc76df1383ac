import SDLParser

/// "Let groupedFieldSet be the result of CollectSubscriptionFields; it must have exactly one entry, which must not be an
/// introspection field" (spec section 5.2.4.1). Directives that could leave the field out are forbidden on the way to it.
enum SingleFieldSubscriptionsRule {
    static let severalFields = DiagnosticCode(3005)
    static let introspection = DiagnosticCode(3006)
    static let conditions = DiagnosticCode(3007)

    static func check(_ operation: OperationDefinitionSyntax, _ document: OperationDocument, _ report: inout OperationReport) {
        guard operation.operation == .subscription, let root = document.schema.subscriptionType, let set = operation.selectionSet,
            !report.isFull
        else { return }
        var fields = RootFields(document: document, root: root)
        fields.collect(set)

        let subject = operation.name.isEmpty ? "Anonymous Subscription" : "Subscription \"\(operation.name)\""
        if let first = fields.conditions.first {
            return report.add(
                conditions, "\(subject) must not use `@skip` or `@include` directives in the top level selection.", at: first,
                and: Array(fields.conditions.dropFirst()), note: "So is this one.")
        }
        let extra = fields.groups.dropFirst().flatMap { $0 }
        if let first = extra.first {
            report.add(
                severalFields, "\(subject) must select only one top level field.", at: first.span,
                and: extra.dropFirst().map(\.span), note: "This is one more.")
        }
        for group in fields.groups {
            guard let first = group.first, first.name.hasPrefix("__") else { continue }
            report.add(
                introspection, "\(subject) must not select an introspection top level field.", at: first.span,
                and: group.dropFirst().map(\.span), note: "It is selected again here.")
        }
    }

    /// CollectSubscriptionFields: the root fields by response name, through all fragments that apply to the root type.
    private struct RootFields {
        let document: OperationDocument
        let root: TypeID
        private(set) var groups: [[FieldSyntax]] = []
        private(set) var conditions: [SourceSpan] = []
        private var positions: [String: Int] = [:]

        init(document: OperationDocument, root: TypeID) {
            self.document = document
            self.root = root
        }

        mutating func collect(_ set: SelectionSetSyntax) {
            var visited: Set<Int> = []
            // A stack of its own, what is next at its end: chains of fragments may be as long as the document.
            var waiting = Array(set.selections.reversed())
            while let selection = waiting.popLast() {
                switch selection {
                case .field(let field):
                    note(field.directives)
                    add(field)
                case .inlineFragment(let fragment):
                    note(fragment.directives)
                    guard applies(fragment.typeCondition), let inner = fragment.selectionSet else { continue }
                    waiting.append(contentsOf: inner.selections.reversed())
                case .fragmentSpread(let spread):
                    note(spread.directives)
                    guard let index = document.fragment(named: spread.name), visited.insert(index).inserted else { continue }
                    let fragment = document.fragments[index]
                    guard applies(fragment.typeCondition), let inner = fragment.selectionSet else { continue }
                    waiting.append(contentsOf: inner.selections.reversed())
                }
            }
        }

        private mutating func add(_ field: FieldSyntax) {
            if let position = positions[field.responseKey] {
                groups[position].append(field)
            } else {
                positions[field.responseKey] = groups.count
                groups.append([field])
            }
        }

        private mutating func note(_ directives: [DirectiveSyntax]) {
            for directive in directives where directive.name == "skip" || directive.name == "include" {
                conditions.append(directive.span)
            }
        }

        private func applies(_ condition: TypeReferenceSyntax?) -> Bool {
            guard let condition else { return true }
            guard let type = document.compositeType(condition) else { return false }
            return document.schema.isPossibleType(root, of: type)
        }
    }
}
