extension DiagnosticCode {
    /// A number that the grammar does not allow, such as `01` or `1.`.
    public static let invalidNumber = DiagnosticCode(3)
}

extension Lexer {
    /// Reads a number.
    ///
    ///     IntValue :: IntegerPart [lookahead != {Digit, `.`, NameStart}]
    ///     IntegerPart :: NegativeSign? 0 | NegativeSign? NonZeroDigit Digit*
    ///     FloatValue ::
    ///       - IntegerPart FractionalPart ExponentPart [lookahead != {Digit, `.`, NameStart}]
    ///       - IntegerPart FractionalPart [lookahead != {Digit, `.`, NameStart}]
    ///       - IntegerPart ExponentPart [lookahead != {Digit, `.`, NameStart}]
    mutating func number(from start: Int) throws(SyntaxError) {
        var end = start
        var kind = TokenKind.int
        if bytes[end] == 0x2D { end += 1 }
        if bytes[end] == 0x30 {
            end += 1
            if bytes[end].isDigit {
                throw invalidNumber("unexpected digit after 0", at: end)
            }
        } else {
            end = try digits(from: end)
        }
        // FractionalPart :: . Digit+
        if bytes[end] == 0x2E {
            kind = .float
            end = try digits(from: end + 1)
        }
        // ExponentPart :: ExponentIndicator Sign? Digit+; ExponentIndicator :: one of e E; Sign :: one of + -
        if bytes[end] | 0x20 == 0x65 {
            kind = .float
            end += 1
            if bytes[end] == 0x2B || bytes[end] == 0x2D { end += 1 }
            end = try digits(from: end)
        }
        if bytes[end] == 0x2E || bytes[end].isNameStart {
            throw invalidNumber("expected digit but got", at: end)
        }
        try finish(kind, start, end)
    }

    /// Digit+, giving the index after it.
    private mutating func digits(from start: Int) throws(SyntaxError) -> Int {
        guard bytes[start].isDigit else { throw invalidNumber("expected digit but got", at: start) }
        var end = start + 1
        while bytes[end].isDigit { end += 1 }
        return end
    }

    private mutating func invalidNumber(_ what: String, at index: Int) -> SyntaxError {
        // All that would have been read as part of it is passed over, so that `1.2.3` is one mistake.
        position = index
        while bytes[position].isNameContinue || bytes[position] == 0x2E { position += 1 }
        return SyntaxError(
            .invalidNumber, "Invalid number, \(what): \(characterDescription(at: index)).",
            at: span(index, bytes.afterScalar(at: index)))
    }
}
