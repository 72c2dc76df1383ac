/// How a connection is kept open while it is silent, and how it ends.
extension TransportMachine {
    enum KeepAliveAction: Sendable {
        case ignore
        case send(frame: [UInt8])
    }

    /// The host's clock says that it is time to see whether the client is there.
    mutating func keepAlive() -> KeepAliveAction {
        guard case .acknowledged = state, let frame = says.keepAlive else { return .ignore }
        awaitsPong = format == .graphqlTransportWS
        return .send(frame: frame)
    }

    enum PongTimeoutAction: Sendable {
        case ignore
        case close(Closing)
    }

    /// The time in which the client must have answered the last `ping` is over.
    mutating func pongTimedOut() -> PongTimeoutAction {
        if isClosed || !awaitsPong { return .ignore }
        return .close(close(.pongTimeout))
    }

    /// A close frame to send, and what runs until then.
    struct Closing: Sendable {
        let close: TransportClose
        let stopping: [Stopping]
        /// Sent before it.
        var frame: [UInt8]?
    }

    enum FinishAction: Sendable {
        case ignore
        case close(Closing)
    }

    /// Something has ended: with the last operation a connection goes that had but one, or whose server goes away.
    mutating func finish() -> FinishAction {
        let hasHadItsOne = format.hasOneOperation && operations.hasHadOne
        guard case .acknowledged = state, operations.isEmpty, isDraining || hasHadItsOne else { return .ignore }
        return .close(close(hasHadItsOne ? .normal : .goingAway))
    }

    enum BeginDrainAction: Sendable {
        case ignore
        case close(Closing)
        /// Stop each and send it its frame if it has one, then ask `finish`.
        case end([(stopping: Stopping, frame: [UInt8]?)])
    }

    /// The server goes away soon: what runs is completed, nothing begins, and what is being executed may come to its end.
    ///
    /// Subscriptions that may be `resumed` end with the connection alone: no client takes up again what was completed.
    mutating func beginDrain(resumed: (Subscription) -> Bool) -> BeginDrainAction {
        switch state {
        case .awaitingInit, .authenticating: return .close(close(.goingAway))
        case .closed: return .ignore
        case .acknowledged:
            if isDraining { return .ignore }
            isDraining = true
            return .end(
                operations.removeSubscriptions().map { id, stopping in
                    switch stopping {
                    case .running(let subscription): (stopping, resumed(subscription) ? nil : says.complete(id))
                    case .opening, .executing: (stopping, says.error(id, Self.goesAway))
                    }
                })
        }
    }

    enum DrainAction: Sendable {
        case ignore
        /// Stop each, send it its frame if it has one, then close.
        case complete([(stopping: Stopping, frame: [UInt8]?)], TransportClose)
    }

    /// The server goes away. For `resumed` see `beginDrain`.
    mutating func drain(resumed: (Subscription) -> Bool) -> DrainAction {
        if isClosed { return .ignore }
        let completing = operations.removeAll().map { id, stopping -> (stopping: Stopping, frame: [UInt8]?) in
            switch stopping {
            case .running(let subscription): (stopping, resumed(subscription) ? nil : says.complete(id))
            case .opening, .executing: (stopping, nil)
            }
        }
        _ = end()
        return .complete(completing, .goingAway)
    }

    enum OverflowAction: Sendable {
        case ignore
        case close(Closing)
    }

    /// The client reads too slowly.
    mutating func overflowed() -> OverflowAction {
        if isClosed { return .ignore }
        return .close(close(.slowConsumer))
    }

    /// The socket is gone. What ran until then must be stopped.
    mutating func disconnected() -> [Stopping] {
        end()
    }

    mutating func close(_ close: TransportClose, saying frame: [UInt8]? = nil) -> Closing {
        Closing(close: close, stopping: end(), frame: frame)
    }

    private mutating func end() -> [Stopping] {
        state = .closed
        early = []
        return operations.removeAll().map(\.stopping)
    }
}
