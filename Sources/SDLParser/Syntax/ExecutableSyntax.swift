/// The three kinds of operation (spec section 2.3).
public enum OperationType: UInt8, Sendable, CaseIterable {
    case query, mutation, subscription

    /// The keyword, as the grammar spells it.
    public var keyword: String {
        switch self {
        case .query: "query"
        case .mutation: "mutation"
        case .subscription: "subscription"
        }
    }
}

/// An operation: its type, variables, directives and selections.
public struct OperationDefinitionSyntax: SyntaxView {
    public let node: SyntaxNode
    public init(node: SyntaxNode) { self.node = node }
    public var operation: OperationType { OperationType(rawValue: node.raw.flags & SyntaxTree.Flag.operationMask) ?? .query }
    /// Whether it is the `{ ... }` shorthand for a query.
    public var isShorthand: Bool { node.raw.flags & SyntaxTree.Flag.shorthand != 0 }
    public var description: StringValueSyntax? { node.descriptionValue }
    public var variableDefinitions: [VariableDefinitionSyntax] { views(.variableDefinition) }
    public var directives: [DirectiveSyntax] { views(.directive) }
    public var selectionSet: SelectionSetSyntax? { view(.selectionSet) }
}

/// `$name: Type = default @directives`; `name` is without the dollar sign.
public struct VariableDefinitionSyntax: SyntaxView {
    public let node: SyntaxNode
    public init(node: SyntaxNode) { self.node = node }
    public var description: StringValueSyntax? { node.descriptionValue }
    public var type: TypeReferenceSyntax { node.typeReference }
    public var defaultValue: ValueSyntax? { node.defaultValue }
    public var directives: [DirectiveSyntax] { views(.directive) }
}

/// `{ selections }`.
public struct SelectionSetSyntax: SyntaxView {
    public let node: SyntaxNode
    public init(node: SyntaxNode) { self.node = node }

    public var selections: [SelectionSyntax] {
        node.children.compactMap { child in
            switch child.kind {
            case .field: .field(FieldSyntax(node: child))
            case .fragmentSpread: .fragmentSpread(FragmentSpreadSyntax(node: child))
            case .inlineFragment: .inlineFragment(InlineFragmentSyntax(node: child))
            default: nil
            }
        }
    }
}

/// One member of a selection set.
public enum SelectionSyntax: Sendable {
    case field(FieldSyntax)
    case fragmentSpread(FragmentSpreadSyntax)
    case inlineFragment(InlineFragmentSyntax)
}

/// `alias: name(arguments) @directives { ... }`.
public struct FieldSyntax: SyntaxView {
    public let node: SyntaxNode
    public init(node: SyntaxNode) { self.node = node }
    public var alias: String? { node.child(.alias)?.name }
    /// The key in the response: the alias, else the name (spec section 2.8).
    public var responseKey: String { alias ?? name }
    public var arguments: [ArgumentSyntax] { views(.argument) }
    public var directives: [DirectiveSyntax] { views(.directive) }
    public var selectionSet: SelectionSetSyntax? { view(.selectionSet) }
}

/// `...Name @directives`.
public struct FragmentSpreadSyntax: SyntaxView {
    public let node: SyntaxNode
    public init(node: SyntaxNode) { self.node = node }
    public var directives: [DirectiveSyntax] { views(.directive) }
}

/// `... on Type @directives { ... }`; the type condition may be absent.
public struct InlineFragmentSyntax: SyntaxView {
    public let node: SyntaxNode
    public init(node: SyntaxNode) { self.node = node }
    public var typeCondition: TypeReferenceSyntax? { node.child(.typeCondition)?.typeReference }
    public var directives: [DirectiveSyntax] { views(.directive) }
    public var selectionSet: SelectionSetSyntax? { view(.selectionSet) }
}

/// `fragment Name on Type @directives { ... }`.
public struct FragmentDefinitionSyntax: SyntaxView {
    public let node: SyntaxNode
    public init(node: SyntaxNode) { self.node = node }
    public var description: StringValueSyntax? { node.descriptionValue }
    public var typeCondition: TypeReferenceSyntax { (node.child(.typeCondition) ?? node).typeReference }
    public var directives: [DirectiveSyntax] { views(.directive) }
    public var selectionSet: SelectionSetSyntax? { view(.selectionSet) }
}

extension SyntaxNode {
    var descriptionValue: StringValueSyntax? {
        child(.description)?.child(.stringValue).map { StringValueSyntax(node: $0) }
    }

    var typeReference: TypeReferenceSyntax {
        TypeReferenceSyntax(node: children.first { TypeReferenceSyntax.isType($0.kind) } ?? self)
    }

    var defaultValue: ValueSyntax? {
        child(.defaultValue)?.children.first { ValueSyntax.isValue($0.kind) }.map { ValueSyntax(node: $0) }
    }
}
