import Codegen
import Glibc
import SDLParser

/// One run of the generator over a folder on disk.
struct Generation {
    let settings: Settings
    /// Whether generated files that somebody edited are written over.
    let isForced: Bool
    let folder: OutputFolder
    /// Takes what there is to say besides, such as warnings: whole lines.
    let notify: (String) -> Void

    init(settings: Settings, isForced: Bool, notify: @escaping (String) -> Void = StandardStream.error.write) {
        self.settings = settings
        self.isForced = isForced
        self.notify = notify
        folder = OutputFolder(settings.out)
    }

    /// A package in memory, and what it expects of the developer's modules.
    struct Package {
        let files: [GeneratedFile]
        /// What there was to say of the schema.
        let report: String
        let resolvers: ResolverExpectations?
    }

    /// What a run did to which files, and why it is a failure all the same: resolvers that do not fit any more.
    struct Written {
        let plan: WritePlan
        let misfit: Failure?
    }

    /// Writes the package, and says what it did.
    func write() throws -> Written {
        let sources = try LoadedSchema.sources(settings.schemas, isQuiet: settings.isQuiet)
        let templates = try templates()
        let inputs = RunInputs(settings, sources, templates)
        if let record = inputs.flatMap({ RunRecordFile(folder: settings.out)?.record(for: $0, in: folder) }) {
            notify(record.report)
            warnOfName()
            warnOfOrphans(record.plan)
            return Written(plan: record.plan, misfit: nil)
        }
        let package = try generate(sources, templates)
        let plan = try onDisk { () throws(OutputFolder.Problem) in
            try folder.lock(creating: true)
            return try self.plan(package.files)
        }
        warnOfName()
        warnOfOrphans(plan)
        if !plan.refused.isEmpty { throw refusal(plan) }
        try onDisk { () throws(OutputFolder.Problem) in
            if !plan.writes.isEmpty {
                let files = [GeneratedFile(path: Manifest.path, text: plan.manifestMeanwhile.text)] + plan.writes
                var progress = Progress("writing", of: files.count, isQuiet: settings.isQuiet)
                defer { progress.end() }
                try folder.write(files) { progress.step() }
            }
            for path in plan.removals { try folder.remove(path) }
            try write(plan.manifest)
            try folder.removeTemporaries(besides: plan.manifest.paths + plan.removals)
        }
        if let depfile = settings.depfile {
            let inputs = (sources + templates).map(\.name) + (settings.configuration.map { [$0.name] } ?? [])
            // The package's own files too: so one that is deleted or edited is a reason to run again.
            let outputs = plan.manifest.paths.map { folder.path($0) }
            try DependencyFileOnDisk.write(depfile, target: folder.path(Manifest.path), prerequisites: inputs + outputs)
        }
        let judged = try judgeResolvers(of: package, plan)
        if judged.isMisfit { return Written(plan: plan, misfit: Failure(.misfit, text: judged.report)) }
        notify(judged.report)
        if let inputs, let findings = folder.findings {
            let report = package.report + judged.report
            RunRecordFile(folder: settings.out)?.write(
                RunRecord(inputs: inputs, findings: findings, report: report, plan: plan.afterwards))
        }
        return Written(plan: plan, misfit: nil)
    }

    // Who only looks waits for nobody, and needs no right to write.

    /// Shows what is out of date, and fails if anything is.
    func check() throws {
        let package = try generate(try LoadedSchema.sources(settings.schemas, isQuiet: settings.isQuiet), try templates())
        let plan = try onDisk { () throws(OutputFolder.Problem) in try self.plan(package.files) }
        warnOfOrphans(plan)
        let judged = try judgeResolvers(of: package, plan)
        if !judged.isMisfit { notify(judged.report) }
        try report(plan, of: package, judged.isMisfit ? judged.report : nil)
    }

    /// Lists what a run would do; fails where it would.
    func dryRun() throws {
        let package = try generate(try LoadedSchema.sources(settings.schemas, isQuiet: settings.isQuiet), try templates())
        let plan = try onDisk { () throws(OutputFolder.Problem) in try self.plan(package.files) }
        warnOfName()
        warnOfOrphans(plan)
        if !plan.refused.isEmpty { throw refusal(plan) }
        StandardStream.output.write(forecast(plan))
        let judged = try judgeResolvers(of: package, plan)
        if judged.isMisfit { throw Failure(.misfit, text: judged.report) }
        notify(judged.report)
    }

