import SDLParser

/// Reads JSON (RFC 8259) from a file that a person named; a byte order mark is passed over.
///
/// The runtime has a reader of its own, which is made for events; modules below the runtime use this one.
struct JSONTreeReader {
    static let code = DiagnosticCode(4001)

    /// How deep arrays and objects may nest: an introspection result needs some twenty levels and a few for each wrapper of a type.
    private static let maximalDepth = 200

    private let source: Source
    private var position = 0

    /// The value of a document, or its first mistake.
    static func read(_ source: Source) -> Result<JSONTree, JSONTreeError> {
        var reader = JSONTreeReader(source: source)
        do throws(JSONTreeError) {
            if source.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.position = 3 }
            if source.bytes.count >= Int(Int32.max) { throw reader.error("The file is larger than 2 GiB") }
            let tree = try reader.value(depth: 0)
            reader.skipSpace()
            if reader.peek != nil { throw reader.unexpected("the end of the file") }
            return .success(tree)
        } catch {
            return .failure(error)
        }
    }

    private init(source: Source) {
        self.source = source
    }

    // MARK: Values

    private mutating func value(depth: Int) throws(JSONTreeError) -> JSONTree {
        skipSpace()
        let start = position
        if depth > Self.maximalDepth { throw error("Arrays and objects nest more than \(Self.maximalDepth) deep") }
        let content: JSONTree.Content
        switch peek {
        case UInt8(ascii: "{"): content = .object(try members(depth: depth))
        case UInt8(ascii: "["): content = .array(try elements(depth: depth))
        case UInt8(ascii: "\""): content = .string(try string())
        case UInt8(ascii: "t"): content = .boolean(try word("true", true))
        case UInt8(ascii: "f"): content = .boolean(try word("false", false))
        case UInt8(ascii: "n"): content = try word("null", .null)
        case let byte? where byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte):
            passNumber()
            content = .number
        default: throw unexpected("a value")
        }
        return JSONTree(content: content, span: span(from: start))
    }

    private mutating func members(depth: Int) throws(JSONTreeError) -> [(key: String, value: JSONTree)] {
        var members: [(key: String, value: JSONTree)] = []
        var keys: Set<String> = []
        position += 1
        skipSpace()
        if accept(UInt8(ascii: "}")) { return [] }
        repeat {
            skipSpace()
            let start = position
            guard peek == UInt8(ascii: "\"") else { throw unexpected("a key in quotation marks") }
            let key = try string()
            if !keys.insert(key).inserted { throw JSONTreeError(message: "The object has the key \"\(key)\" twice", span: span(from: start)) }
            skipSpace()
            guard accept(UInt8(ascii: ":")) else { throw unexpected("':'") }
            members.append((key, try value(depth: depth + 1)))
            skipSpace()
        } while accept(UInt8(ascii: ","))
        guard accept(UInt8(ascii: "}")) else { throw unexpected("',' or '}'") }
        return members
    }

    private mutating func elements(depth: Int) throws(JSONTreeError) -> [JSONTree] {
        var elements: [JSONTree] = []
        position += 1
        skipSpace()
        if accept(UInt8(ascii: "]")) { return [] }
        repeat {
            elements.append(try value(depth: depth + 1))
            skipSpace()
        } while accept(UInt8(ascii: ","))
        guard accept(UInt8(ascii: "]")) else { throw unexpected("',' or ']'") }
        return elements
    }

    private mutating func word<Meaning>(_ text: String, _ meaning: Meaning) throws(JSONTreeError) -> Meaning {
        guard source.bytes[position...].starts(with: text.utf8) else { throw unexpected("a value") }
        position += text.utf8.count
        return meaning
    }

    /// A number is passed over: nothing that is read here has one.
    private mutating func passNumber() {
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.eE".utf8.contains(byte) { position += 1 }
    }

    // MARK: Strings

    private mutating func string() throws(JSONTreeError) -> String {
        let start = position
        position += 1
        var decoded: [UInt8] = []
        while let byte = peek, byte != UInt8(ascii: "\"") {
            if byte < 0x20 { throw error("A control character in a string must be escaped") }
            position += 1
            if byte == UInt8(ascii: "\\") { try escape(into: &decoded) } else { decoded.append(byte) }
        }
        guard accept(UInt8(ascii: "\"")) else { throw JSONTreeError(message: "The string has no end", span: span(from: start)) }
        guard let text = String(validating: decoded, as: UTF8.self) else {
            throw JSONTreeError(message: "The string is not valid UTF-8", span: span(from: start))
        }
        return text
    }

    /// What follows a backslash.
    private mutating func escape(into decoded: inout [UInt8]) throws(JSONTreeError) {
        let byte = peek
        position += 1
        switch byte {
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"):
            var value = try codeUnit()
            if value & 0xFC00 == 0xD800 {
                guard accept(UInt8(ascii: "\\")), accept(UInt8(ascii: "u")) else { throw error("The escape is half of a surrogate pair") }
                let low = try codeUnit()
                guard low & 0xFC00 == 0xDC00 else { throw error("The escape is half of a surrogate pair") }
                value = 0x10000 + (value & 0x3FF) << 10 + low & 0x3FF
            }
            guard let scalar = Unicode.Scalar(value) else { throw error("The escape is half of a surrogate pair") }
            decoded += String(Character(scalar)).utf8
        case UInt8(ascii: "\"")?, UInt8(ascii: "\\")?, UInt8(ascii: "/")?: decoded += [byte].compactMap { $0 }
        case nil: throw unexpected("an escape")
        default:
            position -= 1
            throw error("There is no such escape")
        }
    }

    private mutating func codeUnit() throws(JSONTreeError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = peek.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else { throw unexpected("a hexadecimal digit") }
            unit = unit << 4 | UInt32(digit)
            position += 1
        }
        return unit
    }

    // MARK: Bytes

    private var peek: UInt8? { position < source.bytes.count ? source.bytes[position] : nil }

    private mutating func accept(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func span(from start: Int) -> SourceSpan {
        SourceSpan(start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: position))
    }

    private func error(_ message: String) -> JSONTreeError {
        let end = min(position + 1, source.bytes.count)
        return JSONTreeError(
            message: message,
            span: SourceSpan(start: UInt32(truncatingIfNeeded: min(position, end)), end: UInt32(truncatingIfNeeded: end)))
    }

    private func unexpected(_ expected: String) -> JSONTreeError {
        guard let byte = peek else { return error("Expected \(expected), found the end of the file") }
        let found = byte < 0x80 ? "'\(Character(Unicode.Scalar(byte)))'" : "a byte that is no ASCII"
        return error("Expected \(expected), found \(found)")
    }
}
