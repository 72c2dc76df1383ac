import GraphQLSchema
import SDLParser

/// Reads the documents of clients. Those of one shape are validated once, whatever numbers and strings are in their arguments.
final class DocumentCache: Sendable {
    private struct Key: Hashable, Sendable {
        /// A text that is kept as it is, or a shape; the one is never the other.
        let bytes: [UInt8]

        func hash(into hasher: inout Hasher) {
            bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    private let schema: Schema
    private let limits: OperationLimits
    private let weights: CostWeights
    private let documents: PlanCache<Key, OperationDocument>

    /// `budget` is how many bytes the documents may take that are kept.
    init(schema: Schema, limits: OperationLimits, weights: CostWeights, budget: Int) {
        self.schema = schema
        self.limits = limits
        self.weights = weights
        documents = PlanCache(budget: budget)
    }

    /// About how many bytes the documents take that are kept.
    var size: Int { documents.cost }

    /// A document whose syntax is right.
    struct Parsed {
        let tree: SyntaxTree
        /// What is known of its text.
        fileprivate let known: OperationDocument?
    }

    /// Throws where a document is too large to be looked at.
    func checkSize(of query: String) throws(GraphQLErrors) {
        let size = query.utf8.count
        guard size <= limits.bytes else {
            throw GraphQLErrors(GraphQLError("The document has \(size) bytes, more than the limit of \(limits.bytes)."))
        }
    }

    func parse(_ query: String) throws(GraphQLErrors) -> Parsed {
        try checkSize(of: query)
        let source = Source(name: "operation", text: query)
        if let known = documents.value(for: Key(bytes: source.bytes)), let tree = known.tree { return Parsed(tree: tree, known: known) }
        let result = Parser.parse(source, limits: Parser.Limits(tokens: limits.tokens, depth: limits.depth))
        if let errors = GraphQLErrors(result.diagnostics.map { GraphQLError($0) }) { throw errors }
        return Parsed(tree: result.tree, known: nil)
    }

    /// Throws what validation has against a document: the same for each text, whatever others of its shape came before.
    func validate(_ parsed: Parsed) throws(GraphQLErrors) -> OperationText {
        let tree = parsed.tree
        if let known = parsed.known { return OperationText(document: known, tree: tree, shape: DocumentShape(whole: tree)) }
        var shape = DocumentShape(of: tree)
        if !shape.literals.isEmpty, let known = documents.value(for: Key(bytes: shape.bytes)) {
            if known.accepts(tree, schema) { return OperationText(document: known, tree: tree, shape: shape) }
            // What is refused is told of as if it had come first. What is not has other literals equal, and stays for itself.
            shape = DocumentShape(whole: tree)
        }
        if let errors = GraphQLErrors(OperationValidator.validate(tree, against: schema).map { GraphQLError($0) }) { throw errors }
        let document = OperationDocument(tree, shape, of: schema, weights)
        let kept = documents.keep(document, cost: document.size, for: Key(bytes: shape.bytes))
        // Another thread may have been faster with a text of the same shape.
        return OperationText(document: kept.accepts(tree, schema) ? kept : document, tree: tree, shape: shape)
    }

    /// Throws where an operation of a valid document asks for more than it may.
    func check(_ operation: OperationDefinitionSyntax, of text: OperationText) throws(GraphQLErrors) {
        try text.document.extent(of: operation.node.id).check(limits, at: operation.node)
    }
}

extension GraphQLError {
    /// A mistake in the operation, with the other places that it speaks of.
    init(_ diagnostic: Diagnostic) {
        let notes = diagnostic.notes.filter { $0.source === diagnostic.source }
        self.init(
            diagnostic.message,
            locations: ([diagnostic.span] + notes.map(\.span)).map { diagnostic.source.location(at: $0.start) })
    }
}
