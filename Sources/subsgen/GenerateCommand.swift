import ArgumentParser
import Codegen
import SDLParser

/// `subsgen SCHEMA... --out FOLDER`: the command without a name.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Write the package of a schema. This is what subsgen does where no subcommand is named.")

    @Argument(help: ArgumentHelp("Files, folders and patterns; all that they name makes one schema.", valueName: "schema"))
    var schemas: [String] = []

    @Option(name: [.short, .long], help: ArgumentHelp("The folder of the package.", valueName: "folder"))
    var out: String

    @Flag(help: "Take an argument that selects no events for an error, not a warning.")
    var strict = false

    @Flag(help: "Write payload classes for every type, not only for those that Subscription leads to.")
    var allTypes = false

    @Flag(help: "Write over generated files that were edited by hand. Your resolvers are never written over.")
    var force = false

    @Flag
    var mode: Mode?

    @Option(help: ArgumentHelp("Write for Make or Ninja what the package was made of.", valueName: "file"))
    var depfile: String?

    /// What else to do than to write.
    enum Mode: EnumerableFlag {
        case check, dryRun, clean

        static func help(for mode: Mode) -> ArgumentHelp? {
            switch mode {
            case .check: "Write nothing; show what is out of date, and exit with 1 if anything is."
            case .dryRun: "Write nothing; list what would be written and removed."
            case .clean: "Remove what subsgen wrote and nobody edited. No schema is needed."
            }
        }
    }

    func validate() throws {
        if schemas.isEmpty, mode != .clean { throw ValidationError("Missing expected argument '<schema> ...'") }
        if depfile != nil, mode != nil {
            throw ValidationError("--depfile is written with a package; it does not go together with --check, --dry-run and --clean.")
        }
    }

    func run() throws {
        if mode == .clean { return try clean() }
        let sources = try InputFile.readAll(schemas, status: .unreadableInput)
        try InputFile.refuseEmpty(sources)
        let files = try generate(sources)
        let folder = OutputFolder(out)
        let plan = try onDisk { () throws(OutputFolder.Problem) in
            // Who only looks waits for nobody, and needs no right to write.
            if mode == nil { try folder.lock() }
            return try self.plan(files, in: folder)
        }
        warnOfOrphans(plan)
        if mode == .check { return try report(plan, of: files, in: folder) }
        if !plan.refused.isEmpty { throw refusal(plan) }
        if mode == .dryRun { return StandardStream.output.write(forecast(plan)) }
        try onDisk { () throws(OutputFolder.Problem) in
            try folder.write(plan.writes)
            for path in plan.removals { try folder.remove(path) }
            // Last, so that it never speaks of what is not there yet.
            try write(plan.manifest, in: folder)
        }
        if let depfile { try DependencyFileOnDisk.write(depfile, target: folder.path(Manifest.path), prerequisites: sources.map(\.name)) }
        StandardStream.output.write(summary(plan))
    }

    /// Removes what is subsgen's. What somebody edited stays, with what the manifest knows of it.
    private func clean() throws {
        let folder = OutputFolder(out)
        let plan = try onDisk { () throws(OutputFolder.Problem) in
            try folder.lock()
            let plan = try self.plan([], in: folder)
            for path in plan.removals { try folder.remove(path) }
            if plan.manifest.paths.isEmpty {
                // One that cannot be read may be anybody's.
                if case .bytes(let bytes) = try folder.file(Manifest.path), Manifest(text: bytes) != nil { try folder.remove(Manifest.path) }
            } else {
                try write(plan.manifest, in: folder)
            }
            folder.removeIfEmpty()
            return plan
        }
        for path in (plan.orphans + plan.refused).sorted() {
            StandardStream.error.write("warning: \(folder.path(path)) was edited by hand, so it stays.\n")
        }
        StandardStream.output.write("\(out): \(plan.removals.count) removed, \(plan.orphans.count + plan.refused.count) kept.\n")
    }

    private func plan(_ files: [GeneratedFile], in folder: OutputFolder) throws(OutputFolder.Problem) -> WritePlan {
        try WritePlan(files, over: try manifest(in: folder), isForced: force) { path throws(OutputFolder.Problem) in
            try folder.file(path)
        }
    }

    private func write(_ manifest: Manifest, in folder: OutputFolder) throws(OutputFolder.Problem) {
        let file = GeneratedFile(path: Manifest.path, text: manifest.text)
        if case .bytes(let bytes) = try folder.file(Manifest.path), bytes.elementsEqual(file.text.utf8) { return }
        try folder.write([file])
    }

    /// The files of the package, after all that there is to say of the schema is said.
    private func generate(_ sources: [Source]) throws -> [GeneratedFile] {
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

    func onDisk<Result>(_ work: () throws(OutputFolder.Problem) -> Result) throws(Failure) -> Result {
        do {
            return try work()
        } catch {
            throw Failure(.unwritableOutput, "cannot write \(OutputFolder(out).path(error.path)): \(error.error.reason).")
        }
    }
}
