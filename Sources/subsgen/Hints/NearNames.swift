import GraphQLSchema
import Glibc

/// What somebody may have meant who named what is not there.
enum NearNames {
    /// A sentence that suggests paths for one where nothing stands; nil where nothing is near.
    static func hint(for path: String) -> String? {
        let parts = path.split(separator: "/").map(String.init)
        var folder = path.hasPrefix("/") ? "/" : ""
        for (index, part) in parts.enumerated() {
            let here = FolderEntries.join(folder, part)
            if exists(here) {
                folder = here
                continue
            }
            let names = (try? FolderEntries.names(in: folder.isEmpty ? "." : folder)) ?? []
            let rest = parts[(index + 1)...]
            let near = candidates(for: part, among: names.filter { !$0.hasPrefix(".") }).map { name in
                ([FolderEntries.join(folder, name)] + rest).joined(separator: "/")
            }
            // Before a folder that is misspelt, only what leads on.
            return sentence(near.filter { exists($0) && (!rest.isEmpty || isSchema($0)) })
        }
        return nil
    }

    /// Fails for a command line whose first word is neither a command nor a file, but nearly a command.
    static func refuseUnknownCommand(_ words: [String], commands: [String]) throws(Failure) {
        guard let word = words.first, !word.hasPrefix("-"), !commands.contains(word), isBareWord(word), !exists(word) else { return }
        let near = DidYouMean.suggestions(for: word, among: commands)
        guard let suggestion = sentence(near.map { "subsgen " + $0 }) else { return }
        throw Failure(.usage, "there is no command and no schema called \(word).", hint: suggestion)
    }

    /// The names near to one that is not there. Endings do not count: they are near to each other always.
    private static func candidates(for name: String, among names: [String]) -> [String] {
        let stems = Dictionary(grouping: names, by: stem)
        return DidYouMean.suggestions(for: stem(of: name), among: stems.keys).flatMap { stems[$0] ?? [] }
    }

    private static func stem(of name: String) -> String {
        let ending = (InputPaths.endings + [".json"]).first(where: name.hasSuffix)
        return String(name.dropLast(ending?.count ?? 0))
    }

    private static func sentence(_ suggestions: [String]) -> String? {
        suggestions.isEmpty ? nil : String(DidYouMean.sentence(suggesting: suggestions, prefix: "").dropFirst())
    }

    private static func isBareWord(_ word: String) -> Bool {
        !word.isEmpty && word.utf8.allSatisfy { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || $0 == UInt8(ascii: "-") }
    }

    /// What can be named as a schema: a folder, or a file by its ending.
    private static func isSchema(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT == S_IFDIR || (InputPaths.endings + [".json"]).contains(where: path.hasSuffix)
    }

    private static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
