/// A file that tells Make and Ninja what a package was made of, so that they run subsgen again when that changes.
public enum DependencyFile {
    /// The rule that `target` is made of `prerequisites`, and a rule without commands for each of these, so that one that is
    /// removed does not stop Make. Nil where a path has a line break, for which Make has no spelling.
    public static func text(target: String, prerequisites: [String]) -> String? {
        guard !([target] + prerequisites).contains(where: { $0.utf8.contains { $0 == 0x0A || $0 == 0x0D } }) else { return nil }
        let inputs = prerequisites.map(escaped)
        return escaped(target) + ":" + inputs.map { " \\\n  " + $0 }.joined() + "\n" + inputs.map { "\n\($0):\n" }.joined()
    }

    /// A path as GCC and Clang write it: what stands before a space or a number sign is escaped with it.
    private static func escaped(_ path: String) -> String {
        var text = ""
        var backslashes = 0
        for character in path.unicodeScalars {
            switch character {
            case " ", "\t": text += String(repeating: "\\", count: backslashes + 1)
            case "#", ":": text += "\\"
            case "$": text += "$"
            default: break
            }
            backslashes = character == "\\" ? backslashes + 1 : 0
            text.unicodeScalars.append(character)
        }
        return text
    }
}
