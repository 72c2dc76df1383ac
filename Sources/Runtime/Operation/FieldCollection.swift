import GraphQLSchema
import SDLParser

/// CollectFields (spec section 6.3.2): what selection sets ask of an object of one type, fragments opened, equal response keys
/// together.
struct FieldCollection {
    /// The selections under one response key, in the order of the document.
    struct Group {
        let responseKey: String
        let first: FieldSyntax
        var selections: [FieldSyntax]
    }

    let schema: Schema
    let fragments: [String: FragmentDefinitionSyntax]
    let variables: CoercedVariables
    let limits: OperationLimits

    /// The groups in the order in which their keys first stand in the document.
    func groups(in selectionSets: [SelectionSetSyntax], on type: TypeID) throws(GraphQLErrors) -> [Group] {
        var pass = Pass(collection: self, type: type)
        for selectionSet in selectionSets { try pass.collect(selectionSet, depth: 0) }
        return pass.groups
    }

    private struct Pass {
        let collection: FieldCollection
        let type: TypeID
        var groups: [Group] = []
        var positions: [String: Int] = [:]
        var visited: Set<String> = []

        init(collection: FieldCollection, type: TypeID) {
            self.collection = collection
            self.type = type
        }

        /// `depth` counts the fragments around; a chain of thousands would exhaust the stack.
        mutating func collect(_ selectionSet: SelectionSetSyntax, depth: Int) throws(GraphQLErrors) {
            if depth > collection.limits.depth { throw .tooDeep(collection.limits, at: selectionSet.node) }
            for selection in selectionSet.selections {
                switch selection {
                case .field(let field):
                    guard try collection.variables.includes(field.directives) else { continue }
                    let key = field.responseKey
                    if let position = positions[key] {
                        groups[position].selections.append(field)
                    } else {
                        positions[key] = groups.count
                        groups.append(Group(responseKey: key, first: field, selections: [field]))
                    }
                case .inlineFragment(let fragment):
                    guard try collection.variables.includes(fragment.directives), applies(fragment.typeCondition),
                        let inner = fragment.selectionSet
                    else { continue }
                    try collect(inner, depth: depth + 1)
                case .fragmentSpread(let spread):
                    guard try collection.variables.includes(spread.directives), visited.insert(spread.name).inserted,
                        let fragment = collection.fragments[spread.name], applies(fragment.typeCondition),
                        let inner = fragment.selectionSet
                    else { continue }
                    try collect(inner, depth: depth + 1)
                }
            }
        }

        /// DoesFragmentTypeApply (spec section 6.3.2).
        private func applies(_ condition: TypeReferenceSyntax?) -> Bool {
            guard let condition else { return true }
            guard let id = collection.schema.typeID(named: condition.name) else { return false }
            return collection.schema.isPossibleType(type, of: id)
        }
    }
}

extension GraphQLErrors {
    static func tooDeep(_ limits: OperationLimits, at node: SyntaxNode) -> GraphQLErrors {
        GraphQLErrors(GraphQLError("The operation nests deeper than the limit of \(limits.depth).", at: node))
    }
}
