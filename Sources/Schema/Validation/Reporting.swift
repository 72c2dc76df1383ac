import SDLParser

extension Diagnostic {
    /// A diagnostic that stands at a node, with notes at others.
    init(
        _ severity: Severity = .error, code: DiagnosticCode, _ message: String, at node: SyntaxNode,
        notes: [(message: String, node: SyntaxNode)] = [], hint: String? = nil
    ) {
        self.init(
            severity, code: code, message, in: node.source, at: node.place,
            notes: notes.map { Note($0.message, in: $0.node.source, at: $0.node.place) }, hint: hint)
    }
}

extension SyntaxNode {
    /// What a message points at: the name of what has one, the whole of a value or a wrapped type.
    var place: SourceSpan {
        switch kind {
        case .listType, .nonNullType, .variable, .intValue, .floatValue, .stringValue, .booleanValue, .nullValue, .enumValue,
            .listValue, .objectValue: span
        default: nameSpan
        }
    }
}

extension [Diagnostic] {
    /// In the order of the documents and of the places within each; what stands at one place keeps its order.
    func inOrder(of sources: [Source]) -> [Diagnostic] {
        guard count > 1 else { return self }
        let ranks = Dictionary(
            sources.enumerated().map { (ObjectIdentifier($1), $0) }, uniquingKeysWith: { first, _ in first })
        func rank(_ diagnostic: Diagnostic) -> Int { ranks[ObjectIdentifier(diagnostic.source)] ?? -1 }
        return enumerated().sorted { left, right in
            (rank(left.element), left.element.span.start, left.offset)
                < (rank(right.element), right.element.span.start, right.offset)
        }.map(\.element)
    }
}
