/// Why an operation that came as a request is not taken. What is wrong inside of it is told as the operation's errors instead.
public enum RequestRefusal: Error, Hashable, Sendable {
    /// It is no request of GraphQL over HTTP; why.
    case malformed(String)
    /// The client has not been authenticated.
    case unauthenticated
    /// An operation with this id runs, or the connection has had its one operation.
    case exists
    /// The client sends more than it may; the connection is closed.
    case tooMany
    /// The connection is closed, or the server goes away.
    case goingAway
}

/// Operations that come as requests: over SSE and HTTP.
extension Session {
    /// The client asks for an operation. `body` is the JSON object of GraphQL over HTTP: `query`, `operationName`, `variables`, `extensions`.
    ///
    /// With `queriesOnly`, as for GET, a mutation is refused by the operation's errors. Only where the format is of a host that
    /// authenticates; a WebSocket's operations come by `receive`.
    @discardableResult
    public func request(_ id: String, _ body: [UInt8], queriesOnly: Bool = false) -> RequestRefusal? {
        guard format.isAuthenticatedByHost else { return .malformed("operations of this connection come as messages") }
        let payload: SubscribePayload
        do throws(TransportClose) {
            payload = try SubscribePayload(request: body)
        } catch {
            return .malformed(error.reason)
        }
        var isTooEarly = false
        let outcome = state.withLock { state -> Result<(Ticket, Asking), RequestRefusal> in
            isTooEarly = !mayReceive(&state)
            if isTooEarly { return .failure(.tooMany) }
            switch state.machine.request(OperationID(text: id)) {
            case .compile(let ticket): return .success((ticket, state.asking))
            case .refuse(let refusal): return .failure(refusal)
            }
        }
        if isTooEarly { noteMessageRate() }
        switch outcome {
        case .success(let (ticket, asking)):
            run(payload, ticket, asking, queriesOnly: queriesOnly)
            return nil
        case .failure(let refusal): return refusal
        }
    }

    /// The client wants no more of an operation that came as a request. Nothing more is sent of it. Does nothing where there is none.
    public func cancel(_ id: String) {
        state.withLock { state in
            if let stopping = state.machine.cancel(OperationID(text: id)) { cancel(stopping) }
            settle(&state.machine)
        }
    }
}
