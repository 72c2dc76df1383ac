/// What stands at the beginning of a connection by the PROXY protocol, versions 1 and 2: who has connected to the proxy.
enum ProxyHeader: Equatable {
    /// There must be more.
    case unfinished
    case malformed
    /// It is so many bytes long. Without a client the proxy speaks for itself.
    case header(length: Int, Client?)

    /// Who has connected to the proxy; without an address by a socket of Unix.
    struct Client: Sendable, Equatable {
        let address: ServerAddress?
    }

    private static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    private static let word = Array("PROXY ".utf8)
    /// The longest line of version 1.
    private static let longestLine = 107

    /// Reads the first bytes of a connection. The header may have `limit` of them.
    static func read(_ bytes: [UInt8], limit: Int) -> ProxyHeader {
        if begins(bytes, signature) { return binary(bytes, limit) }
        return begins(bytes, word) ? line(bytes) : .malformed
    }

    private static func begins(_ bytes: [UInt8], _ start: [UInt8]) -> Bool { zip(bytes, start).allSatisfy { $0 == $1 } }

    // MARK: Version 1, a line

    private static func line(_ bytes: [UInt8]) -> ProxyHeader {
        guard let end = bytes.prefix(longestLine).firstIndex(of: 0x0A) else { return bytes.count < longestLine ? .unfinished : .malformed }
        guard end > word.count, bytes[end - 1] == 0x0D else { return .malformed }
        let words = String(decoding: bytes[word.count..<end - 1], as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
        if words[0] == "UNKNOWN" { return .header(length: end + 1, nil) }
        guard words.count == 5, let source = IPAddress(words[1]), let target = IPAddress(words[2]) else { return .malformed }
        guard let number = port(words[3]), port(words[4]) != nil else { return .malformed }
        switch words[0] {
        case "TCP4" where source.width == 32 && target.width == 32: break
        case "TCP6" where words[1].contains(":") && words[2].contains(":"): break
        default: return .malformed
        }
        return .header(length: end + 1, Client(address: ServerAddress(host: source.description, port: number)))
    }

    private static func port(_ text: Substring) -> Int? { text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt16(text).map(Int.init) : nil }

    // MARK: Version 2, binary

    private static func binary(_ bytes: [UInt8], _ limit: Int) -> ProxyHeader {
        guard bytes.count >= 16 else { return .unfinished }
        let length = 16 + number(bytes, at: 14)
        guard length <= limit else { return .malformed }
        switch bytes[12] {
        case 0x20: return bytes.count < length ? .unfinished : .header(length: length, nil)
        case 0x21: break
        default: return .malformed
        }
        // What follows the addresses is more than is asked for here.
        let needed: Int
        switch bytes[13] {
        case 0x00: needed = 0
        case 0x11: needed = 12
        case 0x21: needed = 36
        case 0x31: needed = 216
        default: return .malformed
        }
        guard length >= 16 + needed else { return .malformed }
        guard bytes.count >= length else { return .unfinished }
        switch bytes[13] {
        case 0x11:
            let address = ServerAddress(host: IPAddress(four: Array(bytes[16..<20])).description, port: number(bytes, at: 24))
            return .header(length: length, Client(address: address))
        case 0x21:
            let address = ServerAddress(host: IPAddress(six: Array(bytes[16..<32])).description, port: number(bytes, at: 48))
            return .header(length: length, Client(address: address))
        case 0x31: return .header(length: length, Client(address: nil))
        default: return .header(length: length, nil)
        }
    }

    private static func number(_ bytes: [UInt8], at index: Int) -> Int { Int(bytes[index]) << 8 | Int(bytes[index + 1]) }
}
