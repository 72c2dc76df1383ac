import Foundation
import Glibc
import SubsgenRuntime
import Testing

@testable import SubsgenServer

@Suite("Sockets of Unix")
struct UnixSocketTests {
    private let path = "/tmp/subsgen-\(UUID().uuidString.prefix(8)).socket"

    private func remove() { unlink(path) }

    @Test("A server listens at a path, and takes the file along when it stops")
    func serving() throws {
        defer { remove() }
        let trusted = try TrustedProxies(["unix"])
        let server = try RunningServer {
            $0.unixSocket = path
            $0.trustedProxies = trusted
        }
        let client = try SocketClient(unix: path)
        try client.send("GET /a HTTP/1.1\r\nhost: a\r\n\r\n")
        let exchange = try server.delegate.exchange()
        #expect(exchange.request.remote == nil)
        exchange.respond(status: 200, body: [])
        #expect(try client.response().status == 200)
        try client.send("GET /a HTTP/1.1\r\nhost: a\r\nx-forwarded-for: 192.0.2.1\r\n\r\n")
        #expect(try server.delegate.exchange().request.remote?.host == "192.0.2.1")
        server.server.stopAndWait()
        #expect(access(path, F_OK) != 0)
    }

    @Test("A socket that is left is replaced, one at which somebody listens is not, and neither is another file")
    func clearing() throws {
        defer { remove() }
        let left = try UnixSocket(path: path)
        #expect(throws: ServerError.self) { try UnixSocket(path: path) }
        close(left.descriptor)
        let next = try UnixSocket(path: path)
        // The file is another's now.
        left.remove()
        #expect(access(path, F_OK) == 0)
        next.remove()
        #expect(access(path, F_OK) != 0)
        close(next.descriptor)

        try Data("kept".utf8).write(to: URL(fileURLWithPath: path))
        do {
            _ = try UnixSocket(path: path)
            Issue.record("It has replaced a file.")
        } catch {
            #expect(error.description.contains("there is a file that is no socket"))
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "kept")
    }

    @Test("Somebody listens, even where nobody is accepted any more")
    func crowded() throws {
        defer { remove() }
        let busy = try UnixSocket(path: path, backlog: 0)
        defer { close(busy.descriptor) }
        let waiting = try SocketClient(unix: path)
        for _ in 0..<3 { #expect(throws: ServerError.self) { try UnixSocket(path: path) } }
        waiting.hangUp()
    }

    @Test("A path that cannot be one of a socket is told", arguments: ["", String(repeating: "x", count: 108), "/nowhere/at/all"])
    func paths(path: String) {
        do {
            _ = try UnixSocket(path: path)
            Issue.record("It listens.")
        } catch {
            #expect(error.description.hasPrefix("The server cannot listen at \(path): "))
            #expect(error.errno != nil)
        }
    }
}
