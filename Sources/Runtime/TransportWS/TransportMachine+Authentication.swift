/// Who the client is: asked when it connects, and again when it renews its credentials.
extension TransportMachine {
    mutating func connectionInit(_ payload: JSONValue?) -> ReceiveAction {
        switch state {
        case .awaitingInit:
            state = .authenticating
            return .authenticate(payload: payload.map { Array($0.rawBytes) })
        case .authenticating, .acknowledged: return .close(close(.tooManyInits))
        case .closed: return .ignore
        }
    }

    /// The `pong` tells the client that its credentials are taken. They are never sent back.
    mutating func renew(_ credentials: [UInt8]) -> ReceiveAction {
        switch state {
        case .awaitingInit, .authenticating: return .send(frame: says.pong(payload: nil))
        case .acknowledged(nil):
            state = .acknowledged(Renewal())
            return .authenticate(payload: credentials)
        case .acknowledged(var renewal?):
            renewal.next = credentials
            renewal.later += 1
            state = .acknowledged(renewal)
            return .ignore
        case .closed: return .ignore
        }
    }

    enum AuthenticatedAction: Sendable {
        case ignore
        /// Send the frames, then do with each operation as with `compile`.
        case acknowledge(frames: [[UInt8]], operations: [(SubscribePayload, Ticket)])
        /// Somebody who was connected has authenticated again: send the frame so often, and decide on the payload if there is one.
        case renewed(frame: [UInt8], count: Int, next: [UInt8]?)
    }

    /// The client may connect, or stay.
    mutating func authenticated() -> AuthenticatedAction {
        switch state {
        case .authenticating:
            state = .acknowledged(nil)
            let waiting = early
            early = []
            return .acknowledge(frames: says.connectionAck, operations: waiting.map { ($0.payload, operations.add($0.id)) })
        case .acknowledged(let renewal?):
            state = .acknowledged(renewal.next == nil ? nil : Renewal(pings: renewal.later))
            return .renewed(frame: says.pong(payload: nil), count: renewal.pings, next: renewal.next)
        case .awaitingInit, .acknowledged(nil), .closed: return .ignore
        }
    }

    enum RejectedAction: Sendable {
        case ignore
        case close(Closing)
    }

    /// The client may not connect, or not stay.
    mutating func rejected(_ reason: TransportClose) -> RejectedAction {
        switch state {
        case .authenticating: .close(close(reason, saying: says.connectionError(reason.reason)))
        case .acknowledged(.some): .close(close(reason))
        case .awaitingInit, .acknowledged(nil), .closed: .ignore
        }
    }

    enum ExpelAction: Sendable {
        case ignore
        case close(Closing)
    }

    /// The client may not stay, whatever it does: its claims have expired, or were revoked.
    mutating func expelled(_ reason: TransportClose) -> ExpelAction {
        if isClosed { return .ignore }
        return .close(close(reason))
    }

    enum InitTimeoutAction: Sendable {
        case ignore
        case close(Closing)
    }

    /// The time in which the client must have sent `connection_init` is over.
    mutating func initTimedOut() -> InitTimeoutAction {
        switch state {
        case .awaitingInit: .close(close(.initTimeout))
        case .authenticating, .acknowledged, .closed: .ignore
        }
    }
}
