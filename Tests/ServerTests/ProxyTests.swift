import Foundation
import SubsgenRuntime
import Testing

@testable import SubsgenServer

@Suite("Trusted proxies")
struct TrustedProxiesTests {
    @Test("Addresses, networks and unix")
    func names() throws {
        let trusted = try TrustedProxies(["10.0.0.0/8", "192.0.2.7", "fd00::/9", "unix"])
        for host in ["10.0.0.0", "10.255.1.2", "::ffff:10.1.1.1", "192.0.2.7", "fd7f::1"] {
            #expect(trusted.contains(ServerAddress(host: host, port: 1)), "\(host)")
        }
        for host in ["11.0.0.1", "192.0.2.8", "fd80::1", "::1", "", "unix"] { #expect(!trusted.contains(ServerAddress(host: host, port: 1)), "\(host)") }
        #expect(trusted.contains(nil))
        #expect(!TrustedProxies().contains(nil))
        #expect(try TrustedProxies(["0.0.0.0/0"]).contains(ServerAddress(host: "203.0.113.1", port: 1)))
        #expect(try !TrustedProxies(["0.0.0.0/0"]).contains(ServerAddress(host: "2001:db8::1", port: 1)))
    }

    @Test("What names no proxy is told", arguments: ["", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "fd00::/129", "localhost", "10.0.0.0/", "10.0.0.0/x"])
    func mistakes(name: String) {
        #expect(throws: ServerError.self) { try TrustedProxies([name]) }
    }
}

@Suite("Forwarded headers")
struct ForwardingTests {
    private func read(_ headers: [(String, String)], from peer: String? = "10.0.0.1") throws -> ServerRequest {
        let remote = peer.map { ServerAddress(host: $0, port: 5) }
        let request = ServerRequest(
            method: "GET", target: "/", headers: [("host", "inner")] + headers.map { (name: $0.0, value: $0.1) }, remote: remote)
        return try request.forwarded(by: TrustedProxies(["10.0.0.0/8", "fd00::/8", "unix"]))
    }

    @Test(
        "The client is the rightmost address that is no trusted proxy's",
        arguments: [
            ("192.0.2.1", "192.0.2.1", 0), ("192.0.2.1:80", "192.0.2.1", 80), ("203.0.113.9, 192.0.2.1, 10.0.0.2", "192.0.2.1", 0),
            ("10.0.0.3, 10.0.0.2", "10.0.0.3", 0), ("2001:db8::1", "2001:db8::1", 0), ("[2001:DB8::1]:443", "2001:db8::1", 443),
            ("[2001:db8::1]", "2001:db8::1", 0), ("::ffff:192.0.2.1", "192.0.2.1", 0), ("spoofed, 192.0.2.1", "192.0.2.1", 0),
            // What is no address ends the way at the last that is known.
            ("192.0.2.1, unknown", "10.0.0.1", 5), ("192.0.2.1, unknown, 10.0.0.2", "10.0.0.2", 0), ("1.2.3", "10.0.0.1", 5), ("[::1", "10.0.0.1", 5),
            ("192.0.2.1:99999", "10.0.0.1", 5), (" , ", "10.0.0.1", 5),
        ])
    func common(header: String, host: String, port: Int) throws {
        #expect(try read([("X-Forwarded-For", header)]).remote == ServerAddress(host: host, port: port))
    }

    @Test("Several fields are one list; a proxy by a socket of Unix has no address")
    func fields() throws {
        #expect(try read([("x-forwarded-for", "192.0.2.1"), ("x-forwarded-for", "10.0.0.2")], from: nil).remote?.host == "192.0.2.1")
        #expect(try read([], from: nil).remote == nil)
    }

    @Test("The scheme is that of the client's hop")
    func scheme() throws {
        #expect(try read([("x-forwarded-for", "192.0.2.1"), ("x-forwarded-proto", "https")]).scheme == .https)
        #expect(try read([("x-forwarded-for", "192.0.2.1, 10.0.0.2"), ("x-forwarded-proto", "https, http")]).scheme == .https)
        #expect(try read([("x-forwarded-for", "203.0.113.9, 192.0.2.1"), ("x-forwarded-proto", "https, http")]).scheme == .http)
        #expect(try read([("x-forwarded-proto", "wss")]).scheme == .https)
        #expect(try read([("x-forwarded-for", "192.0.2.1")]).scheme == nil)
        #expect(throws: Forwarding.Malformed.self) { try read([("x-forwarded-proto", "gopher")]) }
    }

