import SDLParser

/// A value that a field is given, and what is expected of it.
public struct ArgumentPosition: Sendable {
    public let value: ValueSyntax
    public let type: TypeReference
}

extension OperationValidator {
    /// The arguments that the fields of a document are given, in its order. The document has passed validation.
    public static func argumentPositions(in document: SyntaxTree, of schema: Schema) -> [ArgumentPosition] {
        let document = OperationDocument(document, schema)
        var positions: [ArgumentPosition] = []
        for operation in document.operations {
            collect(operation.selectionSet, of: schema.rootType(for: operation.operation), document, &positions)
        }
        for fragment in document.fragments {
            collect(fragment.selectionSet, of: document.compositeType(fragment.typeCondition), document, &positions)
        }
        return positions
    }

    /// Recurses as deep as the parser let the document nest.
    private static func collect(
        _ set: SelectionSetSyntax?, of parent: TypeID?, _ document: OperationDocument, _ positions: inout [ArgumentPosition]
    ) {
        guard let set, let parent else { return }
        for selection in set.selections {
            switch selection {
            case .field(let field):
                guard let definition = document.field(named: field.name, of: parent) else { continue }
                for argument in field.arguments {
                    guard let expected = definition.arguments.first(where: { $0.name == argument.name }) else { continue }
                    positions.append(ArgumentPosition(value: argument.value, type: expected.type))
                }
                collect(field.selectionSet, of: definition.type.named, document, &positions)
            case .inlineFragment(let fragment):
                let type = fragment.typeCondition.map { document.compositeType($0) } ?? parent
                collect(fragment.selectionSet, of: type, document, &positions)
            case .fragmentSpread: continue
            }
        }
    }
}
