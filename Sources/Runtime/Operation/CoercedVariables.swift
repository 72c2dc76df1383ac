import GraphQLSchema
import SDLParser

/// The variables of one request, coerced (spec section 6.1.2). One that is absent and has no default is not among them.
struct CoercedVariables: Sendable {
    var values: [String: ConstantValue] = [:]

    /// Whether `@skip` and `@include` let a selection through (spec sections 3.13.1 and 3.13.2).
    func includes(_ directives: [DirectiveSyntax]) throws(GraphQLErrors) -> Bool {
        for directive in directives {
            switch directive.name {
            case "skip": if try condition(of: directive) { return false }
            case "include": if try !condition(of: directive) { return false }
            default: continue
            }
        }
        return true
    }

    private func condition(of directive: DirectiveSyntax) throws(GraphQLErrors) -> Bool {
        guard let argument = directive.argument("if") else {
            throw GraphQLErrors(GraphQLError("Argument \"if\" of required type \"Boolean!\" was not provided.", at: directive.node))
        }
        switch argument.value.content {
        case .boolean(let value): return value
        case .variable(let name):
            switch values[name] {
            case .boolean(let value)?: return value
            case nil:
                throw GraphQLErrors(
                    GraphQLError(
                        "Argument \"if\" of required type \"Boolean!\" was provided the variable \"$\(name)\" which was not provided a "
                            + "runtime value.", at: argument.value.node))
            default: break
            }
        default: break
        }
        throw GraphQLErrors(GraphQLError("Argument \"if\" of non-null type \"Boolean!\" must not be null.", at: argument.value.node))
    }
}

extension GraphQLError {
    /// An error at the start of a part of the operation.
    init(_ message: String, at node: SyntaxNode) {
        self.init(message, locations: [node.source.location(at: node.span.start)])
    }
}