    /// Removes what is subsgen's. What somebody edited stays, with what the manifest knows of it.
    func clean() throws {
        let plan = try onDisk { () throws(OutputFolder.Problem) in
            try folder.lock(creating: false)
            let plan = try self.plan([])
            for path in plan.removals { try folder.remove(path) }
            if plan.manifest.paths.isEmpty {
                // One that cannot be read may be anybody's.
                if case .bytes(let bytes) = try folder.file(Manifest.path), Manifest(text: bytes) != nil { try folder.remove(Manifest.path) }
            } else {
                try write(plan.manifest)
            }
            try folder.removeTemporaries(besides: plan.manifest.paths + plan.removals)
            folder.removeIfEmpty()
            return plan
        }
        for path in (plan.orphans + plan.refused).sorted() {
            notify("warning: \(folder.path(path)) was edited by hand, so it stays.\n")
        }
        StandardStream.output.write("\(settings.out): \(plan.removals.count) removed, \(plan.orphans.count + plan.refused.count) kept.\n")
    }

    // MARK: Steps

    /// The templates that take the place of subsgen's. Hidden files are none.
    private func templates() throws(Failure) -> [Source] {
        guard let folder = settings.templates else { return [] }
        var path = folder
        do throws(SystemError) {
            var sources: [Source] = []
            for name in try FolderEntries.names(in: folder) where !name.hasPrefix(".") {
                path = FolderEntries.join(folder, name)
                sources.append(Source(name: path, bytes: try FileDescriptor(open(path, O_RDONLY | O_CLOEXEC)).readAll()))
            }
            return sources
        } catch {
            throw Failure(.unreadableInput, "cannot read \(path): \(error.reason).")
        }
    }

    /// The package, after all that there is to say of the schema is said.
    private func generate(_ sources: [Source], _ templates: [Source]) throws -> Package {
        let modules = try onDisk { () throws(OutputFolder.Problem) in try folder.modules(in: ResolverFiles.folders) }
        let result: Pipeline.Result
        do throws(CodegenError) {
            result = try Pipeline.run(
                sources, options: settings.options, templates: try .embedded(overriddenBy: templates), modules: modules)
        } catch {
            if error.isOfTemplate {
                let sentence = error.description.hasSuffix("?") ? error.description : error.description + "."
                throw Failure(.usage, sentence, hint: "docs/reference/templates.md says what each template is given.")
            }
            throw Failure(.internalError, "subsgen is at fault: \(error).", hint: "Please report it with the schema.")
        }
        guard let files = result.files else { throw LoadedSchema.failure(result.diagnostics) }
        let report = LoadedSchema.report(result.diagnostics)
        notify(report)
        return Package(files: files, report: report, resolvers: result.resolvers)
    }

    /// What subsgen wrote before; nothing where the manifest is missing or damaged.
    private func manifest() throws(OutputFolder.Problem) -> Manifest {
        switch try folder.file(Manifest.path) {
        case .absent: return Manifest()
        case .bytes(let bytes):
            if let manifest = Manifest(text: bytes) { return manifest }
        case .link: break
        }
        notify("warning: \(folder.path(Manifest.path)) is no manifest of subsgen, so that every file counts as edited.\n")
        return Manifest()
    }

    private func plan(_ files: [GeneratedFile]) throws(OutputFolder.Problem) -> WritePlan {
        try WritePlan(files, over: try manifest(), isForced: isForced) { path throws(OutputFolder.Problem) in try folder.file(path) }
    }

    private func write(_ manifest: Manifest) throws(OutputFolder.Problem) {
        let file = GeneratedFile(path: Manifest.path, text: manifest.text)
        if case .bytes(let bytes) = try folder.file(Manifest.path), bytes.elementsEqual(file.text.utf8) { return }
        try folder.write([file])
    }

    func onDisk<Result>(_ work: () throws(OutputFolder.Problem) -> Result) throws(Failure) -> Result {
        do {
            return try work()
        } catch {
            throw Failure(.unwritableOutput, "cannot write \(folder.path(error.path)): \(error.error.reason).")
        }
    }
}
