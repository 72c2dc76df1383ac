/// The parameters and annotations of a function, as they are written.
struct PythonSignature {
    struct Parameter {
        enum Kind {
            /// Before a `/`.
            case positionalOnly
            case positional
            /// `*args`
            case variadic
            case keywordOnly
            /// `**kwargs`
            case keywords
        }

        let name: String
        let kind: Kind
        let hasDefault: Bool
        /// Empty where there is none.
        let annotation: ArraySlice<PythonToken>
        /// Its name.
        let range: Range<Int>
    }

    private(set) var parameters: [Parameter] = []
    /// What stands between the arrow and the colon.
    private(set) var result: ArraySlice<PythonToken> = []
    /// From the first token to the one before the colon.
    private(set) var range: Range<Int>

    /// Whether a call with so many arguments by position, and no others, is possible.
    func takes(_ count: Int) -> Bool {
        var (least, most) = (0, 0)
        for parameter in parameters {
            switch parameter.kind {
            case .positionalOnly, .positional:
                most += 1
                if !parameter.hasDefault { least += 1 }
            case .variadic: most = Int.max / 2
            case .keywordOnly: if !parameter.hasDefault { return false }
            case .keywords: break
            }
        }
        return least <= count && count <= most
    }

    /// The parameters that arguments by position come to, in their order.
    var positional: [Parameter] { parameters.filter { $0.kind == .positionalOnly || $0.kind == .positional } }

    /// Reads a signature from the token behind the function's name on; nil where there is none. `rest` is what stands behind the
    /// signature's colon.
    init?(_ text: PythonText, _ tokens: ArraySlice<PythonToken>, rest: inout ArraySlice<PythonToken>) {
        guard let first = tokens.first else { return nil }
        range = first.range
        var tokens = tokens
        // Type parameters, of 3.12.
        if text.is(tokens.first, "["), Self.group(text, &tokens) == nil { return nil }
        guard text.is(tokens.first, "("), let inside = Self.group(text, &tokens) else { return nil }
        for part in Self.parts(text, inside) { add(text, part) }
        let colon = tokens.firstIndex { text.is($0, ":") && $0.depth == first.depth }
        if text.is(tokens.first, "->") { result = tokens.dropFirst().prefix(upTo: colon ?? tokens.endIndex) }
        range = first.range.lowerBound..<(result.last?.range.upperBound ?? inside.last.map(\.range.upperBound) ?? first.range.upperBound)
        guard let colon else { return nil }
        rest = tokens[(colon + 1)...]
    }

    /// Takes a pair of brackets with what is in it; nil where it does not end.
    private static func group(_ text: PythonText, _ tokens: inout ArraySlice<PythonToken>) -> ArraySlice<PythonToken>? {
        guard let open = tokens.first, let end = tokens.dropFirst().firstIndex(where: { $0.depth == open.depth }) else { return nil }
        defer { tokens = tokens[(end + 1)...] }
        return tokens[(tokens.startIndex + 1)..<end]
    }

    /// Splits at the commas that separate parameters: not those in brackets, nor between a `lambda` and its colon.
    private static func parts(_ text: PythonText, _ tokens: ArraySlice<PythonToken>) -> [ArraySlice<PythonToken>] {
        guard let depth = tokens.first?.depth else { return [] }
        var parts: [ArraySlice<PythonToken>] = []
        var start = tokens.startIndex
        var lambdas = 0
        for (index, token) in zip(tokens.indices, tokens) where token.depth == depth {
            if text.is(token, "lambda") { lambdas += 1 }
            if text.is(token, ":"), lambdas > 0 { lambdas -= 1 }
            if text.is(token, ","), lambdas == 0 {
                parts.append(tokens[start..<index])
                start = index + 1
            }
        }
        return (parts + [tokens[start...]]).filter { !$0.isEmpty }
    }

    /// `name: annotation = default` with its stars, or one of the signs that only divide.
    private mutating func add(_ text: PythonText, _ part: ArraySlice<PythonToken>) {
        guard let first = part.first else { return }
        if part.count == 1, text.is(first, "/") {
            parameters = parameters.map { parameter in
                Parameter(
                    name: parameter.name, kind: .positionalOnly, hasDefault: parameter.hasDefault, annotation: parameter.annotation,
                    range: parameter.range)
            }
            return
        }
        let isStar = text.is(first, "*")
        let isDoubleStar = text.is(first, "**")
        if isStar, part.count == 1 {
            hasStar = true
            return
        }
        guard let name = isStar || isDoubleStar ? part.dropFirst().first : first, name.kind == .name else { return }
        let depth = first.depth
        let equals = part.firstIndex { text.is($0, "=") && $0.depth == depth }
        let beforeDefault = part[..<(equals ?? part.endIndex)]
        let colon = beforeDefault.firstIndex { text.is($0, ":") && $0.depth == depth }
        let kind: Parameter.Kind = isDoubleStar ? .keywords : isStar ? .variadic : hasStar ? .keywordOnly : .positional
        parameters.append(
            Parameter(
                name: text[name], kind: kind, hasDefault: equals != nil, annotation: colon.map { beforeDefault[($0 + 1)...] } ?? [],
                range: name.range))
        if isStar { hasStar = true }
    }

    /// Whether what follows can be given by name only.
    private var hasStar = false
}

/// Python's text, to be asked what its tokens say.
struct PythonText {
    let bytes: [UInt8]

    subscript(token: PythonToken) -> String { String(decoding: bytes[token.range], as: UTF8.self) }

    /// As it is written, with a blank where there is white space.
    subscript(tokens: ArraySlice<PythonToken>) -> String {
        var text = ""
        var end: Int?
        for token in tokens {
            if let end, end < token.range.lowerBound { text += " " }
            text += self[token]
            end = token.range.upperBound
        }
        return text
    }

    func `is`(_ token: PythonToken?, _ word: StaticString) -> Bool {
        guard let token, token.kind != .string, token.range.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { bytes[token.range].elementsEqual($0) }
    }
}
