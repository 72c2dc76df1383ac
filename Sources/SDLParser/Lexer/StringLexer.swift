extension DiagnosticCode {
    /// A string that ends with its line, or a block string that ends with the document.
    public static let unterminatedString = DiagnosticCode(4)
    /// A backslash that begins no escape sequence.
    public static let invalidEscape = DiagnosticCode(5)
}

extension Lexer {
    /// Reads a string in quotation marks.
    ///
    ///     StringValue :: `""` [lookahead != `"`] | `"` StringCharacter+ `"`
    ///     StringCharacter ::
    ///       - SourceCharacter but not `"` or `\` or LineTerminator
    ///       - `\u` EscapedUnicode
    ///       - `\` EscapedCharacter
    mutating func string(from start: Int) throws(SyntaxError) {
        var index = start + 1
        var hasEscapes = false
        while true {
            index = bytes.endOfPlainCharacters(from: index)
            switch bytes[index] {
            case .quotationMark:
                return try finish(.string, start, index + 1, hasEscapes: hasEscapes)
            case .backslash:
                hasEscapes = true
                switch EscapeSequence.read(bytes, at: index) {
                case .scalar(_, let length): index += length
                case .invalid(let length, let isUnicode):
                    throw invalidEscape(at: index, scalars: length, isUnicode: isUnicode)
                }
            default:
                position = index
                throw unterminated(start, opening: start + 1, at: index)
            }
        }
    }

    /// Reads a block string.
    ///
    ///     StringValue :: `"""` BlockStringCharacter* `"""`
    ///     BlockStringCharacter ::
    ///       - SourceCharacter but not `"""` or `\"""`
    ///       - `\"""`
    mutating func blockString(from start: Int) throws(SyntaxError) {
        var index = start + 3
        var hasEscapes = false
        while true {
            index = bytes.firstIndex(of: .quotationMark, or: .backslash, from: index)
            if index >= bytes.count {
                position = bytes.count
                throw unterminated(start, opening: start + 3, at: bytes.count)
            }
            if bytes.starts(with: "\"\"\"", at: index) {
                return try finish(.blockString, start, index + 3, hasEscapes: hasEscapes)
            }
            if bytes.starts(with: "\\\"\"\"", at: index) {
                hasEscapes = true
                index += 4
            } else {
                index += 1
            }
        }
    }

    private func unterminated(_ start: Int, opening end: Int, at index: Int) -> SyntaxError {
        SyntaxError(
            .unterminatedString, "Unterminated string.", at: span(index, min(index + 1, bytes.count)),
            note: ("The string begins here.", span(start, end)))
    }

    private mutating func invalidEscape(at index: Int, scalars: Int, isUnicode: Bool) -> SyntaxError {
        var end = index
        for _ in 0..<scalars where bytes[end] != .lineFeed && bytes[end] != .carriageReturn && end < bytes.count {
            end = bytes.afterScalar(at: end)
        }
        // The rest of the string is passed over: its text is no source text.
        position = end
        while true {
            position = bytes.endOfPlainCharacters(from: position)
            if bytes[position] != .backslash { break }
            position = min(position + 2, bytes.count)
        }
        if bytes[position] == .quotationMark { position += 1 }
        return SyntaxError(
            .invalidEscape,
            "Invalid \(isUnicode ? "Unicode" : "character") escape sequence: '\(bytes.text(index..<end))'.",
            at: span(index, end))
    }
}

/// What a backslash in a string in quotation marks begins.
enum EscapeSequence {
    /// The character that it stands for, and how many bytes it takes in the source.
    case scalar(Unicode.Scalar, length: Int)
    /// No escape sequence; `length` characters of the source show why.
    case invalid(length: Int, isUnicode: Bool)

    ///     EscapedCharacter :: one of `"` `\` `/` `b` `f` `n` `r` `t`
    ///     EscapedUnicode :: `{` HexDigit+ `}` | HexDigit HexDigit HexDigit HexDigit
    static func read(_ bytes: SourceBytes, at index: Int) -> EscapeSequence {
        switch bytes[index + 1] {
        case 0x22: .scalar("\"", length: 2)
        case 0x5C: .scalar("\\", length: 2)
        case 0x2F: .scalar("/", length: 2)
        case 0x62: .scalar("\u{8}", length: 2)
        case 0x66: .scalar("\u{C}", length: 2)
        case 0x6E: .scalar("\n", length: 2)
        case 0x72: .scalar("\r", length: 2)
        case 0x74: .scalar("\t", length: 2)
        case 0x75 where bytes[index + 2] == 0x7B: variableWidth(bytes, at: index)
        case 0x75: fixedWidth(bytes, at: index)
        default: .invalid(length: 2, isUnicode: false)
        }
    }

    /// `\u{` HexDigit+ `}`; the digits are those of a Unicode scalar value, at most eight of them.
    private static func variableWidth(_ bytes: SourceBytes, at index: Int) -> EscapeSequence {
        var length = 3
        var value: UInt32 = 0
        while length < 12 {
            let byte = bytes[index + length]
            length += 1
            if byte == 0x7D {
                guard length >= 5, let scalar = Unicode.Scalar(value) else { break }
                return .scalar(scalar, length: length)
            }
            guard let digit = byte.hexDigitValue else { break }
            value = value << 4 | digit
        }
        return .invalid(length: length, isUnicode: true)
    }

    /// `\uXXXX`, or a pair of them that are a leading and a trailing surrogate.
    private static func fixedWidth(_ bytes: SourceBytes, at index: Int) -> EscapeSequence {
        guard let value = hexDigits(bytes, at: index + 2) else { return .invalid(length: 6, isUnicode: true) }
        if let scalar = Unicode.Scalar(value) { return .scalar(scalar, length: 6) }
        if (0xD800...0xDBFF).contains(value), bytes.starts(with: "\\u", at: index + 6),
            let trailing = hexDigits(bytes, at: index + 8), (0xDC00...0xDFFF).contains(trailing),
            let scalar = Unicode.Scalar(0x10000 + (value & 0x3FF) << 10 + trailing & 0x3FF)
        {
            return .scalar(scalar, length: 12)
        }
        return .invalid(length: 6, isUnicode: true)
    }

    private static func hexDigits(_ bytes: SourceBytes, at index: Int) -> UInt32? {
        var value: UInt32 = 0
        for offset in 0..<4 {
            guard let digit = bytes[index + offset].hexDigitValue else { return nil }
            value = value << 4 | digit
        }
        return value
    }
}
