import Codegen
import Glibc

/// What the command says of a package's files.
extension Generation {
    /// A sentence: what was done.
    func summary(_ plan: WritePlan) -> String {
        if !plan.changesFiles, plan.kept.isEmpty { return "\(settings.out): up to date, \(plan.unchanged) files." }
        let parts = [
            "\(plan.writes.count) written", plan.removals.isEmpty ? nil : "\(plan.removals.count) removed",
            plan.kept.isEmpty ? nil : "\(plan.kept.count) kept as you edited them", "\(plan.unchanged) unchanged",
        ]
        return "\(settings.out): " + parts.compactMap { $0 }.joined(separator: ", ") + "."
    }

    /// What a run would do: a line for each file.
    func forecast(_ plan: WritePlan) -> String {
        let lines =
            plan.writes.map { "would write: \(folder.path($0.path))\n" } + plan.removals.map { "would remove: \(folder.path($0))\n" }
            + plan.kept.map { "would keep, as you edited it: \(folder.path($0))\n" }
        return lines.joined() + "\(settings.out): \(plan.unchanged) unchanged.\n"
    }

    /// Shows what is out of date, and fails if anything is: the changes that a run would make on standard output, for `patch`, and the
    /// names of the files on standard error. Resolvers that do not fit are a failure too.
    func report(_ plan: WritePlan, of package: Package, _ misfit: String?) throws {
        let stale = plan.writes.map { ("out of date", $0.path) }
        let removals = plan.removals.map { ("no longer needed", $0) }
        let edited = plan.refused.map { ("edited by hand", $0) }
        var lines = (stale + removals + edited).map { "\($0): \(folder.path($1))\n" }
        if lines.isEmpty {
            if let misfit { throw Failure(.mistakes, text: misfit) }
            return StandardStream.output.write("\(settings.out): up to date.\n")
        }
        lines += try uncheckedFunctions(package, plan)
        let changes = try onDisk { () throws(OutputFolder.Problem) in
            let wanted = Dictionary(package.files.map { ($0.path, $0.text) }, uniquingKeysWith: { first, _ in first })
            let paths = (plan.writes.map(\.path) + plan.removals + plan.refused).sorted()
            return try paths.map { path throws(OutputFolder.Problem) in
                try change(of: path, to: wanted[path].map { Array($0.utf8) })
            }
        }
        StandardStream.output.write(changes.joined())
        throw Failure(.mistakes, text: (misfit.map { $0 + "\n" } ?? "") + lines.joined())
    }

    private func change(of path: String, to text: [UInt8]?) throws(OutputFolder.Problem) -> String {
        // Of a link nothing is known but that a file will take its place.
        let old: [UInt8]? = if case .bytes(let bytes) = try folder.file(path) { bytes } else { nil }
        return UnifiedDiff(of: folder.path(path), from: old, to: text).text
    }

    func refusal(_ plan: WritePlan) -> Failure {
        let lines = plan.refused.map { "error: \(folder.path($0)) was edited by hand, or is not subsgen's.\n" }
        return Failure(
            .refused,
            text: lines.joined() + "hint: Nothing was written. Change the schema instead, move the file away, or write over it with --force.\n")
    }

    /// A package that Python cannot import is of use to nobody who writes Python.
    func warnOfName() {
        let (parent, name) = folder.place
        let judged = PythonImportName(name, isTopLevel: access(FolderEntries.join(parent, "__init__.py"), F_OK) != 0)
        guard let problem = judged.problem else { return }
        let better = settings.out.contains("/") ? FolderEntries.join(parent, judged.suggestion) : judged.suggestion
        notify(
            "warning: Python code cannot import \(folder.name): \"\(name)\" \(problem).\nhint: Write it elsewhere, such as --out \(better).\n")
    }

    func warnOfOrphans(_ plan: WritePlan) {
        for path in plan.orphans {
            notify(
                "warning: \(folder.path(path)) answers no field of the schema any more. You edited it, so it stays; nothing calls it.\n")
        }
    }
}
