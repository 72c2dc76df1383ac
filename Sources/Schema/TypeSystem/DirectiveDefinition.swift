import SDLParser

/// `directive @name(arguments) repeatable on LOCATIONS` (spec section 3.13).
public struct DirectiveDefinition: Sendable {
    public let name: String
    public let arguments: [InputValueDefinition]
    public let isRepeatable: Bool
    /// The names of the grammar, such as `FIELD_DEFINITION`.
    public let locations: [String]
    /// Specified by GraphQL or by subsgen: not part of the user's document.
    public let isBuiltIn: Bool
    public let syntax: SyntaxNode?
    private let ownDescription: String?

    /// A definition; `description` is needed only where there is no `syntax` to read it from.
    public init(
        name: String, description: String? = nil, arguments: [InputValueDefinition], isRepeatable: Bool, locations: [String],
        isBuiltIn: Bool, syntax: SyntaxNode? = nil
    ) {
        self.name = name
        ownDescription = description
        self.arguments = arguments
        self.isRepeatable = isRepeatable
        self.locations = locations
        self.isBuiltIn = isBuiltIn
        self.syntax = syntax
    }

    /// The description, decoded from the document at each call.
    public var description: String? {
        ownDescription ?? syntax.flatMap { DirectiveDefinitionSyntax(node: $0).description?.value }
    }

    public func argument(named name: String) -> InputValueDefinition? { arguments.first { $0.name == name } }
}

/// A directive where it stands, with the arguments that were written; defaults are not filled in.
public struct AppliedDirective: Sendable {
    public let name: String
    public let arguments: [(name: String, value: ConstantValue)]
    public let syntax: SyntaxNode

    public init(name: String, arguments: [(name: String, value: ConstantValue)], syntax: SyntaxNode) {
        self.name = name
        self.arguments = arguments
        self.syntax = syntax
    }

    /// The directive of a node of that kind.
    init(_ node: SyntaxNode) {
        let arguments = DirectiveSyntax(node: node).arguments.compactMap { argument in
            ConstantValue(argument.value).map { (name: argument.name, value: $0) }
        }
        self.init(name: node.name, arguments: arguments, syntax: node)
    }

    /// The value of an argument as written; nil where it is left out.
    public func argument(_ name: String) -> ConstantValue? { arguments.first { $0.name == name }?.value }
}

extension Sequence<AppliedDirective> {
    /// The first application of a directive.
    public func first(named name: String) -> AppliedDirective? { first { $0.name == name } }

    /// The reason of `@deprecated`; its default where none is written (spec section 3.13.3).
    var deprecationReason: String? {
        first(named: "deprecated").map { $0.argument("reason")?.stringValue ?? "No longer supported" }
    }
}
