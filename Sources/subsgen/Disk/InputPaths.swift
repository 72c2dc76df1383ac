import Codegen
import Glibc

/// What the user named as input, as the paths of files: a file is itself, a folder all GraphQL files in it and below, a pattern all
/// paths that it matches. Each file counts once, where it was named first.
struct InputPaths {
    private(set) var paths: [String] = []
    /// What cannot be found or read, a sentence without its stop each.
    private(set) var problems: [String] = []
    /// What decided it: another content of these folders may be another input.
    private(set) var consulted: [Consulted] = []
    private var seen: Set<Identity> = []

    /// A file, whatever path leads to it.
    private struct Identity: Hashable {
        let device: UInt
        let number: UInt
    }

    /// The endings of the files that are taken from folders.
    static let endings = [".graphql", ".gql", ".graphqls"]

    init(_ arguments: [String]) {
        for argument in arguments { add(argument) }
    }

    private mutating func add(_ argument: String) {
        // A file of that very name comes before a pattern.
        if Kind(of: argument) == .absent, FilePattern.isPattern(argument) {
            let found = FilePattern.matches(of: argument, &consulted)
            if found.isEmpty { return problems.append("no file matches \(argument)") }
            for path in found { add(named: path) }
        } else {
            consulted.append(.path(argument))
            add(named: argument)
        }
    }

    private mutating func add(named path: String) {
        guard Kind(of: path) == .folder else { return add(file: path) }
        let count = paths.count + seen.count + problems.count
        addFolder(path, isNamed: true)
        if paths.count + seen.count + problems.count == count {
            problems.append("cannot read \(path): the folder has no \(Self.endings.map { "*" + $0 }.joined(separator: ", "))")
        }
    }

    private mutating func add(file path: String) {
        var status = stat()
        // What is not there is read all the same, for the reason.
        if stat(path, &status) == 0,
            !seen.insert(Identity(device: UInt(status.st_dev), number: UInt(status.st_ino))).inserted
        { return }
        paths.append(path)
    }

    /// The files of a folder and those below, in the order of their names. Left out are hidden ones, packages that subsgen wrote, and
    /// what links to folders lead to, which may be a circle.
    private mutating func addFolder(_ path: String, isNamed: Bool) {
        consulted.append(.contents(of: path))
        let entries: [String]
        do throws(SystemError) {
            entries = try FolderEntries.names(in: path)
        } catch {
            return problems.append("cannot read \(path): \(String(cString: strerror(error.code)))")
        }
        if !isNamed, entries.contains(Manifest.path), Self.isManifest(FolderEntries.join(path, Manifest.path)) { return }
        for name in entries where !name.hasPrefix(".") {
            let entry = FolderEntries.join(path, name)
            switch Kind(of: entry, followingLinks: false) {
            case .folder: addFolder(entry, isNamed: false)
            case .absent: continue
            case .other: if Self.endings.contains(where: name.hasSuffix), Kind(of: entry) != .folder { add(file: entry) }
            }
        }
    }

    private static func isManifest(_ path: String) -> Bool {
        guard let bytes = try? FileDescriptor(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)).readAll() else { return false }
        return Manifest(text: bytes) != nil
    }
}

/// A place on the disk that was looked at.
enum Consulted {
    /// What stands at the path.
    case path(String)
    /// Which names are in the folder.
    case contents(of: String)
}

/// What stands at a path.
private enum Kind {
    case absent, folder, other

    init(of path: String, followingLinks: Bool = true) {
        var status = stat()
        let outcome = followingLinks ? stat(path, &status) : lstat(path, &status)
        self = outcome != 0 ? .absent : status.st_mode & S_IFMT == S_IFDIR ? .folder : .other
    }
}

/// The names in folders.
enum FolderEntries {
    /// In the order of their bytes, the same on every machine.
    static func names(in path: String) throws(SystemError) -> [String] {
        guard let folder = opendir(path) else { throw .last }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The path of what has a name in a folder.
    static func join(_ folder: String, _ name: String) -> String {
        folder == "." || folder.isEmpty ? name : folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }
}
