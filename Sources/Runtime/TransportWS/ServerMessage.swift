/// What a server says in graphql-transport-ws, as the text of its frames.
enum ServerMessage {
    static let connectionAck = Array(#"{"type":"connection_ack"}"#.utf8)

    static func pong(payload: JSONValue?) -> [UInt8] {
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

    /// How each `next` of an operation begins; its payload and a closing brace end it.
    static func nextPrefix(_ id: OperationID) -> [UInt8] {
        begin(id, "next").bytes + Array(#","payload":"#.utf8)
    }

    /// `payload`: a whole execution result.
    static func next(_ id: OperationID, payload: [UInt8]) -> [UInt8] {
        nextPrefix(id) + payload + [UInt8(ascii: "}")]
    }

    static func error(_ id: OperationID, _ errors: GraphQLErrors) -> [UInt8] {
        var writer = JSONWriter()
        errors.write(into: &writer)
        return error(id, payload: writer.bytes)
    }

    /// `payload`: a JSON array of errors.
    static func error(_ id: OperationID, payload: [UInt8]) -> [UInt8] {
        var writer = begin(id, "error")
        writer.key("payload")
        writer.raw(payload)
        writer.endObject()
        return writer.bytes
    }

    static func complete(_ id: OperationID) -> [UInt8] {
        var writer = begin(id, "complete")
        writer.endObject()
        return writer.bytes
    }

    private static func begin(_ id: OperationID, _ type: String) -> JSONWriter {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("id")
        writer.string(id.text)
        writer.key("type")
        writer.string(type)
        return writer
    }
}
