import Foundation
import SubsgenRuntime
import Testing

@testable import SubsgenServer

@Suite("How connections begin and end")
struct LifeTests {
    @Test("The subprotocol is chosen among those that are served; the older one where it may be")
    func subprotocols() throws {
        let server = try RunningServer()
        let legacy = try RunningServer { $0.legacyGraphQLWS = true }
        func chosen(_ server: RunningServer, _ offered: String?) throws -> Substring? {
            let client = try SocketClient(port: server.port)
            try client.send(SocketClient.handshake(offered))
            let head = try client.head()
            #expect(head.hasPrefix("HTTP/1.1 101 "))
            let chosen = head.split(separator: "\r\n").first { $0.hasPrefix("sec-websocket-protocol: ") }?.dropFirst(24)
            if chosen == nil { #expect(try client.frame() == .close(4406, "Subprotocol not acceptable")) }
            return chosen
        }
        #expect(try chosen(server, "graphql-ws, graphql-transport-ws") == "graphql-transport-ws")
        #expect(try chosen(legacy, "graphql-ws,graphql-transport-ws") == "graphql-transport-ws")
        #expect(try chosen(legacy, "x, graphql-ws") == "graphql-ws")
        #expect(try chosen(server, "graphql-ws") == nil)
        #expect(try chosen(server, "x") == nil)
        #expect(try chosen(server, nil) == nil)
    }

    @Test("A handshake that is none is refused, with what would do")
    func handshakes() throws {
        let server = try RunningServer()
        let good = SocketClient.handshake()
        for (from, to, status, field) in [
            ("GET ", "POST ", 405, "allow: GET"), ("version: 13", "version: 8", 426, "sec-websocket-version: 13"),
            ("dGhlIHNhbXBsZSBub25jZQ==", "dGhl", 400, ""), ("sec-websocket-key", "x", 400, ""),
        ] {
            let client = try SocketClient(port: server.port)
            try client.send(good.replacingOccurrences(of: from, with: to))
            let response = try client.response()
            #expect(response.status == status)
            #expect(response.head.contains("\r\n\(field)"))
            try client.rest()
        }
    }

    @Test("The application refuses a WebSocket with its status")
    func refused() throws {
        let server = try RunningServer(delegate: TellTale(admission: .refuse(status: 403, reason: "Forbidden")))
        let client = try SocketClient(port: server.port)
        try client.send(SocketClient.handshake())
        let response = try client.response()
        #expect(response.status == 403)
        #expect(response.body == "Forbidden\n")
        try client.rest()
    }

    @Test("A client that is rejected is closed with the application's code")
    func rejected() throws {
        let server = try RunningServer(delegate: TellTale(.reject))
        let client = try SocketClient(webSocketAt: server.port)
        try client.say(#"{"type":"connection_init","payload":{"token":"x"}}"#)
        #expect(try client.frame() == .close(4403, "Forbidden"))
    }

    @Test("A client that sends no connection_init in time is closed with 4408; who is being authenticated is not")
    func initTimeout() throws {
        let server = try RunningServer(delegate: TellTale(.nothing)) { $0.connectionInitTimeout = 0.05 }
        let early = try SocketClient(webSocketAt: server.port)
        try early.say(#"{"type":"connection_init"}"#)
        let client = try SocketClient(webSocketAt: server.port)
        #expect(try client.frame() == .close(4408, "Connection initialisation timeout"))
        try early.say(#"{"type":"ping"}"#)
        #expect(try early.frame() == .text(#"{"type":"pong"}"#))
    }

    @Test("Pings go out when a client is acknowledged; one that does not answer is closed with 4408")
    func pings() throws {
        let server = try RunningServer {
            $0.pingInterval = 0.05
            $0.pongTimeout = 0.1
        }
        let client = try SocketClient(webSocketAt: server.port)
        try client.initialise()
        for _ in 0..<2 {
            #expect(try client.frame() == .text(#"{"type":"ping"}"#))
            try client.say(#"{"type":"pong"}"#)
        }
        #expect(try client.frame() == .text(#"{"type":"ping"}"#))
        #expect(try client.frame() == .close(4408, "Request Timeout"))
    }

    @Test("A message that trickles closes its socket with 1008")
    func trickle() throws {
        let server = try RunningServer { $0.limits.messageTimeout = 0.05 }
        let client = try SocketClient(webSocketAt: server.port)
        try client.send([0x81])
        #expect(try client.frame() == .close(1008, "Message takes too long"))
    }

    @Test("A client whose claims expire is closed with 4403")
    func expiry() throws {
        final class Expiring: ServerDelegate {
            func authenticate(_ client: ServerClient, payload: [UInt8]?, _ authentication: ServerAuthentication) {
                authentication.accept(claims: Array(#"{"sub":"ann","exp":\#(wallClock() + 0.2)}"#.utf8))
            }
        }
        let executor = try SubscriptionExecutor(sdl: RunningServer.schema, bus: MemoryBus())
        var configuration = ServerConfiguration()
        configuration.port = 0
        let server = Server(executor: executor, configuration: configuration, delegate: Expiring())
        let port = try server.startAndWait().port
        defer { server.stopAndWait() }
        let client = try SocketClient(webSocketAt: port)
        try client.initialise()
        #expect(try client.frame() == .close(4403, "Credentials expired"))
    }

    @Test("A client that does not read is held to the outbox's bounds, and cut off")
    func slow() throws {
        let server = try RunningServer(limits: RuntimeLimits(outbox: Outbox.Limits(subscriptionMessages: 100_000, connectionBytes: 1 << 20))) {
            $0.limits.writeTimeout = 0.2
            $0.limits.closeTimeout = 0.2
        }
        let slow = try server.subscriber(receiveBuffer: 4096)
        let quick = try server.subscriber("q", room: "2")
        let text = String(repeating: "x", count: 100_000)
        // More than the kernel's buffers and the outbox hold.
        for _ in 0..<200 { try server.publish(text) }
        // Where the outbox is full before the socket is, there is room for a close frame, too.
        #expect(try server.delegate.told(until: "disconnected").suffix(3).filter { $0 != "closing 1013" }.suffix(2) == ["ended", "disconnected"])
        try server.publish("hello", room: "2")
        #expect(try quick.frame() == RunningServer.next("hello", "q"))
        _ = slow
    }

    @Test("A server that drains completes subscriptions, closes with 1001 and takes nobody")
    func drain() throws {
        let server = try RunningServer()
        let client = try server.subscriber()
        let idle = try SocketClient(port: server.port)
        try idle.send("GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
        #expect(try idle.response().status == 200)
        try server.publish("last")
        let gone = Answer<Void>()
        server.server.drain(within: 10) { gone.give(()) }
        #expect(try client.frame() == RunningServer.next("last"))
        #expect(try client.frame() == .text(#"{"id":"s","type":"complete"}"#))
        #expect(try client.frame() == .close(1001, "Going away"))
        try client.send(SocketClient.frame(8, [0x03, 0xE9]))
        try client.rest()
        try idle.rest()
        try gone.get()
        #expect(throws: (any Error).self) { _ = try SocketClient(webSocketAt: server.port) }
    }

    @Test("A drain ends in its time, though a client does not answer")
    func drainInTime() throws {
        let server = try RunningServer(delegate: TellTale(.nothing)) { $0.limits.closeTimeout = 0.05 }
        let client = try SocketClient(webSocketAt: server.port)
        try client.say(#"{"type":"connection_init"}"#)
        _ = try server.delegate.told(2)
        let gone = Answer<Void>()
        server.server.drain(within: 0.05) { gone.give(()) }
        try gone.get()
    }

    @Test("A client that the application aborts is gone")
    func abort() throws {
        let delegate = Aborting()
        let executor = try SubscriptionExecutor(sdl: RunningServer.schema, bus: MemoryBus())
        var configuration = ServerConfiguration()
        configuration.port = 0
        let server = Server(executor: executor, configuration: configuration, delegate: delegate)
        let port = try server.startAndWait().port
        defer { server.stopAndWait() }
        let client = try SocketClient(webSocketAt: port)
        try client.say(#"{"type":"connection_init"}"#)
        try client.rest()
    }

    private final class Aborting: ServerDelegate {
        func authenticate(_ client: ServerClient, payload: [UInt8]?, _ authentication: ServerAuthentication) { client.abort() }
    }

    @Test("A port that is taken is an error that says so")
    func taken() throws {
        let server = try RunningServer()
        var configuration = ServerConfiguration()
        configuration.port = server.port
        let second = Server(executor: server.executor, configuration: configuration)
        let error = #expect(throws: ServerError.self) { try second.startAndWait() }
        #expect(error?.errno == EADDRINUSE)
        #expect(error?.description.contains("127.0.0.1, port \(server.port)") == true)
    }
}
