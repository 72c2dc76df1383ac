/// Text of a schema where it stands in Swift: never able to become code.
enum SwiftText {
    /// The lines of a documentation comment, each what follows `///`.
    ///
    /// Whatever could end the line, or show it in another order than the compiler reads it, is replaced.
    static func documentation(_ description: String?, deprecated reason: String? = nil) -> TemplateValues.Value {
        var lines = description.map(lines(of:)) ?? []
        if let reason {
            if !lines.isEmpty { lines.append("") }
            lines += Self.lines(of: "Deprecated: " + reason)
        }
        return .list(lines.map { ["line": .text($0.isEmpty ? "" : " " + $0)] })
    }

    private static func lines(of text: String) -> [String] {
        var lines: [String] = []
        var line = ""
        for character in text {
            // "\r\n" is one character; the others end a line in Unicode, though not all of them do in Swift.
            if character.isNewline {
                lines.append(trimmed(line))
                line = ""
            } else {
                for scalar in character.unicodeScalars { line.unicodeScalars.append(shown(scalar)) }
            }
        }
        lines.append(trimmed(line))
        while lines.last == "" { lines.removeLast() }
        return Array(lines.drop { $0.isEmpty })
    }

    private static func shown(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        if scalar == "\t" { return " " }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: return "\u{FFFD}"
        // Joiners are part of emoji and of several scripts; other format characters reorder or hide text.
        case .format: return scalar.value == 0x200C || scalar.value == 0x200D ? scalar : "\u{FFFD}"
        default: return scalar
        }
    }

    private static func trimmed(_ line: String) -> String {
        var line = Substring(line)
        while line.last == " " { line.removeLast() }
        return String(line)
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
