import SDLParser

/// What can be said of an operation without knowing its schema: what it asks of the root, and how much.
struct OperationExtent {
    private let fragments: [String: FragmentDefinitionSyntax]

    init(_ tree: SyntaxTree) {
        fragments = tree.document.fragmentsByName
    }

    /// Whether a query asks about the schema alone: `__schema`, `__type` and `__typename` are all that it selects of the root.
    func isIntrospection(_ operation: OperationDefinitionSyntax) -> Bool {
        guard let root = operation.selectionSet else { return true }
        var waiting = [root]
        var opened: Set<String> = []
        while let selectionSet = waiting.popLast() {
            for selection in selectionSet.selections {
                switch selection {
                case .field(let field):
                    switch field.name {
                    case "__schema", "__type", "__typename": continue
                    default: return false
                    }
                case .inlineFragment(let fragment): waiting.append(contentsOf: fragment.selectionSet.map { [$0] } ?? [])
                case .fragmentSpread(let spread):
                    // One that is not there is a mistake that validation finds.
                    guard opened.insert(spread.name).inserted, let inner = fragments[spread.name]?.selectionSet else { continue }
                    waiting.append(inner)
                }
            }
        }
        return true
    }

    /// Throws where the operation selects more fields, or nests deeper, than it may: fragments count at each place where they are
    /// spread. One that spreads itself is refused too.
    func check(_ operation: OperationDefinitionSyntax, _ limits: OperationLimits) throws(GraphQLErrors) {
        guard let root = operation.selectionSet else { return }
        var measuring = Measuring(fragments: fragments, limits: limits)
        _ = try measuring.size(of: root, depth: 1)
    }

    private struct Measuring {
        struct Size {
            var fields = 0
            var height = 0
        }

        let fragments: [String: FragmentDefinitionSyntax]
        let limits: OperationLimits
        /// Of the fragments that have been measured.
        var sizes: [String: Size] = [:]
        /// The fragments around.
        var open: Set<String> = []

        mutating func size(of selectionSet: SelectionSetSyntax, depth: Int) throws(GraphQLErrors) -> Size {
            if depth > limits.depth { throw .tooDeep(limits, at: selectionSet.node) }
            var size = Size()
            for selection in selectionSet.selections {
                var inner = Size()
                switch selection {
                case .field(let field):
                    if let selections = field.selectionSet { inner = try self.size(of: selections, depth: depth + 1) }
                    inner.fields += 1
                case .inlineFragment(let fragment):
                    if let selections = fragment.selectionSet { inner = try self.size(of: selections, depth: depth + 1) }
                case .fragmentSpread(let spread): inner = try self.size(of: spread, depth: depth)
                }
                size.fields += inner.fields
                size.height = max(size.height, inner.height + 1)
                if size.fields > limits.fields {
                    throw GraphQLErrors(
                        GraphQLError("The operation selects more fields than the limit of \(limits.fields).", at: selectionSet.node))
                }
                // The selections of this set are as deep as it is; those of a fragment that was measured elsewhere may be too deep here.
                if depth + size.height - 1 > limits.depth { throw .tooDeep(limits, at: selectionSet.node) }
            }
            return size
        }

        private mutating func size(of spread: FragmentSpreadSyntax, depth: Int) throws(GraphQLErrors) -> Size {
            if let known = sizes[spread.name] { return known }
            guard let selections = fragments[spread.name]?.selectionSet else { return Size() }
            guard open.insert(spread.name).inserted else {
                throw GraphQLErrors(GraphQLError("Cannot spread fragment \"\(spread.name)\" within itself.", at: spread.node))
            }
            let size = try size(of: selections, depth: depth + 1)
            open.remove(spread.name)
            sizes[spread.name] = size
            return size
        }
    }
}
