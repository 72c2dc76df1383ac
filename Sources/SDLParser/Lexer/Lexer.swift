extension DiagnosticCode {
    /// A character that begins no token.
    public static let unexpectedCharacter = DiagnosticCode(1)
    /// More tokens than `Parser.Limits.tokens`.
    public static let tooManyTokens = DiagnosticCode(11)
    /// A name of more than 65,535 bytes.
    public static let nameTooLong = DiagnosticCode(13)
}

/// Source text to lexical tokens (spec sections 2.1 and 2.9), one at a time.
struct Lexer {
    let bytes: SourceBytes
    /// Where the next token is looked for. After an error: the place from which it makes sense to go on.
    var position: Int
    private(set) var token = Token(kind: .endOfFile, start: 0, end: 0)
    /// The end of the token before the current one.
    private(set) var previousEnd: UInt32 = 0
    private var tokensLeft: Int
    private let tokenLimit: Int

    /// `bytes` are valid UTF-8 and fewer than 2^31.
    init(_ bytes: SourceBytes, from position: Int = 0, tokenLimit: Int = .max) {
        self.bytes = bytes
        self.position = position
        self.tokenLimit = tokenLimit
        self.tokensLeft = tokenLimit
    }

    /// Reads the next token into `token`.
    ///
    ///     Token :: Punctuator | Name | IntValue | FloatValue | StringValue
    ///     Ignored :: UnicodeBOM | WhiteSpace | LineTerminator | Comment | Comma
    mutating func advance() throws(SyntaxError) {
        previousEnd = token.end
        var start = position
        while true {
            let byte = bytes[start]
            switch byte {
            // WhiteSpace :: Tab (U+0009) | Space (U+0020); Comma :: ,
            case .tab, 0x2C:
                start &+= 1
            case .space:
                start = bytes[start &+ 1] == .space ? bytes.endOfSpaces(from: start &+ 2) : start &+ 1
            // LineTerminator :: New Line (U+000A) | Carriage Return (U+000D), alone or before a New Line
            case .lineFeed, .carriageReturn:
                start &+= 1
            // Comment :: # CommentChar* [lookahead != CommentChar]; CommentChar :: SourceCharacter but not LineTerminator
            case 0x23:
                start = bytes.firstIndex(of: .lineFeed, or: .carriageReturn, from: start &+ 1)
            // UnicodeBOM :: Byte Order Mark (U+FEFF)
            case 0xEF where bytes[start &+ 1] == 0xBB && bytes[start &+ 2] == 0xBF:
                start &+= 3

            // Punctuator :: one of ! $ & ( ) ... : = @ [ ] { | }
            case 0x21: return try finish(.bang, start, start &+ 1)
            case 0x24: return try finish(.dollar, start, start &+ 1)
            case 0x26: return try finish(.ampersand, start, start &+ 1)
            case 0x28: return try finish(.parenLeft, start, start &+ 1)
            case 0x29: return try finish(.parenRight, start, start &+ 1)
            case 0x2E where bytes[start &+ 1] == 0x2E && bytes[start &+ 2] == 0x2E:
                return try finish(.spread, start, start &+ 3)
            case 0x3A: return try finish(.colon, start, start &+ 1)
            case 0x3D: return try finish(.equals, start, start &+ 1)
            case 0x40: return try finish(.at, start, start &+ 1)
            case 0x5B: return try finish(.bracketLeft, start, start &+ 1)
            case 0x5D: return try finish(.bracketRight, start, start &+ 1)
            case 0x7B: return try finish(.braceLeft, start, start &+ 1)
            case 0x7C: return try finish(.pipe, start, start &+ 1)
            case 0x7D: return try finish(.braceRight, start, start &+ 1)

            // Name :: NameStart NameContinue* [lookahead != NameContinue]
            case 0x41...0x5A, 0x5F, 0x61...0x7A:
                var end = start &+ 1
                while bytes[end].isNameContinue { end &+= 1 }
                if end &- start > Int(UInt16.max) { throw nameTooLong(start, end) }
                return try finish(.name, start, end)

            // IntValue, FloatValue
            case 0x2D, 0x30...0x39:
                return try number(from: start)

            // StringValue
            case .quotationMark:
                return try bytes.starts(with: "\"\"", at: start &+ 1) ? blockString(from: start) : string(from: start)

            case 0 where start >= bytes.count:
                position = bytes.count
                token = Token(kind: .endOfFile, start: UInt32(truncatingIfNeeded: position), end: UInt32(truncatingIfNeeded: position))
                return

            default:
                throw unexpectedCharacter(at: start)
            }
        }
    }

    /// Makes the bytes from `start` to `end` the current token.
    @inline(__always)
    mutating func finish(_ kind: TokenKind, _ start: Int, _ end: Int, hasEscapes: Bool = false) throws(SyntaxError) {
        position = end
        // Both fit: a document has fewer than 2^31 bytes.
        token = Token(
            kind: kind, hasEscapes: hasEscapes, start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end))
        tokensLeft &-= 1
        if tokensLeft < 0 { throw tooManyTokens() }
    }

    /// The place of the bytes from `start` to `end`.
    func span(_ start: Int, _ end: Int) -> SourceSpan {
        SourceSpan(start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: max(start, end)))
    }

    /// How messages show the character at `index`: quoted if it is printable ASCII, else as a code point.
    func characterDescription(at index: Int) -> String {
        guard let scalar = bytes.scalar(at: index) else { return TokenKind.endOfFile.description }
        if scalar == "\"" { return "'\"'" }
        if (0x20...0x7E).contains(scalar.value) { return "'\(scalar)'" }
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }

    private mutating func unexpectedCharacter(at index: Int) -> SyntaxError {
        position = bytes.afterScalar(at: index)
        return SyntaxError(
            .unexpectedCharacter,
            bytes[index] == 0x27
                ? "Unexpected single quote character ('), did you mean to use a double quote (\")?"
                : "Unexpected character: \(characterDescription(at: index)).",
            at: span(index, position))
    }

    private mutating func nameTooLong(_ start: Int, _ end: Int) -> SyntaxError {
        position = end
        return SyntaxError(.nameTooLong, "Name is longer than \(UInt16.max) bytes.", at: span(start, end))
    }

    private func tooManyTokens() -> SyntaxError {
        SyntaxError(
            .tooManyTokens, "Document contains more than \(tokenLimit) tokens. Parsing aborted.", at: token.span)
    }
}
