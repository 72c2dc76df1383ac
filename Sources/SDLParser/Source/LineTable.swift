/// Where the lines of a document begin: made once for many locations.
public struct LineTable {
    private let source: Source
    private let starts: [Int]

    /// Reads the document once.
    public init(_ source: Source) {
        self.source = source
        starts = source.bytes.withUnsafeBytes { buffer in
            let bytes = SourceBytes(buffer)
            var starts = [0]
            var index = 0
            while true {
                index = bytes.firstIndex(of: .lineFeed, or: .carriageReturn, from: index)
                guard index < bytes.count else { return starts }
                // A line terminator is LF, CR LF or a lone CR (spec section 2.1.2).
                index += bytes[index] == .carriageReturn && bytes[index + 1] == .lineFeed ? 2 : 1
                starts.append(index)
            }
        }
    }

    /// The line and column of a byte offset, as `Source.location(at:)` gives them.
    public func location(at offset: UInt32) -> SourceLocation {
        let line = lineIndex(at: Int(offset))
        return SourceLocation(line: line + 1, column: source.column(lineStart: starts[line], offset: Int(offset)))
    }

    /// The bytes of the line that holds `offset`, without its terminator.
    func line(at offset: UInt32) -> Range<Int> {
        let line = lineIndex(at: Int(offset))
        let bytes = source.bytes
        var end = line + 1 < starts.count ? starts[line + 1] : bytes.count
        while end > starts[line], bytes[end - 1] == .lineFeed || bytes[end - 1] == .carriageReturn { end -= 1 }
        return starts[line]..<end
    }

    /// The last line that begins at or before `offset`.
    private func lineIndex(at offset: Int) -> Int {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return low
    }
}
