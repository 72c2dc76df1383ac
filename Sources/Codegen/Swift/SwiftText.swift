/// Text of a schema where it stands in Swift: never able to become code.
enum SwiftText {
    /// A documentation comment with the line break behind it; empty where there is nothing to say.
    ///
    /// Whatever could end a line, or show it in another order than the compiler reads it, is replaced.
    static func documentation(_ description: String?, deprecated reason: String? = nil, indentation: String = "") -> TemplateValues.Value {
        var comment: [UInt8] = []
        if let description { append(description, indentation, to: &comment) }
        if let reason {
            if !comment.isEmpty { comment += (indentation + "///\n").utf8 }
            append("Deprecated: " + reason, indentation, to: &comment)
        }
        return .text(String(decoding: comment, as: UTF8.self))
    }

    /// Appends the lines of a text, without empty ones around it and without spaces at their ends.
    private static func append(_ text: String, _ indentation: String, to comment: inout [UInt8]) {
        let cleaned = text.utf8.allSatisfy(isPlain) ? text : cleaned(text)
        var waiting = 0
        var isFirst = true
        for line in cleaned.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            guard let end = line.lastIndex(where: { $0 != UInt8(ascii: " ") }) else {
                waiting += 1
                continue
            }
            if !isFirst {
                for _ in 0..<waiting { comment += (indentation + "///\n").utf8 }
            }
            (isFirst, waiting) = (false, 0)
            comment += indentation.utf8
            comment += "/// ".utf8
            comment += line[...end]
            comment.append(UInt8(ascii: "\n"))
        }
    }

    /// Printable ASCII and line feeds, of which nearly every description is made.
    private static func isPlain(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || (byte >= 0x20 && byte < 0x7F) }

    private static func cleaned(_ text: String) -> String {
        var cleaned = String.UnicodeScalarView()
        var last: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            switch scalar {
            // Not all of these end a line in Swift, but all do for some reader.
            case "\n" where last == "\r": break
            case "\n", "\r", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}": cleaned.append("\n")
            case "\t": cleaned.append(" ")
            // Joiners are part of emoji and of several scripts; other format characters reorder or hide text.
            case "\u{200C}", "\u{200D}": cleaned.append(scalar)
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .surrogate, .privateUse: cleaned.append("\u{FFFD}")
                default: cleaned.append(scalar)
                }
            }
            last = scalar
        }
        return String(cleaned)
    }

    /// A string literal. Everything outside of printable ASCII is escaped.
    static func literal(_ text: String) -> String {
        var literal = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                literal += "\\"
                literal.unicodeScalars.append(scalar)
            case " "..."~": literal.unicodeScalars.append(scalar)
            default: literal += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            }
        }
        return literal + "\""
    }

    static func literal(_ texts: [String]) -> String { "[" + texts.map { literal($0) }.joined(separator: ", ") + "]" }

    /// Parameters between their parentheses: on one line behind `lead` characters where there is room, else a line each.
    static func parameters(_ parameters: [String], lead: Int, indentation: String) -> String {
        let oneLine = parameters.joined(separator: ", ")
        if lead + oneLine.utf8.count <= lineLength { return oneLine }
        return "\n" + parameters.map { "\(indentation)    \($0)" }.joined(separator: ",\n") + "\n" + indentation
    }

    private static let lineLength = 120
}
