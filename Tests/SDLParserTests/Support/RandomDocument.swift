/// Random documents of any production, in any layout that the grammar allows, with strings that are hard to print.
struct RandomDocument {
    private var random: SeededRandom
    private var text = ""

    static func text(seed: UInt64) -> String {
        var document = RandomDocument(random: SeededRandom(seed: seed))
        if document.chance(10) { document.text += "\u{FEFF}" }
        // Only as the first definition: after one without a body, a shorthand query would be its body.
        if document.chance(10) { document.selectionSet(3) }
        for _ in 0...document.below(4) { document.definition() }
        return document.text
    }

    private init(random: SeededRandom) { self.random = random }

    // MARK: Choices

    private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
    private mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
    private mutating func pick<Element>(_ choices: [Element], or first: Element) -> Element {
        choices.randomElement(using: &random) ?? first
    }

    // MARK: Tokens

    /// A token after something that separates it from the one before.
    private mutating func token(_ token: String) {
        text += pick([" ", " ", " ", "\n", "\r\n", "\r", "\t", ",", " # é \" { comment\n", "\n# \(below(100))\n", "\n\n# \(below(100)) \t\r\n\n#\n", "\n\n    ", "\u{FEFF} "], or: " ")
        text += token
    }

    private mutating func name() {
        token(pick(["a", "b", "Long_Name1", "_", "__typename", "type", "input", "on2", "query", "fragment", "extend", "repeatable"], or: "a"))
    }

    private mutating func many(_ open: String, _ close: String, _ item: (inout RandomDocument) -> Void) {
        token(open)
        for _ in 0...below(3) { item(&self) }
        token(close)
    }

    private mutating func delimited(_ separator: String, _ item: (inout RandomDocument) -> Void) {
        if chance(20) { token(separator) }
        item(&self)
        while chance(40) {
            token(separator)
            item(&self)
        }
    }

    // MARK: Strings

    private mutating func description(_ percent: Int = 30) {
        if chance(percent) { string() }
    }

    private static let pieces = [
        "a", "word", " ", "  ", "\t", "\n", "\n\n", "\r", "\r\n", "\"", "\"\"", "\"\"\"", "\\", "\\n", "\\u0041", "\\\"\"\"", "#", "{",
        "é", "e\u{301}", "😀", "\u{301}", "\u{0}", "\u{7}", "\u{7F}", "\u{85}", "\u{A0}", "\u{200D}", "\u{2028}", "\u{FEFF}", "\u{FFFD}",
        "\u{FFFF}", "\u{10FFFF}", "a line of words that goes on for longer than most lines would ever go on in a document",
    ]

    private mutating func string() {
        var value = ""
        for _ in 0..<below(8) { value += pick(Self.pieces, or: "a") }
        token(chance(50) ? quoted(value) : "\"\"\"" + value.replacing("\"\"\"", with: "\\\"\"\"").replacing("\"", with: "'") + " \"\"\"")
    }

    private mutating func quoted(_ value: String) -> String {
        var literal = "\""
        for scalar in value.unicodeScalars {
            if scalar == "\"" || scalar == "\\" || scalar == "\n" || scalar == "\r" || chance(20) {
                if chance(50) {
                    literal += "\\u{" + String(scalar.value, radix: 16) + "}"
                } else {
                    for unit in String(scalar).utf16 {
                        let digits = String(unit, radix: 16, uppercase: true)
                        literal += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
                    }
                }
            } else {
                literal.unicodeScalars.append(scalar)
            }
        }
        return literal + "\""
    }

    // MARK: What all definitions share

    private mutating func value(_ depth: Int = 3, isConstant: Bool) {
        switch below(depth > 0 ? 10 : 7) {
        case 0: token(pick(["0", "-0", "12", "-123456789012345678901"], or: "0"))
        case 1: token(pick(["0.0", "-1.5e10", "1E-3", "1e+3"], or: "0.0"))
        case 2, 3: string()
        case 4: token(pick(["true", "false", "null", "trueish", "Null"], or: "true"))
        case 5: name()
        case 6:
            if isConstant { name() } else {
                token("$")
                name()
            }
        case 7: chance(20) ? token("[ ]") : many("[", "]") { $0.value(depth - 1, isConstant: isConstant) }
        default:
            if chance(20) { return token("{}") }
            many("{", "}") { document in
                document.name()
                document.token(":")
                document.value(depth - 1, isConstant: isConstant)
            }
        }
    }

