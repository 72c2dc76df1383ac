/// A lexical token: its kind and the bytes that it covers.
struct Token {
    var kind: TokenKind
    /// For the two kinds of string: an escape is in it, so that its value is not its source text.
    var hasEscapes = false
    var start: UInt32
    var end: UInt32

    var span: SourceSpan { SourceSpan(start: start, end: end) }
}

/// The lexical tokens of the grammar (spec section 2.1.6), with the end of the document; ignored tokens are not among them.
enum TokenKind: UInt8 {
    case endOfFile
    case bang, dollar, ampersand, parenLeft, parenRight, spread, colon, equals, at
    case bracketLeft, bracketRight, braceLeft, pipe, braceRight
    case name, int, float, string, blockString

    /// How messages name the kind.
    var description: String {
        switch self {
        case .endOfFile: "<EOF>"
        case .bang: "'!'"
        case .dollar: "'$'"
        case .ampersand: "'&'"
        case .parenLeft: "'('"
        case .parenRight: "')'"
        case .spread: "'...'"
        case .colon: "':'"
        case .equals: "'='"
        case .at: "'@'"
        case .bracketLeft: "'['"
        case .bracketRight: "']'"
        case .braceLeft: "'{'"
        case .pipe: "'|'"
        case .braceRight: "'}'"
        case .name: "Name"
        case .int: "Int"
        case .float: "Float"
        case .string: "String"
        case .blockString: "BlockString"
        }
    }
}
