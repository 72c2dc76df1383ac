/// A topic's name with places for arguments: `chat.{roomId}`.
public struct TopicTemplate: Sendable, Hashable, CustomStringConvertible {
    public enum Segment: Sendable, Hashable {
        case literal(String)
        /// The value of an argument of the subscription field, as `TopicTemplate.encode` writes it.
        case argument(String)
        /// The tenant of the subscriber, and of the event, by the first `@tenant` of the field; written so as well.
        case tenant
    }

    /// No two of the same kind follow each other, and the literals between two arguments hold a byte that no encoded value has: a
    /// topic says what its values were.
    public var segments: [Segment]

    public init(segments: [Segment]) {
        self.segments = segments
    }

    /// As `@topic(name:)` writes it: `chat.{roomId}`.
    public var description: String {
        segments.map { segment in
            switch segment {
            case .literal(let text): text
            case .argument(let name): "{\(name)}"
            case .tenant: "{tenant}"
            }
        }.joined()
    }

    /// The names of the arguments in braces, in order.
    public var arguments: [String] {
        segments.compactMap { if case .argument(let name) = $0 { name } else { nil } }
    }

    /// Whether it makes different topics for different tenants.
    public var namesTenant: Bool { segments.contains(.tenant) }

    /// Whether it makes one topic only.
    public var isPlain: Bool { !namesTenant && arguments.isEmpty }

    /// A value as it stands in a topic: percent-encoded UTF-8, where ASCII letters, digits, `-` and `_` stand for themselves.
    ///
    /// Dots are encoded too, so that `chat.{room}.{user}` cannot be read in two ways. A Boolean is `true` or `false`, an enum value
    /// its name, a number its shortest text.
    public static func encode(_ value: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in value.utf8 {
            if isUnencoded(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether a byte stands for itself in an encoded value.
    static func isUnencoded(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Whether a name is one that the template makes, for some values of its arguments.
    public func matches(_ name: String) -> Bool {
        let text = Array(name.utf8)
        // The positions in the name up to which the segments so far can reach.
        var reached: Set<Int> = [0]
        for segment in segments {
            var next: Set<Int> = []
            for start in reached {
                switch segment {
                case .literal(let literal):
                    if text[start...].starts(with: literal.utf8) { next.insert(start + literal.utf8.count) }
                case .argument, .tenant:
                    // A value may be empty, and holds what `encode` writes.
                    var end = start
                    next.insert(end)
                    while end < text.count, Self.isUnencoded(text[end]) || text[end] == UInt8(ascii: "%") {
                        end += 1
                        next.insert(end)
                    }
                }
            }
            reached = next
        }
        return reached.contains(text.count)
    }
}
