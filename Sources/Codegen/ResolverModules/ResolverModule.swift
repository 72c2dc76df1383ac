/// What a module of the developer's defines and imports, found in its text and by nothing else: it is not run, and no other module is
/// read.
///
/// It decides nothing that type checkers decide. What it finds is there; what it does not find may be there all the same where the
/// module is `isOpaque`.
struct ResolverModule {
    /// A function at the top level, be it in an `if` or a `try`.
    struct Function {
        let name: String
        /// Where its name stands.
        let range: Range<Int>
        /// From `def` or `async` to where the signature ends, without the colon.
        let header: Range<Int>
        let isAsync: Bool
        let signature: PythonSignature
        /// As they are written, without the `@`.
        let decorators: [String]
    }

    /// A name that an import statement takes from a module.
    struct ImportedName {
        /// With the dots of a relative import: `..types`.
        let module: String
        let name: String
        /// What it is called here.
        let alias: String
        let range: Range<Int>
        /// The whole statement.
        let statement: Range<Int>
        /// Whether it stands in no function or class.
        let isTopLevel: Bool
        /// Whether it stands in a `try`, so that it may fail.
        let mayFail: Bool
    }

    let text: PythonText
    private(set) var functions: [Function] = []
    private(set) var imports: [ImportedName] = []
    /// The names that are bound at the top level, by whatever statement.
    private(set) var names: Set<String> = []
    /// Whether it may define more than it shows: by `from x import *`, `globals()` and the like, or because it cannot be read.
    private(set) var isOpaque = false
    /// Whether no version of Python reads it.
    let isBroken: Bool

    private let lines: [PythonLine]
    private var blocks: [Block] = []
    private var decorators: [String] = []

    /// What a line belongs to.
    private struct Block {
        enum Kind { case scope, attempt, other }

        let indentation: Int
        let kind: Kind
    }

    init(_ bytes: [UInt8]) {
        let lexer = PythonLexer(bytes)
        text = PythonText(bytes: bytes)
        lines = lexer.lines
        isBroken = lexer.isBroken
        isOpaque = lexer.isBroken
        for line in lines {
            blocks.removeLast(blocks.count - (blocks.lastIndex { $0.indentation < line.indentation }.map { $0 + 1 } ?? 0))
            read(line.tokens, indentation: line.indentation)
        }
    }

    /// The function that has a name at last; nil where something else has it.
    func function(named name: String) -> Function? { functions.last { $0.name == name } }

    /// Uses of attributes of a name: of `types.Message`, by `types`, the token `Message`. Nil where the name may mean something else
    /// somewhere, since it stands there without an attribute.
    func attributes(of name: String) -> [PythonToken]? {
        var found: [PythonToken] = []
        for line in lines where !isImport(line) {
            let tokens = line.tokens
            for (index, token) in zip(tokens.indices, tokens) where token.kind == .name && text[token] == name {
                if index > tokens.startIndex, text.is(tokens[index - 1], ".") { continue }
                guard index + 2 < tokens.endIndex, text.is(tokens[index + 1], "."), tokens[index + 2].kind == .name else { return nil }
                found.append(tokens[index + 2])
            }
        }
        return found
    }

    /// How often a name stands in the module.
    func count(of name: String) -> Int {
        lines.reduce(0) { $0 + $1.tokens.count { $0.kind == .name && text[$0] == name } }
    }

    private func isImport(_ line: PythonLine) -> Bool { text.is(line.tokens.first, "from") || text.is(line.tokens.first, "import") }

    // MARK: Statements

    private var isTopLevel: Bool { !blocks.contains { $0.kind == .scope } }

