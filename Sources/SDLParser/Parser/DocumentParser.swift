extension DiagnosticCode {
    /// A token that the grammar does not allow where it stands.
    public static let unexpectedToken = DiagnosticCode(6)
    /// Deeper nesting than `Parser.Limits.depth`.
    public static let nestedTooDeep = DiagnosticCode(12)
}

/// A recursive-descent parser. The grammar is in the extensions, one for each part of the specification; here is what they
/// stand on: tokens, nodes, and the combinators for the grammar's repetitions.
///
/// Nodes are appended in preorder: `open` reserves a production's node before its parts are read, `close` completes it.
struct DocumentParser {
    let source: Source
    var lexer: Lexer
    var nodes: [SyntaxTree.Node]
    var diagnostics: [Diagnostic] = []
    /// From where to look for the next definition after a mistake: after the keyword of the definition that is being read.
    /// Nil in an executable definition, whose first mistake ends parsing.
    var recoveryStart: Int? = 0
    private let depthLimit: Int
    /// How many productions that can contain themselves are open.
    var depth = 0

    static let emptyDocument = SyntaxTree.Node(
        kind: .document, flags: 0, nameLength: 0, nameStart: 0, start: 0, end: 0, subtreeEnd: 1)

    init(source: Source, bytes: SourceBytes, limits: Parser.Limits) {
        self.source = source
        self.lexer = Lexer(bytes, tokenLimit: limits.tokens)
        self.depthLimit = limits.depth
        self.nodes = [Self.emptyDocument]
        // Real schemas have a node for every 20 to 40 bytes.
        self.nodes.reserveCapacity(bytes.count / 20 + 16)
    }

    // MARK: Tokens

    var token: Token { lexer.token }

    func peek(_ kind: TokenKind) -> Bool { lexer.token.kind == kind }

    var peekString: Bool { peek(.string) || peek(.blockString) }

    /// Whether the current token is the name `keyword`.
    func peekKeyword(_ keyword: StaticString) -> Bool {
        let token = lexer.token
        return token.kind == .name && token.end &- token.start == UInt32(truncatingIfNeeded: keyword.utf8CodeUnitCount)
            && lexer.bytes.starts(with: keyword, at: Int(token.start))
    }

    mutating func advance() throws(SyntaxError) { try lexer.advance() }

    /// Reads a token if it is of the given kind.
    mutating func skip(_ kind: TokenKind) throws(SyntaxError) -> Bool {
        guard peek(kind) else { return false }
        try lexer.advance()
        return true
    }

    /// Reads the name `keyword` if it is there.
    mutating func skipKeyword(_ keyword: StaticString) throws(SyntaxError) -> Bool {
        guard peekKeyword(keyword) else { return false }
        try lexer.advance()
        return true
    }

    mutating func expect(_ kind: TokenKind) throws(SyntaxError) {
        guard peek(kind) else { throw expected(kind.description) }
        try lexer.advance()
    }

    mutating func expectKeyword(_ keyword: StaticString) throws(SyntaxError) {
        guard peekKeyword(keyword) else { throw expected("'\(keyword)'") }
        try lexer.advance()
    }

    func expected(_ what: String) -> SyntaxError {
        SyntaxError(.unexpectedToken, "Expected \(what), found \(description(of: token)).", at: errorSpan(token))
    }

    func unexpected() -> SyntaxError {
        SyntaxError(.unexpectedToken, "Unexpected \(description(of: token)).", at: errorSpan(token))
    }

    /// How messages show a token: its kind, and its value if it has one.
    func description(of token: Token) -> String {
        switch token.kind {
        case .name, .int, .float:
            return "\(token.kind.description) '\(source.text(token.span))'"
        case .string, .blockString:
            let value = StringValue.decode(
                source.bytes, span: token.span, isBlock: token.kind == .blockString, hasEscapes: token.hasEscapes)
            // A message is one line; a description can be a page.
            let shown = value.unicodeScalars.prefix { $0 != "\n" && $0 != "\r" }.prefix(60)
            let isWhole = shown.endIndex == value.unicodeScalars.endIndex
            return "\(token.kind.description) '\(String(shown))\(isWhole ? "" : "…")'"
        case .endOfFile, .bang, .dollar, .ampersand, .parenLeft, .parenRight, .spread, .colon, .equals, .at, .bracketLeft,
            .bracketRight, .braceLeft, .pipe, .braceRight:
            return token.kind.description
        }
    }

    /// What to underline for a token: all of it but the pages of a block string.
    func errorSpan(_ token: Token) -> SourceSpan {
        token.kind == .blockString ? SourceSpan(start: token.start, end: token.start + 3) : token.span
    }

    // MARK: Nodes

    /// Appends a node that begins at the current token, or at `start`.
    @inline(__always)
    mutating func open(_ kind: SyntaxKind, at start: UInt32? = nil) -> Int {
        nodes.append(
            SyntaxTree.Node(
                kind: kind, flags: 0, nameLength: 0, nameStart: 0, start: start ?? lexer.token.start, end: 0, subtreeEnd: 0))
        return nodes.count &- 1
    }

    /// Completes a node: it ends with the last token that was read, and all nodes since are its descendants.
    @inline(__always)
    mutating func close(_ node: Int) {
        nodes[node].end = lexer.previousEnd
        nodes[node].subtreeEnd = Int32(truncatingIfNeeded: nodes.count)
    }

    /// Reads a Name that is the name of `node`.
    @inline(__always)
    mutating func name(of node: Int) throws(SyntaxError) {
        let token = lexer.token
        try expect(.name)
        nodes[node].nameStart = token.start
        // The lexer has refused longer ones.
        nodes[node].nameLength = UInt16(truncatingIfNeeded: token.end &- token.start)
    }

    // MARK: Repetitions

    /// Items between two tokens, one at least: `open` item+ `close`.
    @inline(__always)
    mutating func many(
        _ open: TokenKind, _ close: TokenKind, _ item: (inout DocumentParser) throws(SyntaxError) -> Void
    ) throws(SyntaxError) {
        try expect(open)
        repeat { try item(&self) } while try !skip(close)
    }

    /// As `many`, or nothing.
    @inline(__always)
    mutating func optionalMany(
        _ open: TokenKind, _ close: TokenKind, _ item: (inout DocumentParser) throws(SyntaxError) -> Void
    ) throws(SyntaxError) {
        if peek(open) { try many(open, close, item) }
    }

    /// Items between two tokens, perhaps none: `open` item* `close`.
    @inline(__always)
    mutating func any(
        _ open: TokenKind, _ close: TokenKind, _ item: (inout DocumentParser) throws(SyntaxError) -> Void
    ) throws(SyntaxError) {
        try expect(open)
        while try !skip(close) { try item(&self) }
    }

    /// Items with a token between them and perhaps before the first: `separator`? item (`separator` item)*.
    @inline(__always)
    mutating func delimited(
        _ separator: TokenKind, _ item: (inout DocumentParser) throws(SyntaxError) -> Void
    ) throws(SyntaxError) {
        _ = try skip(separator)
        repeat { try item(&self) } while try skip(separator)
    }

    // MARK: Nesting

    /// Begins a production that can contain itself; `ascend` ends it.
    mutating func descend() throws(SyntaxError) {
        guard depth < depthLimit else {
            throw SyntaxError(.nestedTooDeep, "Document is nested more than \(depthLimit) levels deep.", at: errorSpan(token))
        }
        depth += 1
    }

    mutating func ascend() { depth -= 1 }
}
