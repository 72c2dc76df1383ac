extension DiagnosticCode {
    /// The document is not UTF-8.
    public static let invalidUTF8 = DiagnosticCode(2)
    /// The document has 2^31 bytes or more.
    public static let documentTooLarge = DiagnosticCode(14)
}

/// Reads GraphQL documents: bytes to a `SyntaxTree`, with every independent mistake of the document.
public struct Parser {
    /// Bounds that keep hostile documents cheap; what exceeds one is a diagnostic.
    public struct Limits: Sendable {
        /// How many tokens a document may have; comments and commas are none.
        public var tokens: Int
        /// How deep selection sets, list and object values and list types may nest. Recursion over a tree is as deep as
        /// that; the default leaves room on a stack of 512 KiB in a debug build.
        public var depth: Int

        public init(tokens: Int = .max, depth: Int = 128) {
            self.tokens = tokens
            self.depth = depth
        }
    }

    /// What parsing gives: a tree of all that could be understood, and what was wrong. Use the tree only when `diagnostics`
    /// holds no error.
    public struct Result: Sendable {
        public let tree: SyntaxTree
        /// In the order of the document.
        public let diagnostics: [Diagnostic]
        public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
    }

    /// Parses a document of either kind of definition: a schema or an operation (spec section 2.2, Document).
    ///
    /// A mistake in a type system definition does not hide those in the definitions after it; in an executable definition
    /// parsing ends at the first. The messages are those of the GraphQL reference implementation.
    public static func parse(_ source: Source, limits: Limits = Limits()) -> Result {
        if let diagnostic = unreadable(source) {
            return Result(tree: SyntaxTree(source: source, nodes: [DocumentParser.emptyDocument]), diagnostics: [diagnostic])
        }
        return source.bytes.withUnsafeBytes { buffer in
            var parser = DocumentParser(source: source, bytes: SourceBytes(buffer), limits: limits)
            parser.document()
            return Result(tree: SyntaxTree(source: source, nodes: parser.nodes), diagnostics: parser.diagnostics)
        }
    }

    /// Why no grammar can be applied to the document, if so.
    private static func unreadable(_ source: Source) -> Diagnostic? {
        // Node indices and byte offsets have 31 bits, and every node but the document's own covers a byte.
        guard source.bytes.count < Int(Int32.max) else {
            return Diagnostic(
                code: .documentTooLarge, "Syntax Error: Document is larger than 2 GiB.", in: source,
                at: SourceSpan(start: 0, end: 0))
        }
        let bytes = source.bytes
        guard let place = InvalidUTF8.find(in: bytes) else { return nil }
        let isUTF16 = bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE])
        return Diagnostic(
            code: .invalidUTF8, "Syntax Error: Invalid UTF-8: byte \(hexadecimal(bytes[place.lowerBound])).", in: source,
            at: SourceSpan(start: UInt32(truncatingIfNeeded: place.lowerBound), end: UInt32(truncatingIfNeeded: place.upperBound)),
            hint: isUTF16 ? "The document looks like UTF-16; save it as UTF-8." : "Save the document as UTF-8.")
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0x0" : "0x") + String(byte, radix: 16, uppercase: true)
    }
}
