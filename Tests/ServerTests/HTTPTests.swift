import Foundation
import SubsgenRuntime
import Testing

@testable import SubsgenServer

@Suite("HTTP/1.1")
struct HTTPTests {
    @Test("The server's own pages, on one connection")
    func pages() throws {
        let server = try RunningServer { $0.metricsPath = "/metrics" }
        let client = try SocketClient(port: server.port)
        // Pipelined.
        for path in ["/healthz", "/readyz?x", "/metrics"] { try client.send("GET \(path) HTTP/1.1\r\nhost: a\r\n\r\n") }
        #expect(try client.response().body == "ok\n")
        #expect(try client.response().body == "ready\n")
        #expect(try client.response().body.contains("subsgen_connections"))
        server.server.isReady = false
        try client.send("GET /readyz HTTP/1.1\r\nhost: a\r\n\r\n")
        #expect(try client.response().status == 503)
        try client.send("HEAD /healthz HTTP/1.1\r\nhost: a\r\n\r\nGET /healthz HTTP/1.0\r\n\r\n")
        #expect(try client.head().contains("content-length: 3\r\n"))
        #expect(try client.response().head.contains("connection: close\r\n"))
        try client.rest()
    }

    @Test("Numbers are at no path unless one is named")
    func noMetrics() throws {
        let server = try RunningServer()
        let client = try SocketClient(port: server.port)
        try client.send("GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n")
        try server.delegate.exchange().refuse(status: 404, "Nothing.")
        #expect(try client.response().status == 404)
    }

