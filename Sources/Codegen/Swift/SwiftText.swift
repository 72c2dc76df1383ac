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
            default: cleaned.append(isHidden(scalar) ? "\u{FFFD}" : scalar)
            }
            last = scalar
        }
        return String(cleaned)
    }

    /// Whether a character shows text in another order than it has, or does not show.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        // Joiners are part of emoji and of several scripts; other format characters reorder or hide text.
        case .format: scalar != "\u{200C}" && scalar != "\u{200D}"
        case .control, .surrogate, .privateUse, .lineSeparator, .paragraphSeparator: true
        default: false
        }
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

    /// A string literal over several lines, which the reader sees as the text has them. Behind it nothing may stand on the line.
    ///
    /// It is raw, so that only what could end it, start an escape or hide in it needs care.
    static func block(_ text: String) -> String {
        // One more than ever stands behind what would end the literal or start an escape.
        let fence = String(repeating: "#", count: longestFence(in: text) + 1)
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            line.allSatisfy(isPlain) ? String(Substring(line)) : showingHidden(Substring(line), fence)
        }.joined(separator: "\n")
        return "\(fence)\"\"\"\n\(lines)\n\"\"\"\(fence)"
    }

    private static func showingHidden(_ line: Substring, _ fence: String) -> String {
        var shown = ""
        for scalar in line.unicodeScalars {
            if isHidden(scalar) {
                shown += "\\\(fence)u{\(String(scalar.value, radix: 16, uppercase: true))}"
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    /// How many number signs stand, at most, behind a quotation mark or a backslash.
    private static func longestFence(in text: String) -> Int {
        var (longest, current) = (0, Int?.none)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): current = 0
            case UInt8(ascii: "#"): current = current.map { $0 + 1 }
            default: current = nil
            }
            longest = max(longest, current ?? 0)
        }
        return longest
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
