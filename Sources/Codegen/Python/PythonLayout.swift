/// Line breaks as `ruff format` makes them at its default width, so that it leaves generated files as they are.
///
/// Where a name is too long for any of its rules the statement says `# fmt: skip`.
enum PythonLayout {
    static let width = 88

    /// `prefix + items + suffix` on one line where that fits, else an item a line with a comma behind each, which the formatter keeps.
    static func call(_ prefix: String, _ items: [String], _ suffix: String, indent: Int = 0) -> String {
        let margin = spaces(indent)
        let line = margin + prefix + items.joined(separator: ", ") + suffix
        if fits(line) || items.isEmpty { return skippingIfTooLong(line) }
        let lines = [margin + prefix] + items.map { margin + "    " + $0 + "," } + [margin + suffix]
        return skippingIfTooLong(lines.joined(separator: "\n"))
    }

    /// As `call`, for what holds texts: the formatter does not break them, so that a line may be too long.
    static func broken(_ prefix: String, _ items: [String], _ suffix: String, indent: Int) -> String {
        let margin = spaces(indent)
        let line = margin + prefix + items.joined(separator: ", ") + suffix
        return fits(line) ? line : ([margin + prefix] + items.map { margin + "    " + $0 + "," } + [margin + suffix]).joined(separator: "\n")
    }

    /// An import, its names in the order of isort: constants, classes, functions; upper and lower case apart only where nothing else is.
    static func importing(_ names: some Sequence<String>, from module: String, indent: Int = 0) -> String {
        let margin = spaces(indent)
        let keyed = Set(names).map { ($0, (importRank($0), NaturalOrder($0.lowercased()), NaturalOrder($0))) }
        let names = keyed.sorted { $0.1 < $1.1 }.map(\.0)
        let line = margin + "from \(module) import " + names.joined(separator: ", ")
        // A list in parentheses has no line that a formatter could break, however long a name is.
        return fits(line) ? line : margin + "from \(module) import (\n" + names.map { margin + "    \($0),\n" }.joined() + margin + ")"
    }

    private static func importRank(_ name: String) -> Int {
        if name.utf8.count > 1, name == name.uppercased() { return 0 }
        return name.prefix(1) == name.prefix(1).uppercased() ? 1 : 2
    }

    /// `name: TypeAlias = A | B`, where that is too long in parentheses, and where that is too an alternative a line.
    static func alias(_ name: String, _ alternatives: [String]) -> String {
        let union = alternatives.joined(separator: " | ")
        let line = "\(name): TypeAlias = " + union
        if fits(line) || alternatives.count < 2 { return skippingIfTooLong(line) }
        if fits("    " + union) { return "\(name): TypeAlias = (\n    \(union)\n)" }
        return "\(name): TypeAlias = (\n    " + alternatives.joined(separator: "\n    | ") + "\n)"
    }

    /// `name: TypeAlias = Annotated[A | B, mark]`, broken as `alias` breaks a union.
    static func annotatedAlias(_ name: String, _ alternatives: [String], _ mark: String) -> String {
        let union = alternatives.joined(separator: " | ")
        let line = "\(name): TypeAlias = Annotated[\(union), \(mark)]"
        if fits(line) { return line }
        let broken = fits("    \(union),") ? union : alternatives.joined(separator: "\n    | ")
        return skippingIfTooLong("\(name): TypeAlias = Annotated[\n    \(broken),\n    \(mark),\n]")
    }

    /// The statement with the formatter told to leave it alone where a line is still too long.
    static func skippingIfTooLong(_ statement: String) -> String {
        statement.utf8.split(separator: UInt8(ascii: "\n")).allSatisfy { $0.count <= width } ? statement : statement + "  # fmt: skip"
    }

    static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

    /// Names are ASCII, so that bytes are columns.
    private static func fits(_ line: some StringProtocol) -> Bool { line.utf8.count <= width }
}
