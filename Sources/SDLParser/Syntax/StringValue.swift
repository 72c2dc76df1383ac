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
            if isBlock { return hasEscapes ? blockStringValue(rawValue(source, start..<end)[...]) : blockStringValue(bytes[start..<end]) }
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
    private static func rawValue(_ source: SourceBytes, _ range: Range<Int>) -> [UInt8] {
        var raw: [UInt8] = []
        raw.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            if source.starts(with: "\\\"\"\"", at: index) { index += 1 }
            // After the backslash the quotation marks are taken as they are, one in each round.
            raw.append(source[index])
            index += 1
        }
        return raw
    }

    /// BlockStringValue(rawValue) of the specification: the indentation that all lines but the first share is taken away,
    /// then blank lines at both ends; lines are joined by line feeds.
    static func blockStringValue(_ raw: ArraySlice<UInt8>) -> String {
        var lines = splitLines(raw)
        var commonIndent: Int?
        for line in lines.dropFirst() {
            let indent = raw[line].prefix { $0.isBlockStringWhiteSpace }.count
            if indent < line.count { commonIndent = min(commonIndent ?? indent, indent) }
        }
        for number in lines.indices.dropFirst() { lines[number] = lines[number].dropFirst(commonIndent ?? 0) }
        func isBlank(_ line: Range<Int>) -> Bool { raw[line].allSatisfy { $0.isBlockStringWhiteSpace } }
        guard let first = lines.firstIndex(where: { !isBlank($0) }), let last = lines.lastIndex(where: { !isBlank($0) }) else { return "" }
        if first == last { return String(decoding: raw[lines[first]], as: UTF8.self) }
        var value: [UInt8] = []
        value.reserveCapacity(raw.count)
        for line in lines[first...last] {
            if !value.isEmpty { value.append(.lineFeed) }
            value += raw[line]
        }
        return String(decoding: value, as: UTF8.self)
    }

    private static func splitLines(_ raw: ArraySlice<UInt8>) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = raw.startIndex
        var index = start
        while index < raw.endIndex {
            let byte = raw[index]
            index += 1
            guard byte == .lineFeed || byte == .carriageReturn else { continue }
            lines.append(start..<index - 1)
            if byte == .carriageReturn, index < raw.endIndex, raw[index] == .lineFeed { index += 1 }
            start = index
        }
        lines.append(start..<raw.endIndex)
        return lines
    }
}

extension UInt8 {
    /// Spec section 2.1.3, WhiteSpace: the only characters that count as indentation.
    fileprivate var isBlockStringWhiteSpace: Bool { self == .space || self == .tab }
}
