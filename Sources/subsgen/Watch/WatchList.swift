import Glibc

/// The folders to watch, and which of the names in each matter.
///
/// A path matters with all folders that it leads through, so that one that is deleted, renamed or made anew is noticed; and where a
/// symbolic link stands, with the path that it leads to.
struct WatchList: Equatable {
    enum Interest: Equatable {
        case everything
        case names(Set<String>)

        func includes(_ name: String) -> Bool {
            switch self {
            case .everything: true
            case .names(let names): names.contains(name)
            }
        }

        mutating func unite(_ other: Interest) {
            guard case .names(let mine) = self, case .names(let others) = other else {
                self = .everything
                return
            }
            self = .names(mine.union(others))
        }
    }

    private(set) var folders: [String: Interest] = [:]

    /// As many links may lead to one another; the system follows no more.
    private static let longestChain = 40

    /// Whatever becomes of a file or folder matters, whether it is there or not.
    mutating func add(_ path: String) { add(path, links: Self.longestChain) }

    /// Whatever is in a folder matters, but not what is in folders in it.
    mutating func addContents(of folder: String) {
        add(folder)
        folders[folder.isEmpty ? "." : folder] = .everything
    }

    private mutating func add(_ path: String, links: Int) {
        var folder = path.hasPrefix("/") ? "/" : "."
        for part in path.split(separator: "/") where part != "." {
            folders[folder, default: .names([])].unite(.names([String(part)]))
            let here = FolderEntries.join(folder, String(part))
            if links > 0, let target = Self.target(ofLink: here) {
                add(target.hasPrefix("/") ? target : FolderEntries.join(folder, target), links: links - 1)
            }
            folder = here
        }
    }

    private static func target(ofLink path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}
