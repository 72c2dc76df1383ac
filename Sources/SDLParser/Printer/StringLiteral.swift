/// How a string is written in GraphQL (spec section 2.9.4).
public enum StringLiteral {
    /// In quotation marks, with escapes for what may not stand in them and for what nobody could see.
    public static func quoted(_ value: String) -> String {
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{8}": text += "\\b"
            case "\u{C}": text += "\\f"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FEFF}":
                let digits = String(scalar.value, radix: 16, uppercase: true)
                text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    /// As a block string whose further lines begin with `indentation` (spaces or tabs): on one line if it is short, else
    /// with the quotation marks on lines of their own. Nil where a block string cannot hold the value: it would lose
    /// blank lines at either end and indentation that all lines share, and has no escapes for control characters.
    public static func block(_ value: String, indentation: String = "") -> String? {
        let lines = value.split(separator: "\n", omittingEmptySubsequences: false)
        guard !value.isEmpty else { return "\"\"\"\"\"\"" }
        guard let first = lines.first, let last = lines.last, !isBlank(first), !isBlank(last) else { return nil }
        guard value.unicodeScalars.allSatisfy(mayStandInBlock) else { return nil }
        let escaped = lines.map { escapingQuotationMarks($0) }
        let endsBadly = last.utf8.last == .quotationMark || last.utf8.last == .backslash
        let isIndented = lines.allSatisfy { isBlank($0) || startsWithWhiteSpace($0) }
        if lines.count == 1, !endsBadly, isIndented || value.utf8.count <= 70 {
            return "\"\"\"\(escaped[0])\"\"\""
        }
        if isIndented { return nil }
        var text = "\"\"\""
        for line in escaped {
            text += "\n"
            if !line.isEmpty { text += indentation + line }
        }
        return text + "\n\(indentation)\"\"\""
    }

    private static func mayStandInBlock(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\n", "\t": true
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FEFF}": false
        default: true
        }
    }

    private static func isBlank(_ line: Substring) -> Bool {
        line.utf8.allSatisfy { $0 == .space || $0 == .tab }
    }

    private static func startsWithWhiteSpace(_ line: Substring) -> Bool {
        line.utf8.first == .space || line.utf8.first == .tab
    }

    /// `"""` becomes `\"""`.
    private static func escapingQuotationMarks(_ line: Substring) -> String {
        guard line.utf8.contains(.quotationMark) else { return String(line) }
        var text: [UInt8] = []
        var marks = 0
        for byte in line.utf8 {
            marks = byte == .quotationMark ? marks + 1 : 0
            text.append(byte)
            if marks == 3 {
                text.insert(.backslash, at: text.count - 3)
                marks = 0
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
