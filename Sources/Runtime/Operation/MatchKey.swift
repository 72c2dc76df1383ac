/// A leaf value in the one spelling in which the values of arguments and events are compared.
///
/// The spelling is that of result coercion, without the type: an ID may be `7` or `"7"` in an event, a Float `1` or `1.0`. Strings
/// are compared by their code points, never by how they look.
public struct MatchKey: Sendable, Hashable {
    /// Up to fifteen bytes and their number in two words, so that most keys need no memory of their own; else the bytes.
    private enum Storage: Sendable, Hashable {
        case short(UInt64, UInt64)
        case long([UInt8])
    }

    private let storage: Storage

    /// The key of a string, number or boolean; nil for null, objects and arrays, which equal nothing.
    public static func of(_ value: JSONValue) -> MatchKey? {
        value.storage.bytes.withUnsafeBytes { of(value.node, in: $0) }
    }

    /// The same of a node of a tape, in the text that it was made of.
    static func of(_ node: JSONNode, in json: UnsafeRawBufferPointer) -> MatchKey? {
        switch node.kind {
        case .string:
            let content = UnsafeRawBufferPointer(rebasing: json[Int(node.start) + 1..<Int(node.end) - 1])
            return node.flag ? MatchKey(JSONText.decoded(content)) : MatchKey(content)
        case .number:
            let text = UnsafeRawBufferPointer(rebasing: json[Int(node.start)..<Int(node.end)])
            // Most are integers, which are spelled in one way but for minus zero.
            let isInteger = text.allSatisfy { $0 &- 0x30 < 10 }
            return isInteger ? MatchKey(text) : MatchKey(NumberText.canonical(Array(text)[...]))
        case .boolean: return MatchKey(UnsafeRawBufferPointer(rebasing: json[Int(node.start)..<Int(node.end)]))
        case .null, .object, .array, .key: return nil
        }
    }

    init(_ bytes: some Collection<UInt8>) {
        self = bytes.withContiguousStorageIfAvailable { MatchKey(UnsafeRawBufferPointer($0)) } ?? MatchKey(Array(bytes))
    }

    init(_ bytes: UnsafeRawBufferPointer) {
        if bytes.count < 16 {
            storage = .short(Self.word(bytes, from: 0), Self.word(bytes, from: 8) | UInt64(bytes.count) << 56)
        } else {
            storage = .long(Array(bytes))
        }
    }

    /// Up to eight bytes of a text in a word, the first lowest.
    private static func word(_ bytes: UnsafeRawBufferPointer, from start: Int) -> UInt64 {
        if start &+ 8 <= bytes.count { return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)) }
        var word: UInt64 = 0
        var position = bytes.count
        while position > start {
            position &-= 1
            word = word << 8 | UInt64(bytes[position])
        }
        return word
    }

    /// Lends the spelling.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        switch storage {
        case .long(let bytes): return bytes.withUnsafeBytes(body)
        case .short(let first, let second):
            let words = (first.littleEndian, second.littleEndian)
            return withUnsafeBytes(of: words) { body(UnsafeRawBufferPointer(rebasing: $0[..<Int(second >> 56)])) }
        }
    }

    /// The spelling.
    var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }

    /// Whether its spelling begins with another one's.
    func hasPrefix(_ other: MatchKey) -> Bool {
        withBytes { text in other.withBytes { text.starts(with: $0) } }
    }

    /// Whether another one's spelling is somewhere in its own.
    func contains(_ other: MatchKey) -> Bool {
        withBytes { text in
            other.withBytes { part in
                guard let first = part.first else { return true }
                guard part.count <= text.count else { return false }
                return (0...text.count - part.count).contains { text[$0] == first && text[$0...].starts(with: part) }
            }
        }
    }
}

extension MatchKey {
    /// Drawn for each process, so that no client makes keys whose hashes meet.
    private static let seeds = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))

    /// What an index finds keys by. Equal for equal keys, and known to nobody outside of the process.
    ///
    /// A short key is a product of its words, each hidden by a seed, folded: a fifth of what the standard library's hash costs, which an
    /// event pays for each of the values that it is found by. Its bits are not spread well: tables hash it again.
    var hash: UInt64 {
        switch storage {
        case .short(let first, let second):
            let product = (first ^ Self.seeds.0).multipliedFullWidth(by: second ^ Self.seeds.1)
            return product.high ^ product.low
        case .long(let bytes): return UInt64(bitPattern: Int64(bytes.hashValue))
        }
    }
}

/// Some order, by which lists of keys are searched.
extension MatchKey: Comparable {
    public static func < (key: MatchKey, other: MatchKey) -> Bool {
        switch (key.storage, other.storage) {
        case (.short(let first, let second), .short(let otherFirst, let otherSecond)): (first, second) < (otherFirst, otherSecond)
        case (.short, .long): true
        case (.long, .short): false
        case (.long(let bytes), .long(let otherBytes)): bytes.lexicographicallyPrecedes(otherBytes)
        }
    }
}

extension [MatchKey] {
    /// Whether a list in order has a key.
    func hasSorted(_ key: MatchKey) -> Bool {
        if count <= 8 { return contains(key) }
        var range = 0..<count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if self[middle] == key { return true }
            range = self[middle] < key ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return false
    }
}
