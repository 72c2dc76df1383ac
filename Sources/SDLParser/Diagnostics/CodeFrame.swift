/// The source line of a span with carets under it.
///
///     12 |   author: Usr!
///        |           ^^^
struct CodeFrame {
    /// The line as shown, cut where it is very long.
    let line: DisplayText
    /// How many cells stand before the first caret.
    let indentation: Int
    /// How many carets: one at least.
    let carets: Int

    /// What is shown of a line before the span, and of the line as a whole. Minified documents are one line.
    private static let bytesBefore = 60
    private static let bytesInAll = 160

    init(_ source: Source, _ span: SourceSpan, _ lines: LineTable) {
        let whole = lines.line(at: span.start)
        let start = min(max(Int(span.start), whole.lowerBound), whole.upperBound)
        // A span that goes on in further lines is underlined to the end of its first.
        let end = min(max(Int(span.end), start), whole.upperBound)

        let bytes = source.bytes
        var shown = whole
        if start - whole.lowerBound > Self.bytesBefore, whole.count > Self.bytesInAll {
            shown = Self.scalarStart(bytes, start - Self.bytesBefore)..<whole.upperBound
        }
        if shown.count > Self.bytesInAll {
            shown = shown.lowerBound..<max(start, Self.scalarStart(bytes, shown.lowerBound + Self.bytesInAll))
        }
        var text = DisplayText()
        if shown.lowerBound > whole.lowerBound { text.append("…") }
        text.append(String(decoding: bytes[shown.lowerBound..<start], as: UTF8.self))
        indentation = text.width
        let marked = start..<max(start, min(end, shown.upperBound))
        text.append(String(decoding: bytes[marked], as: UTF8.self))
        carets = max(1, text.width - indentation)
        text.append(String(decoding: bytes[marked.upperBound..<max(marked.upperBound, shown.upperBound)], as: UTF8.self))
        if shown.upperBound < whole.upperBound { text.append("…") }
        line = text
    }

    /// The first byte of the character that `index` lies in.
    private static func scalarStart(_ bytes: [UInt8], _ index: Int) -> Int {
        var start = index
        while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return start
    }
}
