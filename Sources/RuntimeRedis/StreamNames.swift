import SubsgenRuntime

/// How the streams of a prefix are called: `PREFIX:events:TEMPLATE:PARTITION`.
///
/// TEMPLATE is the topic as the schema writes it, with nothing in its braces, so that what an argument is called does not matter.
/// A topic is in the partition of its CRC-32 modulo their number: every language has that.
struct StreamNames: Sendable {
    let prefix: String
    let partitions: Int

    /// The stream of a topic.
    func stream(of topic: BusTopic) -> String {
        name(topic.template, Self.hasBraces(topic.template) ? partition(of: topic.name.utf8) : 0)
    }

    /// Every stream of a template.
    func streams(template: String) -> [String] {
        (0..<(Self.hasBraces(template) ? partitions : 1)).map { name(template, $0) }
    }

    /// The partition of a topic whose template has braces.
    func partition(of topic: some Sequence<UInt8>) -> Int { Int(CRC32.of(topic)) % partitions }

    /// What cursors call a stream: FNV-1a of its name, so that it is the same in every process.
    static func number(of stream: String) -> UInt64 {
        stream.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// What goes to all processes and is no event.
    var control: String { "\(prefix):control" }

    private func name(_ template: String, _ partition: Int) -> String { "\(prefix):events:\(Self.plain(template)):\(partition)" }

    private static func hasBraces(_ template: String) -> Bool { template.utf8.contains(UInt8(ascii: "{")) }

    private static func plain(_ template: String) -> String {
        var text: [UInt8] = []
        var isInBraces = false
        for byte in template.utf8 {
            if byte == UInt8(ascii: "}") { isInBraces = false }
            if !isInBraces { text.append(byte) }
            if byte == UInt8(ascii: "{") { isInBraces = true }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// The checksum of zlib, PNG and Ethernet.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { start in
        var value = UInt32(start)
        for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
        return value
    }

    static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var value: UInt32 = .max
        for byte in bytes { value = table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ (value >> 8) }
        return ~value
    }
}
