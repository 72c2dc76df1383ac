/// A JSON text that has been checked once and indexed into a flat tape, so that its values are found without parsing again.
///
/// The reader is strict: RFC 8259 with nothing around it (no comments, trailing commas, byte order mark, NaN), valid UTF-8,
/// no escaped lone surrogates, and by default no key twice in an object (RFC 8259 section 4 leaves the meaning of that open).
/// Copies share the text and its index.
public struct JSONDocument: Sendable {
    let storage: JSONStorage
    let rootIndex: Int

    /// Reads a JSON text in one pass; throws the first mistake in it.
    public static func parse(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONSyntaxError) -> JSONDocument {
        JSONDocument(storage: JSONStorage(bytes: bytes, tape: try JSONParser.tape(of: bytes, limits: limits)), rootIndex: 0)
    }

    /// A document of its own for a value inside another one; nothing is copied.
    public init(_ value: JSONValue) {
        storage = value.storage
        rootIndex = value.index
    }

    private init(storage: JSONStorage, rootIndex: Int) {
        self.storage = storage
        self.rootIndex = rootIndex
    }

    /// The document's text: exactly what was parsed, or the text of the value that the document was made of.
    public var bytes: [UInt8] { rootIndex == 0 ? storage.bytes : Array(root.rawBytes) }

    /// The outermost value.
    public var root: JSONValue { JSONValue(storage: storage, index: rootIndex) }

    /// Where it is an event's, what came with that; nil for most.
    var origin: EventOrigin? { storage.origin }

    /// The same document with what its event came with. The text and its index are shared.
    func carrying(_ origin: EventOrigin) -> JSONDocument {
        JSONDocument(storage: JSONStorage(bytes: storage.bytes, tape: storage.tape, origin: origin), rootIndex: rootIndex)
    }
}

/// Bounds that keep hostile texts cheap.
public struct JSONLimits: Sendable {
    /// How deep objects and arrays may nest.
    public var depth: Int
    /// Whether an object that has a key twice is refused.
    public var rejectsDuplicateKeys: Bool

    public init(depth: Int = 128, rejectsDuplicateKeys: Bool = true) {
        self.depth = depth
        self.rejectsDuplicateKeys = rejectsDuplicateKeys
    }
}

/// Why a text is not the JSON that was asked for, and where.
public struct JSONSyntaxError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Reason: Sendable, Hashable {
        case unexpectedEnd
        case unexpectedByte
        case textAfterValue
        case invalidLiteral
        case invalidNumber
        case invalidEscape
        case loneSurrogate
        case controlCharacterInString
        case invalidUTF8
        case duplicateKey
        case tooDeep
        case tooLarge
    }

    public let reason: Reason
    /// Bytes from the start of the text to the mistake.
    public let offset: Int

    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    public var description: String {
        let what =
            switch reason {
            case .unexpectedEnd: "Unexpected end of JSON"
            case .unexpectedByte: "Unexpected character"
            case .textAfterValue: "Unexpected text after the value"
            case .invalidLiteral: "Invalid literal"
            case .invalidNumber: "Invalid number"
            case .invalidEscape: "Invalid escape sequence in a string"
            case .loneSurrogate: "Lone surrogate in a string"
            case .controlCharacterInString: "Unescaped control character in a string"
            case .invalidUTF8: "Invalid UTF-8"
            case .duplicateKey: "Duplicate key in an object"
            case .tooDeep: "Nested too deeply"
            case .tooLarge: "Text too large"
            }
        return "\(what) at byte \(offset)."
    }
}

/// A parsed text: shared by the document and all of its values.
final class JSONStorage: Sendable {
    let bytes: [UInt8]
    let tape: [JSONNode]
    /// What came with the event that it is the text of.
    let origin: EventOrigin?

    init(bytes: [UInt8], tape: [JSONNode], origin: EventOrigin? = nil) {
        self.bytes = bytes
        self.tape = tape
        self.origin = origin
    }
}

/// One entry of the tape.
///
/// A container is followed by what it holds; in an object each value is preceded by a node for its key. `next` of a value is
/// the tape index behind everything that belongs to it.
struct JSONNode: Sendable {
    enum Kind: UInt8, Sendable {
        case null, boolean, number, string, array, object, key
    }

    /// The value's text; of a key the text between its quotation marks.
    var start: UInt32
    var end: UInt32
    var next: UInt32
    var kind: Kind
    /// Strings and keys: whether there is a backslash in it. Booleans: whether it is `true`.
    var flag: Bool
    /// Objects and arrays: how many members or elements, up to 65,535.
    var count: UInt16
}
