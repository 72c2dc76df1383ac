import SubsgenRuntime

/// A request that is answered by a status alone, and a sentence for whoever wrote the client.
struct HTTPRefusal: Error {
    let status: Int
    let sentence: String
    var headers: [(String, String)] = []

    init(_ status: Int, _ sentence: String, _ headers: [(String, String)] = []) {
        self.status = status
        self.sentence = sentence
        self.headers = headers
    }

    static let goingAway = HTTPRefusal(503, "The server is going away.")

    /// For what closes a connection before there was an answer: the close code of WebSockets, as HTTP has it.
    init(code: UInt16, reason: String) {
        let status =
            switch code {
            case 4400: 400
            // Without a challenge (RFC 9110, section 15.5.2) there is no 401.
            case 4401, 4403: 403
            case 4408: 408
            case 4429: 429
            case 1001, 1013: 503
            default: 500
            }
        self.init(status, reason)
    }

    /// Why the runtime does not take an operation; nil where it says so by a response of its own.
    init?(_ refusal: RequestRefusal) {
        switch refusal {
        case .malformed(let problem): self.init(400, problem)
        case .invalid: return nil
        case .unauthenticated: self.init(403, "The client has not been authenticated.")
        case .exists: self.init(409, "An operation with this id runs already.")
        case .tooMany: self.init(429, "The client sends more than it may.")
        case .goingAway: self.init(503, "The connection is closed, or the server goes away.")
        }
    }
}

/// Answers to operations.
extension ServerExchange {
    /// All of a response, which no cache keeps.
    func answer(_ status: Int, _ mediaType: String? = nil, _ body: [UInt8] = [], _ headers: [(String, String)] = []) {
        let type = mediaType.map { [("content-type", "\($0); charset=utf-8")] } ?? []
        respond(status: status, headers: type + [("cache-control", "no-store"), ("vary", "accept")] + headers, body: body)
    }

    func answer(_ refusal: HTTPRefusal) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("errors")
        writer.beginArray()
        writer.beginObject()
        writer.key("message")
        writer.string(refusal.sentence)
        writer.endObject()
        writer.endArray()
        writer.endObject()
        answer(refusal.status, MediaType.json.rawValue, writer.bytes, refusal.headers)
    }

    /// Begins an event stream, by a comment: so the client sees that it is open before there is an event.
    func beginStream() {
        begin(
            status: 200,
            headers: [
                ("content-type", MediaType.eventStream.rawValue), ("cache-control", "no-store"), ("vary", "accept"), ("x-accel-buffering", "no"),
            ])
        write(Array(":\n\n".utf8))
    }
}
