/// A mistake in a document, on its way from the place that found it to the parser's list.
///
/// A class, so that a throwing method hands back one word; it is made only when there is a mistake.
final class SyntaxError: Error {
    let code: DiagnosticCode
    /// The sentence without "Syntax Error: ".
    let message: String
    let span: SourceSpan
    /// A second place, such as the opening of a string that never ends.
    let note: (message: String, span: SourceSpan)?
    let hint: String?

    init(
        _ code: DiagnosticCode, _ message: String, at span: SourceSpan,
        note: (message: String, span: SourceSpan)? = nil, hint: String? = nil
    ) {
        self.code = code
        self.message = message
        self.span = span
        self.note = note
        self.hint = hint
    }

    func diagnostic(in source: Source, hint recoveryHint: String? = nil) -> Diagnostic {
        Diagnostic(
            code: code, "Syntax Error: " + message, in: source, at: span,
            notes: note.map { [Diagnostic.Note($0.message, in: source, at: $0.span)] } ?? [], hint: hint ?? recoveryHint)
    }
}
