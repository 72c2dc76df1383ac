import SDLParser

/// The variables of an operation: what it defines, and what it uses, through fragments too.
struct OperationVariables {
    struct Variable {
        let syntax: VariableDefinitionSyntax
        let name: String
        /// Nil where clients see no such type.
        let type: TypeReference?
    }

    let operation: OperationDefinitionSyntax
    let definitions: [Variable]
    /// What the operation uses itself, then what each fragment that it reaches uses.
    let usages: [[VariableUsage]]
    private let definitionsByName: [String: Variable]

    init(of index: Int, _ document: OperationDocument, _ walk: DocumentWalk) {
        operation = document.operations[index]
        definitions = operation.variableDefinitions.map { Variable(syntax: $0, name: $0.name, type: document.type($0.type)) }
        // As in graphql-js, the last of several definitions of one name counts.
        definitionsByName = Dictionary(definitions.map { ($0.name, $0) }, uniquingKeysWith: { _, later in later })
        usages = [walk.operationUsages[index]] + document.fragments(spreadBy: index).map { walk.fragmentUsages[$0] }
    }

    func definition(of usage: VariableUsage) -> Variable? { definitionsByName[usage.name] }
}
