import Glibc
import SDLParser

/// Finds the configuration: `subsgen.toml`, or the table `[tool.subsgen]` of `pyproject.toml`.
enum ConfigurationSearch {
    private static let own = "subsgen.toml"
    private static let projects = "pyproject.toml"

    /// The file that the user named, else the one beside the first schema, else the one in the working directory.
    static func find(named name: String?, schemas: [String]) throws(Failure) -> Configuration {
        if let name {
            guard let source = try read(name) else { throw Failure(.unreadableInput, "cannot read \(name): No such file or directory.") }
            guard let configuration = try ConfigurationReader.read(source, table: table(of: name)) else {
                throw Failure(.usage, "\(name) has no table [tool.subsgen].")
            }
            return configuration
        }
        for folder in folders(schemas) {
            if let configuration = try find(in: folder) { return configuration }
        }
        return Configuration()
    }

    /// The files that decide which configuration is found: they are there or not.
    static func candidates(named name: String?, schemas: [String]) -> [String] {
        name.map { [$0] } ?? folders(schemas).flatMap { [$0 + own, $0 + projects] }
    }

    private static func folders(_ schemas: [String]) -> [String] {
        let beside = schemas.first.flatMap { path in path.lastIndex(of: "/").map { String(path[...$0]) } }
        return [beside, ""].compactMap { $0 }
    }

    private static func find(in folder: String) throws(Failure) -> Configuration? {
        let ownFile = try read(folder + own)
        let own = if let ownFile { try ConfigurationReader.read(ownFile, table: []) } else { Configuration?.none }
        let projectFile = try read(folder + projects)
        // A project that never speaks of subsgen has no need to be right for it.
        guard let projectFile, projectFile.bytes.contains("subsgen".utf8),
            let project = try ConfigurationReader.read(projectFile, table: table(of: projects))
        else { return own }
        guard own == nil else {
            throw Failure(
                .usage, "\(folder)\(Self.own) and [tool.subsgen] of \(folder)\(projects) both configure subsgen.",
                hint: "Keep one of the two, or name one with --config.")
        }
        return project
    }

    private static func table(of path: String) -> [String] { path == projects || path.hasSuffix("/" + projects) ? ["tool", "subsgen"] : [] }

    /// A file; nil where there is none.
    private static func read(_ path: String) throws(Failure) -> Source? {
        do throws(SystemError) {
            return Source(name: path, bytes: try FileDescriptor(open(path, O_RDONLY | O_CLOEXEC)).readAll())
        } catch {
            if error.code == ENOENT || error.code == ENOTDIR { return nil }
            throw Failure(.unreadableInput, "cannot read \(path): \(error.reason).")
        }
    }
}
