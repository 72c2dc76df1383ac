import GraphQLSchema
import SDLParser
import Synchronization

/// What is known of a document that passed validation, and of all others of its shape.
///
/// Parts of it are named by the `id` of their nodes, which are the same in the tree of each text of the shape.
final class OperationDocument: Sendable {
    /// A value that a text of the shape has literals in, and what is expected of it.
    private struct Expected: Sendable {
        let value: Int
        let type: TypeReference
    }

    private static let lastID = Atomic<UInt64>(0)

    /// Names it for as long as the process lives, so that what is kept of it need not hold it.
    let id: UInt64
    /// The bytes of the shape.
    let shape: [UInt8]
    /// The tree, where the document has no literals to tell its texts apart.
    let tree: SyntaxTree?
    let operations: OperationNames
    /// The variables that `@skip` and `@include` read anywhere in the document, in alphabetical order.
    let conditionVariables: [String]
    /// The variables in arguments of payload fields, in alphabetical order: what functions supply depends on them. Those in arguments
    /// of the root's fields are not among them, though a field deeper down may read the same.
    let payloadVariables: [String]
    /// The literals in arguments of payload fields, by their nodes.
    let payloadLiterals: [Int]
    /// How much each operation asks for, by its node.
    private let extents: [Int: OperationExtent.Size]
    private let expected: [Expected]
    /// The literals in fields that may have to be merged with others, which takes equal arguments (spec section 5.3.2).
    private let mergedLiterals: [Int]
    /// For each of those, the first of them that is equal to it.
    private let equalities: [Int]

    /// `shape` has no literals where the document is to be kept as it is.
    init(_ tree: SyntaxTree, _ shape: DocumentShape, of schema: Schema, _ weights: CostWeights) {
        id = Self.lastID.add(1, ordering: .relaxed).newValue
        self.shape = shape.bytes
        self.tree = shape.literals.isEmpty ? tree : nil
        operations = OperationNames(tree)
        extents = OperationExtent(tree).sizes(tree.document.operations, weights, schema)
        let reading = DocumentReading(tree, root: schema.subscriptionType.map { schema[$0].name })
        conditionVariables = reading.conditionVariables.sorted()
        payloadVariables = reading.payloadVariables.sorted()
        guard !shape.literals.isEmpty else {
            payloadLiterals = []
            expected = []
            mergedLiterals = []
            equalities = []
            return
        }
        payloadLiterals = reading.payloadLiterals.sorted()
        expected = OperationValidator.argumentPositions(in: tree, of: schema).map { Expected(value: $0.value.node.id, type: $0.type) }
        mergedLiterals = reading.mergedLiterals
        equalities = Self.equalities(of: mergedLiterals, in: tree)
    }

    /// Whether validation has nothing against a text of the shape: no rule but two looks at numbers and strings in arguments.
    func accepts(_ tree: SyntaxTree, _ schema: Schema) -> Bool {
        expected.allSatisfy { expected in
            LiteralCoercion.problems(in: ValueSyntax(node: tree.node(expected.value)), as: expected.type, schema: schema).isEmpty
        } && (mergedLiterals.isEmpty || Self.equalities(of: mergedLiterals, in: tree) == equalities)
    }

    /// How much an operation of the document asks for.
    func extent(of operation: Int) -> OperationExtent.Size { extents[operation] ?? .boundless }

    /// About how many bytes it takes in memory.
    var size: Int {
        let names = 2 * operations.count + conditionVariables.count + payloadVariables.count
        return 800 + (tree?.size ?? shape.capacity) + names * 48 + expected.count * MemoryLayout<Expected>.stride
            + (payloadLiterals.count + 2 * mergedLiterals.count) * 8
    }

    private static func equalities(of literals: [Int], in tree: SyntaxTree) -> [Int] {
        var first: [String: Int] = [:]
        return literals.map { literal in
            let text = Printer.print(ValueSyntax(node: tree.node(literal)))
            if let known = first[text] { return known }
            first[text] = literal
            return literal
        }
    }
}

/// The operations of a document by name.
struct OperationNames: Sendable {
    private let operations: [(name: String, node: Int)]

    init(_ tree: SyntaxTree) {
        operations = tree.document.operations.map { ($0.name, $0.node.id) }
    }

    var count: Int { operations.count }

    /// GetOperation (spec section 6.1): the node of the operation of a name, or of the only one. An empty name is none.
    func node(named name: String?) throws(GraphQLErrors) -> Int {
        if let name, !name.isEmpty {
            if let operation = operations.first(where: { $0.name == name }) { return operation.node }
            throw GraphQLErrors(GraphQLError("Unknown operation named \"\(name)\"."))
        }
        guard let operation = operations.first else { throw GraphQLErrors(GraphQLError("Must provide an operation.")) }
        if operations.count == 1 { return operation.node }
        throw GraphQLErrors(GraphQLError("Must provide operation name if query contains multiple operations."))
    }
}

/// A document as a client wrote it.
struct OperationText: Sendable {
    let document: OperationDocument
    let tree: SyntaxTree
    let shape: DocumentShape

    /// Where its parts are.
    var layout: DocumentLayout { DocumentLayout(shape: document.shape, extents: shape.extents) }
}

extension DocumentSyntax {
    /// The fragments as spreads mean them.
    var fragmentsByName: [String: FragmentDefinitionSyntax] {
        Dictionary(fragments.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
