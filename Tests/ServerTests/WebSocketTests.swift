import SubsgenRuntime
import Testing

@testable import SubsgenServer

@Suite("WebSockets over a socket")
struct WebSocketTests {
    @Test("A client subscribes, gets events and leaves")
    func subscription() throws {
        let server = try RunningServer()
        let client = try server.subscriber()
        for text in ["a", "b", "c"] { try server.publish(text) }
        for text in ["a", "b", "c"] { #expect(try client.frame() == RunningServer.next(text)) }
        try client.say(#"{"id":"s","type":"complete"}"#)
        try client.send(SocketClient.frame(8, [0x03, 0xE8]))
        #expect(try client.frame() == .close(1000))
        try client.rest()
        #expect(try server.delegate.told(5) == ["connected", "authenticate nil", "began s", "ended", "disconnected"])
        #expect(server.executor.metrics[.connections] == 0)
        #expect(server.executor.metrics[.subscriptions] == 0)
    }

    @Test("A client that vanishes leaves nothing")
    func vanished() throws {
        let server = try RunningServer()
        try server.subscriber().hangUp()
        #expect(try server.delegate.told(5) == ["connected", "authenticate nil", "began s", "ended", "disconnected"])
        #expect(server.executor.metrics[.subscriptions] == 0)
    }

    @Test("Messages of every length arrive whole", arguments: [0, 1, 60, 100, 65_400, 65_500, 300_000])
    func lengths(_ length: Int) throws {
        let server = try RunningServer()
        let client = try server.subscriber()
        let text = String(repeating: "x", count: length)
        try server.publish(text)
        #expect(try client.frame() == RunningServer.next(text))
    }

    @Test("A message may come in fragments, with control frames between them, and byte by byte")
    func fragments() throws {
        let server = try RunningServer()
        let client = try SocketClient(webSocketAt: server.port)
        let message = Array(#"{"type":"connection_init","payload":{"name":"é"}}"#.utf8)
        // In the middle of the é.
        let cut = try #require(message.firstIndex(of: 0xC3)) + 1
        let bytes =
            SocketClient.frame(1, Array(message[..<5]), isLast: false) + SocketClient.frame(0, Array(message[5..<cut]), isLast: false)
            + SocketClient.frame(9, Array("hm".utf8)) + SocketClient.frame(0, [], isLast: false) + SocketClient.frame(0, Array(message[cut...]))
        for byte in bytes { try client.send([byte]) }
        #expect(try client.frame() == SocketClient.Frame(opcode: 10, payload: Array("hm".utf8)))
        #expect(try client.frame() == .text(#"{"type":"connection_ack"}"#))
        #expect(try server.delegate.told(2).last == #"authenticate {"name":"é"}"#)
    }

    @Test("What comes behind the handshake in one packet is read")
    func eager() throws {
        let server = try RunningServer()
        let client = try SocketClient(port: server.port)
        try client.send(Array(SocketClient.handshake().utf8) + SocketClient.frame(1, Array(#"{"type":"connection_init"}"#.utf8)))
        #expect(try client.head().hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
        #expect(try client.frame() == .text(#"{"type":"connection_ack"}"#))
    }

    struct Violation: Sendable, CustomTestStringConvertible {
        let what: String
        let bytes: [UInt8]
        let code: UInt16
        let reason: String

        var testDescription: String { what }
    }

    @Test(
        "Who breaks the protocol is closed",
        arguments: [
            Violation(what: "unmasked", bytes: SocketClient.frame(1, [0x7B], isMasked: false), code: 1002, reason: "Frame is not masked"),
            Violation(what: "reserved bit 1", bytes: SocketClient.frame(1, [0x7B], reserved: 0x40), code: 1002, reason: "Reserved bit set"),
            Violation(what: "reserved bit 3", bytes: SocketClient.frame(9, [], reserved: 0x10), code: 1002, reason: "Reserved bit set"),
            Violation(what: "reserved opcode 3", bytes: SocketClient.frame(3), code: 1002, reason: "Reserved opcode"),
            Violation(what: "reserved opcode 11", bytes: SocketClient.frame(11), code: 1002, reason: "Reserved opcode"),
            Violation(what: "fragmented ping", bytes: SocketClient.frame(9, [], isLast: false), code: 1002, reason: "Control frame is fragmented or too long"),
            Violation(
                what: "long ping", bytes: SocketClient.frame(9, [UInt8](repeating: 1, count: 126)), code: 1002,
                reason: "Control frame is fragmented or too long"),
            Violation(what: "continuation of nothing", bytes: SocketClient.frame(0, [0x7B]), code: 1002, reason: "Continuation of no message"),
            Violation(
                what: "a message within a message", bytes: SocketClient.frame(1, [0x7B], isLast: false) + SocketClient.frame(1, [0x7D]), code: 1002,
                reason: "New message before the end of the last"),
            Violation(what: "close of one byte", bytes: SocketClient.frame(8, [3]), code: 1002, reason: "Invalid close frame"),
            Violation(what: "close with 1005", bytes: SocketClient.frame(8, [0x03, 0xED]), code: 1002, reason: "Invalid close frame"),
            Violation(what: "close with 999", bytes: SocketClient.frame(8, [0x03, 0xE7]), code: 1002, reason: "Invalid close frame"),
            Violation(what: "close with text that is none", bytes: SocketClient.frame(8, [0x03, 0xE8, 0xFF]), code: 1007, reason: "Invalid UTF-8"),
            Violation(what: "text that is none", bytes: SocketClient.frame(1, [0x22, 0xC3, 0x28]), code: 1007, reason: "Invalid UTF-8"),
            Violation(
                what: "text that is none, in fragments", bytes: SocketClient.frame(1, [0xC3], isLast: false) + SocketClient.frame(0, [0x28]), code: 1007,
                reason: "Invalid UTF-8"),
            Violation(what: "a surrogate", bytes: SocketClient.frame(1, [0xED, 0xA0, 0x80]), code: 1007, reason: "Invalid UTF-8"),
            Violation(what: "a length of 2^63", bytes: [0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0], code: 1009, reason: "Message too large"),
            Violation(what: "a length of 2^64-1", bytes: [0x82, 0xFF] + [UInt8](repeating: 0xFF, count: 8), code: 1009, reason: "Message too large"),
            Violation(what: "binary", bytes: SocketClient.frame(2, [1]), code: 4400, reason: "Invalid message received: binary frame"),
            Violation(
                what: "binary in fragments", bytes: SocketClient.frame(2, [0xFF], isLast: false) + SocketClient.frame(0, [1]), code: 4400,
                reason: "Invalid message received: binary frame"),
            Violation(what: "no JSON", bytes: SocketClient.frame(1, []), code: 4400, reason: "Invalid message received: not JSON"),
        ])
    func violation(_ violation: Violation) throws {
        let server = try RunningServer()
        let client = try SocketClient(webSocketAt: server.port)
        try client.send(violation.bytes)
        let frame = try client.frame()
        if violation.what == "no JSON" {
            #expect(frame.description.hasPrefix("close 4400 "))
        } else {
            #expect(frame == .close(violation.code, violation.reason))
        }
        try client.send(SocketClient.frame(8, Array(frame.payload.prefix(2))))
        try client.rest()
        #expect(try server.delegate.told(3) == ["connected", "closing \(violation.code)", "disconnected"])
    }

    @Test("A message of the largest size is taken, in one frame or more, and one byte more is not")
    func messageSize() throws {
        let server = try RunningServer { $0.limits.messageBytes = 100 }
        let message = #"{"type":"ping"}"#
        let longest = Array((message + String(repeating: " ", count: 100 - message.utf8.count)).utf8)
        let client = try SocketClient(webSocketAt: server.port)
        try client.send(SocketClient.frame(1, longest))
        #expect(try client.frame() == .text(#"{"type":"pong"}"#))
        try client.send(SocketClient.frame(1, Array(longest[..<50]), isLast: false) + SocketClient.frame(0, Array(longest[50...])))
        #expect(try client.frame() == .text(#"{"type":"pong"}"#))
        try client.send(SocketClient.frame(1, Array(longest[..<50]), isLast: false) + SocketClient.frame(0, Array(longest[50...]) + [0x20]))
        #expect(try client.frame() == .close(1009, "Message too large"))
        let other = try SocketClient(webSocketAt: server.port)
        // The header alone is enough.
        try other.send(Array(SocketClient.frame(1, longest + [0x20]).prefix(2)))
        #expect(try other.frame() == .close(1009, "Message too large"))
    }

    @Test("A client's close is answered with its code, and the connection closed")
    func close() throws {
        let server = try RunningServer()
        for (payload, answer) in [([], []), ([0x03, 0xE9, 0x78], [0x03, 0xE9]), ([0x0F, 0xA0], [0x0F, 0xA0])] as [([UInt8], [UInt8])] {
            let client = try SocketClient(webSocketAt: server.port)
            try client.send(SocketClient.frame(8, payload))
            #expect(try client.frame() == SocketClient.Frame(opcode: 8, payload: answer))
            try client.rest()
        }
    }

    @Test("A client that does not answer a close frame is cut off")
    func closeUnanswered() throws {
        let server = try RunningServer { $0.limits.closeTimeout = 0.05 }
        let client = try SocketClient(webSocketAt: server.port)
        try client.send(SocketClient.frame(3))
        #expect(try client.frame() == .close(1002, "Reserved opcode"))
        try client.rest()
    }

    @Test("A ping is answered with what it carries, also before connection_init")
    func ping() throws {
        let server = try RunningServer()
        let client = try SocketClient(webSocketAt: server.port)
        let longest = [UInt8](repeating: 0xFF, count: 125)
        try client.send(SocketClient.frame(9, longest) + SocketClient.frame(10, [1]) + SocketClient.frame(9))
        #expect(try client.frame() == SocketClient.Frame(opcode: 10, payload: longest))
        #expect(try client.frame() == SocketClient.Frame(opcode: 10, payload: []))
    }
}