    private mutating func directives(_ percent: Int = 25, isConstant: Bool = true) {
        while chance(percent) {
            token("@")
            name()
            arguments(isConstant: isConstant)
        }
    }

    private mutating func arguments(isConstant: Bool) {
        guard chance(50) else { return }
        many("(", ")") { document in
            document.name()
            document.token(":")
            document.value(isConstant: isConstant)
        }
    }

    private mutating func type(_ depth: Int = 3) {
        if depth > 0, chance(30) {
            token("[")
            type(depth - 1)
            token("]")
        } else {
            name()
        }
        if chance(30) { token("!") }
    }

    private mutating func defaultValue() {
        guard chance(40) else { return }
        token("=")
        value(isConstant: true)
    }

    // MARK: Definitions

    private mutating func definition() {
        switch below(11) {
        case 0, 1: operation()
        case 2: fragment()
        case 3: schema()
        case 4: directive()
        default: typeDefinition()
        }
    }

    private mutating func operation() {
        description()
        token(pick(["query", "mutation", "subscription"], or: "query"))
        if chance(60) { name() }
        if chance(50) {
            many("(", ")") { document in
                document.description()
                document.token("$")
                document.name()
                document.token(":")
                document.type()
                document.defaultValue()
                document.directives()
            }
        }
        directives(isConstant: false)
        selectionSet(3)
    }

    private mutating func fragment() {
        description()
        token("fragment")
        name()
        token("on")
        name()
        directives(isConstant: false)
        selectionSet(3)
    }

    private mutating func selectionSet(_ depth: Int) {
        many("{", "}") { $0.selection(depth) }
    }

    private mutating func selection(_ depth: Int) {
        switch below(10) {
        case 0:
            token("...")
            name()
            directives(isConstant: false)
        case 1 where depth > 0:
            token("...")
            if chance(60) {
                token("on")
                name()
            }
            directives(isConstant: false)
            selectionSet(depth - 1)
        default:
            name()
            if chance(30) {
                token(":")
                name()
            }
            arguments(isConstant: false)
            directives(isConstant: false)
            if depth > 0, chance(30) { selectionSet(depth - 1) }
        }
    }

    private mutating func schema() {
        let isExtension = chance(40)
        if isExtension { token("extend") } else { description() }
        token("schema")
        if isExtension { token("@a") }
        directives()
        if isExtension, chance(50) { return }
        many("{", "}") { document in
            document.token(document.pick(["query", "mutation", "subscription"], or: "query"))
            document.token(":")
            document.name()
        }
    }

    private mutating func directive() {
        description()
        token("directive")
        token("@")
        name()
        if chance(50) { many("(", ")") { $0.inputValue() } }
        if chance(30) { token("repeatable") }
        token("on")
        delimited("|") { $0.token($0.pick(["FIELD", "QUERY", "OBJECT", "VARIABLE_DEFINITION"], or: "FIELD")) }
    }

    /// An extension always has a directive, so that it adds something.
    private mutating func typeDefinition() {
        let isExtension = chance(30)
        if isExtension { token("extend") } else { description() }
        let keyword = pick(["scalar", "type", "interface", "union", "enum", "input"], or: "scalar")
        token(keyword)
        name()
        if keyword == "type" || keyword == "interface", chance(30) {
            token("implements")
            delimited("&") { $0.name() }
        }
        if isExtension { token("@a") }
        directives()
        guard chance(80) else { return }
        switch keyword {
        case "type", "interface": many("{", "}") { $0.field() }
        case "union":
            token("=")
            delimited("|") { $0.name() }
        case "enum":
            many("{", "}") { document in
                document.description()
                document.name()
                document.directives()
            }
        case "input": many("{", "}") { $0.inputValue() }
        default: break
        }
    }

    private mutating func field() {
        description()
        name()
        if chance(40) { many("(", ")") { $0.inputValue() } }
        token(":")
        type()
        directives()
    }

    private mutating func inputValue() {
        description()
        name()
        token(":")
        type()
        defaultValue()
        directives()
    }
}
