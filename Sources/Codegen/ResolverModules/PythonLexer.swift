/// A token of Python, by its bytes.
struct PythonToken {
    enum Kind { case name, number, string, symbol }

    let kind: Kind
    let range: Range<Int>
    /// How many brackets around it are open; a bracket itself counts as outside of its pair.
    let depth: Int
}

/// A logical line: what stands on it, also over several lines of the file, and how far it is indented.
struct PythonLine {
    let indentation: Int
    /// Never empty.
    let tokens: ArraySlice<PythonToken>
}

/// Python's text as logical lines of tokens (the language reference, chapter 2), for as much as must be known to find definitions.
///
/// It takes what every version from 3.10 on takes, and f-strings as 3.12 nests them. It never fails: what ends too early or is no
/// token makes the text `isBroken`, and the rest is read as well as may be.
struct PythonLexer {
    private(set) var lines: [PythonLine] = []
    /// Whether something is in the text that no version of Python reads.
    private(set) var isBroken = false

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    /// How deep f-strings may nest; Python's own limit is 150.
    private static let nestingLimit = 150

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        while position < bytes.count { readLine() }
        if depth > 0 { isBroken = true }
    }

    // MARK: Lines

    /// Reads to the end of a logical line, and passes over one that is blank.
    private mutating func readLine() {
        let indentation = readIndentation()
        var tokens: [PythonToken] = []
        line: while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                position += 1
                if depth == 0 { break line }
            case UInt8(ascii: " "), UInt8(ascii: "\t"), 0x0C: position += 1
            case UInt8(ascii: "#"): skipComment()
            case UInt8(ascii: "\\"): continueLine()
            default: tokens.append(readToken())
            }
        }
        if !tokens.isEmpty { lines.append(PythonLine(indentation: indentation, tokens: tokens[...])) }
    }

    /// Columns as Python counts them: a tab leads to the next multiple of eight, a form feed back to the start.
    private mutating func readIndentation() -> Int {
        var column = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: " "): column += 1
            case UInt8(ascii: "\t"): column = (column / 8 + 1) * 8
            case 0x0C: column = 0
            default: return column
            }
            position += 1
        }
        return column
    }

    private mutating func skipComment() {
        while position < bytes.count, !Self.endsLine(bytes[position]) { position += 1 }
    }

    /// A back-slash at the end of a line joins the next one to it.
    private mutating func continueLine() {
        position += 1
        if peek() == UInt8(ascii: "\r") {
            position += 1
            if peek() == UInt8(ascii: "\n") { position += 1 }
        } else if peek() == UInt8(ascii: "\n") {
            position += 1
        } else {
            isBroken = true
        }
    }

    // MARK: Tokens

    private mutating func readToken() -> PythonToken {
        let start = position
        let byte = bytes[position]
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
            skipString(isRaw: false, isFormatted: false, nesting: 0)
            return token(.string, from: start)
        }
        if Self.beginsName(byte) {
            skipName()
            if let quote = peek(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"), isPrefix(start..<position) {
                skipString(after: start..<position, nesting: 0)
                return token(.string, from: start)
            }
            return token(.name, from: start)
        }
        if Self.isDigit(byte) || byte == UInt8(ascii: ".") && peek(1).map(Self.isDigit) == true {
            // Of `1e-5` two numbers and a sign: what a number is concerns nobody here.
            while let next = peek(), Self.continuesName(next) || next == UInt8(ascii: ".") { position += 1 }
            return token(.number, from: start)
        }
        return readSymbol()
    }

    private func token(_ kind: PythonToken.Kind, from start: Int) -> PythonToken {
        PythonToken(kind: kind, range: start..<position, depth: depth)
    }

    /// An operator or delimiter, the longest that fits.
    private mutating func readSymbol() -> PythonToken {
        let start = position
        let byte = bytes[position]
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
            position += 1
            defer { depth += 1 }
            return token(.symbol, from: start)
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
            position += 1
            if depth == 0 { isBroken = true } else { depth -= 1 }
            return token(.symbol, from: start)
        case UInt8(ascii: "$"), UInt8(ascii: "?"), UInt8(ascii: "`"), 0..<0x20, 0x7F: isBroken = true
        default: break
        }
        position += Self.symbols.first { bytes[start...].starts(with: $0) }?.count ?? 1
        return token(.symbol, from: start)
    }

    /// Those of more than one character, longer ones first.
    private static let symbols: [[UInt8]] = [
        "**=", "//=", ">>=", "<<=", "...", "**", "//", ">>", "<<", "<=", ">=", "==", "!=", "->", "+=", "-=", "*=", "/=", "%=", "&=", "|=",
        "^=", "@=", ":=",
    ].map { Array($0.utf8) }

    private mutating func skipName() {
        while let next = peek(), Self.continuesName(next) { position += 1 }
    }

    // MARK: Strings

    /// Whether a name may stand before a string: `r`, `b`, `u`, `f`, `t` and pairs with `r`.
    private func isPrefix(_ range: Range<Int>) -> Bool {
        range.count <= 2 && bytes[range].allSatisfy { "rbuftRBUFT".utf8.contains($0) }
    }

    private mutating func skipString(after prefix: Range<Int>, nesting: Int) {
        let letters = bytes[prefix].map { $0 | 0x20 }
        skipString(
            isRaw: letters.contains(UInt8(ascii: "r")), isFormatted: letters.contains { $0 == UInt8(ascii: "f") || $0 == UInt8(ascii: "t") },
            nesting: nesting)
    }

    /// From a quotation mark to behind the one that ends the string.
    private mutating func skipString(isRaw: Bool, isFormatted: Bool, nesting: Int) {
        let quote = bytes[position]
        let isLong = peek(1) == quote && peek(2) == quote
        position += isLong ? 3 : 1
        while let byte = peek() {
            switch byte {
            case quote where !isLong:
                position += 1
                return
            case quote where peek(1) == quote && peek(2) == quote:
                position += 3
                return
            case UInt8(ascii: "\\"):
                // Also in a raw string the character behind it does not end the string. In a formatted one a brace begins a field.
                position += 1
                guard let next = peek() else { break }
                if next == UInt8(ascii: "N"), isFormatted, !isRaw, peek(1) == UInt8(ascii: "{") { skipCharacterName() } else {
                    if isFormatted, next == UInt8(ascii: "{") || next == UInt8(ascii: "}") { continue }
                    position += next == UInt8(ascii: "\r") && peek(1) == UInt8(ascii: "\n") ? 2 : 1
                }
            case UInt8(ascii: "{") where isFormatted:
                position += 1
                if peek() == UInt8(ascii: "{") { position += 1 } else { skipField(nesting: nesting + 1) }
            case _ where Self.endsLine(byte) && !isLong:
                isBroken = true
                return
            default: position += 1
            }
        }
        isBroken = true
    }

    /// `\N{BULLET}`, which is no field of a formatted string.
    private mutating func skipCharacterName() {
        while let byte = peek(), byte != UInt8(ascii: "}"), !Self.endsLine(byte), byte != UInt8(ascii: "\"") { position += 1 }
        if peek() == UInt8(ascii: "}") { position += 1 }
    }

    /// A field of a formatted string, from behind its brace to behind the one that closes it.
    private mutating func skipField(nesting: Int) {
        guard nesting <= Self.nestingLimit else { return isBroken = true }
        var open = 0
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "}") where open == 0:
                position += 1
                return
            case UInt8(ascii: ":") where open == 0:
                position += 1
                return skipFormat(nesting: nesting)
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
                open += 1
                position += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                open -= 1
                position += 1
            case UInt8(ascii: "#"): skipComment()
            case UInt8(ascii: "\""), UInt8(ascii: "'"): skipString(isRaw: false, isFormatted: false, nesting: nesting)
            case _ where Self.beginsName(byte):
                let start = position
                skipName()
                if let quote = peek(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"), isPrefix(start..<position) {
                    skipString(after: start..<position, nesting: nesting)
                }
            default: position += 1
            }
        }
        isBroken = true
    }

    /// The format of a field, from behind its colon: text and fields of its own.
    private mutating func skipFormat(nesting: Int) {
        while let byte = peek() {
            position += 1
            switch byte {
            case UInt8(ascii: "}"): return
            case UInt8(ascii: "{"):
                skipField(nesting: nesting + 1)
            default: break
            }
        }
        isBroken = true
    }

    // MARK: Characters

    private func peek(_ offset: Int = 0) -> UInt8? {
        position + offset < bytes.count ? bytes[position + offset] : nil
    }

    private static func endsLine(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Letters beyond ASCII are letters of names, whichever they are.
    private static func beginsName(_ byte: UInt8) -> Bool {
        let lower = byte | 0x20
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lower) && byte < 0x80 || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    private static func continuesName(_ byte: UInt8) -> Bool { beginsName(byte) || isDigit(byte) }
}
