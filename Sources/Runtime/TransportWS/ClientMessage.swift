/// What a client may say over a WebSocket, checked: whatever exists as a value is well-formed.
enum ClientMessage: Sendable {
    case connectionInit(payload: JSONValue?)
    case ping(payload: JSONValue?)
    /// A `ping` with `{"auth": …}`: the client authenticates again with this object.
    case renew(credentials: JSONValue)
    case pong
    case subscribe(id: OperationID, SubscribePayload)
    case complete(id: OperationID)
    /// The client goes.
    case terminate

    /// Reads a text frame; throws the 4400 that a malformed one is answered with.
    init(_ text: [UInt8], in format: WireFormat) throws(TransportClose) {
        let message: JSONValue
        do {
            message = try JSONDocument.parse(text).root
        } catch {
            throw .invalidMessage("\(error)")
        }
        guard message.kind == .object else { throw .invalidMessage("not an object") }
        guard let type = message["type"]?.string else { throw .invalidMessage("\"type\" must be a string") }
        if format == .graphqlWS {
            self = try Self.legacy(type, message)
            return
        }
        switch type {
        case "connection_init": self = .connectionInit(payload: try message.optional("payload", .object))
        case "ping":
            let payload = try message.optional("payload", .object)
            self = if let credentials = try payload?.optional("auth", .object) { .renew(credentials: credentials) } else { .ping(payload: payload) }
        case "pong":
            _ = try message.optional("payload", .object)
            self = .pong
        case "subscribe": self = .subscribe(id: try Self.id(of: message), try SubscribePayload(of: message))
        case "complete": self = .complete(id: try Self.id(of: message))
        case "connection_ack", "next", "error": throw .unexpectedMessage(type: type)
        default: throw .invalidMessage("unknown type \"\(type)\"")
        }
    }

    /// The same in the words of subscriptions-transport-ws.
    private static func legacy(_ type: String, _ message: JSONValue) throws(TransportClose) -> ClientMessage {
        switch type {
        case "connection_init": return .connectionInit(payload: try message.optional("payload", .object))
        case "start": return .subscribe(id: try id(of: message), try SubscribePayload(of: message))
        case "stop": return .complete(id: try id(of: message))
        case "connection_terminate": return .terminate
        case "connection_ack", "connection_error", "ka", "data", "error", "complete": throw .unexpectedMessage(type: type)
        default: throw .invalidMessage("unknown type \"\(type)\"")
        }
    }

    private static func id(of message: JSONValue) throws(TransportClose) -> OperationID {
        guard let id = message["id"]?.string, !id.isEmpty else { throw .invalidMessage("\"id\" must be a non-empty string") }
        return OperationID(text: id)
    }
}

/// The operation that a `subscribe` message carries, or the body of a request.
struct SubscribePayload: Sendable {
    /// Empty where the client sent the digest alone.
    let query: String
    /// The digest of a persisted operation.
    let digest: String?
    let operationName: String?
    /// An object; nil also where the client sent null.
    let variables: JSONValue?
    /// The payload itself, `extensions` and all.
    let object: JSONValue

    fileprivate init(of message: JSONValue) throws(TransportClose) {
        guard let payload = message["payload"], payload.kind == .object else {
            throw .invalidMessage("\"payload\" must be an object")
        }
        try self.init(payload)
    }

    /// Reads the body of a request: the same object. Throws what is wrong with it.
    init(request body: [UInt8]) throws(TransportClose) {
        let payload: JSONValue
        do {
            payload = try JSONDocument.parse(body).root
        } catch {
            throw .invalidMessage("\(error)")
        }
        guard payload.kind == .object else { throw .invalidMessage("not an object") }
        try self.init(payload)
    }

    private init(_ payload: JSONValue) throws(TransportClose) {
        let extensions = try payload.optional("extensions", .object)
        digest = extensions?["persistedQuery"]?["sha256Hash"]?.string
        if let query = payload["query"]?.string {
            self.query = query
        } else if digest != nil, payload["query"]?.isNull != false {
            query = ""
        } else {
            throw .invalidMessage("\"query\" must be a string")
        }
        operationName = try payload.optional("operationName", .string)?.string
        variables = try payload.optional("variables", .object)
        object = payload
    }

    /// About how many bytes it has.
    var size: Int { object.rawBytes.count }

    /// The payload as somebody else executes it, with the text of the document where the client sent the digest alone.
    func json(with document: String) -> [UInt8] {
        if !query.isEmpty { return Array(object.rawBytes) }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("query")
        writer.string(document)
        for member in object.members where member.key != "query" {
            writer.key(member.key)
            writer.raw(member.value.rawBytes)
        }
        writer.endObject()
        return writer.bytes
    }
}

extension JSONValue {
    /// A member that may be absent or null, and else must be of a kind.
    fileprivate func optional(_ key: String, _ kind: Kind) throws(TransportClose) -> JSONValue? {
        guard let value = self[key], !value.isNull else { return nil }
        guard value.kind == kind else { throw .invalidMessage("\"\(key)\" must be \(kind == .object ? "an object" : "a string") or null") }
        return value
    }
}
