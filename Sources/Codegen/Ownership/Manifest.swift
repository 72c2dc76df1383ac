/// What subsgen wrote into a package, by which it tells its own work from the developer's: `manifest.json`.
public struct Manifest: Sendable, Hashable {
    public static let path = "manifest.json"

    struct Entry: Sendable, Hashable {
        let owner: GeneratedFile.Owner
        /// Of what subsgen last wrote there.
        let digest: String
        /// Of what a run that is under way writes there, or has written before it was killed.
        var next: String?

        /// Whether a file with this digest is as subsgen wrote it.
        func covers(_ found: String) -> Bool { found == digest || found == next }
    }

    /// By path.
    var entries: [String: Entry]

    /// The manifest of a package that has none: nothing in it is known to be subsgen's.
    public init() {
        entries = [:]
    }

    init(entries: [String: Entry]) {
        self.entries = entries
    }

    /// The paths that it knows.
    public var paths: [String] { entries.keys.sorted() }

    /// As it stands in the file: an entry a line in the order of the paths, so that merges are easy.
    public var text: String {
        let lines = entries.sorted { $0.key < $1.key }.map { path, entry in
            let next = entry.next.map { ", \"next\": \"\($0)\"" } ?? ""
            return "    \"\(path)\": {\"owner\": \"\(Self.word(for: entry.owner))\", \"sha256\": \"\(entry.digest)\"\(next)}"
        }
        return "{\n  \"format\": 1,\n  \"files\": {\n" + lines.joined(separator: ",\n") + "\n  }\n}\n"
    }

    /// Reads the file. Nil where it is no manifest of this format: a merge conflict, a later version.
    public init?(text: [UInt8]) {
        guard case .object(let members)? = ManifestReader.read(text), case .number("1")? = members["format"],
            case .object(let files)? = members["files"]
        else { return nil }
        entries = [:]
        for (path, value) in files {
            guard case .object(let entry) = value, case .string(let word)? = entry["owner"],
                let owner = GeneratedFile.Owner.allCases.first(where: { Self.word(for: $0) == word }),
                case .string(let digest)? = entry["sha256"], Self.isInside(path)
            else { return nil }
            entries[path] = Entry(owner: owner, digest: digest)
            switch entry["next"] {
            case nil: break
            case .string(let next): entries[path]?.next = next
            case .object, .number: return nil
            }
        }
    }

    private static func word(for owner: GeneratedFile.Owner) -> String {
        switch owner {
        case .generator: "generator"
        case .developer: "developer"
        }
    }

    /// Whether a path stays in the package: the manifest says what to delete, and it may come from anywhere.
    private static func isInside(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && !$0.utf8.contains(0) }
    }
}