    @Test("The application answers in parts, and reads the body")
    func exchange() throws {
        let server = try RunningServer()
        let client = try SocketClient(port: server.port)
        try client.send("POST /a?b=c HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\nx-y: 1\r\nX-Y: 2\r\n\r\nhe")
        let exchange = try server.delegate.exchange()
        #expect(exchange.request.path == "/a")
        #expect(exchange.request.query == "b=c")
        #expect(exchange.request.header("x-y") == "1")
        #expect(exchange.request.remote?.host == "127.0.0.1")
        let parts = Parts(exchange)
        #expect(try parts.next() == "he")
        try client.send("llo")
        #expect(try parts.next() == "llo")
        #expect(try parts.next() == "end")
        exchange.begin(status: 201, headers: [("x", "y"), ("evil", "a\r\nb: c"), ("connection", "x")])
        exchange.write(Array("one".utf8))
        exchange.write([])
        exchange.write(Array("two".utf8), isLast: true)
        let head = try client.head()
        #expect(head == "HTTP/1.1 201 Created\r\nx: y\r\ntransfer-encoding: chunked\r\n\r\n")
        #expect(try client.bytes(21) == "3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")
        // The connection goes on.
        try client.send("GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
        #expect(try client.response().status == 200)
    }

    @Test("100 Continue is sent when the body is asked for; a body that is not read does not hold the connection up")
    func expectation() throws {
        let server = try RunningServer()
        let client = try SocketClient(port: server.port)
        try client.send("POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\nexpect: 100-continue\r\n\r\n")
        let exchange = try server.delegate.exchange()
        let parts = Parts(exchange)
        parts.ask()
        #expect(try client.head() == "HTTP/1.1 100 Continue\r\n\r\n")
        try client.send("hi")
        #expect(try parts.answer() == "hi")
        exchange.respond(status: 200, body: [])
        #expect(try client.response().status == 200)
        try client.send("POST /b HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhiGET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
        try server.delegate.exchange().respond(status: 200, body: [])
        #expect(try client.response().status == 200)
        #expect(try client.response().body == "ok\n")
    }

    @Test("A body that is too large is told of, and can be answered")
    func largeBody() throws {
        let server = try RunningServer { $0.limits.bodyBytes = 10 }
        let client = try SocketClient(port: server.port)
        try client.send("POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: 11\r\n\r\nhello world")
        let exchange = try server.delegate.exchange()
        let parts = Parts(exchange)
        #expect(try parts.next() == "too large")
        exchange.refuse(status: 413, "Too large.")
        #expect(try client.response().status == 413)
        try client.rest()
    }

    @Test("The application learns when a client is gone that waits for its answer")
    func gone() throws {
        let server = try RunningServer()
        let client = try SocketClient(port: server.port)
        try client.send("GET /a HTTP/1.1\r\nhost: a\r\n\r\n")
        let exchange = try server.delegate.exchange()
        let gone = Answer<Void>()
        exchange.whenGone { gone.give(()) }
        client.hangUp()
        try gone.get()
        let taken = Answer<Bool>()
        exchange.write([1], isLast: true) { taken.give($0) }
        #expect(try !taken.get())
    }

    @Test("A client that does not read makes the application wait")
    func backPressure() throws {
        let server = try RunningServer()
        let client = try SocketClient(port: server.port, receiveBuffer: 4096)
        try client.send("GET /a HTTP/1.1\r\nhost: a\r\n\r\n")
        let exchange = try server.delegate.exchange()
        exchange.begin(status: 200, headers: [("content-length", "20000000")])
        let taken = Answer<Bool>()
        exchange.write([UInt8](repeating: 0x78, count: 20_000_000 - 1)) { taken.give($0) }
        _ = try client.head()
        #expect(!taken.isThere)
        #expect(try client.bytes(20_000_000 - 1).utf8.count == 19_999_999)
        #expect(try taken.get())
        exchange.write([0x79], isLast: true)
        #expect(try client.bytes(1) == "y")
    }

    @Test("A request that nobody answers is answered with 500")
    func abandoned() throws {
        final class Forgetful: ServerDelegate {
            func respond(to exchange: ServerExchange) {}
        }
        let executor = try SubscriptionExecutor(sdl: RunningServer.schema, bus: MemoryBus())
        var configuration = ServerConfiguration()
        configuration.port = 0
        let server = Server(executor: executor, configuration: configuration, delegate: Forgetful())
        let port = try server.startAndWait().port
        defer { server.stopAndWait() }
        let client = try SocketClient(port: port)
        try client.send("GET /a HTTP/1.1\r\nhost: a\r\n\r\n")
        #expect(try client.response().status == 500)
    }

    @Test(
        "What is no HTTP/1.1 gets an answer or a close",
        arguments: [
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{fc}\u{3}\u{3}", "GET / HTTP/1.1\r\nno colon\r\n\r\n",
            "GET / HTTP/9.9\r\n\r\n", "\r\n\r\n\r\nx\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/1.1\r\ncontent-length: x\r\n\r\n",
            "POST / HTTP/1.1\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        ])
    func noise(_ bytes: String) throws {
        let server = try RunningServer { $0.limits.headerTimeout = 2 }
        let client = try SocketClient(port: server.port)
        try client.send(bytes)
        let answer = String(decoding: try client.rest(), as: UTF8.self)
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4") || answer.hasPrefix("HTTP/1.1 5"), "\(answer)")
        let other = try SocketClient(port: server.port)
        try other.send("GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
        #expect(try other.response().status == 200)
    }

    @Test("A request to change to another protocol is served as if it asked for nothing, and closed")
    func h2c() throws {
        let server = try RunningServer()
        let client = try SocketClient(port: server.port)
        try client.send("GET /healthz HTTP/1.1\r\nhost: a\r\nupgrade: h2c\r\nconnection: Upgrade, HTTP2-Settings\r\nhttp2-settings: x\r\n\r\n")
        #expect(try client.response().head.contains("connection: close\r\n"))
        try client.rest()
    }

    @Test("A header that is too large is answered with 431")
    func largeHeader() throws {
        let server = try RunningServer { $0.limits.headerBytes = 1000 }
        for header in ["GET /\(String(repeating: "x", count: 1000)) HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n" + String(repeating: "a: bcdefghijklmnop\r\n", count: 80)] {
            let client = try SocketClient(port: server.port)
            try client.send(header)
            #expect(try client.response().status == 431)
            try client.rest()
        }
    }

    @Test("A header that trickles, or never comes, is cut off")
    func slowHeader() throws {
        let server = try RunningServer { $0.limits.headerTimeout = 0.1 }
        let (silent, slow) = (try SocketClient(port: server.port), try SocketClient(port: server.port))
        try slow.send("GET / HTTP/1.1\r\nhost:")
        try silent.rest()
        try slow.rest()
    }

    @Test("Connections beyond the limit are turned away, and taken again when others have gone")
    func connections() throws {
        let server = try RunningServer { $0.limits.connections = 1 }
        let first = try SocketClient(webSocketAt: server.port)
        let second = try SocketClient(port: server.port)
        #expect(try second.response().status == 503)
        try second.rest()
        second.hangUp()
        first.hangUp()
        _ = try server.delegate.told(2)
        _ = try SocketClient(webSocketAt: server.port)
    }
}

/// Reads a request's body, one part after the other.
private final class Parts: Sendable {
    private let exchange: ServerExchange
    private let parts = Answer<String>()

    init(_ exchange: ServerExchange) { self.exchange = exchange }

    func ask() {
        exchange.read { [parts] part in
            switch part {
            case .part(let bytes): parts.give(String(decoding: bytes, as: UTF8.self))
            case .end: parts.give("end")
            case .tooLarge: parts.give("too large")
            case .gone: parts.give("gone")
            }
        }
    }

    func answer() throws -> String { try parts.get() }

    func next() throws -> String {
        ask()
        return try answer()
    }
}
