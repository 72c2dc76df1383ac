/// How a connection ends: the code and the reason of its close frame. The words are those of graphql-ws, the protocol's reference.
struct TransportClose: Error, Hashable, Sendable {
    let code: UInt16
    let reason: String

    /// A reason that is too long for a close frame is cut. A code that RFC 6455 lets no endpoint send becomes 4403.
    init(code: UInt16, reason: String) {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: self.code = code
        default: self.code = 4403
        }
        self.reason = Self.cut(reason)
    }

    /// A control frame carries 125 bytes (RFC 6455 section 5.5), of which the code takes two. The cut is between characters.
    private static func cut(_ reason: String) -> String {
        let limit = 123
        guard reason.utf8.count > limit else { return reason }
        var end = reason.utf8.startIndex
        for scalar in reason.unicodeScalars.indices {
            guard reason.utf8.distance(from: reason.startIndex, to: scalar) <= limit else { break }
            end = scalar
        }
        return String(reason[..<end])
    }

    /// `problem` says what was wrong with the message.
    static func invalidMessage(_ problem: String) -> TransportClose {
        TransportClose(code: 4400, reason: "Invalid message received: \(problem)")
    }

    /// A message that only servers send.
    static func unexpectedMessage(type: String) -> TransportClose {
        TransportClose(code: 4400, reason: "Unexpected message of type \(type) received")
    }

    static let unauthorized = TransportClose(code: 4401, reason: "Unauthorized")
    static let initTimeout = TransportClose(code: 4408, reason: "Connection initialisation timeout")
    static let tooManyInits = TransportClose(code: 4429, reason: "Too many initialisation requests")
    static let forbidden = TransportClose(code: 4403, reason: "Forbidden")
    static let expired = TransportClose(code: 4403, reason: "Credentials expired")
    static let revoked = TransportClose(code: 4403, reason: "Credentials revoked")
    static let tooManyMessages = TransportClose(code: 4429, reason: "Too many messages")
    /// The operation of a connection that has but one is over, or the client says that it goes.
    static let normal = TransportClose(code: 1000, reason: "")
    /// No `pong` came. The code and words with which graphql-ws' documentation has clients end a connection without pongs; they try again then.
    static let pongTimeout = TransportClose(code: 4408, reason: "Request Timeout")
    static let tooMuchEarly = TransportClose(code: 4429, reason: "Too many operations before connection_ack")
    static let goingAway = TransportClose(code: 1001, reason: "Going away")
    static let slowConsumer = TransportClose(code: 1013, reason: "Slow consumer")

    static func subscriberExists(_ id: OperationID) -> TransportClose {
        TransportClose(code: 4409, reason: "Subscriber for \(id.text) already exists")
    }
}
