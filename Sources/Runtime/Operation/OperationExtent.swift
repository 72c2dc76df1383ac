import GraphQLSchema
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

    /// How many fields an operation selects of its root, those that introspect aside: as many as have a response key of their own, whatever
    /// `@skip` and `@include` say.
    func rootFields(of operation: OperationDefinitionSyntax) -> Int {
        var waiting = operation.selectionSet.map { [$0] } ?? []
        var opened: Set<String> = []
        var keys: Set<String> = []
        while let selectionSet = waiting.popLast() {
            for selection in selectionSet.selections {
                switch selection {
                case .field(let field): if !field.name.hasPrefix("__") { keys.insert(field.responseKey) }
                case .inlineFragment(let fragment): waiting.append(contentsOf: fragment.selectionSet.map { [$0] } ?? [])
                case .fragmentSpread(let spread):
                    guard opened.insert(spread.name).inserted, let inner = fragments[spread.name]?.selectionSet else { continue }
                    waiting.append(inner)
                }
            }
        }
        return keys.count
    }

    /// How much an operation asks for: fragments count at each place where they are spread, and all of them, though a value may have the
    /// type of one alone.
    struct Size: Sendable, Hashable {
        var fields = 0
        var aliases = 0
        /// By the weights that it was measured with; else nothing.
        var cost = 0
        /// How many selection sets are in each other.
        fileprivate var height = 0

        /// More than any limit allows.
        static let boundless = Size(fields: .max, aliases: .max, cost: .max)

        /// Throws where an operation may not be as large. How many fields the response may have is not looked at.
        func check(_ limits: OperationLimits, at operation: SyntaxNode) throws(GraphQLErrors) {
            if aliases > limits.aliases {
                throw GraphQLErrors(
                    GraphQLError("The operation has \(aliases) aliases, more than the limit of \(limits.aliases).", at: operation))
            }
            if cost > limits.cost {
                throw GraphQLErrors(GraphQLError("The operation costs \(cost), more than the limit of \(limits.cost).", at: operation))
            }
        }
    }

    /// Throws where an operation whose schema nobody knows here asks for more than it may. A fragment that spreads itself is refused too.
    func check(_ operation: OperationDefinitionSyntax, _ limits: OperationLimits) throws(GraphQLErrors) {
        let rootFields = rootFields(of: operation)
        if rootFields > limits.rootFields {
            throw GraphQLErrors(
                GraphQLError(
                    "The operation selects \(rootFields) fields of its root, more than the limit of \(limits.rootFields).",
                    at: operation.node))
        }
        guard let selections = operation.selectionSet else { return }
        var measuring = Measuring(fragments: fragments, limits: limits, costs: nil)
        try measuring.size(of: selections, on: nil, depth: 1).check(limits, at: operation.node)
    }

    /// Measures the operations of a document that is valid for a schema, by their nodes. What would not be valid is `boundless`.
    func sizes(_ operations: [OperationDefinitionSyntax], _ weights: CostWeights, _ schema: Schema) -> [Int: Size] {
        // How deep and wide a response may be, the planner says.
        var measuring = Measuring(
            fragments: fragments, limits: OperationLimits(depth: .max, fields: .max), costs: (weights, schema))
        for fragment in fragmentsInnerFirst { _ = try? measuring.size(ofFragment: fragment, depth: 1) }
        var sizes: [Int: Size] = [:]
        for operation in operations {
            guard let selections = operation.selectionSet else { continue }
            sizes[operation.node.id] =
                (try? measuring.size(of: selections, on: schema.rootType(for: operation.operation), depth: 1)) ?? .boundless
        }
        return sizes
    }

    /// The fragments, each behind those that it spreads: so measured, a chain of thousands takes no more stack than one.
    private var fragmentsInnerFirst: [FragmentDefinitionSyntax] {
        var ordered: [FragmentDefinitionSyntax] = []
        var opened: Set<String> = []
        var waiting = fragments.values.map { (fragment: $0, isOpen: false) }
        while let (fragment, isOpen) = waiting.popLast() {
            if isOpen {
                ordered.append(fragment)
            } else if opened.insert(fragment.name).inserted {
                waiting.append((fragment, true))
                for name in Self.spreads(in: fragment.selectionSet) {
                    if let inner = fragments[name] { waiting.append((inner, false)) }
                }
            }
        }
        return ordered
    }

    private static func spreads(in selectionSet: SelectionSetSyntax?) -> [String] {
        var names: [String] = []
        var waiting = selectionSet.map { [$0] } ?? []
        while let selectionSet = waiting.popLast() {
            for selection in selectionSet.selections {
                switch selection {
                case .field(let field): if let inner = field.selectionSet { waiting.append(inner) }
                case .inlineFragment(let fragment): if let inner = fragment.selectionSet { waiting.append(inner) }
                case .fragmentSpread(let spread): names.append(spread.name)
                }
            }
        }
        return names
    }

    private struct Measuring {
        let fragments: [String: FragmentDefinitionSyntax]
        let limits: OperationLimits
        /// Nil where nobody knows the schema.
        let costs: (weights: CostWeights, schema: Schema)?
        /// Of the fragments that have been measured.
        var sizes: [String: Size] = [:]
        /// The fragments around.
        var open: Set<String> = []

        init(
            fragments: [String: FragmentDefinitionSyntax], limits: OperationLimits, costs: (weights: CostWeights, schema: Schema)?
        ) {
            self.fragments = fragments
            self.limits = limits
            self.costs = costs
        }

        /// `parent` is the type of the selection set; nil where nobody knows.
        mutating func size(of selectionSet: SelectionSetSyntax, on parent: TypeID?, depth: Int) throws(GraphQLErrors) -> Size {
            if depth > limits.depth { throw .tooDeep(limits, at: selectionSet.node) }
            var size = Size()
            for selection in selectionSet.selections {
                var inner = Size()
                switch selection {
                case .field(let field): inner = try self.size(of: field, on: parent, depth: depth)
                case .inlineFragment(let fragment):
                    if let selections = fragment.selectionSet {
                        let type = fragment.typeCondition.map { self.type(named: $0.name) } ?? parent
                        inner = try self.size(of: selections, on: type, depth: depth + 1)
                    }
                case .fragmentSpread(let spread): inner = try self.size(of: spread, depth: depth)
                }
                size.add(inner)
                if size.fields > limits.fields {
                    throw GraphQLErrors(
                        GraphQLError("The operation selects more fields than the limit of \(limits.fields).", at: selectionSet.node))
                }
                // The selections of this set are as deep as it is; those of a fragment that was measured elsewhere may be too deep here.
                if depth + size.height - 1 > limits.depth { throw .tooDeep(limits, at: selectionSet.node) }
            }
            return size
        }

        private mutating func size(of field: FieldSyntax, on parent: TypeID?, depth: Int) throws(GraphQLErrors) -> Size {
            var size = Size()
            if let selections = field.selectionSet {
                let type = parent.flatMap { costs?.schema[$0].field(named: field.name)?.type.named }
                size = try self.size(of: selections, on: type, depth: depth + 1)
            }
            size.fields = size.fields.addingUpTo(1)
            if field.alias != nil { size.aliases = size.aliases.addingUpTo(1) }
            if let costs, let parent { size.cost = size.cost.addingUpTo(costs.weights.cost(of: field, on: parent)) }
            return size
        }

        private mutating func size(of spread: FragmentSpreadSyntax, depth: Int) throws(GraphQLErrors) -> Size {
            if let known = sizes[spread.name] { return known }
            guard let fragment = fragments[spread.name] else { return Size() }
            guard open.insert(spread.name).inserted else {
                throw GraphQLErrors(GraphQLError("Cannot spread fragment \"\(spread.name)\" within itself.", at: spread.node))
            }
            defer { open.remove(spread.name) }
            return try size(ofFragment: fragment, depth: depth + 1)
        }

        mutating func size(ofFragment fragment: FragmentDefinitionSyntax, depth: Int) throws(GraphQLErrors) -> Size {
            guard let selections = fragment.selectionSet else { return Size() }
            let size = try size(of: selections, on: type(named: fragment.typeCondition.name), depth: depth)
            sizes[fragment.name] = size
            return size
        }

        private func type(named name: String) -> TypeID? { costs?.schema.typeID(named: name) }
    }
}

extension OperationExtent.Size {
    /// Adds what is selected beside.
    fileprivate mutating func add(_ other: Self) {
        fields = fields.addingUpTo(other.fields)
        aliases = aliases.addingUpTo(other.aliases)
        cost = cost.addingUpTo(other.cost)
        height = max(height, other.height + 1)
    }
}
