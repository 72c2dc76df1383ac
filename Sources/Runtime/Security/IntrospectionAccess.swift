import SDLParser

/// Who may ask a server about its schema.
public enum IntrospectionAccess: String, Sendable, Hashable, CaseIterable {
    case everybody = "public"
    /// Subscribers that have claims.
    case authenticated
    case nobody = "off"

    /// What one is told who may not; nil for who may.
    func denial(of subscriber: Subscriber) -> DenialCode? {
        switch self {
        case .everybody: nil
        case .authenticated: subscriber.claims?.isAuthenticated == true ? nil : .unauthenticated
        case .nobody: .forbidden
        }
    }
}

extension SyntaxTree {
    /// The first field that asks about the schema, wherever it is: a field of another server's may return the query type again.
    var schemaQuestion: SyntaxNode? {
        var waiting = [document.node]
        while let node = waiting.popLast() {
            if node.kind == .field, node.name == "__schema" || node.name == "__type" { return node }
            waiting += node.children.reversed()
        }
        return nil
    }
}

extension GraphQLErrors {
    /// The same without the names of the schema that mistaken ones are near to.
    var withoutSuggestions: GraphQLErrors {
        let errors = errors.map { error in
            let message = error.message.split(separator: " Did you mean ", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
            return GraphQLError(String(message), locations: error.locations, path: error.path, extensions: error.extensions)
        }
        return GraphQLErrors(errors) ?? self
    }
}