    @Test(
        "Forwarded, as RFC 7239 has it",
        arguments: [
            ("for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60", 0), (#"for="[2001:db8:cafe::17]:4711""#, "2001:db8:cafe::17", 4711),
            (#"For="192.0.2.1:80" ; proto=https , for=10.0.0.2"#, "192.0.2.1", 80), ("for=203.0.113.9, for=192.0.2.1, for=10.1.1.1", "192.0.2.1", 0),
            ("for=_hidden, for=10.0.0.2", "10.0.0.2", 0), ("for=unknown", "10.0.0.1", 5), ("by=10.0.0.2", "10.0.0.1", 5),
            (#"for="192.0.2.1:_port""#, "192.0.2.1", 0), (#"for="\1\92.0.2.1""#, "192.0.2.1", 0), (" , for=192.0.2.1,", "192.0.2.1", 0),
        ])
    func standard(header: String, host: String, port: Int) throws {
        #expect(try read([("Forwarded", header)]).remote == ServerAddress(host: host, port: port))
    }

    @Test("Forwarded tells the scheme and the host that pages are compared with")
    func origin() throws {
        let headers = [("forwarded", #"for=192.0.2.1;proto=https;host="a.example:8443""#), ("origin", "https://a.example:8443")]
        let request = try read(headers)
        #expect(request.scheme == .https)
        #expect(request.header("host") == "a.example:8443")
        #expect(request.isAllowed())
        #expect(try !read([headers[0], ("origin", "http://a.example:8443")]).isAllowed())
        #expect(try !read([headers[0], ("origin", "https://inner")]).isAllowed())
    }

    @Test(
        "A malformed Forwarded is refused",
        arguments: [#"for="192.0.2.1"#, "for=", "for", "=192.0.2.1", "for=192.0.2.1 x", #"for="a"b"#, "for=[::1]", "for=1.1.1.1;for=2.2.2.2", #"for="a\"#, "proto=ftp"])
    func malformed(header: String) {
        #expect(throws: Forwarding.Malformed.self) { try read([("forwarded", header)]) }
    }

    @Test("Two headers that contradict each other are refused: one of them may be the client's own")
    func contradiction() throws {
        #expect(throws: Forwarding.Malformed.self) { try read([("forwarded", "for=192.0.2.1"), ("x-forwarded-for", "192.0.2.2")]) }
        #expect(throws: Forwarding.Malformed.self) {
            try read([("forwarded", "for=192.0.2.1;proto=http"), ("x-forwarded-for", "192.0.2.1"), ("x-forwarded-proto", "https")])
        }
        let both = try read([("forwarded", "for=192.0.2.1"), ("x-forwarded-for", "192.0.2.1"), ("x-forwarded-proto", "https")])
        #expect(both.remote?.host == "192.0.2.1" && both.scheme == .https)
    }
}

@Suite("The header of the PROXY protocol")
struct ProxyHeaderTests {
    private func read(_ text: String) -> ProxyHeader { ProxyHeader.read(Array(text.utf8), limit: 1000) }

    static func binary(_ command: UInt8 = 0x21, family: UInt8 = 0x11, _ content: [UInt8] = [192, 0, 2, 1, 10, 0, 0, 1, 0x10, 0x01, 0, 80]) -> [UInt8] {
        [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A, command, family, UInt8(content.count >> 8), UInt8(content.count & 0xFF)] + content
    }

    private func client(_ host: String, _ port: Int) -> ProxyHeader.Client { ProxyHeader.Client(address: ServerAddress(host: host, port: port)) }

    @Test("Version 1")
    func lines() {
        #expect(read("PROXY TCP4 192.0.2.1 10.0.0.1 5000 80\r\nGET") == .header(length: 39, client("192.0.2.1", 5000)))
        #expect(read("PROXY TCP6 2001:db8::1 ::1 5000 80\r\n") == .header(length: 36, client("2001:db8::1", 5000)))
        #expect(read("PROXY UNKNOWN\r\n") == .header(length: 15, nil))
        #expect(read("PROXY UNKNOWN what ever\r\n") == .header(length: 25, nil))
    }

    @Test(
        "A malformed line",
        arguments: [
            "GET / HTTP/1.1\r\n", "PROXX", "proxy TCP4", "PROXY TCP4 192.0.2.1 10.0.0.1 5000\r\n", "PROXY TCP4 192.0.2.1 10.0.0.1 5000 80\n",
            "PROXY TCP4 2001:db8::1 ::1 5000 80\r\n", "PROXY TCP6 192.0.2.1 10.0.0.1 5000 80\r\n", "PROXY TCP4 192.0.2.1 10.0.0.1 65536 80\r\n",
            "PROXY TCP4 192.0.2.1 10.0.0.1 +1 80\r\n", "PROXY TCP4  192.0.2.1 10.0.0.1 1 80\r\n", "PROXY UDP4 192.0.2.1 10.0.0.1 1 80\r\n", "PROXY \r\n",
            "PROXY UNKNOWN" + String(repeating: " x", count: 50),
        ])
    func malformedLines(text: String) {
        #expect(read(text) == .malformed)
    }

    @Test("Version 2")
    func binaries() {
        #expect(ProxyHeader.read(Self.binary() + [1, 2], limit: 28) == .header(length: 28, client("192.0.2.1", 0x1001)))
        let six: [UInt8] = [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1] + [UInt8](repeating: 0, count: 16) + [1, 2, 0, 80]
        #expect(ProxyHeader.read(Self.binary(family: 0x21, six + [4, 0, 0]), limit: 1000) == .header(length: 55, client("2001:db8::1", 258)))
        #expect(ProxyHeader.read(Self.binary(family: 0x31, [UInt8](repeating: 0, count: 216)), limit: 1000) == .header(length: 232, .init(address: nil)))
        #expect(ProxyHeader.read(Self.binary(0x20, family: 0, []), limit: 1000) == .header(length: 16, nil))
        #expect(ProxyHeader.read(Self.binary(0x21, family: 0, []), limit: 1000) == .header(length: 16, nil))
    }

    @Test("Malformed, or larger than it may be")
    func malformedBinaries() {
        for bytes in [
            Self.binary(0x22), Self.binary(0x11), Self.binary(family: 0x12), Self.binary([1, 2, 3]), Self.binary(family: 0x21), Self.binary(family: 0x31),
        ] { #expect(ProxyHeader.read(bytes, limit: 1000) == .malformed) }
        // Before all of it has come.
        #expect(ProxyHeader.read(Array(Self.binary().prefix(16)), limit: 27) == .malformed)
    }

    @Test("Every beginning of a header is one that is unfinished")
    func beginnings() {
        for header in [Array("PROXY TCP4 192.0.2.1 10.0.0.1 5000 80\r\n".utf8), Self.binary(), Self.binary(0x20, family: 0, [])] {
            for length in header.indices { #expect(ProxyHeader.read(Array(header[..<length]), limit: 1000) == .unfinished) }
        }
    }
}

extension ProxyHeaderTests {
    private static func binary(_ content: [UInt8]) -> [UInt8] { binary(0x21, family: 0x11, content) }
}

@Suite("A server behind proxies")
struct BehindProxiesTests {
    private static let get = "GET /who HTTP/1.1\r\nhost: a\r\n"

    private func server(trusting names: [String] = ["127.0.0.1"], _ configure: (inout ServerConfiguration) -> Void = { _ in }) throws -> RunningServer {
        let trusted = try TrustedProxies(names)
        return try RunningServer {
            $0.trustedProxies = trusted
            configure(&$0)
        }
    }

    @Test("A trusted proxy is believed, and nobody else")
    func trust() throws {
        for (names, host) in [(["127.0.0.1"], "192.0.2.1"), (["10.0.0.0/8"], "127.0.0.1"), ([], "127.0.0.1")] {
            let server = try server(trusting: names)
            let client = try SocketClient(port: server.port)
            try client.send(Self.get + "x-forwarded-for: 192.0.2.1\r\n\r\n")
            let exchange = try server.delegate.exchange()
            #expect(exchange.request.remote?.host == host)
            exchange.refuse(status: 404, "")
        }
    }

    @Test("A malformed header is answered with 400, and of who is not trusted not looked at")
    func malformed() throws {
        let behind = try server()
        let client = try SocketClient(port: behind.port)
        try client.send(Self.get + "forwarded: for=\"\r\n\r\n")
        let response = try client.response()
        #expect(response.status == 400 && response.body == "The header Forwarded is malformed.\n")
        try client.rest()
        let open = try server(trusting: [])
        let other = try SocketClient(port: open.port)
        try other.send("GET /healthz HTTP/1.1\r\nhost: a\r\nforwarded: for=\"\r\n\r\n")
        #expect(try other.response().status == 200)
    }

    @Test("The PROXY protocol before TLS")
    func proxyProtocolBeforeTLS() throws {
        let files = try TestCertificate()
        let server = try server {
            $0.proxyProtocol = true
            $0.tls = files.tls
        }
        let client = try TLSClient(port: server.port, after: ProxyHeaderTests.binary(), trusting: files.inUse())
        try client.send(Self.get + "\r\n")
        let exchange = try server.delegate.exchange()
        #expect(exchange.request.remote == ServerAddress(host: "192.0.2.1", port: 0x1001))
        #expect(exchange.request.scheme == .https)
        exchange.respond(status: 204, body: [])
        #expect(try client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 204 "))
        // A trusted proxy that speaks for itself, and tells of nobody, speaks TLS all the same.
        let proxy = try TLSClient(port: server.port, after: Array("PROXY UNKNOWN\r\n".utf8), trusting: files.inUse())
        try proxy.send(Self.get + "\r\n")
        #expect(try server.delegate.exchange().request.scheme == .https)
        let bare = try SocketClient(port: server.port)
        try bare.send("\u{16}\u{3}\u{1}")
        #expect(try bare.rest() == [])
    }

    @Test("The PROXY protocol, in one packet with a request or byte by byte, and before a WebSocket")
    func proxyProtocol() throws {
        let server = try server { $0.proxyProtocol = true }
        for header in [Array("PROXY TCP4 192.0.2.1 10.0.0.1 5000 80\r\n".utf8), ProxyHeaderTests.binary(), Array("PROXY UNKNOWN\r\n".utf8)] {
            let expected = header.count == 15 ? "127.0.0.1" : "192.0.2.1"
            for isWhole in [true, false] {
                let client = try SocketClient(port: server.port)
                let bytes = header + Array((Self.get + "x-forwarded-for: 203.0.113.9\r\n\r\n").utf8)
                // Who is no proxy that is trusted is not believed; the proxy that speaks for itself is.
                let host = expected == "127.0.0.1" ? "203.0.113.9" : expected
                if isWhole { try client.send(bytes) } else { for byte in bytes { try client.send([byte]) } }
                let exchange = try server.delegate.exchange()
                #expect(exchange.request.remote?.host == host)
                exchange.respond(status: 200, body: [])
                #expect(try client.response().status == 200)
            }
        }
        let client = try SocketClient(port: server.port)
        try client.send("PROXY TCP4 192.0.2.1 10.0.0.1 5000 80\r\n")
        try client.send(SocketClient.handshake())
        #expect(try client.head().hasPrefix("HTTP/1.1 101 "))
    }

    @Test("Without a header of the PROXY protocol a trusted proxy is closed; who is not trusted needs none")
    func noHeader() throws {
        let behind = try server {
            $0.proxyProtocol = true
            $0.limits.headerTimeout = 0.2
        }
        for text in ["GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n", "PROXY TCP4 192.0.2.1", ""] {
            let client = try SocketClient(port: behind.port)
            try client.send(text)
            #expect(try client.rest() == [])
        }
        let open = try server(trusting: ["10.0.0.0/8"]) { $0.proxyProtocol = true }
        let client = try SocketClient(port: open.port)
        try client.send("GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
        #expect(try client.response().status == 200)
        let liar = try SocketClient(port: open.port)
        try liar.send("PROXY TCP4 192.0.2.1 10.0.0.1 5000 80\r\n")
        #expect(try liar.response().status == 400)
    }

    @Test("The PROXY protocol is not believed of everybody")
    func noProxies() throws {
        #expect(throws: ServerError.self) { try server(trusting: []) { $0.proxyProtocol = true } }
    }
}
