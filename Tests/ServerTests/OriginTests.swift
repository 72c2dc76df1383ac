import SubsgenRuntime
import Testing

@testable import SubsgenServer

@Suite("Pages of other sites")
struct OriginTests {
    @Test(
        "By default a page may connect to its own host",
        arguments: [
            ("http://a.example", "a.example", true), ("https://A.example", "a.example:443", true), ("http://a.example:8000", "a.example:8000", true),
            ("http://[::1]:8000", "[::1]:8000", true), ("http://[::1]", "[::1]", true), ("https://a.example", "a.example:8000", false),
            ("http://a.example.evil", "a.example", false), ("http://b.example", "a.example", false), ("null", "a.example", false),
            ("file://", "a.example", false), ("http://a.example:x", "a.example", false), ("http://a.example/x", "a.example", false), ("", "", false),
        ])
    func sameHost(_ origin: String, _ host: String, _ isAllowed: Bool) {
        #expect(request([("Origin", origin), ("Host", host)]).isAllowed() == isAllowed)
    }

    @Test("Origins that are named may connect, and no others")
    func named() {
        let page = request([("origin", "https://a.example"), ("host", "a.example")])
        #expect(page.isAllowed(fromOrigins: ["https://b.example", "HTTPS://a.example"]))
        #expect(page.isAllowed(fromOrigins: ["*"]))
        #expect(!page.isAllowed(fromOrigins: ["https://b.example"]))
        #expect(!page.isAllowed(fromOrigins: []))
    }

    @Test("What is no page may connect; a page whose host is not known may not")
    func others() {
        #expect(request([("host", "a")]).isAllowed(fromOrigins: []))
        #expect(!request([("origin", "http://a")]).isAllowed())
    }

    @Test("A server refuses the handshake of another site's page, if its application says nothing else")
    func refused() throws {
        let executor = try SubscriptionExecutor(sdl: RunningServer.schema, bus: MemoryBus())
        var configuration = ServerConfiguration()
        configuration.port = 0
        let server = Server(executor: executor, configuration: configuration)
        let port = try server.startAndWait().port
        defer { server.stopAndWait() }
        let client = try SocketClient(port: port)
        try client.send(SocketClient.handshake("graphql-transport-ws", "origin: http://evil.example\r\n"))
        #expect(try client.response().status == 403)
    }

    private func request(_ headers: [(name: String, value: String)]) -> ServerRequest {
        ServerRequest(method: "GET", target: "/", headers: headers, remote: nil)
    }
}
