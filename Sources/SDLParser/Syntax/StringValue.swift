/// The meaning of string literals (spec section 2.9.4).
enum StringValue {
    /// The value of the literal at `span`, which the lexer has accepted, quotation marks included.
    static func decode(_ bytes: [UInt8], span: SourceSpan, isBlock: Bool, hasEscapes: Bool) -> String {
        let marks = isBlock ? 3 : 1
        let start = Int(span.start) + marks
        let end = Int(span.end) - marks
        guard start < end else { return "" }
        return bytes.withUnsafeBytes { buffer in
            let source = SourceBytes(buffer)
            if isBlock { return blockStringValue(rawValue(source, start..<end, hasEscapes: hasEscapes)) }
            return hasEscapes ? unescape(source, start..<end) : source.text(start..<end)
        }
    }

    private static func unescape(_ source: SourceBytes, _ range: Range<Int>) -> String {
        var value = String.UnicodeScalarView()
        var index = range.lowerBound
        while index < range.upperBound {
            let next = min(source.endOfPlainCharacters(from: index), range.upperBound)
            if next > index {
                value.append(contentsOf: source.text(index..<next).unicodeScalars)
                index = next
                continue
            }
            switch EscapeSequence.read(source, at: index) {
            case .scalar(let scalar, let length):
                value.append(scalar)
                index += length
            case .invalid:
                // The lexer has refused it; nothing sensible can come of it.
                index += 1
            }
        }
        return String(value)
    }

    /// The characters between the quotation marks, with `\"""` replaced.
    private static func rawValue(_ source: SourceBytes, _ range: Range<Int>, hasEscapes: Bool) -> [UInt8] {
        var raw: [UInt8] = []
        raw.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            if hasEscapes, source.starts(with: "\\\"\"\"", at: index) { index += 1 }
            // After the backslash the quotation marks are taken as they are, one in each round.
            raw.append(source[index])
            index += 1
        }
        return raw
    }

    /// BlockStringValue(rawValue) of the specification: the indentation that all lines but the first share is taken away,
    /// then blank lines at both ends; lines are joined by line feeds.
    static func blockStringValue(_ raw: [UInt8]) -> String {
        let lines = splitLines(raw)
        var commonIndent: Int?
        for line in lines.dropFirst() {
            let indent = raw[line].prefix { $0.isBlockStringWhiteSpace }.count
            if indent < line.count { commonIndent = min(commonIndent ?? indent, indent) }
        }
        var contents = lines.enumerated().map { number, line in
            number == 0 ? raw[line] : raw[line].dropFirst(commonIndent ?? 0)
        }
        while let last = contents.last, last.allSatisfy({ $0.isBlockStringWhiteSpace }) { contents.removeLast() }
        let leading = contents.prefix { $0.allSatisfy { $0.isBlockStringWhiteSpace } }.count
        return String(decoding: Array(contents.dropFirst(leading).joined(separator: [.lineFeed])), as: UTF8.self)
    }

    private static func splitLines(_ raw: [UInt8]) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = 0
        var index = 0
        while index < raw.count {
            let byte = raw[index]
            index += 1
            guard byte == .lineFeed || byte == .carriageReturn else { continue }
            lines.append(start..<index - 1)
            if byte == .carriageReturn, index < raw.count, raw[index] == .lineFeed { index += 1 }
            start = index
        }
        lines.append(start..<raw.count)
        return lines
    }
}

extension UInt8 {
    /// Spec section 2.1.3, WhiteSpace: the only characters that count as indentation.
    fileprivate var isBlockStringWhiteSpace: Bool { self == .space || self == .tab }
}
