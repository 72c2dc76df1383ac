/// The text of one GraphQL document: a name for messages and its UTF-8 bytes.
///
/// Every position in the parser is a byte offset into `bytes`; lines and columns are derived only when a message is printed.
public final class Source: Sendable {
    /// What messages call the document: a path as the user gave it, or a word such as "operation".
    public let name: String
    /// The document, as read. It may hold bytes that are not valid UTF-8; the lexer reports them.
    public let bytes: [UInt8]

    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    public convenience init(name: String, text: String) {
        self.init(name: name, bytes: Array(text.utf8))
    }

    /// The text that `span` covers, decoded as UTF-8 with replacement of invalid bytes.
    public func text(_ span: SourceSpan) -> String {
        String(decoding: bytes[Int(span.start)..<Int(span.end)], as: UTF8.self)
    }

    /// The line and column of a byte offset; scans from the start, so ask only when a message is printed.
    public func location(at offset: UInt32) -> SourceLocation {
        var line = 1
        var lineStart = 0
        var index = 0
        let end = min(Int(offset), bytes.count)
        while index < end {
            let byte = bytes[index]
            index += 1
            // A line terminator is LF, CR LF or a lone CR (spec section 2.1.2).
            if byte == 0x0A || (byte == 0x0D && !(index < bytes.count && bytes[index] == 0x0A)) {
                line += 1
                lineStart = index
            }
        }
        return SourceLocation(line: line, column: column(lineStart: lineStart, offset: end))
    }

    /// The column of `offset` in the line that begins at `lineStart`, counted as editors do.
    func column(lineStart: Int, offset: Int) -> Int {
        var start = lineStart
        // A byte order mark is no character of the text.
        if start == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
        let end = min(offset, bytes.count)
        guard start < end else { return 1 }
        // UTF-8 continuation bytes add nothing.
        return bytes[start..<end].reduce(into: 1) { count, byte in
            if byte & 0xC0 != 0x80 { count += 1 }
        }
    }
}

/// A half-open range of byte offsets in a `Source`.
public struct SourceSpan: Hashable, Sendable {
    public var start: UInt32
    public var end: UInt32

    public init(start: UInt32, end: UInt32) {
        self.start = start
        self.end = end
    }
}

/// A place for people: both numbers are counted from 1; the column counts Unicode scalars.
public struct SourceLocation: Hashable, Sendable {
    public let line: Int
    public let column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}
