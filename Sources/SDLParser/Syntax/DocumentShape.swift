/// What documents have in common that differ in nothing but numbers and strings in the arguments of their fields, those in lists and
/// input objects included.
///
/// The trees of texts of one shape are equal but for spans and those literals: a node's `id` means the same part of each.
public struct DocumentShape: Sendable {
    /// The text with one byte in place of each literal, which says its kind. Those bytes are in no UTF-8 text, so that no text is the
    /// shape of another.
    public let bytes: [UInt8]
    /// The `id` of each literal's node, in the order of the document.
    public let literals: [Int]
    /// How each literal moves what stands behind it.
    public let extents: [LiteralExtent]
    /// After each literal: where it ends in the text, and how many bytes of the text are not in the shape up to there.
    private let ends: [(end: UInt32, missing: UInt32)]

    /// The shape of a document of which nothing is taken out: its own text.
    public init(whole tree: SyntaxTree) {
        bytes = tree.source.bytes
        literals = []
        extents = []
        ends = []
    }

    /// The shape of a document that the parser has accepted.
    public init(of tree: SyntaxTree) {
        literals = Self.literals(of: tree)
        guard !literals.isEmpty else {
            bytes = tree.source.bytes
            extents = []
            ends = []
            return
        }
        let text = tree.source.bytes
        var bytes: [UInt8] = []
        var extents: [LiteralExtent] = []
        var ends: [(end: UInt32, missing: UInt32)] = []
        // Literals may be nearly all of the text, and the shape is kept.
        bytes.reserveCapacity(literals.reduce(text.count) { $0 - Int(tree.nodes[$1].end - tree.nodes[$1].start) + 1 })
        extents.reserveCapacity(literals.count)
        ends.reserveCapacity(literals.count)
        var position = 0
        for literal in literals {
            let node = tree.nodes[literal]
            bytes.append(contentsOf: text[position..<Int(node.start)])
            bytes.append(Self.mark(of: node))
            position = Int(node.end)
            extents.append(LiteralExtent(text[Int(node.start)..<position]))
            ends.append((node.end, UInt32(truncatingIfNeeded: position - bytes.count)))
        }
        bytes.append(contentsOf: text[position...])
        self.bytes = bytes
        self.extents = extents
        self.ends = ends
    }

    /// The place in the shape of a place in the text that is in no literal.
    public func offset(of place: UInt32) -> UInt32 {
        var low = 0
        var high = ends.count
        while low < high {
            let middle = (low + high) / 2
            if ends[middle].end <= place { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? place : place - ends[low - 1].missing
    }

    /// Directives, the definitions of variables and descriptions keep their literals.
    private static func literals(of tree: SyntaxTree) -> [Int] {
        var literals: [Int] = []
        var index = 0
        while index < tree.nodes.count {
            switch tree.nodes[index].kind {
            case .directive, .variableDefinition, .description: index = Int(tree.nodes[index].subtreeEnd)
            case .intValue, .floatValue, .stringValue:
                literals.append(index)
                index += 1
            default: index += 1
            }
        }
        return literals
    }

    fileprivate static let firstMark: UInt8 = 0xF8

    private static func mark(of node: SyntaxTree.Node) -> UInt8 {
        switch node.kind {
        case .intValue: firstMark
        case .floatValue: firstMark + 1
        default: node.flags & SyntaxTree.Flag.block == 0 ? firstMark + 2 : firstMark + 3
        }
    }
}

/// How far a literal reaches.
public struct LiteralExtent: Hashable, Sendable {
    /// How many line terminators are in it.
    let lines: UInt32
    /// How many characters it has, behind the last line terminator.
    let columns: UInt32

    init(_ literal: ArraySlice<UInt8>) {
        var lines: UInt32 = 0
        var columns: UInt32 = 0
        for index in literal.indices {
            switch literal[index] {
            case .lineFeed:
                lines &+= 1
                columns = 0
            // Before a line feed it is none of its own.
            case .carriageReturn where !literal[(index + 1)...].starts(with: [.lineFeed]):
                lines &+= 1
                columns = 0
            case let byte: if byte & 0xC0 != 0x80 { columns &+= 1 }
            }
        }
        self.lines = lines
        self.columns = columns
    }
}

/// The lines and columns of a text, of which no more is kept than its shape and the extents of its literals. Texts that are alike in
/// both have everything at the same places.
public struct DocumentLayout: Sendable {
    private let shape: [UInt8]
    public let extents: [LiteralExtent]

    /// `shape` are the bytes of a `DocumentShape`, and `extents` those of a text of it.
    public init(shape: [UInt8], extents: [LiteralExtent]) {
        self.shape = shape
        self.extents = extents
    }

    /// The line and column in the text of a place in the shape, as `Source.location(at:)` has them.
    public func location(at offset: UInt32) -> SourceLocation {
        var line = 1
        var column = 1
        var literals = extents.makeIterator()
        // A byte order mark is no character of the text.
        var index = shape.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let end = min(Int(offset), shape.count)
        while index < end {
            let byte = shape[index]
            index += 1
            if byte == .lineFeed || byte == .carriageReturn && !(index < shape.count && shape[index] == .lineFeed) {
                line += 1
                column = 1
            } else if byte >= DocumentShape.firstMark, let literal = literals.next() {
                line += Int(literal.lines)
                column = (literal.lines == 0 ? column : 1) + Int(literal.columns)
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return SourceLocation(line: line, column: column)
    }
}
