import SDLParser

/// "Let groupedFieldSet be the result of CollectSubscriptionFields; it must have exactly one entry, which must not be an
/// introspection field" (spec section 5.2.4.1). Directives that could leave the field out are forbidden on the way to it.
enum SingleFieldSubscriptionsRule {
    static let severalFields = DiagnosticCode(3005)
    static let introspection = DiagnosticCode(3006)
    static let conditions = DiagnosticCode(3007)

    static func check(_ document: OperationDocument, _ report: inout OperationReport) {
        guard let root = document.schema.subscriptionType else { return }
        var collector = SubscriptionFields(document: document, root: root)
        for operation in document.operations where operation.operation == .subscription && !report.isFull {
            collector.collect(operation)
            check(operation, collector, &report)
        }
    }

    private static func check(
        _ operation: OperationDefinitionSyntax, _ fields: SubscriptionFields, _ report: inout OperationReport
    ) {
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
}

/// CollectSubscriptionFields (spec section 5.2.4.1): the root fields of subscriptions, through all fragments that apply to the root type.
private struct SubscriptionFields {
    /// What a fragment or operation selects itself at its top, inline fragments opened.
    private enum Part {
        case field(FieldSyntax, key: String)
        case spread(Int)
        /// `@skip` or `@include`.
        case condition(SourceSpan)
    }

    let document: OperationDocument
    let root: TypeID
    /// By response name, in the order of the selections.
    private(set) var groups: [[FieldSyntax]] = []
    private(set) var conditions: [SourceSpan] = []
    /// Fragments that were opened, for whichever operation.
    private var fragments: [Int: [Part]] = [:]

    init(document: OperationDocument, root: TypeID) {
        self.document = document
        self.root = root
    }

    /// Takes the fields of an operation in the place of those before.
    mutating func collect(_ operation: OperationDefinitionSyntax) {
        groups = []
        conditions = []
        var positions: [String: Int] = [:]
        var visited = [Bool](repeating: false, count: document.fragments.count)
        // A stack of its own, what is next at its end: chains of fragments may be as long as the document.
        var waiting = Array(parts(of: operation.selectionSet).reversed())
        while let part = waiting.popLast() {
            switch part {
            case .field(let field, let key):
                if let position = positions[key] {
                    groups[position].append(field)
                } else {
                    positions[key] = groups.count
                    groups.append([field])
                }
            case .spread(let index):
                if visited[index] { continue }
                visited[index] = true
                waiting.append(contentsOf: parts(ofFragment: index).reversed())
            case .condition(let place): conditions.append(place)
            }
        }
    }

    private mutating func parts(ofFragment index: Int) -> [Part] {
        if let known = fragments[index] { return known }
        let fragment = document.fragments[index]
        let parts = applies(fragment.typeCondition) ? parts(of: fragment.selectionSet) : []
        fragments[index] = parts
        return parts
    }

    private func parts(of set: SelectionSetSyntax?) -> [Part] {
        var parts: [Part] = []
        collect(set, &parts)
        return parts
    }

    private func collect(_ set: SelectionSetSyntax?, _ parts: inout [Part]) {
        for selection in set?.selections ?? [] {
            switch selection {
            case .field(let field):
                parts += conditions(field.directives)
                parts.append(.field(field, key: field.responseKey))
            case .inlineFragment(let fragment):
                parts += conditions(fragment.directives)
                if applies(fragment.typeCondition) { collect(fragment.selectionSet, &parts) }
            case .fragmentSpread(let spread):
                parts += conditions(spread.directives)
                if let index = document.fragment(named: spread.name) { parts.append(.spread(index)) }
            }
        }
    }

    private func conditions(_ directives: [DirectiveSyntax]) -> [Part] {
        directives.filter { $0.name == "skip" || $0.name == "include" }.map { .condition($0.span) }
    }

    private func applies(_ condition: TypeReferenceSyntax?) -> Bool {
        guard let condition else { return true }
        guard let type = document.compositeType(condition) else { return false }
        return document.schema.isPossibleType(root, of: type)
    }
}