    /// Reads the statements of a line. A compound one opens a block, and may have simple ones behind its colon.
    private mutating func read(_ tokens: ArraySlice<PythonToken>, indentation: Int) {
        if text.is(tokens.first, "@") {
            decorators.append(text[tokens.dropFirst()])
            return
        }
        defer { decorators = [] }
        var rest = tokens
        if let kind = header(tokens, &rest) {
            blocks.append(Block(indentation: indentation, kind: kind))
            // A header that stands alone opens the lines below it; one with statements behind it opens these only.
            if !rest.isEmpty {
                readStatements(rest)
                blocks.removeLast()
            }
            return
        }
        readStatements(tokens)
    }

    private mutating func readStatements(_ tokens: ArraySlice<PythonToken>) {
        for statement in tokens.split(whereSeparator: { $0.depth == 0 && text.is($0, ";") }) { readStatement(statement) }
    }

    /// The kind of block that a line opens, nil for one that opens none; `rest` is what stands behind its colon.
    private mutating func header(_ tokens: ArraySlice<PythonToken>, _ rest: inout ArraySlice<PythonToken>) -> Block.Kind? {
        guard let first = tokens.first, first.kind == .name else { return nil }
        let isAsync = text.is(first, "async")
        let words = isAsync ? tokens.dropFirst() : tokens
        switch words.first.map({ text[$0] }) {
        case "def":
            guard let name = words.dropFirst().first, name.kind == .name else { return nil }
            guard let signature = PythonSignature(text, words.dropFirst(2), rest: &rest) else {
                isOpaque = true
                rest = []
                return .scope
            }
            if isTopLevel {
                names.insert(text[name])
                functions.append(
                    Function(
                        name: text[name], range: name.range, header: first.range.lowerBound..<signature.range.upperBound, isAsync: isAsync,
                        signature: signature, decorators: decorators))
            }
            return .scope
        case "class":
            if isTopLevel, let name = words.dropFirst().first { names.insert(text[name]) }
            return behindColon(words, &rest) ? .scope : nil
        case "try", "except", "finally":
            guard behindColon(words, &rest) else { return nil }
            bindBehind("as", words)
            return .attempt
        case "for":
            guard behindColon(words, &rest) else { return nil }
            let targets = words.dropFirst().prefix { !(text.is($0, "in") && $0.depth == 0) }
            if isTopLevel { bind(targets) }
            bindWalrus(words)
            return .other
        case "if", "elif", "else", "while", "with":
            guard behindColon(words, &rest) else { return nil }
            bindBehind("as", words)
            bindWalrus(words)
            return .other
        case "match", "case":
            // Also names: `match = 1`, `case: int = 1`. A subject or a pattern stands between the word and the colon.
            guard behindColon(words, &rest), words.count - rest.count > 2, rest.isEmpty || text.is(first, "case") else {
                rest = tokens
                return nil
            }
            if isTopLevel, text.is(first, "case") {
                let pattern = words.dropFirst()
                for token in pattern where token.kind == .name { names.insert(text[token]) }
            }
            return .other
        default: return nil
        }
    }

    /// Finds the colon that ends a header: the first outside of brackets that is no lambda's.
    private func behindColon(_ tokens: ArraySlice<PythonToken>, _ rest: inout ArraySlice<PythonToken>) -> Bool {
        var lambdas = 0
        for (index, token) in zip(tokens.indices, tokens) where token.depth == 0 {
            if text.is(token, "lambda") { lambdas += 1 }
            // It was no header: `match = 1; x: int`.
            if lambdas == 0, text.is(token, "=") || text.is(token, ";") { return false }
            guard text.is(token, ":") else { continue }
            if lambdas > 0 { lambdas -= 1 } else {
                rest = tokens[(index + 1)...]
                return true
            }
        }
        return false
    }

