/// How a connection's messages look on the wire. The protocol behind them is one: `TransportMachine`.
public enum WireFormat: String, Sendable, CaseIterable {
    /// The WebSocket subprotocol graphql-transport-ws.
    case graphqlTransportWS = "graphql-transport-ws"
    /// The older WebSocket subprotocol graphql-ws, of subscriptions-transport-ws.
    case graphqlWS = "graphql-ws"
    /// GraphQL over SSE in "distinct connections mode": a stream for one operation.
    case sse
    /// GraphQL over SSE in "single connection mode": a stream for many operations, which come by other requests.
    case sseSingle = "sse-single"
    /// GraphQL over HTTP: one query or mutation, and its response.
    case http

    /// Whether the host has the client's credentials when it connects, and authenticates it without being asked. Operations are then given
    /// to `Session.request`, not read from messages.
    var isAuthenticatedByHost: Bool {
        switch self {
        case .graphqlTransportWS, .graphqlWS: false
        case .sse, .sseSingle, .http: true
        }
    }

    /// Whether the connection ends with its first operation.
    var hasOneOperation: Bool {
        switch self {
        case .graphqlTransportWS, .graphqlWS, .sseSingle: false
        case .sse, .http: true
        }
    }

    /// What ends a message that has a shared body.
    public var suffix: StaticString {
        switch self {
        case .graphqlTransportWS, .graphqlWS: "}"
        case .sse: "\n\n"
        case .sseSingle: "}\n\n"
        case .http: ""
        }
    }

    /// Whether a line break would end a message too early.
    var isOfLines: Bool {
        switch self {
        case .graphqlTransportWS, .graphqlWS, .http: false
        case .sse, .sseSingle: true
        }
    }
}

extension [UInt8] {
    /// Makes one line of a JSON text from `start` on. JSON has line breaks between its tokens only, where a space is as good.
    mutating func joinLines(from start: Int) {
        for index in indices[Swift.min(start, count)...] where self[index] == UInt8(ascii: "\n") || self[index] == UInt8(ascii: "\r") {
            self[index] = UInt8(ascii: " ")
        }
    }
}
