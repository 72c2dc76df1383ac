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
        // Its sign is part of how people call it.
        case .directive: SourceSpan(start: span.start, end: nameSpan.end)
        case .listType, .nonNullType, .variable, .intValue, .floatValue, .stringValue, .booleanValue, .nullValue, .enumValue,
            .listValue, .objectValue: span
        default: nameSpan
        }
    }
}
