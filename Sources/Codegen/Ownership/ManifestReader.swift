/// Reads as much of JSON as a manifest has: objects, strings and whole numbers.
struct ManifestReader {
    enum Value {
        case object([String: Value])
        case string(String)
        case number(String)
    }

    private let bytes: [UInt8]
    private var position = 0

    /// The value of a document; nil for anything else, a member that stands twice included.
    static func read(_ bytes: [UInt8]) -> Value? {
        var reader = ManifestReader(bytes: bytes)
        // A manifest nests three objects.
        guard let value = reader.value(depth: 3) else { return nil }
        reader.skipSpace()
        return reader.position == bytes.count ? value : nil
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func value(depth: Int) -> Value? {
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return depth > 0 ? object(depth: depth - 1) : nil
        case UInt8(ascii: "\""): return string().map { .string($0) }
        default: return number().map { .number($0) }
        }
    }

    private mutating func object(depth: Int) -> Value? {
        var members: [String: Value] = [:]
        position += 1
        skipSpace()
        if accept(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard let name = string(), members[name] == nil else { return nil }
            skipSpace()
            guard accept(UInt8(ascii: ":")), let member = value(depth: depth) else { return nil }
            members[name] = member
            skipSpace()
            if accept(UInt8(ascii: "}")) { return .object(members) }
            guard accept(UInt8(ascii: ",")) else { return nil }
        }
    }

    /// Paths and digests have nothing to escape.
    private mutating func string() -> String? {
        guard accept(UInt8(ascii: "\"")) else { return nil }
        let start = position
        while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        let text = bytes[start..<position]
        return accept(UInt8(ascii: "\"")) ? String(validating: text, as: UTF8.self) : nil
    }

    private mutating func number() -> String? {
        let start = position
        while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        return start == position ? nil : String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func accept(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }
}
