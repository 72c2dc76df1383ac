/// Modules of JavaScript as one script, so that a page needs no second request: each is a function's body, after those that it imports from.
///
/// It knows the forms of the language that the page is written in: `import { a, b } from "./name.js";` on a line of its own, and `export` before a
/// declaration.
struct ModuleBundle {
    private(set) var script = ""
    private var names: Set<String> = []

    /// The module of a name, and all that it needs. `source` is asked for each once.
    init(of name: String, source: (String) -> String) { add(name, source) }

    private mutating func add(_ name: String, _ source: (String) -> String) {
        guard names.insert(name).inserted else { return }
        var exported: [Substring] = []
        var body = ""
        for line in source(name).split(separator: "\n", omittingEmptySubsequences: false) {
            if let (names, module) = Self.imported(by: line) {
                add(String(module), source)
                body += "const \(names) = module_\(module);\n"
            } else if let (name, declaration) = Self.exported(by: line) {
                exported.append(name)
                body += "\(declaration)\n"
            } else {
                body += "\(line)\n"
            }
        }
        script += "\nconst module_\(name) = (() => {\n\(body)return { \(exported.joined(separator: ", ")) };\n})();\n"
    }

    /// What a line imports, in braces, and from which module.
    private static func imported(by line: Substring) -> (names: String, module: Substring)? {
        guard line.hasPrefix("import ") else { return nil }
        let words = line.split(separator: " ")
        guard let file = words.last, file.hasPrefix("\"./"), file.hasSuffix(".js\";") else { return nil }
        return (words.dropFirst().dropLast(2).joined(separator: " "), file.dropFirst(3).dropLast(5))
    }

    /// Which name a line exports, and the declaration alone.
    private static func exported(by line: Substring) -> (name: Substring, declaration: Substring)? {
        guard line.hasPrefix("export ") else { return nil }
        let declaration = line.dropFirst("export ".count)
        var words = declaration.split(separator: " ")[...]
        if words.first == "async" { words.removeFirst() }
        guard let keyword = words.popFirst(), ["class", "const", "function", "function*", "let"].contains(keyword), let name = words.first else { return nil }
        return (name.prefix { $0.isLetter || $0.isNumber || $0 == "_" }, declaration)
    }
}
