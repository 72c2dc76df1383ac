import Glibc
import SubsgenRuntime

/// How many connections there are from each network, and how many there may be.
final class AddressCounts: Sendable {
    private let limit: Int
    /// Guards the counts: of networks that have a connection.
    private let counts = Guarded<[String: Int]>([:])

    init(limit: Int) { self.limit = limit }

    /// One more connection of a network. False where there are as many as there may be.
    func take(_ network: String) -> Bool {
        counts.withLock { counts in
            let count = counts[network, default: 0]
            guard count < limit else { return false }
            counts[network] = count + 1
            return true
        }
    }

    /// One less.
    func giveBack(_ network: String) {
        counts.withLock { counts in
            guard let count = counts[network] else { return }
            counts[network] = count > 1 ? count - 1 : nil
        }
    }

    /// What counts as one address: of IPv6 the network of 64 bits, which a single client has whole. What is no address is taken as it is.
    static func network(of address: String) -> String {
        var parsed = in6_addr()
        // The scope of a link-local address is the machine's own business.
        guard inet_pton(AF_INET6, address.split(separator: "%").first.map(String.init) ?? address, &parsed) == 1 else { return address }
        var bytes = withUnsafeBytes(of: &parsed) { Array($0) }
        if bytes[..<12].elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]) { return bytes[12...].map(String.init).joined(separator: ".") }
        for index in 8..<16 { bytes[index] = 0 }
        var network = in6_addr()
        withUnsafeMutableBytes(of: &network) { $0.copyBytes(from: bytes) }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, &network, &text, socklen_t(text.count)) != nil else { return address }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/64"
    }
}
