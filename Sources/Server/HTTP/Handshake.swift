import SubsgenRuntime

/// The opening handshake of a WebSocket (RFC 6455, section 4.2).
struct Handshake {
    /// What the client's key is answered with.
    let accept: String
    /// What the client will be spoken to in; nil where it offers nothing that is served.
    let format: WireFormat?

    struct Refusal: Error {
        let status: Int
        let reason: String
        var headers: [(String, String)] = []
    }

    /// Whether a request asks for a WebSocket at all.
    static func isAskedFor(by request: ServerRequest) -> Bool {
        request.list("upgrade").contains { $0.lowercased() == "websocket" } && request.list("connection").contains { $0.lowercased() == "upgrade" }
    }

    init(_ request: ServerRequest, legacy: Bool) throws(Refusal) {
        guard request.method == "GET" else { throw Refusal(status: 405, reason: "A WebSocket is asked for by GET.", headers: [("allow", "GET")]) }
        guard request.header("sec-websocket-version") == "13" else {
            throw Refusal(status: 426, reason: "Version 13 of WebSockets is spoken here.", headers: [("sec-websocket-version", "13")])
        }
        guard let key = request.header("sec-websocket-key"), Base64.count(key) == 16 else {
            throw Refusal(status: 400, reason: "Sec-WebSocket-Key must be 16 bytes in Base64.")
        }
        accept = Base64.encoded(SHA1.digest(of: Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
        let offered = request.list("sec-websocket-protocol")
        if offered.contains(where: { $0 == WireFormat.graphqlTransportWS.rawValue }) {
            format = .graphqlTransportWS
        } else if legacy, offered.contains(where: { $0 == WireFormat.graphqlWS.rawValue }) {
            format = .graphqlWS
        } else {
            format = nil
        }
    }
}
