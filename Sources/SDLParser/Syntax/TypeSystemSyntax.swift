/// A whole document: its definitions in source order.
public struct DocumentSyntax: SyntaxView {
    public let node: SyntaxNode
    public init(node: SyntaxNode) { self.node = node }

    public var definitions: [DefinitionSyntax] { node.children.compactMap { DefinitionSyntax($0) } }
    public var operations: [OperationDefinitionSyntax] { views(.operationDefinition) }
    public var fragments: [FragmentDefinitionSyntax] { views(.fragmentDefinition) }
}

/// Any top-level definition or extension.
public enum DefinitionSyntax: Sendable {
    case operation(OperationDefinitionSyntax)
    case fragment(FragmentDefinitionSyntax)
    /// `schema { ... }`, or `extend schema` where the node's kind is `schemaExtension`.
    case schema(SchemaDefinitionSyntax)
    /// A type definition, or an extension of one: see `TypeDefinitionSyntax.isExtension`.
    case type(TypeDefinitionSyntax)
    case directive(DirectiveDefinitionSyntax)

    init?(_ node: SyntaxNode) {
        switch node.kind {
        case .operationDefinition: self = .operation(OperationDefinitionSyntax(node: node))
        case .fragmentDefinition: self = .fragment(FragmentDefinitionSyntax(node: node))
        case .schemaDefinition, .schemaExtension: self = .schema(SchemaDefinitionSyntax(node: node))
        case .directiveDefinition: self = .directive(DirectiveDefinitionSyntax(node: node))
        case .scalarTypeDefinition, .objectTypeDefinition, .interfaceTypeDefinition, .unionTypeDefinition, .enumTypeDefinition,
            .inputObjectTypeDefinition, .scalarTypeExtension, .objectTypeExtension, .interfaceTypeExtension,
            .unionTypeExtension, .enumTypeExtension, .inputObjectTypeExtension:
            self = .type(TypeDefinitionSyntax(node: node))
        default: return nil
        }
    }
}

/// `schema { query: Query ... }` or its extension (spec section 3.3).
public struct SchemaDefinitionSyntax: SyntaxView {
    public let node: SyntaxNode
    public init(node: SyntaxNode) { self.node = node }
    public var isExtension: Bool { node.kind == .schemaExtension }
    public var description: StringValueSyntax? { node.descriptionValue }
    public var directives: [DirectiveSyntax] { views(.directive) }
    public var rootOperationTypes: [RootOperationTypeDefinitionSyntax] { views(.rootOperationTypeDefinition) }
}

/// `subscription: Subscription` in a schema definition.
public struct RootOperationTypeDefinitionSyntax: SyntaxView {
    public let node: SyntaxNode
    public init(node: SyntaxNode) { self.node = node }
    public var operation: OperationType { OperationType(rawValue: node.raw.flags & SyntaxTree.Flag.operationMask) ?? .query }
    public var type: TypeReferenceSyntax { node.typeReference }
}

/// A type definition or type extension of any kind (spec sections 3.5 to 3.10).
///
/// Parts that its kind does not have are empty: a scalar has no fields, an object no members.
public struct TypeDefinitionSyntax: SyntaxView {
    public let node: SyntaxNode
    public init(node: SyntaxNode) { self.node = node }

    /// The six kinds of type.
    public enum Kind: String, Sendable {
        case scalar, object, interface, union, `enum`, inputObject
    }

    public var kind: Kind {
        switch node.kind {
        case .objectTypeDefinition, .objectTypeExtension: .object
        case .interfaceTypeDefinition, .interfaceTypeExtension: .interface
        case .unionTypeDefinition, .unionTypeExtension: .union
        case .enumTypeDefinition, .enumTypeExtension: .enum
        case .inputObjectTypeDefinition, .inputObjectTypeExtension: .inputObject
        default: .scalar
        }
    }

    public var isExtension: Bool {
        switch node.kind {
        case .scalarTypeExtension, .objectTypeExtension, .interfaceTypeExtension, .unionTypeExtension, .enumTypeExtension,
            .inputObjectTypeExtension: true
        default: false
        }
    }

    public var description: StringValueSyntax? { node.descriptionValue }
    public var directives: [DirectiveSyntax] { views(.directive) }
    /// `implements A & B`: named types.
    public var interfaces: [TypeReferenceSyntax] { node.child(.implementsInterfaces)?.namedTypes ?? [] }
    /// Fields of an object or interface.
    public var fields: [FieldDefinitionSyntax] { views(.fieldDefinition) }
    /// Fields of an input object.
    public var inputFields: [InputValueDefinitionSyntax] { views(.inputValueDefinition) }
    /// Members of a union: named types.
    public var memberTypes: [TypeReferenceSyntax] { node.child(.unionMemberTypes)?.namedTypes ?? [] }
    public var values: [EnumValueDefinitionSyntax] { views(.enumValueDefinition) }
}

/// `name(arguments): Type @directives`.
public struct FieldDefinitionSyntax: SyntaxView {
    public let node: SyntaxNode
    public init(node: SyntaxNode) { self.node = node }
    public var description: StringValueSyntax? { node.descriptionValue }
    public var arguments: [InputValueDefinitionSyntax] { views(.inputValueDefinition) }
    public var type: TypeReferenceSyntax { node.typeReference }
    public var directives: [DirectiveSyntax] { views(.directive) }
}

/// `name: Type = default @directives`: an argument, or a field of an input object.
public struct InputValueDefinitionSyntax: SyntaxView {
    public let node: SyntaxNode
    public init(node: SyntaxNode) { self.node = node }
    public var description: StringValueSyntax? { node.descriptionValue }
    public var type: TypeReferenceSyntax { node.typeReference }
    public var defaultValue: ValueSyntax? { node.defaultValue }
    public var directives: [DirectiveSyntax] { views(.directive) }
}

/// A value of an enum.
public struct EnumValueDefinitionSyntax: SyntaxView {
    public let node: SyntaxNode
    public init(node: SyntaxNode) { self.node = node }
    public var description: StringValueSyntax? { node.descriptionValue }
    public var directives: [DirectiveSyntax] { views(.directive) }
}

/// `directive @name(arguments) repeatable on LOCATIONS` (spec section 3.13).
public struct DirectiveDefinitionSyntax: SyntaxView {
    public let node: SyntaxNode
    public init(node: SyntaxNode) { self.node = node }
    public var description: StringValueSyntax? { node.descriptionValue }
    public var arguments: [InputValueDefinitionSyntax] { views(.inputValueDefinition) }
    public var isRepeatable: Bool { node.raw.flags & SyntaxTree.Flag.repeatable != 0 }
    /// The locations' names, each with its place; the parser has refused those that the spec does not know.
    public var locations: [TypeReferenceSyntax] { node.child(.directiveLocations)?.namedTypes ?? [] }
}

extension SyntaxNode {
    fileprivate var namedTypes: [TypeReferenceSyntax] {
        children.lazy.filter { $0.kind == .namedType }.map { TypeReferenceSyntax(node: $0) }
    }
}
