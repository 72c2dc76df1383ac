/// What a server says, as the text of its messages in a format.
struct ServerMessage: Sendable {
    let format: WireFormat

    init(_ format: WireFormat) { self.format = format }

    /// The client may connect.
    var connectionAck: [[UInt8]] {
        switch format {
        case .graphqlTransportWS: [Array(#"{"type":"connection_ack"}"#.utf8)]
        // Clients of subscriptions-transport-ws take the first `ka` as the promise of others.
        case .graphqlWS: [Array(#"{"type":"connection_ack"}"#.utf8), Self.ka]
        case .sse, .sseSingle, .http: []
        }
    }

    /// The client may not connect; nil where its close frame says so alone.
    func connectionError(_ reason: String) -> [UInt8]? {
        guard format == .graphqlWS else { return nil }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("type")
        writer.string("connection_error")
        writer.key("payload")
        writer.beginObject()
        writer.key("message")
        writer.string(reason)
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    private static let ka = Array(#"{"type":"ka"}"#.utf8)

    /// Keeps a silent connection open; nil where there is no such message.
    var keepAlive: [UInt8]? {
        switch format {
        case .graphqlTransportWS: Array(#"{"type":"ping"}"#.utf8)
        case .graphqlWS: Self.ka
        // A comment, which no client sees.
        case .sse, .sseSingle: Array(":\n\n".utf8)
        case .http: nil
        }
    }

    func pong(payload: JSONValue?) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("type")
        writer.string("pong")
        if let payload {
            writer.key("payload")
            writer.value(payload)
        }
        writer.endObject()
        return writer.bytes
    }

    /// How each message with a result of an operation begins; the result and `WireFormat.suffix` end it.
    func nextPrefix(_ id: OperationID) -> [UInt8] {
        switch format {
        case .graphqlTransportWS: begin(id, "next").bytes + Array(#","payload":"#.utf8)
        case .graphqlWS: begin(id, "data").bytes + Array(#","payload":"#.utf8)
        case .sse: Array("event: next\ndata: ".utf8)
        case .sseSingle: Array("event: next\ndata: ".utf8) + begin(id, nil).bytes + Array(#","payload":"#.utf8)
        case .http: []
        }
    }

    /// `payload`: a whole execution result.
    func next(_ id: OperationID, payload: [UInt8]) -> [UInt8] {
        var text = nextPrefix(id)
        let start = text.count
        text += payload
        if format.isOfLines { text.joinLines(from: start) }
        text.append(contentsOf: format.suffix.bytes)
        return text
    }

    /// The operation ends with errors.
    func error(_ id: OperationID, _ errors: GraphQLErrors) -> [UInt8] {
        var writer = JSONWriter()
        errors.write(into: &writer)
        return error(id, payload: writer.bytes)
    }

    /// `payload`: a JSON array of errors.
    func error(_ id: OperationID, payload: [UInt8]) -> [UInt8] {
        switch format {
        case .graphqlTransportWS:
            var writer = begin(id, "error")
            writer.key("payload")
            writer.raw(payload)
            writer.endObject()
            return writer.bytes
        case .graphqlWS:
            var writer = begin(id, "error")
            writer.key("payload")
            Self.writeLegacy(payload, into: &writer)
            writer.endObject()
            return writer.bytes
        // GraphQL over SSE has no message for it.
        case .sse, .sseSingle, .http: return next(id, payload: Self.response(errors: payload)) + complete(id)
        }
    }

    /// One object, as that protocol has it: the first error's message, and beside it all of them, which its clients look for first.
    private static func writeLegacy(_ errors: [UInt8], into writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("message")
        writer.string((try? JSONDocument.parse(errors))?.root.elements.first { _ in true }?["message"]?.string ?? "The operation failed.")
        writer.key("errors")
        writer.raw(errors)
        writer.endObject()
    }

    /// A response that is errors alone.
    static func response(errors: [UInt8]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("errors")
        writer.raw(errors)
        writer.endObject()
        return writer.bytes
    }

    func complete(_ id: OperationID) -> [UInt8] {
        switch format {
        case .graphqlTransportWS, .graphqlWS:
            var writer = begin(id, "complete")
            writer.endObject()
            return writer.bytes
        // A browser's EventSource gives its page no event without `data`.
        case .sse: return Array("event: complete\ndata: \n\n".utf8)
        case .sseSingle: return Array("event: complete\ndata: ".utf8) + begin(id, nil).bytes + Array("}\n\n".utf8)
        case .http: return []
        }
    }

    private func begin(_ id: OperationID, _ type: String?) -> JSONWriter {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("id")
        writer.string(id.text)
        if let type {
            writer.key("type")
            writer.string(type)
        }
        return writer
    }
}

extension StaticString {
    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }
}
