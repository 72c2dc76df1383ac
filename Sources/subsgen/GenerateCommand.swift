import ArgumentParser
import Codegen
import SDLParser

/// `subsgen SCHEMA... --out FOLDER`: the command without a name.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Write the package of a schema. This is what subsgen does where no subcommand is named.")

    @Argument(help: ArgumentHelp("The files of the schema; several make one schema.", valueName: "schema"))
    var schemas: [String]

    @Option(name: [.short, .long], help: ArgumentHelp("The folder of the package.", valueName: "folder"))
    var out: String

    @Flag(help: "Take an argument that selects no events for an error, not a warning.")
    var strict = false

    @Flag(help: "Write payload classes for every type, not only for those that Subscription leads to.")
    var allTypes = false

    @Flag(help: "Write over generated files that were edited by hand. Your resolvers are never written over.")
    var force = false

    @Flag(help: "Write nothing; say what is out of date, and exit with 1 if anything is.")
    var check = false

    func run() throws {
        let files = try generate()
        let folder = OutputFolder(out)
        let plan = try onDisk { () throws(OutputFolder.Problem) in
            try folder.lock()
            return try WritePlan(files, over: try manifest(in: folder), isForced: force) { path throws(OutputFolder.Problem) in
                try folder.file(path)
            }
        }
        warnOfOrphans(plan)
        if check { return try report(plan) }
        if !plan.refused.isEmpty { throw refusal(plan) }
        try onDisk { () throws(OutputFolder.Problem) in
            try folder.write(plan.writes)
            for path in plan.removals { try folder.remove(path) }
            // Last, so that it never speaks of what is not there yet.
            let manifest = GeneratedFile(path: Manifest.path, text: plan.manifest.text)
            if case .bytes(let bytes) = try folder.file(Manifest.path), bytes.elementsEqual(manifest.text.utf8) { return }
            try folder.write([manifest])
        }
        StandardStream.output.write(summary(plan))
    }

    /// The files of the package, after all that there is to say of the schema is said.
    private func generate() throws -> [GeneratedFile] {
        let sources = try schemas.map { path throws(Failure) in try InputFile.read(path) }
        let result: Pipeline.Result
        do throws(CodegenError) {
            result = try Pipeline.run(
                sources, options: Pipeline.Options(isStrict: strict, hasAllTypes: allTypes), templates: try .embedded())
        } catch {
            throw Failure(.internalError, "subsgen is at fault: \(error).", hint: "Please report it with the schema.")
        }
        let style: DiagnosticPrinter.Style = StandardStream.error.showsColour ? .coloured : .plain
        let report = DiagnosticPrinter(style: style).print(result.diagnostics)
        guard let files = result.files else {
            let isUnreadable = result.diagnostics.contains { $0.code == .invalidUTF8 || $0.code == .documentTooLarge }
            throw Failure(isUnreadable ? .unreadableInput : .mistakes, text: report)
        }
        StandardStream.error.write(report)
        return files
    }

    /// What subsgen wrote before; nothing where the manifest is missing or damaged.
    private func manifest(in folder: OutputFolder) throws(OutputFolder.Problem) -> Manifest {
        switch try folder.file(Manifest.path) {
        case .absent: return Manifest()
        case .bytes(let bytes):
            if let manifest = Manifest(text: bytes) { return manifest }
        case .link: break
        }
        StandardStream.error.write("warning: \(folder.path(Manifest.path)) is no manifest of subsgen, so that every file counts as edited.\n")
        return Manifest()
    }

    private func onDisk<Result>(_ work: () throws(OutputFolder.Problem) -> Result) throws(Failure) -> Result {
        do {
            return try work()
        } catch {
            throw Failure(.unwritableOutput, "cannot write \(OutputFolder(out).path(error.path)): \(error.error.reason).")
        }
    }

    // MARK: Reports

    private func summary(_ plan: WritePlan) -> String {
        if !plan.changesFiles, plan.kept.isEmpty { return "\(out): up to date, \(plan.unchanged) files.\n" }
        let parts = [
            "\(plan.writes.count) written", plan.removals.isEmpty ? nil : "\(plan.removals.count) removed",
            plan.kept.isEmpty ? nil : "\(plan.kept.count) kept as you edited them", "\(plan.unchanged) unchanged",
        ]
        return "\(out): " + parts.compactMap { $0 }.joined(separator: ", ") + ".\n"
    }

    private func report(_ plan: WritePlan) throws(Failure) {
        let folder = OutputFolder(out)
        let lines =
            plan.writes.map { "out of date: \(folder.path($0.path))\n" } + plan.removals.map { "no longer needed: \(folder.path($0))\n" }
            + plan.refused.map { "edited by hand: \(folder.path($0))\n" }
        if lines.isEmpty { return StandardStream.output.write("\(out): up to date.\n") }
        throw Failure(.mistakes, text: lines.joined())
    }

    private func refusal(_ plan: WritePlan) -> Failure {
        let folder = OutputFolder(out)
        let lines = plan.refused.map { "error: \(folder.path($0)) was edited by hand, or is not subsgen's.\n" }
        return Failure(
            .refused,
            text: lines.joined() + "hint: Nothing was written. Change the schema instead, move the file away, or write over it with --force.\n")
    }

    private func warnOfOrphans(_ plan: WritePlan) {
        let folder = OutputFolder(out)
        for path in plan.orphans {
            StandardStream.error.write(
                "warning: \(folder.path(path)) answers no field of the schema any more. You edited it, so it stays; nothing calls it.\n")
        }
    }
}
