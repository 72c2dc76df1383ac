import Codegen
import Glibc

/// The folder of a generated package on disk. Nothing is read or written outside of it: links below it are not followed.
///
/// Paths are relative to it, with slashes.
final class OutputFolder {
    /// As the user gave it, without a slash at its end.
    let name: String
    /// Of the folder itself, under the empty path, and of folders in it.
    private var open: [String: Int32] = [:]
    /// What stands at each path that was looked at or written; nil once something changed under our eyes.
    private(set) var findings: [String: Finding]? = [:]

    /// A path that could not be read or written, and why.
    struct Problem: Error {
        let path: String
        let error: SystemError
    }

    /// What was found at a path, in a word: `absent`, `link`, or the digits of a fingerprint.
    struct Finding: RawRepresentable, Equatable {
        let rawValue: String

        static let absent = Finding(rawValue: "absent")

        init(rawValue: String) { self.rawValue = rawValue }

        init(_ file: DiskFile) {
            rawValue =
                switch file {
                case .absent: Self.absent.rawValue
                case .link: "link"
                case .bytes(let bytes): Fingerprint(of: bytes).digits
                }
        }

        init(of file: GeneratedFile) { rawValue = Fingerprint(of: file.text.utf8).digits }
    }

    init(_ name: String) {
        let trimmed = name.reversed().drop { $0 == "/" }.reversed()
        self.name = trimmed.isEmpty ? name : String(trimmed)
    }

    /// A path in it as messages say it.
    func path(_ path: String) -> String { path.isEmpty ? name : name == "/" ? "/" + path : name + "/" + path }

    /// The folder that it stands in, and its own name there, also where it was named as `.`.
    var place: (parent: String, name: String) {
        var path = name
        if [".", ".."].contains(path.split(separator: "/").last), let resolved = realpath(path, nil) {
            path = String(cString: resolved)
            free(resolved)
        }
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        return (slash == path.startIndex ? "/" : String(path[..<slash]), String(path[path.index(after: slash)...]))
    }

    deinit { for descriptor in open.values { close(descriptor) } }

    /// Keeps other runs out of the folder until this one ends; waits for one that was first.
    func lock(creating: Bool) throws(Problem) {
        guard let root = try folder("", creating: creating) else { return }
        while flock(root, LOCK_EX) != 0 {
            guard errno == EINTR else { throw Problem(path: "", error: .last) }
        }
    }

    /// What stands at a path.
    func file(_ path: String) throws(Problem) -> DiskFile {
        let file = try look(path)
        let finding = Finding(file)
        if let known = findings?[path], known != finding { findings = nil }
        findings?[path] = finding
        return file
    }

    private func look(_ path: String) throws(Problem) -> DiskFile {
        let (parent, leaf) = Self.split(path)
        guard let folder = try folder(parent, creating: false) else { return .absent }
        do throws(SystemError) {
            // Not blocking, for the case that somebody put a pipe there.
            return .bytes(try FileDescriptor(openat(folder, leaf, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)).readAll())
        } catch {
            switch error.code {
            case ENOENT: return .absent
            case ELOOP: return .link
            default: throw Problem(path: path, error: error)
            }
        }
    }

    /// The Python modules in folders of it, by their paths. Links are none of them.
    func modules(in folders: [String]) throws(Problem) -> [String: [UInt8]] {
        var modules: [String: [UInt8]] = [:]
        for name in folders where try folder(name, creating: false) != nil {
            for leaf in try names(in: name) where leaf.hasSuffix(".py") && !leaf.hasPrefix(".") {
                if case .bytes(let bytes) = try file("\(name)/\(leaf)") { modules["\(name)/\(leaf)"] = bytes }
            }
        }
        return modules
    }

    private func names(in folder: String) throws(Problem) -> [String] {
        do throws(SystemError) {
            return try FolderEntries.names(in: path(folder))
        } catch {
            throw Problem(path: folder, error: error)
        }
    }

