import Foundation
import NIOSSL
import SubsgenRuntime
import Testing

@testable import SubsgenServer

@Suite("TLS")
struct TLSTests {
    @Test("Subscriptions, by HTTP/1.1 within TLS 1.2 and 1.3", arguments: [TLSVersion.tlsv12, .tlsv13])
    func subscription(version: TLSVersion) throws {
        let files = try TestCertificate()
        let server = try RunningServer { $0.tls = files.tls }
        let client = try TLSClient(port: server.port, trusting: files.inUse()) { $0.maximumTLSVersion = version }
        #expect(try client.negotiated() == "http/1.1")
        #expect(try client.certificate() == files.inUse())
        try client.send(SocketClient.handshake())
        #expect(try client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 101 "))
        try client.send(SocketClient.frame(1, Array(#"{"type":"connection_init"}"#.utf8)))
        #expect(try client.receive(until: "}").hasSuffix(#"{"type":"connection_ack"}"#))
        let query = #"{"id":"s","type":"subscribe","payload":{"query":"subscription { messageAdded(roomId: \"1\") { text } }"}}"#
        try client.send(SocketClient.frame(1, Array(query.utf8)) + SocketClient.frame(1, Array(#"{"type":"ping"}"#.utf8)))
        #expect(try client.receive(until: "}").hasSuffix(#"{"type":"pong"}"#))
        // More than a record of TLS holds.
        let text = String(repeating: "long ", count: 100_000)
        try server.publish(text)
        #expect(try client.receive(until: "}}}}").hasSuffix(#"{"text":"\#(text)"}}}}"#))
    }

    @Test("TLS 1.1 is refused")
    func old() throws {
        let files = try TestCertificate()
        let server = try RunningServer { $0.tls = files.tls }
        #expect(throws: (any Error).self) {
            try TLSClient(port: server.port, trusting: files.inUse()) {
                $0.minimumTLSVersion = .tlsv1
                $0.maximumTLSVersion = .tlsv11
            }
        }
        _ = try TLSClient(port: server.port, trusting: files.inUse())
    }

    @Test("Who speaks something else on the port is closed", arguments: ["GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u{16}\u{3}\u{1}\u{0}\u{4}\u{1}\u{0}\u{0}\u{0}"])
    func noise(bytes: String) throws {
        let files = try TestCertificate()
        let server = try RunningServer { $0.tls = files.tls }
        let client = try SocketClient(port: server.port)
        try client.send(bytes)
        try client.rest()
        _ = try TLSClient(port: server.port, trusting: files.inUse())
    }

    @Test("A handshake that does not come to its end is cut off by the time for a header")
    func trickle() throws {
        let files = try TestCertificate()
        let server = try RunningServer {
            $0.tls = files.tls
            $0.limits.headerTimeout = 0.2
        }
        let client = try SocketClient(port: server.port)
        // The beginning of a ClientHello.
        try client.send([0x16, 0x03, 0x01, 0x01, 0x00, 0x01])
        #expect(try client.rest() == [])
    }

    @Test("To stop waits for no client's goodbye")
    func stop() throws {
        let files = try TestCertificate()
        let server = try RunningServer {
            $0.tls = files.tls
            $0.limits.closeTimeout = 1000
        }
        let client = try TLSClient(port: server.port, trusting: files.inUse())
        let stopped = Answer<Void>()
        server.server.stop { stopped.give(()) }
        try stopped.get()
        withExtendedLifetime(client) {}
    }

    // MARK: The files

    @Test("What is wrong with a file is said, and with which")
    func mistakes() throws {
        let (files, others) = (try TestCertificate(), try TestCertificate())
        let text = try String(contentsOfFile: files.certificate, encoding: .utf8)
        let (nothing, damaged, cut) = (files.key + ".none", files.key + ".damaged", files.key + ".cut")
        try files.write("hello", to: damaged)
        try files.write(String(text.prefix(text.count / 2)), to: cut)
        func failure(_ certificate: String, _ key: String) throws -> ServerError {
            let outcome = Answer<Result<ServerAddress, ServerError>>()
            var configuration = ServerConfiguration()
            configuration.port = 0
            configuration.tls = ServerTLS(certificateFile: certificate, keyFile: key)
            let executor = try SubscriptionExecutor(sdl: RunningServer.schema, bus: MemoryBus())
            Server(executor: executor, configuration: configuration).start { outcome.give($0) }
            guard case .failure(let error) = try outcome.get() else { throw ServerError("It has started.") }
            return error
        }
        let missing = try failure(nothing, files.key)
        #expect(missing.description == "The file of the certificate, \(nothing), cannot be read: No such file or directory.")
        #expect(missing.errno == ENOENT)
        #expect(try failure(files.certificate, nothing).description == "The file of the key, \(nothing), cannot be read: No such file or directory.")
        #expect(try failure(files.certificate, "/").description == "The file of the key, /, cannot be read: Is a directory.")
        #expect(try failure("/dev/zero", files.key).description.contains("/dev/zero, is larger than a megabyte"))
        #expect(try failure(damaged, files.key).description.hasPrefix("The file of the certificate, \(damaged), holds none in PEM"))
        #expect(try failure(cut, files.key).description.hasPrefix("The file of the certificate, \(cut), holds one that cannot be read"))
        #expect(try failure(files.certificate, damaged).description.hasPrefix("The file of the key, \(damaged), holds none in PEM"))
        #expect(try failure(files.certificate, others.key).description == "The key in \(others.key) does not belong to the first certificate in \(files.certificate).")
        let encrypted = try files.encryptedKey()
        #expect(try failure(files.certificate, encrypted).description.hasPrefix("The key in \(encrypted) is encrypted"))
    }

    @Test("A new certificate is for new connections; one that cannot be used leaves the old one there")
    func renewal() throws {
        let files = try TestCertificate()
        let delegate = TellTale()
        let server = try RunningServer(delegate: delegate) {
            $0.tls = files.tls
            $0.tls?.lookInterval = 0.01
        }
        let first = try files.inUse()
        let old = try TLSClient(port: server.port, trusting: first)
        let key = try String(contentsOfFile: files.key, encoding: .utf8)

        try files.write("nonsense", to: files.key)
        #expect(try delegate.told(1) == ["certificate: The file of the key, \(files.key), holds none in PEM, which begins with -----BEGIN PRIVATE KEY-----."])
        #expect(try TLSClient(port: server.port, trusting: first).certificate() == first)
        try files.write(key, to: files.key)
        _ = try delegate.told(2)

        try files.make()
        #expect(try delegate.told(until: "certificate").last == "certificate")
        let second = try files.inUse()
        while try TLSClient(port: server.port, trusting: second, { $0.certificateVerification = .none }).certificate() != second {}
        try old.send("GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
        #expect(try old.receive(until: "ok\n").hasPrefix("HTTP/1.1 200 "))
    }

    @Test("A server that is told to reads its files without looking whether they have changed")
    func renewalWhenTold() throws {
        let files = try TestCertificate()
        let delegate = TellTale()
        let server = try RunningServer(delegate: delegate) {
            $0.tls = files.tls
            $0.tls?.lookInterval = 1000
        }
        try files.make()
        server.server.renewCertificate()
        #expect(try delegate.told(1) == ["certificate"])
        #expect(try TLSClient(port: server.port, trusting: files.inUse()).certificate() == files.inUse())
    }
}
