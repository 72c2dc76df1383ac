import Glibc

/// Patterns as shells know them, for those who quote them or whose shell has none: `*`, `?`, `[...]`, and `**` for folders at any depth.
enum FilePattern {
    static func isPattern(_ path: String) -> Bool {
        path.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") }
    }

    /// The paths that match, in order. What is hidden matches only where the pattern says the dot. `consulted` gets what decided it.
    static func matches(of pattern: String, _ consulted: inout [Consulted]) -> [String] {
        let parts = pattern.split(separator: "/").map(String.init)
        var found: [String] = []
        search(pattern.hasPrefix("/") ? "/" : "", parts[...], &found, &consulted)
        // Two `**` can lead to one path.
        return Set(found).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func search(
        _ folder: String, _ parts: ArraySlice<String>, _ found: inout [String], _ consulted: inout [Consulted]
    ) {
        guard let part = parts.first else { return found.append(folder) }
        let rest = parts.dropFirst()
        if !isPattern(part) {
            let path = FolderEntries.join(folder, part)
            consulted.append(.path(path))
            if access(path, F_OK) == 0 { search(path, rest, &found, &consulted) }
            return
        }
        consulted.append(.contents(of: folder))
        // A folder that cannot be read has nothing that matches, as in shells.
        guard let names = try? FolderEntries.names(in: folder.isEmpty ? "." : folder) else { return }
        if part == "**" {
            search(folder, rest.isEmpty ? ["*"] : rest, &found, &consulted)
            for name in names where !name.hasPrefix(".") && isFolder(FolderEntries.join(folder, name)) {
                search(FolderEntries.join(folder, name), parts, &found, &consulted)
            }
            return
        }
        for name in names where fnmatch(part, name, FNM_PERIOD) == 0 {
            search(FolderEntries.join(folder, name), rest, &found, &consulted)
        }
    }

    /// Links are not followed: they may lead in a circle.
    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
