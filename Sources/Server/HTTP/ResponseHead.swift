import NIOCore
import NIOHTTP1

/// The header of a response: how its body ends, and its text.
struct ResponseHead {
    enum Framing {
        /// The header says how long the body is.
        case length
        case chunked
        /// The body ends with the connection, as for clients of HTTP/1.0.
        case untilClose
        /// There is no body, whatever the header says.
        case none
    }

    let framing: Framing
    private let status: Int
    private let headers: [(String, String)]

    /// `isOld` is for a client of HTTP/1.0, `isHead` for a request of the header alone.
    init(status: Int, headers: [(String, String)], isOld: Bool, isHead: Bool) {
        self.status = status
        // A line break would begin a header field, or a response, of somebody else's.
        self.headers = headers.filter { name, value in Self.isToken(name) && !value.utf8.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F } }
        let hasLength = self.headers.contains { $0.0.lowercased() == "content-length" }
        framing =
            if isHead || status == 204 || status == 304 || status < 200 { .none } else if hasLength { .length } else if isOld { .untilClose } else { .chunked }
    }

    func write(to buffer: inout ByteBuffer, keepsAlive: Bool, isOld: Bool) {
        let reason = HTTPResponseStatus(statusCode: status).reasonPhrase
        buffer.writeString("HTTP/1.1 \(status) \(reason)\r\n")
        for (name, value) in headers where !Self.ours.contains(name.lowercased()) { buffer.writeString("\(name): \(value)\r\n") }
        if case .chunked = framing { buffer.writeString("transfer-encoding: chunked\r\n") }
        if !keepsAlive { buffer.writeString("connection: close\r\n") } else if isOld { buffer.writeString("connection: keep-alive\r\n") }
        buffer.writeString("\r\n")
    }

    /// Which fields the server decides about (RFC 9110, section 7.6.1).
    private static let ours: Set<String> = ["connection", "transfer-encoding", "keep-alive", "upgrade"]

    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"(),/:;<=>?@[\\]{}".utf8.contains($0) }
    }
}
