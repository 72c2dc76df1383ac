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
        switch value.kind {
        case .string:
            value.node.flag ? MatchKey(JSONText.decoded(value.text)) : MatchKey(value.text)
        case .number: MatchKey(NumberText.canonical(value.rawBytes))
        case .boolean: MatchKey(value.rawBytes)
        case .null, .object, .array: nil
        }
    }

    init(_ bytes: some Collection<UInt8>) {
        guard bytes.count < 16 else {
            storage = .long(Array(bytes))
            return
        }
        var words: (UInt64, UInt64) = (0, UInt64(bytes.count) << 56)
        for (position, byte) in bytes.enumerated() {
            if position < 8 {
                words.0 |= UInt64(byte) << (UInt64(position) * 8)
            } else {
                words.1 |= UInt64(byte) << (UInt64(position - 8) * 8)
            }
        }
        storage = .short(words.0, words.1)
    }
}
