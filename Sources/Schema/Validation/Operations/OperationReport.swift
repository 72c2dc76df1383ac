import SDLParser

/// The errors of one document. It takes a bounded number of them, since a client is the author of the document: a few bytes must
/// not be answered by megabytes, nor cost the search for a thousand suggestions.
struct OperationReport {
    static let tooManyErrors = DiagnosticCode(3000)

    /// The limit of graphql-js.
    private static let errorLimit = 100
    /// One error can have as many places as the document has tokens, and so can the next.
    private static let placeLimit = 1000

    private let source: Source
    private var diagnostics: [Diagnostic] = []
    private var places = 0
    /// Whether errors have been left out; whoever goes on looking for them looks in vain.
    private(set) var isFull = false

    init(_ source: Source) {
        self.source = source
    }

    /// Takes an error that stands at `first` and speaks of the `others` too, of which `note` says what they are.
    mutating func add(_ code: DiagnosticCode, _ message: String, at first: SourceSpan, and others: [SourceSpan] = [], note: String = "") {
        guard diagnostics.count < Self.errorLimit, places < Self.placeLimit else {
            isFull = true
            return
        }
        places += 1 + others.count
        diagnostics.append(
            Diagnostic(
                code: code, message, in: source, at: first,
                notes: others.map { Diagnostic.Note(note, in: source, at: $0) }))
    }

    /// The errors in the order of the document; those at one place keep the order in which they came.
    func inOrder() -> [Diagnostic] {
        let sorted = diagnostics.inOrder(of: [source])
        guard isFull else { return sorted }
        let end = Diagnostic(
            code: Self.tooManyErrors, "Too many validation errors, error limit reached. Validation aborted.", in: source,
            at: SourceSpan(start: 0, end: 0))
        return sorted + [end]
    }
}
