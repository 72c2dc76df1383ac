/// Descriptions as docstrings. They are the author's text: whatever stands in them, they end where the docstring ends.
enum PythonDocstring {
    /// A docstring statement of one or more lines, each indented, without a line feed at its end; nil for an empty text.
    static func statement(_ text: String, indent: Int) -> String? {
        let room = max(20, PythonLayout.width - indent)
        let text = dedented(text)
        // Six columns for the quotation marks of a single line; the formatter leaves them on it even where it is too long.
        var lines = text.count == 1 ? wrapped(text[0], room - 6) : text.flatMap { wrapped($0, room - 3) }
        guard let first = lines.first else { return nil }
        let margin = PythonLayout.spaces(indent)
        if lines.count == 1 { return margin + "\"\"\"" + closing(opening(first)) + "\"\"\"" }
        // Where the first line is broken, what follows may share an indentation that the formatter would take away.
        lines = [first] + outdented(lines.dropFirst())
        lines[0] = "\"\"\"" + opening(first)
        return (lines + ["\"\"\""]).map { $0.isEmpty ? "" : margin + $0 }.joined(separator: "\n")
    }

    /// A quotation mark right behind the opening ones would be read as one of them by people, if not by Python.
    private static func opening(_ line: String) -> String { line.hasPrefix("\"") ? "\\" + line : line }

    /// The same of one right before the closing ones, which Python would take for the first of them.
    private static func closing(_ line: String) -> String {
        guard line.hasSuffix("\"") else { return line }
        // Backslashes come in pairs that stand for one; an odd one escapes the quotation mark already.
        let backslashes = line.dropLast().reversed().prefix { $0 == "\\" }.count
        return backslashes.isMultiple(of: 2) ? line.dropLast() + "\\\"" : line
    }

    /// The text's lines, escaped, without blank ones around them and without the indentation that all lines after the first share.
    private static func dedented(_ text: String) -> [String] {
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { escaped(Substring($0)) }
        while let last = lines.last, last.isEmpty { lines.removeLast() }
        lines.removeFirst(lines.prefix { $0.isEmpty }.count)
        guard let first = lines.first else { return [] }
        return outdented([first]) + outdented(lines.dropFirst())
    }

    /// Lines without the indentation that all of them share.
    private static func outdented(_ lines: some Sequence<String>) -> [String] {
        let shared = lines.filter { !$0.isEmpty }.map(indentation).min() ?? 0
        // Bytes, as a space and an accent behind it are one character.
        return lines.map { String(Substring($0.utf8.dropFirst(shared))) }
    }

    private static func indentation(_ line: String) -> Int { line.utf8.prefix { $0 == UInt8(ascii: " ") }.count }

    /// A line without spaces at its end, in which nothing can end the docstring, start an escape or deceive its reader.
    private static func escaped(_ line: Substring) -> String {
        var line = line
        while let last = line.utf8.last, " \t\r".utf8.contains(last) { line = Substring(line.utf8.dropLast()) }
        if line.utf8.allSatisfy(isPlain) { return String(line) }
        var result = ""
        var previous: Unicode.Scalar = " "
        for scalar in line.unicodeScalars {
            switch scalar {
            case "\t": result += "    "
            case "\\": result += "\\\\"
            case "\"" where previous == "\"": result += "\\\""
            case " "..."~": result.unicodeScalars.append(scalar)
            default:
                if isVisible(scalar) { result.unicodeScalars.append(scalar) } else { result += PythonString.escape(scalar) }
            }
            previous = scalar
        }
        return result
    }

    /// Whether a byte means itself in a docstring, whatever stands beside it.
    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }

    /// A line broken at spaces to fit; tables and what has no spaces stay whole.
    private static func wrapped(_ line: String, _ room: Int) -> [String] {
        if width(line) <= room || line.drop(while: { $0 == " " }).hasPrefix("|") { return [line] }
        let text = line.drop { $0 == " " }
        let hanging = text.hasPrefix("- ") || text.hasPrefix("* ") ? 2 : 0
        let margin = PythonLayout.spaces(min(indentation(line) + hanging, room / 2))
        var lines: [String] = []
        var current = PythonLayout.spaces(indentation(line))
        var isAtStart = true
        for word in text.split(separator: " ") {
            if !isAtStart, width(current) + 1 + width(word) > room {
                lines.append(current)
                current = margin
                isAtStart = true
            }
            current += (isAtStart ? "" : " ") + word
            isAtStart = false
        }
        return lines + [current]
    }

    /// At most so many columns: every character beyond ASCII is taken for a wide one.
    private static func width(_ text: some StringProtocol) -> Int {
        text.unicodeScalars.reduce(0) { $0 + ($1.isASCII ? 1 : 2) }
    }
}
