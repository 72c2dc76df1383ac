/// What a resolver module takes from types.py, and by what names.
struct ImportedTypes {
    /// What it imports from there.
    let imported: [ResolverModule.ImportedName]
    /// The attributes that it takes of the module itself: of `types.Message`, the token `Message`.
    let attributes: [PythonToken]

    private let text: PythonText
    /// What `from .. import types` is called.
    private let aliases: Set<String>

    /// `packageName` is what the package is imported as, so that `from app.gen.types import Message` counts too.
    init(_ module: ResolverModule, packageName: String) {
        func isPackage(_ name: some StringProtocol) -> Bool {
            name == packageName || !name.hasPrefix(".") && name.hasSuffix("." + packageName)
        }
        let suffix = ".types"
        imported = module.imports.filter { used in
            used.module == "..types" || used.module.hasSuffix(suffix) && isPackage(used.module.dropLast(suffix.count))
        }
        aliases = Set(
            module.imports.filter { $0.name == "types" && ($0.module == ".." || isPackage($0.module)) }.map(\.alias))
        attributes = aliases.sorted().flatMap { module.attributes(of: $0) ?? [] }
        text = module.text
    }

    /// The classes that an annotation names, by their names in types.py; also within a string.
    func names(in annotation: ArraySlice<PythonToken>) -> [(name: String, range: Range<Int>)] {
        var found: [(name: String, range: Range<Int>)] = []
        for token in annotation {
            switch token.kind {
            case .name: found += [(token, annotation, text, token.range)].compactMap(name)
            case .string:
                // What is in prefixes and other quotation marks is no annotation.
                let inside = PythonText(bytes: Array(text.bytes[token.range].dropFirst().dropLast()))
                let tokens = PythonLexer(inside.bytes).lines.flatMap(\.tokens)[...]
                found += tokens.filter { $0.kind == .name }.map { ($0, tokens, inside, token.range) }.compactMap(name)
            case .number, .symbol: break
            }
        }
        return found
    }

    private func name(
        of token: PythonToken, in tokens: ArraySlice<PythonToken>, _ text: PythonText, at range: Range<Int>
    ) -> (name: String, range: Range<Int>)? {
        let before = tokens.prefix { $0.range.lowerBound < token.range.lowerBound }.suffix(2)
        if text.is(before.last, ".") {
            guard before.count == 2, let owner = before.first, aliases.contains(text[owner]) else { return nil }
            return (text[token], range)
        }
        return imported.first { $0.alias == text[token] }.map { ($0.name, range) }
    }
}
