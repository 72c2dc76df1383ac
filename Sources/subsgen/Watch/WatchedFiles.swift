import Codegen
import Glibc

/// The files that decide what a run writes: the schema's, the configuration's, the templates, and the package's own, since a file that
/// somebody deleted is written again and what resolvers define is in the registry.
struct WatchedFiles {
    /// In which folders changes would show.
    private(set) var list = WatchList()
    private(set) var paths: Set<String> = []

    /// `settings` is what the configuration said, if it could be read: its name and where it is looked for are in `configurations`.
    init(_ settings: Settings?, configurations: [String]) {
        for path in configurations { add(path) }
        guard let settings else { return }
        let input = InputPaths(settings.schemas)
        for path in input.paths { add(path) }
        for place in input.consulted {
            switch place {
            case .path(let path): list.add(path)
            case .contents(let folder): list.addContents(of: folder)
            }
        }
        if let templates = settings.templates { add(allIn: templates) { _ in true } }
        addPackage(OutputFolder(settings.out))
    }

    /// What stands in the files. What cannot be read is left out.
    func contents() -> [String: [UInt8]] {
        var contents: [String: [UInt8]] = [:]
        for path in paths {
            // Not blocking, for the case that somebody put a pipe there.
            contents[path] = try? FileDescriptor(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)).readAll()
        }
        return contents
    }

    private mutating func addPackage(_ folder: OutputFolder) {
        let manifest = folder.path(Manifest.path)
        add(manifest)
        if let bytes = try? FileDescriptor(open(manifest, O_RDONLY | O_CLOEXEC | O_NONBLOCK)).readAll() {
            for path in Manifest(text: bytes)?.paths ?? [] { add(folder.path(path)) }
        }
        for folder in ["resolvers", "field_resolvers"].map(folder.path) { add(allIn: folder) { $0.hasSuffix(".py") } }
    }

    private mutating func add(_ path: String) {
        list.add(path)
        paths.insert(path)
    }

    private mutating func add(allIn folder: String, where isMeant: (String) -> Bool) {
        list.addContents(of: folder)
        for name in (try? FolderEntries.names(in: folder)) ?? [] where !name.hasPrefix(".") && isMeant(name) {
            add(FolderEntries.join(folder, name))
        }
    }
}
