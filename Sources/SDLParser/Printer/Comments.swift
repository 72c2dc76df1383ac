/// The comments of a document, which no tree holds, in their order; each is handed out once.
struct Comments {
    struct Comment {
        /// With the number sign, without white space at its end.
        let text: String
        let start: UInt32
        /// The end of the token before it: where that is the end of a production, the comment may belong to the production.
        let previousEnd: UInt32
        /// A token stands before it in its line.
        let endsLine: Bool
        let hasBlankLineBefore: Bool
        /// A blank line stands before the token that follows; false where another comment follows.
        var hasBlankLineAfter = false
    }

    private let all: [Comment]
    private var next = 0

    /// No comments.
    init() { all = [] }

    /// Those of a document without mistakes.
    init(of source: Source) {
        all = source.bytes.withUnsafeBytes { buffer in
            var lexer = Lexer(SourceBytes(buffer))
            var found: [Comment] = []
            var end: UInt32 = 0
            while (try? lexer.advance()) != nil {
                Self.read(lexer.bytes, from: end, to: lexer.token.start, into: &found)
                if lexer.token.kind == .endOfFile { break }
                end = lexer.token.end
            }
            return found
        }
    }

    /// Reads what stands between two tokens.
    private static func read(_ bytes: SourceBytes, from end: UInt32, to start: UInt32, into found: inout [Comment]) {
        let count = found.count
        var index = Int(end)
        var lineEnds = 0
        while index < Int(start) {
            switch bytes[index] {
            case .lineFeed:
                lineEnds += 1
                index += 1
            case .carriageReturn:
                lineEnds += 1
                index += bytes[index + 1] == .lineFeed ? 2 : 1
            case 0x23:
                let first = index
                index = bytes.firstIndex(of: .lineFeed, or: .carriageReturn, from: index)
                var last = index
                while bytes[last - 1] == .space || bytes[last - 1] == .tab { last -= 1 }
                found.append(
                    Comment(
                        text: bytes.text(first..<last), start: UInt32(truncatingIfNeeded: first), previousEnd: end,
                        endsLine: lineEnds == 0 && end > 0 && found.count == count, hasBlankLineBefore: lineEnds > 1))
                lineEnds = 0
            default:
                index += 1
            }
        }
        if found.count > count { found[found.count - 1].hasBlankLineAfter = lineEnds > 1 }
    }

    /// Whether a comment that was not taken yet stands between two places.
    func contain(from start: UInt32, to end: UInt32) -> Bool {
        all[next...].first { $0.start >= start }.map { $0.start < end } ?? false
    }

    /// Takes those that stand before a place.
    mutating func take(before end: UInt32) -> [Comment] {
        let first = next
        while next < all.count, all[next].start < end { next += 1 }
        return Array(all[first..<next])
    }

    /// Takes the one that ends the line of a production that ends at `end`.
    mutating func take(behind end: UInt32) -> Comment? {
        guard next < all.count, all[next].endsLine, all[next].previousEnd == end else { return nil }
        next += 1
        return all[next - 1]
    }
}

// Where comments are printed: before the definition or member that they precede, or in the line that they end. One in the midst of
// something that takes one line goes before it.
extension Printer {
    /// Prints a definition or a member, which begins a line, and the comments in it and behind it.
    mutating func item(_ node: SyntaxNode, _ print: (inout Printer) -> Void) {
        let place = text.utf8.count
        print(&self)
        let within = comments.take(before: node.span.end)
        if !within.isEmpty {
            let index = text.utf8.index(text.startIndex, offsetBy: place)
            text.insert(contentsOf: within.map { $0.text + "\n" + indentation }.joined(), at: index)
        }
        if let behind = comments.take(behind: node.span.end) { write(" " + behind.text) }
    }

    /// Takes the comments before the name of a definition or a member.
    mutating func commentsBefore(_ node: SyntaxNode) -> [Comments.Comment] {
        comments.take(before: max(node.span.start, node.nameSpan.end))
    }

    /// Prints comments, each on a line of its own that `newLine` begins; those after the first keep a blank line before them.
    mutating func lines(_ comments: [Comments.Comment]) {
        for (position, comment) in comments.enumerated() {
            if position > 0, comment.hasBlankLineBefore { write("\n") }
            newLine()
            write(comment.text)
        }
    }
}
