/// Strings as GraphQL literals (spec section 2.9.4).
enum StringLiteral {
    /// `"text"`, with escapes where the grammar wants them.
    static func quoted(_ text: String) -> String {
        let hex = Array("0123456789abcdef".utf8)
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        bytes.reserveCapacity(text.utf8.count + 2)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
            case UInt8(ascii: "\r"): bytes += Array("\\r".utf8)
            case UInt8(ascii: "\t"): bytes += Array("\\t".utf8)
            case 0x00..<0x20, 0x7F: bytes += Array("\\u00".utf8) + [hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A description with its indentation: a block string where that keeps every character, else a quoted one.
    static func description(_ text: String, indent: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard isBlock(text, lines) else { return indent + quoted(text) }
        let escaped = lines.map { escapingBlockEnd($0) }
        if escaped.count == 1, let line = escaped.first, line.utf8.count <= 70, line.utf8.last != UInt8(ascii: "\""),
            line.utf8.last != UInt8(ascii: "\\")
        {
            return "\(indent)\"\"\"\(line)\"\"\""
        }
        let body = escaped.map { $0.isEmpty ? "" : indent + $0 }.joined(separator: "\n")
        return "\(indent)\"\"\"\n\(body)\n\(indent)\"\"\""
    }

    /// Whether the meaning of a block string with these lines is the text again: its first and last line are kept, no indentation is
    /// common to all, and no character needs an escape.
    private static func isBlock(_ text: String, _ lines: [Substring]) -> Bool {
        guard let first = lines.first, let last = lines.last, !isBlank(first), !isBlank(last) else { return false }
        guard lines.contains(where: { !isBlank($0) && !$0.utf8.starts(with: " ".utf8) && !$0.utf8.starts(with: "\t".utf8) }) else {
            return false
        }
        return text.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\t") }
    }

    private static func isBlank(_ line: Substring) -> Bool {
        line.utf8.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    /// Three quotation marks end a block string unless a backslash stands before them.
    private static func escapingBlockEnd(_ line: Substring) -> String {
        var result: [UInt8] = []
        var quotes = 0
        for byte in line.utf8 {
            quotes = byte == UInt8(ascii: "\"") ? quotes + 1 : 0
            result.append(byte)
            if quotes == 3 {
                result.insert(UInt8(ascii: "\\"), at: result.count - 3)
                quotes = 0
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

extension ConstantValue {
    /// The constant as a GraphQL literal.
    public var sdl: String {
        switch self {
        case .null: "null"
        case .int(let text), .float(let text), .enumeration(let text): text
        case .string(let text): StringLiteral.quoted(text)
        case .boolean(let value): value ? "true" : "false"
        case .list(let items): "[" + items.map(\.sdl).joined(separator: ", ") + "]"
        case .object(let fields): "{" + fields.map { "\($0.name): \($0.value.sdl)" }.joined(separator: ", ") + "}"
        }
    }
}
