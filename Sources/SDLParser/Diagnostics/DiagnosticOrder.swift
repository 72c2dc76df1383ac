extension [Diagnostic] {
    /// In the order of the documents and of the places within each; what stands at one place keeps its order.
    public func inOrder(of sources: [Source]) -> [Diagnostic] {
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

extension Diagnostic {
    /// A warning as an error; an error as it is.
    public var asError: Diagnostic {
        Diagnostic(.error, code: code, message, in: source, at: span, notes: notes, hint: hint)
    }
}
