/// A value literal or variable (spec section 2.9).
public struct ValueSyntax: SyntaxView {
    public let node: SyntaxNode
    public init(node: SyntaxNode) { self.node = node }

    /// What a value is, with its parts. Numbers stay text: their range is the type's business, not the grammar's.
    public enum Content: Sendable {
        case variable(String)
        case int(String)
        case float(String)
        case string(String)
        case boolean(Bool)
        case null
        case enumeration(String)
        case list([ValueSyntax])
        case object([ObjectFieldSyntax])
    }

    /// The value; `null` for a node that is no value, which the parser never makes.
    public var content: Content {
        switch node.kind {
        case .variable: .variable(node.name)
        case .intValue: .int(source.text(span))
        case .floatValue: .float(source.text(span))
        case .stringValue: .string(StringValueSyntax(node: node).value)
        case .booleanValue: .boolean(node.raw.flags & SyntaxTree.Flag.isTrue != 0)
        case .enumValue: .enumeration(node.name)
        case .listValue: .list(node.children.map { ValueSyntax(node: $0) })
        case .objectValue: .object(node.children.map { ObjectFieldSyntax(node: $0) })
        default: .null
        }
    }

    static func isValue(_ kind: SyntaxKind) -> Bool {
        switch kind {
        case .variable, .intValue, .floatValue, .stringValue, .booleanValue, .nullValue, .enumValue, .listValue, .objectValue: true
        default: false
        }
    }
}

/// `name: value` inside an input object literal.
public struct ObjectFieldSyntax: SyntaxView {
    public let node: SyntaxNode
    public init(node: SyntaxNode) { self.node = node }
    public var value: ValueSyntax { ValueSyntax(node: node.children.first { ValueSyntax.isValue($0.kind) } ?? node) }
}

/// A string or block string literal; also what a description is.
public struct StringValueSyntax: SyntaxView {
    public let node: SyntaxNode
    public init(node: SyntaxNode) { self.node = node }
    public var isBlock: Bool { node.raw.flags & SyntaxTree.Flag.block != 0 }
    /// The string's value: escapes replaced, block indentation removed (spec section 2.9.4).
    public var value: String {
        StringValue.decode(source.bytes, span: span, isBlock: isBlock, hasEscapes: node.raw.flags & SyntaxTree.Flag.escaped != 0)
    }
}

/// `name: value` in the arguments of a field or directive.
public struct ArgumentSyntax: SyntaxView {
    public let node: SyntaxNode
    public init(node: SyntaxNode) { self.node = node }
    public var value: ValueSyntax { ValueSyntax(node: node.children.first { ValueSyntax.isValue($0.kind) } ?? node) }
}

/// `@name(arguments)` where a directive is applied.
public struct DirectiveSyntax: SyntaxView {
    public let node: SyntaxNode
    public init(node: SyntaxNode) { self.node = node }
    public var arguments: [ArgumentSyntax] { views(.argument) }
    public func argument(_ name: String) -> ArgumentSyntax? { arguments.first { $0.name == name } }
}

/// A reference to a type: named, `[list]` or `nonNull!` (spec section 2.11).
public struct TypeReferenceSyntax: SyntaxView {
    public let node: SyntaxNode
    public init(node: SyntaxNode) { self.node = node }

    public enum Content: Sendable {
        case named(String)
        case list(TypeReferenceSyntax)
        case nonNull(TypeReferenceSyntax)
    }

    public var content: Content {
        switch node.kind {
        case .listType: .list(inner)
        case .nonNullType: .nonNull(inner)
        default: .named(node.name)
        }
    }

    /// The innermost named type's node.
    public var named: TypeReferenceSyntax {
        var type = self
        while type.node.kind != .namedType { type = type.inner }
        return type
    }

    private var inner: TypeReferenceSyntax { TypeReferenceSyntax(node: node.children.first { _ in true } ?? node) }

    static func isType(_ kind: SyntaxKind) -> Bool {
        kind == .namedType || kind == .listType || kind == .nonNullType
    }
}
