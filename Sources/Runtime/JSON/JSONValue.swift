/// A value inside a `JSONDocument`; it keeps the document alive.
public struct JSONValue: Sendable {
    /// The six kinds of JSON value.
    public enum Kind: Sendable {
        case null, boolean, number, string, array, object
    }

    let storage: JSONStorage
    let index: Int

    init(storage: JSONStorage, index: Int) {
        self.storage = storage
        self.index = index
    }

    var node: JSONNode { storage.tape[index] }

    /// Whether it is the other value itself, and not only equal to it.
    func isSame(as other: JSONValue) -> Bool { storage === other.storage && index == other.index }

    public var kind: Kind {
        switch node.kind {
        case .null: .null
        case .boolean: .boolean
        case .number: .number
        case .string, .key: .string
        case .array: .array
        case .object: .object
        }
    }

    public var isNull: Bool { node.kind == .null }

    /// The value of a boolean; nil for other kinds.
    public var boolean: Bool? { node.kind == .boolean ? node.flag : nil }

    /// The value of a string, escapes replaced; nil for other kinds.
    public var string: String? {
        node.kind == .string ? storage.string(at: index) : nil
    }

    /// A number as it is written; nil for other kinds.
    public var numberText: String? { node.kind == .number ? String(decoding: rawBytes, as: UTF8.self) : nil }

    /// The value of a number that is written as an integer and fits; nil for others.
    public var integer: Int? { numberText.flatMap { Int($0) } }

    /// The value of a number, rounded to the nearest one that can be represented; infinite where it is too large. Nil for other kinds.
    public var double: Double? { numberText.flatMap { Double($0) } }

    /// The value's own text in the document, without whitespace around it.
    public var rawBytes: ArraySlice<UInt8> { storage.bytes[Int(node.start)..<Int(node.end)] }

    /// What stands between the quotation marks of a string.
    var text: ArraySlice<UInt8> { storage.text(at: index) }

    /// The value of an object's member; nil where there is none, or the value is no object. Looks at one key after the other.
    public subscript(_ key: String) -> JSONValue? {
        for member in members where storage.key(at: member.keyIndex, equals: key) {
            return member.value
        }
        return nil
    }

    /// The members of an object in the order of the text; empty for other kinds.
    public var members: Members { Members(object: self) }

    /// The elements of an array; empty for other kinds.
    public var elements: Elements { Elements(array: self) }

    /// A member of an object. The key is decoded when it is asked for.
    public struct Member: Sendable {
        let keyIndex: Int
        public let value: JSONValue

        /// The key, escapes replaced.
        public var key: String { value.storage.string(at: keyIndex) }
    }

    /// The members of an object.
    public struct Members: Sequence, IteratorProtocol, Sendable {
        private let storage: JSONStorage
        private var position: Int
        private let end: Int

        fileprivate init(object: JSONValue) {
            let node = object.node
            storage = object.storage
            position = object.index + 1
            end = node.kind == .object ? Int(node.next) : position
        }

        public mutating func next() -> Member? {
            guard position < end else { return nil }
            let value = JSONValue(storage: storage, index: position + 1)
            defer { position = Int(value.node.next) }
            return Member(keyIndex: position, value: value)
        }
    }

    /// The elements of an array.
    public struct Elements: Sequence, IteratorProtocol, Sendable {
        private let storage: JSONStorage
        private var position: Int
        private let end: Int

        fileprivate init(array: JSONValue) {
            let node = array.node
            storage = array.storage
            position = array.index + 1
            end = node.kind == .array ? Int(node.next) : position
        }

        public mutating func next() -> JSONValue? {
            guard position < end else { return nil }
            let value = JSONValue(storage: storage, index: position)
            position = Int(value.node.next)
            return value
        }
    }
}

extension JSONStorage {
    /// The decoded text of a string or key node.
    func string(at index: Int) -> String {
        let text = text(at: index)
        return tape[index].flag ? String(decoding: JSONText.decoded(text), as: UTF8.self) : String(decoding: text, as: UTF8.self)
    }

    /// What stands between the quotation marks of a string or key node.
    func text(at index: Int) -> ArraySlice<UInt8> {
        let node = tape[index]
        let inset = node.kind == .key ? 0 : 1
        return bytes[Int(node.start) + inset..<Int(node.end) - inset]
    }

    fileprivate func key(at index: Int, equals key: String) -> Bool {
        if tape[index].flag { return JSONText.decoded(text(at: index)).elementsEqual(key.utf8) }
        // Most keys are of another length.
        return Int(tape[index].end - tape[index].start) == key.utf8.count && text(at: index).elementsEqual(key.utf8)
    }
}
