import Glibc

/// Where the record of the last run over a folder is kept: in the user's cache, not in the package, whose files are the same on every
/// machine.
///
/// There are 256 places, and the last folder that came upon one has it, so that the cache does not grow with every folder that ever was.
/// Whatever goes wrong here costs time and nothing else: a run without a record is a whole one.
struct RunRecordFile {
    /// The package's folder, absolute and without links.
    private let folder: String
    private let path: String

    /// Nil where there is no such folder, or no cache.
    init?(folder: String) {
        guard let resolved = realpath(folder, nil) else { return nil }
        defer { free(resolved) }
        guard let cache = Self.cache else { return nil }
        self.folder = String(cString: resolved)
        path = cache + "/subsgen/run-" + Fingerprint(of: self.folder.utf8).digits.suffix(2)
    }

    /// The record of a run that a run with these inputs would repeat.
    func record(for inputs: RunInputs, in folder: OutputFolder) -> RunRecord? {
        guard let text = try? FileDescriptor(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)).readAll(),
            let record = RunRecord(text, for: self.folder), record.holds(for: inputs, in: folder)
        else { return nil }
        return record
    }

    func write(_ record: RunRecord) {
        guard let text = record.text(for: folder) else { return }
        let parts = path.split(separator: "/").dropLast()
        var folder = ""
        // Private, as the base directory specification asks.
        for part in parts {
            folder += "/" + part
            mkdir(folder, 0o700)
        }
        try? OutputFile.write(text, to: path)
    }

    /// `$XDG_CACHE_HOME`, else `~/.cache` (XDG Base Directory Specification).
    private static var cache: String? {
        if let path = environment("XDG_CACHE_HOME"), path.hasPrefix("/") { return path }
        return environment("HOME").flatMap { $0.hasPrefix("/") ? $0 + "/.cache" : nil }
    }

    private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
