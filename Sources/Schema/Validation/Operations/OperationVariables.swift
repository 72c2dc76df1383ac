import SDLParser

/// The variables of an operation: what it defines, and what it uses, fragments included.
struct OperationVariables {
    let operation: OperationDefinitionSyntax
    /// As in graphql-js, the last of several definitions of one name counts.
    let definitions: [String: VariableDefinitionSyntax]
    let usages: [VariableUsage]

    init(of index: Int, _ document: OperationDocument, _ walk: DocumentWalk) {
        operation = document.operations[index]
        definitions = Dictionary(operation.variableDefinitions.map { ($0.name, $0) }, uniquingKeysWith: { _, later in later })
        usages = document.fragments(spreadBy: index).reduce(into: walk.operationUsages[index]) { $0 += walk.fragmentUsages[$1] }
    }
}
