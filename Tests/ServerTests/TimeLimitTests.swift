import Foundation
import SubsgenRuntime
import Testing

@testable import SubsgenServer

/// Time limits, by a clock that the test turns.
@Suite("How long the server waits")
struct TimeLimitTests {
    /// Decides nothing until a test does.
    private final class Undecided: ServerDelegate {
        let asked = Answer<@Sendable (ServerAdmission) -> Void>()
        let told = Answer<String>()

        func admit(_ request: ServerRequest, _ answer: @escaping @Sendable (ServerAdmission) -> Void) { asked.give(answer) }
        func connected(_ client: ServerClient) { told.give("connected") }
        func disconnected(_ client: ServerClient) { told.give("disconnected") }
    }

    private func turn(_ server: Server, by seconds: Double) { server.turnClock(byNanoseconds: nanoseconds(seconds)) }

    @Test("A handshake that nobody decides about is answered with 503; who decides later has his client come and go")
    func admission() throws {
        let delegate = Undecided()
        let executor = try SubscriptionExecutor(sdl: RunningServer.schema, bus: MemoryBus())
        var configuration = ServerConfiguration()
        configuration.port = 0
        configuration.eventLoops = 1
        configuration.isTurnedByHand = true
        let server = Server(executor: executor, configuration: configuration, delegate: delegate)
        let port = try server.startAndWait().port
        defer { server.stopAndWait() }

        let late = try SocketClient(port: port)
        try late.send(SocketClient.handshake())
        let answerLate = try delegate.asked.get()
        turn(server, by: 29.9)
        let inTime = try SocketClient(port: port)
        try inTime.send(SocketClient.handshake())
        let answerInTime = try delegate.asked.get()
        turn(server, by: 0.1)
        #expect(try late.response().status == 503)
        answerLate(.accept())
        #expect(try delegate.told.get() == "connected")
        #expect(try delegate.told.get() == "disconnected")
        turn(server, by: 29.8)
        answerInTime(.accept())
        #expect(try inTime.head().hasPrefix("HTTP/1.1 101 "))
        #expect(try delegate.told.get() == "connected")
    }

    @Test("A client about whom nobody says who it is, is closed with 4408")
    func authentication() throws {
        let server = try RunningServer(delegate: TellTale(.nothing)) { $0.isTurnedByHand = true }
        let client = try SocketClient(webSocketAt: server.port)
        try client.say(#"{"type":"connection_init"}"#)
        _ = try server.delegate.told(2)
        turn(server.server, by: 29.9)
        try client.say(#"{"type":"ping"}"#)
        #expect(try client.frame() == .text(#"{"type":"pong"}"#))
        turn(server.server, by: 0.1)
        #expect(try client.frame() == .close(4408, "Authentication timeout"))
        try client.send(SocketClient.frame(8))
        try client.rest()
    }

    @Test("A ping that falls due while a client is given time to close holds up nothing, and the client is cut off in its time")
    func pingWhileClosing() throws {
        let server = try RunningServer {
            $0.isTurnedByHand = true
            $0.pingInterval = 20
        }
        let client = try server.subscriber()
        turn(server.server, by: 18)
        try client.say("{")
        #expect(try client.frame().opcode == 8)
        turn(server.server, by: 3)
        let other = try server.subscriber()
        try server.publish("a")
        #expect(try other.frame() == RunningServer.next("a"))
        turn(server.server, by: 1)
        try client.rest()
    }

    private static let text = String(repeating: "x", count: 100_000)

    private func slowServer() throws -> RunningServer {
        let outbox = Outbox.Limits(subscriptionMessages: 100_000, connectionBytes: 1 << 28)
        return try RunningServer(limits: RuntimeLimits(outbox: outbox)) { $0.isTurnedByHand = true }
    }

    @Test("Who reads slowly is not taken for one who reads nothing")
    func slowReader() throws {
        let server = try slowServer()
        let client = try server.subscriber(receiveBuffer: 4096)
        for _ in 0..<200 { try server.publish(Self.text) }
        for _ in 0..<100 {
            #expect(try client.frame() == RunningServer.next(Self.text))
            turn(server.server, by: 3)
        }
        // What it read last, and what the system had room for, may be seen in between.
        for _ in 0..<20 { turn(server.server, by: 30) }
        #expect(try server.delegate.told(until: "disconnected").suffix(2) == ["ended", "disconnected"])
    }

    @Test("Who reads slowly what waits when the server goes away gets the close frame behind it")
    func slowLeaver() throws {
        let server = try slowServer()
        let client = try server.subscriber(receiveBuffer: 4096)
        for _ in 0..<50 { try server.publish(Self.text) }
        let gone = Answer<Void>()
        server.server.drain(within: 1000) { gone.give(()) }
        for _ in 0..<50 {
            #expect(try client.frame() == RunningServer.next(Self.text))
            turn(server.server, by: 0.2)
        }
        #expect(try client.frame() == .text(#"{"id":"s","type":"complete"}"#))
        #expect(try client.frame() == .close(1001, "Going away"))
        // Who does not answer it is not waited for.
        for _ in 0..<20 { turn(server.server, by: 2) }
        try gone.get()
    }
}
