/// What changes in a file, as `diff -u` writes it: for people to read and for `patch` to apply.
public struct UnifiedDiff: Sendable {
    /// The change with its two header lines; empty where the texts are equal.
    public let text: String

    /// How many unchanged lines stand around a change.
    private static let context = 3

    /// The change of the file at `path` from one content to another; nil is a file that is not there.
    public init(of path: String, from old: [UInt8]?, to new: [UInt8]?) {
        let (before, after) = (Self.lines(old ?? []), Self.lines(new ?? []))
        let edits = LineEdits(before, after).edits
        guard edits.contains(where: { $0.kind != .kept }) || (old == nil) != (new == nil) else {
            text = ""
            return
        }
        var output = "--- \(old == nil ? "/dev/null" : path)\n+++ \(new == nil ? "/dev/null" : path)\n"
        var rest = edits[...]
        while let hunk = Self.nextHunk(&rest) { output += Self.text(of: hunk) }
        text = output
    }

    /// Each with its end of line; the last one may have none.
    private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.endIndex
            lines.append(rest[..<end])
            rest = rest[end...]
        }
        return lines
    }

    /// Takes the next change with what stands around it, and the changes so near that they share it; nil at the end.
    private static func nextHunk(_ rest: inout ArraySlice<LineEdits.Edit>) -> ArraySlice<LineEdits.Edit>? {
        guard let first = rest.firstIndex(where: { $0.kind != .kept }) else { return nil }
        var last = first
        var index = first
        while index < rest.endIndex, index - last <= 2 * context {
            if rest[index].kind != .kept { last = index }
            index += 1
        }
        let end = min(last + context + 1, rest.endIndex)
        let hunk = rest[max(first - context, rest.startIndex)..<end]
        rest = rest[end...]
        return hunk
    }

    private static func text(of hunk: ArraySlice<LineEdits.Edit>) -> String {
        let removed = range(hunk.filter { $0.kind != .added }, hunk.first?.oldLine ?? 0)
        let added = range(hunk.filter { $0.kind != .removed }, hunk.first?.newLine ?? 0)
        var output = "@@ -\(removed) +\(added) @@\n"
        for edit in hunk {
            switch edit.kind {
            case .kept: output += " "
            case .removed: output += "-"
            case .added: output += "+"
            }
            output += String(decoding: edit.line, as: UTF8.self)
            if edit.line.last != UInt8(ascii: "\n") { output += "\n\\ No newline at end of file\n" }
        }
        return output
    }

    /// `start,count`, of which an empty range starts at the line before it.
    private static func range(_ edits: [LineEdits.Edit], _ start: Int) -> String {
        edits.count == 1 ? "\(start + 1)" : "\(edits.isEmpty ? start : start + 1),\(edits.count)"
    }
}
