import Glibc

/// An entry of a stream, where hiredis has it.
struct StreamEntry {
    /// What an entry says.
    enum Content {
        case event(payload: UnsafeRawBufferPointer, attributes: UnsafeRawBufferPointer?)
        /// The topic ends.
        case end
    }

    let id: StreamID
    private let reply: RedisReply
    private var topicBytes: UnsafeRawBufferPointer?
    private var payload: UnsafeRawBufferPointer?
    private var attributes: UnsafeRawBufferPointer?
    private var isEnd = false
    /// Something for all processes, on the control stream.
    private(set) var notice: UnsafeRawBufferPointer?
    /// Who added it, and as which of his: by that he finds his own again.
    private(set) var origin: UnsafeRawBufferPointer?

    /// Nil for a reply that is no entry. Fields that are unknown are left alone.
    init?(_ reply: RedisReply) {
        guard let id = reply.element(0)?.bytes.flatMap({ StreamID($0) }) else { return nil }
        self.id = id
        self.reply = reply
        guard let fields = reply.element(1) else { return }
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            guard let name = fields.element(index)?.bytes, let value = fields.element(index + 1)?.bytes else { continue }
            if name.equals("payload") {
                payload = value
            } else if name.equals("topic") {
                topicBytes = value
            } else if name.equals("attributes") {
                attributes = value
            } else if name.equals("from") {
                origin = value
            } else if name.equals("end") {
                isEnd = true
            } else if name.equals("notice") {
                notice = value
            }
        }
    }

    /// All that it has, in its order.
    var fields: [(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer)] {
        guard let fields = reply.element(1) else { return [] }
        return stride(from: 0, to: fields.count - 1, by: 2).compactMap { index in
            guard let name = fields.element(index)?.bytes, let value = fields.element(index + 1)?.bytes else { return nil }
            return (name, value)
        }
    }

    /// The topic; nil where none is named, or by bytes that are no text.
    var topic: String? { topicBytes.flatMap { String(validating: $0, as: UTF8.self) } }

    func isOf(_ topic: String) -> Bool { topicBytes?.elementsEqual(topic.utf8) == true }

    /// Nil for an entry that is neither an event nor an end.
    var content: Content? {
        if isEnd { return .end }
        return payload.map { .event(payload: $0, attributes: attributes) }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether these are the bytes of a word.
    fileprivate func equals(_ word: StaticString) -> Bool {
        guard let baseAddress, count == word.utf8CodeUnitCount else { return false }
        return memcmp(baseAddress, word.utf8Start, count) == 0
    }
}

extension RedisReply {
    /// The entries of a reply that is a list of them; what is none is left out.
    var entries: [StreamEntry] { (0..<count).compactMap { element($0).flatMap(StreamEntry.init) } }
}

/// What `XINFO STREAM` tells.
struct StreamInfo: Hashable {
    /// A stream that is not there.
    static let none = StreamInfo(length: 0, last: .zero, first: nil, added: 0)

    let length: Int
    let last: StreamID
    /// The oldest entry's; nil where there is none.
    let first: StreamID?
    /// How many entries it ever had; nil where the server is older than Redis 7.
    let added: Int?

    /// How many entries were thrown away.
    var trimmed: Int? { added.map { $0 - length } }

    init(length: Int, last: StreamID, first: StreamID?, added: Int?) {
        self.length = length
        self.last = last
        self.first = first
        self.added = added
    }

    /// Nil for a reply that tells nothing of the kind.
    init?(_ reply: RedisReply) {
        if let error = reply.error {
            guard error.hasPrefix("ERR no such key") else { return nil }
            self = .none
            return
        }
        var (length, added) = (Int?.none, Int?.none)
        var (first, last) = (StreamID?.none, StreamID?.none)
        for index in stride(from: 0, to: reply.count - 1, by: 2) {
            guard let name = reply.element(index)?.text, let value = reply.element(index + 1) else { continue }
            switch name {
            case "length": length = value.integer
            case "last-generated-id": last = value.bytes.flatMap { StreamID($0) }
            case "first-entry": first = StreamEntry(value)?.id
            case "entries-added": added = value.integer
            default: break
            }
        }
        guard let length, let last else { return nil }
        self.init(length: length, last: last, first: first, added: added)
    }
}
