/// One thing to tell the author of a document: what, where, and how to mend it.
public struct Diagnostic: Sendable {
    public enum Severity: String, Sendable, Comparable {
        case warning, error

        public static func < (left: Severity, right: Severity) -> Bool {
            left == .warning && right == .error
        }
    }

    /// Another place that the message speaks of, such as the first of two definitions.
    public struct Note: Sendable {
        public let message: String
        public let source: Source
        public let span: SourceSpan

        public init(_ message: String, in source: Source, at span: SourceSpan) {
            self.message = message
            self.source = source
            self.span = span
        }
    }

    public let severity: Severity
    /// A stable code, such as `SG1012`; it never changes its meaning.
    public let code: DiagnosticCode
    /// One sentence in the wording of the GraphQL reference implementation where that has one.
    public let message: String
    public let source: Source
    public let span: SourceSpan
    public let notes: [Note]
    /// What to write instead, where there is something definite to say.
    public let hint: String?

    public init(
        _ severity: Severity = .error, code: DiagnosticCode, _ message: String,
        in source: Source, at span: SourceSpan, notes: [Note] = [], hint: String? = nil
    ) {
        self.severity = severity
        self.code = code
        self.message = message
        self.source = source
        self.span = span
        self.notes = notes
        self.hint = hint
    }
}

/// The stable identity of a kind of diagnostic: `SG` and four digits. SG0xxx syntax, SG1xxx schema, SG2xxx subsgen's
/// directives and subscriptions, SG3xxx operations, SG4xxx introspection results, SG5xxx configuration, SG6xxx resolver modules. Each module
/// declares its own codes as static members beside the rule.
public struct DiagnosticCode: Hashable, Sendable, CustomStringConvertible {
    public let number: Int

    public init(_ number: Int) {
        self.number = number
    }

    public var description: String {
        let digits = String(number)
        return "SG" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
}
