// After a mistake in a type system definition the parser goes on at the next definition, so that one run shows all that is
// wrong with a schema. The rest of the faulty definition is passed over: a second message about it would be a guess.
extension DocumentParser {
    /// Takes the mistake into the list and brings the lexer to the next type system definition; false if there is none, or
    /// if parsing ends here.
    mutating func recover(from error: SyntaxError) -> Bool {
        let next = error.code == .tooManyTokens ? nil : nextDefinition(after: error)
        // The part of a document between a definition that was never closed and the mistake is read a second time.
        let isNew = diagnostics.last.map { $0.span.start < error.span.start } ?? true
        if isNew {
            diagnostics.append(
                error.diagnostic(
                    in: source, hint: next?.isUnclosed == true ? "Is a '}' missing before this definition?" : nil))
        }
        guard let next else { return false }
        lexer.position = next.position
        depth = 0
        return true
    }

    /// Where a definition begins from which parsing can go on.
    private struct NextDefinition {
        /// The start of its description or keyword.
        var position: Int
        /// It begins inside the braces of the faulty one.
        var isUnclosed: Bool
    }

    /// Looks for a type system definition after the keyword of the faulty one: outside of all braces after the mistake, or
    /// at the start of a line, even before the mistake; for after a missing brace nothing is outside any more, and
    /// the parser notices it only inside the next definition.
    private func nextDefinition(after error: SyntaxError) -> NextDefinition? {
        guard let recoveryStart else { return nil }
        var lexer = Lexer(lexer.bytes, from: recoveryStart)
        var nesting = Nesting()
        var description: UInt32?
        var candidate: Candidate?
        while true {
            do throws(SyntaxError) { try lexer.advance() } catch let lexical {
                // A block string without an end hides all that follows it, which is worth a message of its own.
                if lexer.position >= lexer.bytes.count, let opening = lexical.note?.span.start, opening > error.span.start {
                    return NextDefinition(position: Int(opening), isUnclosed: false)
                }
                description = nil
                candidate = nil
                continue
            }
            let token = lexer.token
            if let candidate, candidate.keyword.isFollowed(by: token, in: lexer.bytes) {
                return NextDefinition(position: candidate.start, isUnclosed: candidate.isNested && error.span.start > candidate.start)
            }
            candidate = nil
            switch token.kind {
            case .endOfFile:
                return nil
            case .string, .blockString:
                description = token.start
                continue
            case .name:
                let isOutside = !nesting.isInside && token.start >= error.span.start
                if isOutside || lexer.bytes.isLineStart(Int(token.start)), let keyword = DefinitionKeyword(token, in: lexer.bytes) {
                    candidate = Candidate(
                        keyword: keyword, start: Int(description ?? token.start), isNested: nesting.isInside)
                }
            case .bang, .dollar, .ampersand, .parenLeft, .parenRight, .spread, .colon, .equals, .at, .bracketLeft,
                .bracketRight, .braceLeft, .pipe, .braceRight, .int, .float:
                nesting.count(token.kind)
            }
            description = nil
        }
    }

    /// A keyword that begins a definition if the right token follows.
    private struct Candidate {
        var keyword: DefinitionKeyword
        var start: Int
        var isNested: Bool
    }
}

/// How deep in braces and parentheses a token stands. Square brackets never hold a definition's keyword and a name.
private struct Nesting {
    private var braces = 0
    private var parentheses = 0

    var isInside: Bool { braces + parentheses > 0 }

    mutating func count(_ kind: TokenKind) {
        switch kind {
        case .parenLeft: parentheses += 1
        case .parenRight: parentheses = max(0, parentheses - 1)
        case .braceLeft: braces += 1
        case .braceRight:
            braces = max(0, braces - 1)
            // Parentheses do not reach beyond a definition's last brace, whether they were closed or not.
            if braces == 0 { parentheses = 0 }
        case .endOfFile, .bang, .dollar, .ampersand, .spread, .colon, .equals, .at, .bracketLeft, .bracketRight, .pipe, .name,
            .int, .float, .string, .blockString:
            break
        }
    }
}

/// The words with which type system definitions begin, by what follows them. A field or enum value may have any of these
/// names; what follows tells them apart.
private enum DefinitionKeyword {
    case schema, directive, extend, type

    init?(_ token: Token, in bytes: SourceBytes) {
        switch bytes.text(Int(token.start)..<Int(token.end)) {
        case "schema": self = .schema
        case "directive": self = .directive
        case "extend": self = .extend
        case "scalar", "type", "interface", "union", "enum", "input": self = .type
        case _: return nil
        }
    }

    func isFollowed(by token: Token, in bytes: SourceBytes) -> Bool {
        switch self {
        case .schema: token.kind == .braceLeft || token.kind == .at
        case .directive: token.kind == .at
        case .type: token.kind == .name
        case .extend: token.kind == .name && DefinitionKeyword(token, in: bytes) != nil
        }
    }
}

extension SourceBytes {
    fileprivate func isLineStart(_ index: Int) -> Bool {
        index == 0 || self[index - 1] == .lineFeed || self[index - 1] == .carriageReturn
    }
}
