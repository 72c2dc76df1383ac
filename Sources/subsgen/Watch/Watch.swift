import Codegen
import Glibc

/// `subsgen --watch`: a run now, and one whenever something changed that a run reads, until a signal ends it.
///
/// News of the system only say when to look. Whether there is something to do is decided by what stands in the files: what a run itself
/// wrote is known, and what is as it was needs no run.
struct Watch {
    let command: GenerateCommand
    private let inotify: Inotify
    private var report = WatchReport(isColoured: StandardStream.output.showsColour)
    /// What stood in the files when they were last read, and what was written since.
    private var known: [String: [UInt8]]?
    /// As the configuration last said, when it could be read.
    private var settings: Settings?

    init(_ command: GenerateCommand) throws(Failure) {
        self.command = command
        inotify = try Inotify()
    }

    /// Goes on until a signal comes, and dies of it. Fails where there is nothing to watch.
    mutating func run() throws -> Never {
        let signals: EndingSignals
        do throws(SystemError) {
            signals = try EndingSignals()
        } catch {
            throw Failure(.internalError, "cannot wait for signals: \(error.reason).")
        }
        try look()
        say("Watching \(name) for changes. Ctrl-C ends.")
        var debounce = Debounce(quiet: Self.quiet, limit: Self.limit)
        while true {
            var sources = [signals.number, inotify.number].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            poll(&sources, nfds_t(sources.count), Self.milliseconds(until: debounce.due))
            if let signal = signals.take() {
                say("Ended.")
                EndingSignals.die(of: signal)
            }
            if try inotify.takeNews() { debounce.happened(at: Self.now) }
            if debounce.look(at: Self.now) { try look() }
        }
    }

    /// Runs where something changed.
    private mutating func look() throws {
        let (current, files) = try arm()
        let contents = files.contents()
        guard contents != known else { return }
        known = contents
        let start = Self.now
        let outcome = try run(current)
        let told = report.tell(outcome, at: Self.timeOfDay, milliseconds: (Self.now - start) / 1_000_000)
        StandardStream.error.write(told.problems)
        say(told.status)
    }

    /// Watches what matters by the configuration as it is now, and again where meanwhile more was made that matters.
    private mutating func arm() throws -> (settings: Result<Settings, any Error>, files: WatchedFiles) {
        var (current, files) = try read()
        for _ in 0..<Self.patience {
            try inotify.watch(files.list)
            let again = try read()
            if again.files.list == files.list { return again }
            (current, files) = again
        }
        return (current, files)
    }

    private mutating func read() throws -> (settings: Result<Settings, any Error>, files: WatchedFiles) {
        let named = command.options.config
        let configuration: Configuration?
        let current: Result<Settings, any Error>
        do throws(Failure) {
            let found = try ConfigurationSearch.find(named: named, schemas: command.schemas)
            configuration = found
            current = Result { try Settings(command, over: found) }
        } catch {
            configuration = nil
            current = .failure(error)
        }
        switch current {
        case .success(let settings): self.settings = settings
        // A command line that would be wrong with any file is wrong use; a configuration can be mended.
        case .failure(let error): if known == nil, configuration != nil { throw error }
        }
        let candidates = ConfigurationSearch.candidates(named: named, schemas: command.schemas)
        return (current, WatchedFiles(settings, configurations: candidates))
    }

    private mutating func run(_ settings: Result<Settings, any Error>) throws -> WatchReport.Outcome {
        var warnings = ""
        do {
            let generation = Generation(settings: try settings.get(), isForced: command.force) { warnings += $0 }
            let written = try generation.write()
            remember(written.plan, in: generation.folder)
            if let misfit = written.misfit { throw misfit }
            return .done(generation.summary(written.plan), warnings: warnings)
        } catch let failure as Failure {
            return .failed(warnings + failure.text)
        }
    }

    /// What this run wrote is no news. What was changed besides, even while it ran, is.
    private mutating func remember(_ plan: WritePlan, in folder: OutputFolder) {
        for path in plan.removals { known?[folder.path(path)] = nil }
        for file in plan.writes { known?[folder.path(file.path)] = Array(file.text.utf8) }
        for path in [Manifest.path] + plan.manifest.paths where known?[folder.path(path)] == nil {
            // One that stood there already, and of which no manifest had told.
            if case .bytes(let bytes)? = try? folder.file(path) { known?[folder.path(path)] = bytes }
        }
        known?[folder.path(Manifest.path)] = Array(plan.manifest.text.utf8)
    }

    // MARK: Surroundings

    /// Nanoseconds of quiet after which it is time to look, and how long at most to wait for it.
    private static let (quiet, limit): (Debounce.Time, Debounce.Time) = (50_000_000, 1_000_000_000)
    /// How often to look for more to watch, where somebody makes folder after folder.
    private static let patience = 100

    /// What is watched, for people.
    private var name: String { settings.map { $0.schemas.joined(separator: ", ") } ?? "the configuration" }

    private func say(_ line: String) {
        if !command.quiet { StandardStream.output.write(line + "\n") }
    }

    private static var now: Debounce.Time {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Debounce.Time(clamping: time.tv_sec) &* 1_000_000_000 &+ Debounce.Time(clamping: time.tv_nsec)
    }

    /// For `poll`: rounded up, so that the time has come when it ends; -1 to wait for ever.
    private static func milliseconds(until due: Debounce.Time?) -> Int32 {
        guard let due else { return -1 }
        let now = now
        return due <= now ? 0 : Int32(clamping: (due - now) / 1_000_000 + 1)
    }

    /// `18:52:03`, where the user is.
    private static var timeOfDay: String {
        var (seconds, parts) = (time(nil), tm())
        localtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 16)
        let count = strftime(&text, text.count, "%H:%M:%S", &parts)
        return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