    private mutating func readStatement(_ tokens: ArraySlice<PythonToken>) {
        guard let first = tokens.first else { return }
        if text.is(first, "from") { return readFrom(tokens) }
        if text.is(first, "import") { return readImport(tokens) }
        bindWalrus(tokens)
        if ["globals", "exec", "vars", "setattr", "global"].contains(where: { word in tokens.contains { $0.kind == .name && text[$0] == word } }) {
            isOpaque = true
        }
        guard isTopLevel else { return }
        if text.is(first, "type"), let name = tokens.dropFirst().first, name.kind == .name {
            names.insert(text[name])
            return
        }
        let equals = tokens.lastIndex { $0.depth == 0 && text.is($0, "=") }
        if let colon = tokens.firstIndex(where: { $0.depth == 0 && text.is($0, ":") }), colon < equals ?? tokens.endIndex,
            !tokens[..<colon].contains(where: { text.is($0, "lambda") || text.is($0, "=") })
        {
            bind(tokens[..<colon])
        } else if let equals {
            bind(tokens[..<equals])
        }
    }

    // MARK: Names

    /// The names among the targets of an assignment: those without an attribute, an index or a call.
    private mutating func bind(_ targets: ArraySlice<PythonToken>) {
        /// The depths of brackets that hold an index or arguments.
        var closed: [Int] = []
        for (index, token) in zip(targets.indices, targets) {
            let previous = index > targets.startIndex ? targets[index - 1] : nil
            if text.is(token, "(") || text.is(token, "[") {
                let follows = previous.map { $0.kind != .symbol || text.is($0, ")") || text.is($0, "]") } ?? false
                if follows { closed.append(token.depth) }
            } else if text.is(token, ")") || text.is(token, "]") {
                if closed.last == token.depth { closed.removeLast() }
            } else if token.kind == .name, closed.isEmpty, !text.is(previous, ".") {
                let next = index + 1 < targets.endIndex ? targets[index + 1] : nil
                if !(text.is(next, ".") || text.is(next, "[") || text.is(next, "(")) { names.insert(text[token]) }
            }
        }
    }

    /// The targets behind each `as` of a header.
    private mutating func bindBehind(_ word: StaticString, _ tokens: ArraySlice<PythonToken>) {
        guard isTopLevel else { return }
        for (index, token) in zip(tokens.indices, tokens) where token.kind == .name && text.is(token, word) {
            bind(tokens[(index + 1)...].prefix { $0.depth > token.depth || $0.depth == token.depth && !text.is($0, ":") && !text.is($0, ",") })
        }
    }

    /// `name := value`, wherever it stands.
    private mutating func bindWalrus(_ tokens: ArraySlice<PythonToken>) {
        guard isTopLevel else { return }
        for (token, next) in zip(tokens, tokens.dropFirst()) where text.is(next, ":=") { names.insert(text[token]) }
    }

    /// `import a.b as c, d`
    private mutating func readImport(_ tokens: ArraySlice<PythonToken>) {
        guard isTopLevel else { return }
        for part in tokens.dropFirst().split(whereSeparator: { text.is($0, ",") }) {
            let alias = part.dropLast().last.map { text.is($0, "as") } ?? false
            if let name = alias ? part.last : part.first, name.kind == .name { names.insert(text[name]) }
        }
    }

    /// `from a import b as c, d`
    private mutating func readFrom(_ tokens: ArraySlice<PythonToken>) {
        guard let keyword = tokens.firstIndex(where: { text.is($0, "import") }), let first = tokens.first, let last = tokens.last else { return }
        let module = tokens[(tokens.startIndex + 1)..<keyword].map { text[$0] }.joined()
        let listed = tokens[(keyword + 1)...].filter { !text.is($0, "(") && !text.is($0, ")") }
        for part in listed.split(whereSeparator: { text.is($0, ",") }) {
            guard let name = part.first, let alias = part.last else { continue }
            if text.is(name, "*") {
                isOpaque = true
                continue
            }
            imports.append(
                ImportedName(
                    module: module, name: text[name], alias: text[alias], range: name.range,
                    statement: first.range.lowerBound..<last.range.upperBound, isTopLevel: isTopLevel,
                    mayFail: blocks.contains { $0.kind == .attempt }))
            if isTopLevel { names.insert(text[alias]) }
        }
    }
}
