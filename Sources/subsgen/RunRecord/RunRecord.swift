import Codegen
import SDLParser

/// What a run of the generator was given, left in the package's folder and said: enough for a later run to tell that it would do the
/// same again, and that this is nothing.
///
/// Times of files say nothing of this: contents are compared, those of the package with them, so that whatever was edited, removed or
/// checked out since is noticed.
struct RunRecord {
    let inputs: RunInputs
    /// What stood at each path that was looked at, when the run had ended.
    let findings: [String: OutputFolder.Finding]
    /// What there was to say of the schema.
    let report: String
    /// Of a run that finds all this.
    let plan: WritePlan

    /// Whether a run with these inputs would find in a folder what this one left there.
    func holds(for inputs: RunInputs, in folder: OutputFolder) -> Bool {
        self.inputs == inputs
            && findings.allSatisfy { path, finding in
                guard let found = try? folder.file(path) else { return false }
                return OutputFolder.Finding(found) == finding
            }
    }
}

extension RunRecord {
    private static let format = "subsgen run 1"

    /// As it stands in its file: lines, those of lists behind their number, and the report. Nil where a path has a line break.
    func text(for folder: String) -> String? {
        let found = findings.sorted { $0.key < $1.key }.map { $1.rawValue + " " + $0 }
        let lists = [found, plan.kept, plan.orphans].flatMap { [String($0.count)] + $0 }
        let lines = [Self.format, folder, inputs.digits, String(plan.unchanged)] + lists
        guard lines.allSatisfy({ !$0.utf8.contains(0x0A) }) else { return nil }
        return lines.joined(separator: "\n") + "\n" + report
    }

    /// Reads the file. Nil where it is of another folder, or no record of this format.
    init?(_ text: [UInt8], for folder: String) {
        var lines = RecordLines(rest: text[...])
        guard lines.next() == Self.format, lines.next() == folder, let inputs = lines.next(), let unchanged = lines.next().flatMap({ Int($0) }),
            let found = lines.list(), let kept = lines.list(), let orphans = lines.list(), let report = String(validating: lines.rest, as: UTF8.self)
        else { return nil }
        var findings: [String: OutputFolder.Finding] = [:]
        for line in found {
            guard let space = line.firstIndex(of: " ") else { return nil }
            findings[String(line[line.index(after: space)...])] = OutputFolder.Finding(rawValue: String(line[..<space]))
        }
        self.init(
            inputs: RunInputs(digits: inputs), findings: findings, report: report,
            plan: WritePlan(unchanged: unchanged, kept: kept, orphans: orphans))
    }
}

/// Reads the lines of a record one after another.
private struct RecordLines {
    var rest: ArraySlice<UInt8>

    mutating func next() -> String? {
        guard let end = rest.firstIndex(of: 0x0A) else { return nil }
        defer { rest = rest[(end + 1)...] }
        return String(validating: rest[..<end], as: UTF8.self)
    }

    /// As many lines as the next one says.
    mutating func list() -> [String]? {
        guard let count = next().flatMap({ Int($0) }), count >= 0 else { return nil }
        var lines: [String] = []
        for _ in 0..<count {
            guard let line = next() else { return nil }
            lines.append(line)
        }
        return lines
    }
}
