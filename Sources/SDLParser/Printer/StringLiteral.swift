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
        guard !value.isEmpty else { return "\"\"\"\"\"\"" }
        let bytes = Array(value.utf8)
        guard bytes.allSatisfy({ isPlain($0) || $0 == .lineFeed }) || value.unicodeScalars.allSatisfy(mayStandInBlock) else { return nil }
        let lines = bytes.split(separator: .lineFeed, omittingEmptySubsequences: false)
        guard let first = lines.first, let last = lines.last, !isBlank(first), !isBlank(last) else { return nil }
        let endsBadly = last.last == .quotationMark || last.last == .backslash
        let isIndented = lines.allSatisfy { isBlank($0) || startsWithWhiteSpace($0) }
        let isOneLine = lines.count == 1 && !endsBadly && (isIndented || bytes.count <= 70)
        if isIndented, !isOneLine { return nil }

        let marks: [UInt8] = [.quotationMark, .quotationMark, .quotationMark]
        var text = marks
        text.reserveCapacity(bytes.count + (lines.count + 1) * (indentation.utf8.count + 1) + 6)
        for line in lines {
            if !isOneLine { text.append(.lineFeed) }
            if !isOneLine, !line.isEmpty { text += indentation.utf8 }
            appendEscapingQuotationMarks(line, to: &text)
        }
        if !isOneLine {
            text.append(.lineFeed)
            text += indentation.utf8
        }
        return String(decoding: text + marks, as: UTF8.self)
    }

    /// Printable ASCII, of which nearly every string is made.
    private static func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte < 0x7F }

    private static func mayStandInBlock(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\n", "\t": true
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FEFF}": false
        default: true
        }
    }

    private static func isBlank(_ line: ArraySlice<UInt8>) -> Bool {
        line.allSatisfy { $0 == .space || $0 == .tab }
    }

    private static func startsWithWhiteSpace(_ line: ArraySlice<UInt8>) -> Bool {
        line.first == .space || line.first == .tab
    }

    /// `"""` becomes `\"""`.
    private static func appendEscapingQuotationMarks(_ line: ArraySlice<UInt8>, to text: inout [UInt8]) {
        guard line.contains(.quotationMark) else {
            text += line
            return
        }
        var marks = 0
        for byte in line {
            marks = byte == .quotationMark ? marks + 1 : 0
            text.append(byte)
            if marks == 3 {
                text.insert(.backslash, at: text.count - 3)
                marks = 0
            }
        }
    }
}
