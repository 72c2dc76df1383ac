import Foundation
import Glibc
import NIOCore
import Testing

@testable import SubsgenServer

/// A client of the server's by the system's sockets, which sends what it likes and waits for what comes.
final class SocketClient {
    struct Frame: Equatable, CustomStringConvertible {
        var opcode: UInt8
        var payload: [UInt8]

        var text: String { String(decoding: payload, as: UTF8.self) }

        var description: String {
            opcode == 8 && payload.count >= 2
                ? "close \(UInt16(payload[0]) << 8 | UInt16(payload[1])) \(String(decoding: payload[2...], as: UTF8.self))" : "\(opcode) \(text)"
        }

        static func text(_ text: String) -> Frame { Frame(opcode: 1, payload: Array(text.utf8)) }

        static func close(_ code: UInt16, _ reason: String = "") -> Frame {
            Frame(opcode: 8, payload: [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
        }
    }

    enum Failure: Error {
        /// Nothing came for so long that nothing will.
        case silence
        case closed
        case system(CInt)
    }

    let descriptor: CInt
    private var received: [UInt8] = []
    /// What has come of a stream and was not asked for.
    private var events = ""

    init(port: Int, receiveBuffer: CInt? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure.system(errno) }
        var time = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        if var receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<CInt>.size)) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let failed = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        if failed != 0 { throw Failure.system(errno) }
    }

    /// By a socket of Unix.
    init(unix path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure.system(errno) }
        var time = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let failed = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        if failed != 0 { throw Failure.system(errno) }
    }

    /// A WebSocket, whose handshake is done.
    convenience init(webSocketAt port: Int, subprotocol: String? = "graphql-transport-ws", receiveBuffer: CInt? = nil) throws {
        try self.init(port: port, receiveBuffer: receiveBuffer)
        try send(Self.handshake(subprotocol))
        let head = try head()
        #expect(head.hasPrefix("HTTP/1.1 101 "))
        #expect(head.contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
    }

    deinit { hangUp() }

    private var isClosed = false

    func hangUp() {
        if isClosed { return }
        isClosed = true
        Glibc.close(descriptor)
    }

    static func handshake(_ subprotocol: String? = "graphql-transport-ws", _ more: String = "") -> String {
        """
        GET /graphql HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r
        sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n
        """ + (subprotocol.map { "sec-websocket-protocol: \($0)\r\n" } ?? "") + more + "\r\n"
    }

    // MARK: Sending

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Failure.system(errno) }
            sent += count
        }
    }

    /// A frame as clients send it.
    static func frame(_ opcode: UInt8, _ payload: [UInt8] = [], isLast: Bool = true, reserved: UInt8 = 0, isMasked: Bool = true) -> [UInt8] {
        var bytes: [UInt8] = [(isLast ? 0x80 : 0) | reserved | opcode]
        let mask: UInt8 = isMasked ? 0x80 : 0
        switch payload.count {
        case ...125: bytes.append(mask | UInt8(payload.count))
        case ...0xFFFF: bytes += [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: bytes += [mask | 127] + (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
        }
        guard isMasked else { return bytes + payload }
        let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        return bytes + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
    }

    func say(_ text: String) throws { try send(Self.frame(1, Array(text.utf8))) }

    /// Connects as the protocol has it.
    func initialise() throws {
        try say(#"{"type":"connection_init"}"#)
        #expect(try frame() == .text(#"{"type":"connection_ack"}"#))
    }

    // MARK: Receiving

    private func receive() throws {
        var bytes = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        if count == 0 { throw Failure.closed }
        if count < 0 { throw errno == EAGAIN ? Failure.silence : errno == ECONNRESET ? Failure.closed : Failure.system(errno) }
        received += bytes[..<count]
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while received.count < count { try receive() }
        defer { received.removeFirst(count) }
        return Array(received.prefix(count))
    }

    /// What has come and was not taken, or else what comes next.
    func anything() throws -> [UInt8] {
        if received.isEmpty { try receive() }
        return try take(received.count)
    }

    /// The header of a response, with the empty line at its end.
    func head() throws -> String {
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let index = received.indices.first(where: { received[$0...].starts(with: end) }) {
                return String(decoding: try take(index + end.count), as: UTF8.self)
            }
            try receive()
        }
    }

    /// A whole response, whose header says how long it is.
    func response() throws -> (status: Int, head: String, body: String) {
        let head = try head()
        let status = Int(head.split(separator: " ")[1]) ?? 0
        let length = head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length: ") }.flatMap { Int($0.dropFirst(16)) } ?? 0
        return (status, head, String(decoding: try take(length), as: UTF8.self))
    }

    /// Sends a request, and returns the response to it.
    func ask(_ method: String, _ target: String, _ headers: String = "", body: String? = nil) throws -> (status: Int, head: String, body: String) {
        try request(method, target, headers, body: body)
        return try response()
    }

    /// Sends a request. The body, if there is one, is JSON; each of the headers ends with a line break.
    func request(_ method: String, _ target: String, _ headers: String = "", body: String? = nil) throws {
        let content = body.map { "content-type: application/json\r\ncontent-length: \($0.utf8.count)\r\n" } ?? ""
        try send("\(method) \(target) HTTP/1.1\r\nhost: a\r\n\(content)\(headers)\r\n\(body ?? "")")
    }

    /// A chunk of a response; empty at its end.
    func chunk() throws -> String {
        var size: [UInt8] = []
        while size.last != UInt8(ascii: "\n") { size += try take(1) }
        let length = try #require(Int(String(decoding: size.dropLast(2), as: UTF8.self), radix: 16))
        return String(decoding: try take(length + 2).dropLast(2), as: UTF8.self)
    }

    /// The next event of a stream, without comments; nil at its end.
    func event() throws -> String? {
        while true {
            if let end = events.range(of: "\n\n") {
                let event = String(events[..<end.lowerBound])
                events = String(events[end.upperBound...])
                if event != ":" { return event }
            } else {
                let chunk = try chunk()
                if chunk.isEmpty { return nil }
                events += chunk
            }
        }
    }

    /// Bytes of a response.
    func bytes(_ count: Int) throws -> String { String(decoding: try take(count), as: UTF8.self) }

    func frame() throws -> Frame {
        let header = try take(2)
        #expect(header[0] & 0xF0 == 0x80)
        #expect(header[1] & 0x80 == 0)
        var length = Int(header[1])
        if length == 126 {
            length = try take(2).reduce(0) { $0 << 8 | Int($1) }
        } else if length == 127 {
            length = try take(8).reduce(0) { $0 << 8 | Int($1) }
        }
        return Frame(opcode: header[0] & 0x0F, payload: try take(length))
    }

    /// Waits until the server has closed the connection; returns what came before.
    @discardableResult
    func rest() throws -> [UInt8] {
        while true {
            do { try receive() } catch Failure.closed { return received }
        }
    }
}