    /// Writes all files or, where one cannot be written, none. Each appears whole, in this order: a reader sees the old one or the new
    /// one. `onEach` is called as one after the other is made.
    func write(_ files: [GeneratedFile], onEach: () -> Void = {}) throws(Problem) {
        var waiting: [(folder: Int32, temporary: String, file: GeneratedFile)] = []
        do throws(Problem) {
            for file in files {
                let (parent, leaf) = Self.split(file.path)
                guard let folder = try folder(parent, creating: true) else {
                    throw Problem(path: parent, error: SystemError(code: ENOENT))
                }
                let temporary = ".\(leaf)" + Self.temporarySuffix
                waiting.append((folder, temporary, file))
                do throws(SystemError) {
                    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC
                    try FileDescriptor(openat(folder, temporary, flags, 0o666)).writeAll(file.text.utf8)
                } catch {
                    throw Problem(path: file.path, error: error)
                }
                onEach()
            }
            for (folder, temporary, file) in waiting where renameat(folder, temporary, folder, Self.split(file.path).leaf) != 0 {
                throw Problem(path: file.path, error: .last)
            }
            for file in files { findings?[file.path] = Finding(of: file) }
        } catch {
            for (folder, temporary, _) in waiting { unlinkat(folder, temporary, 0) }
            throw error
        }
    }

    /// Of files that are not whole yet. The lock keeps other runs from them; nobody else names a file so.
    private static let temporarySuffix = ".subsgen-tmp"

    /// Removes what a run left in the folders of these paths that was killed while it wrote, and in those of the developer's modules.
    func removeTemporaries(besides paths: some Sequence<String>) throws(Problem) {
        let folders = Set(paths.map { Self.split($0).parent } + ResolverFiles.folders + [""])
        for name in folders.sorted() where try folder(name, creating: false) != nil {
            for leaf in try names(in: name) where leaf.hasPrefix(".") && leaf.hasSuffix(Self.temporarySuffix) {
                try remove(name.isEmpty ? leaf : name + "/" + leaf)
            }
        }
    }

    /// Removes a file, and the folders that it leaves empty, up to the package's own.
    func remove(_ path: String) throws(Problem) {
        let (parent, leaf) = Self.split(path)
        guard let folder = try folder(parent, creating: false) else { return }
        if unlinkat(folder, leaf, 0) != 0, errno != ENOENT { throw Problem(path: path, error: .last) }
        findings?[path] = .absent
        var empty = parent
        while !empty.isEmpty {
            let (above, own) = Self.split(empty)
            guard let outer = try self.folder(above, creating: false), unlinkat(outer, own, AT_REMOVEDIR) == 0 else { return }
            if let descriptor = open.removeValue(forKey: empty) { close(descriptor) }
            empty = above
        }
    }

    /// Removes the folder itself where it is empty.
    func removeIfEmpty() { rmdir(name) }

    private static func split(_ path: String) -> (parent: String, leaf: String) {
        guard let slash = path.lastIndex(of: "/") else { return ("", path) }
        return (String(path[..<slash]), String(path[path.index(after: slash)...]))
    }

    /// The descriptor of a folder; nil where there is none and none is to be made.
    private func folder(_ path: String, creating: Bool) throws(Problem) -> Int32? {
        if let descriptor = open[path] { return descriptor }
        let descriptor: Int32
        if path.isEmpty {
            if creating { try createRoot() }
            descriptor = Glibc.open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        } else {
            let (parent, leaf) = Self.split(path)
            guard let outer = try folder(parent, creating: creating) else { return nil }
            if creating { mkdirat(outer, leaf, 0o777) }
            descriptor = openat(outer, leaf, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        }
        guard descriptor >= 0 else {
            if errno == ENOENT, !creating { return nil }
            throw Problem(path: path, error: .last)
        }
        open[path] = descriptor
        return descriptor
    }

    /// Makes the folder and those above it.
    private func createRoot() throws(Problem) {
        var path = name.hasPrefix("/") ? "/" : ""
        for part in name.split(separator: "/") {
            path += part
            if mkdir(path, 0o777) != 0, errno != EEXIST { throw Problem(path: "", error: .last) }
            path += "/"
        }
    }
}
