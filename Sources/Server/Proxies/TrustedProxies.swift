import Glibc

/// The proxies that are believed when they say who a client is.
public struct TrustedProxies: Sendable, Hashable {
    private struct Network: Sendable, Hashable {
        let address: IPAddress
        /// How many of the first bits count.
        let bits: Int
    }

    private var networks: [Network] = []
    private var trustsUnix = false

    /// None.
    public init() {}

    /// Addresses (`127.0.0.1`), networks (`10.0.0.0/8`, `fd00::/8`), and `unix`, which is whoever connects by a socket of Unix.
    public init(_ names: [String]) throws(ServerError) {
        for name in names {
            if name == "unix" {
                trustsUnix = true
                continue
            }
            let parts = name.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let address = IPAddress(parts[0]), let bits = parts.count == 1 ? address.width : Int(parts[1]), (0...address.width).contains(bits) else {
                throw ServerError("A trusted proxy is an address, a network as 10.0.0.0/8 is, or unix, and not \(name).")
            }
            networks.append(Network(address: address, bits: bits + IPAddress.bits - address.width))
        }
    }

    var isEmpty: Bool { networks.isEmpty && !trustsUnix }

    /// Whether who connected is one of them; nil is who came by a socket of Unix.
    func contains(_ address: ServerAddress?) -> Bool {
        guard let address else { return trustsUnix }
        guard let address = IPAddress(address.host[...]) else { return false }
        return networks.contains { $0.address.begins(as: address, $0.bits) }
    }
}

/// An address of IPv4 or IPv6, the former as IPv6 maps it.
struct IPAddress: Sendable, Hashable {
    static let bits = 128
    private let bytes: [UInt8]
    /// 32 or 128.
    let width: Int

    /// Reads what people write: `192.0.2.1`, `2001:db8::1`. The scope of a link-local address is the machine's own business.
    init?(_ text: Substring) {
        let text = String(text.prefix { $0 != "%" })
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self.init(four: withUnsafeBytes(of: &four) { Array($0) })
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            self.init(six: withUnsafeBytes(of: &six) { Array($0) })
        } else {
            return nil
        }
    }

    init(four bytes: [UInt8]) {
        self.bytes = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] + bytes
        width = 32
    }

    init(six bytes: [UInt8]) {
        self.bytes = bytes
        width = bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]) ? 32 : 128
    }

    func begins(as other: IPAddress, _ bits: Int) -> Bool {
        let (whole, rest) = (bits / 8, bits % 8)
        guard bytes[..<whole] == other.bytes[..<whole] else { return false }
        return rest == 0 || (bytes[whole] ^ other.bytes[whole]) >> (8 - rest) == 0
    }
}

extension IPAddress: CustomStringConvertible {
    var description: String {
        if width == 32 { return bytes[12...].map(String.init).joined(separator: ".") }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        _ = bytes.withUnsafeBytes { inet_ntop(AF_INET6, $0.baseAddress, &text, socklen_t(INET6_ADDRSTRLEN)) }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
