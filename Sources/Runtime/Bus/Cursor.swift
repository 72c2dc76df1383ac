/// An event's place in a bus: opaque to all but the bus that gave it.
///
/// It carries the bus's epoch. A bus that does not know the epoch of a cursor answers "too old"; it never takes the cursor for
/// a place in another history.
public struct Cursor: Hashable, Sendable, CustomStringConvertible {
    /// The version of the text's format.
    static let version = 1

    /// Which history of the bus the cursor belongs to; drawn at random when the history begins.
    public let epoch: UInt64
    /// The part of the bus that keeps order among its events.
    public let partition: UInt64
    /// Grows with each event of the partition.
    public let sequence: UInt64

    public init(epoch: UInt64, partition: UInt64, sequence: UInt64) {
        self.epoch = epoch
        self.partition = partition
        self.sequence = sequence
    }

    /// Whether an event of a topic is not behind this one of the same topic.
    func covers(_ other: Cursor) -> Bool { other.epoch == epoch && other.partition == partition && other.sequence <= sequence }

    /// The text of a cursor: `1.EPOCH.PARTITION.SEQUENCE`, the numbers in hexadecimal.
    public var description: String {
        "\(Self.version).\(String(epoch, radix: 16)).\(String(partition, radix: 16)).\(String(sequence, radix: 16))"
    }

    /// Reads the text of a cursor; nil for any other text, also for one of another version.
    public init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0].elementsEqual(String(Self.version).utf8),
            let epoch = UInt64(parts[1], radix: 16), let partition = UInt64(parts[2], radix: 16),
            let sequence = UInt64(parts[3], radix: 16)
        else { return nil }
        self.init(epoch: epoch, partition: partition, sequence: sequence)
        // One cursor, one text: no capital letters, signs or leading zeros.
        guard description == text else { return nil }
    }
}

extension UInt64 {
    fileprivate init?(_ digits: Substring.UTF8View, radix: Int) {
        self.init(Substring(digits), radix: radix)
    }
}
