/// Which lines to keep, remove and add to get from one text to another.
///
/// Lines that each text has once hold the two together (patience diff); only between them, where little is left, the shortest edit
/// is looked for. So that a large file that changed all over takes no more than a moment.
struct LineEdits {
    typealias Line = ArraySlice<UInt8>

    struct Edit: Sendable {
        enum Kind: Sendable { case kept, removed, added }

        let kind: Kind
        let line: Line
        /// How many lines of the old and of the new text stand before it.
        let oldLine: Int
        let newLine: Int
    }

    private(set) var edits: [Edit] = []
    private let old: [Line]
    private let new: [Line]

    /// Up to here the shortest edit is looked for; its time and memory grow with the square.
    private static let lookedAt = 1_000

    init(_ old: [Line], _ new: [Line]) {
        self.old = old
        self.new = new
        var (oldStart, newStart) = (0, 0)
        for (oldIndex, newIndex) in anchors() {
            between(oldStart..<oldIndex, newStart..<newIndex)
            append(.kept, oldIndex, newIndex)
            (oldStart, newStart) = (oldIndex + 1, newIndex + 1)
        }
        between(oldStart..<old.count, newStart..<new.count)
    }

    /// Lines that stand once in each text, as many as follow each other in both.
    private func anchors() -> [(old: Int, new: Int)] {
        let (oldIndices, newIndices) = (Self.uniqueLines(old), Self.uniqueLines(new))
        let shared = old.indices.compactMap { index in
            oldIndices[old[index]] == index ? newIndices[old[index]].map { (old: index, new: $0) } : nil
        }
        // The longest rising sequence of the new indices: tails[n] ends the one of n + 1 that ends lowest.
        var tails: [Int] = []
        var previous = [Int?](repeating: nil, count: shared.count)
        for (index, pair) in shared.enumerated() {
            var (low, high) = (0, tails.count)
            while low < high {
                let middle = (low + high) / 2
                if shared[tails[middle]].new < pair.new { low = middle + 1 } else { high = middle }
            }
            previous[index] = low > 0 ? tails[low - 1] : nil
            if low < tails.count { tails[low] = index } else { tails.append(index) }
        }
        var sequence: [(old: Int, new: Int)] = []
        var next = tails.last
        while let index = next {
            sequence.append(shared[index])
            next = previous[index]
        }
        return sequence.reversed()
    }

    private static func uniqueLines(_ lines: [Line]) -> [Line: Int] {
        var indices: [Line: Int?] = [:]
        for (index, line) in lines.enumerated() { indices.updateValue(indices[line] == nil ? index : nil, forKey: line) }
        return indices.compactMapValues { $0 }
    }

    /// Edits of a stretch without anchors.
    private mutating func between(_ oldRange: Range<Int>, _ newRange: Range<Int>) {
        var (oldIndex, newIndex) = (oldRange.lowerBound, newRange.lowerBound)
        var removed = Set(oldRange)
        var added = Set(newRange)
        if oldRange.count + newRange.count <= Self.lookedAt {
            let changes = Array(new[newRange]).difference(from: Array(old[oldRange]))
            removed = Set(changes.removals.map { oldRange.lowerBound + Self.offset(of: $0) })
            added = Set(changes.insertions.map { newRange.lowerBound + Self.offset(of: $0) })
        }
        while oldIndex < oldRange.upperBound || newIndex < newRange.upperBound {
            if removed.contains(oldIndex) {
                append(.removed, oldIndex, newIndex)
                oldIndex += 1
            } else if added.contains(newIndex) {
                append(.added, oldIndex, newIndex)
                newIndex += 1
            } else {
                append(.kept, oldIndex, newIndex)
                oldIndex += 1
                newIndex += 1
            }
        }
    }

    private static func offset(of change: CollectionDifference<Line>.Change) -> Int {
        switch change {
        case .insert(let offset, _, _), .remove(let offset, _, _): offset
        }
    }

    private mutating func append(_ kind: Edit.Kind, _ oldIndex: Int, _ newIndex: Int) {
        edits.append(Edit(kind: kind, line: kind == .added ? new[newIndex] : old[oldIndex], oldLine: oldIndex, newLine: newIndex))
    }
}
