import GraphQLSchema
import SDLParser

/// A document of operations; the compiler keeps those that passed validation.
final class OperationDocument: Sendable {
    let tree: SyntaxTree
    let operations: [OperationDefinitionSyntax]
    let fragments: [String: FragmentDefinitionSyntax]
    /// The variables that `@skip` and `@include` read anywhere in the document, in alphabetical order.
    let conditionVariables: [String]
    /// The variables in arguments of payload fields, in alphabetical order: what functions supply depends on them. Those in arguments
    /// of the root's fields are not among them, though a field deeper down may read the same.
    let payloadVariables: [String]

    var source: Source { tree.source }

    /// `root` is the name of the subscription root type.
    init(_ tree: SyntaxTree, root: String?) {
        self.tree = tree
        operations = tree.document.operations
        fragments = Dictionary(tree.document.fragments.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var variables: Set<String> = []
        for selectionSet in operations.compactMap(\.selectionSet) + fragments.values.compactMap(\.selectionSet) {
            Self.findConditions(in: selectionSet, &variables)
        }
        conditionVariables = variables.sorted()
        var payload: Set<String> = []
        for selectionSet in operations.compactMap(\.selectionSet) { Self.findArguments(in: selectionSet, isRoot: true, &payload) }
        for fragment in fragments.values {
            guard let selectionSet = fragment.selectionSet else { continue }
            Self.findArguments(in: selectionSet, isRoot: fragment.typeCondition.name == root, &payload)
        }
        payloadVariables = payload.sorted()
    }

    /// GetOperation (spec section 6.1): the place of the operation of a name, or of the only one. An empty name is none.
    func operation(named name: String?) throws(GraphQLErrors) -> Int {
        if let name, !name.isEmpty {
            if let position = operations.firstIndex(where: { $0.name == name }) { return position }
            throw GraphQLErrors(GraphQLError("Unknown operation named \"\(name)\"."))
        }
        switch operations.count {
        case 1: return 0
        case 0: throw GraphQLErrors(GraphQLError("Must provide an operation."))
        default: throw GraphQLErrors(GraphQLError("Must provide operation name if query contains multiple operations."))
        }
    }

    private static func findConditions(in selectionSet: SelectionSetSyntax, _ variables: inout Set<String>) {
        for selection in selectionSet.selections {
            let directives: [DirectiveSyntax]
            let inner: SelectionSetSyntax?
            switch selection {
            case .field(let field): (directives, inner) = (field.directives, field.selectionSet)
            case .inlineFragment(let fragment): (directives, inner) = (fragment.directives, fragment.selectionSet)
            case .fragmentSpread(let spread): (directives, inner) = (spread.directives, nil)
            }
            for directive in directives where directive.name == "skip" || directive.name == "include" {
                if case .variable(let name)? = directive.argument("if")?.value.content { variables.insert(name) }
            }
            if let inner { findConditions(in: inner, &variables) }
        }
    }

    private static func findArguments(in selectionSet: SelectionSetSyntax, isRoot: Bool, _ variables: inout Set<String>) {
        for selection in selectionSet.selections {
            switch selection {
            case .field(let field):
                if !isRoot { for argument in field.arguments { findVariables(in: argument.value, &variables) } }
                if let inner = field.selectionSet { findArguments(in: inner, isRoot: false, &variables) }
            case .inlineFragment(let fragment):
                if let inner = fragment.selectionSet { findArguments(in: inner, isRoot: isRoot, &variables) }
            case .fragmentSpread: continue
            }
        }
    }

    private static func findVariables(in value: ValueSyntax, _ variables: inout Set<String>) {
        switch value.content {
        case .variable(let name): variables.insert(name)
        case .list(let items): for item in items { findVariables(in: item, &variables) }
        case .object(let fields): for field in fields { findVariables(in: field.value, &variables) }
        case .int, .float, .string, .boolean, .null, .enumeration: break
        }
    }
}
