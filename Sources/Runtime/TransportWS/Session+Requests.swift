import SDLParser

/// Why an operation that came as a request is not taken. What is wrong inside of it is told as the operation's errors instead.
public enum RequestRefusal: Error, Hashable, Sendable {
    /// It is no request of GraphQL over HTTP; why.
    case malformed(String)
    /// The operation is wrong, and its request is the place to say so: where the answers of many go over one stream. A response, errors alone.
    case invalid([UInt8])
    /// The client has not been authenticated.
    case unauthenticated
    /// An operation with this id runs, or the connection has had its one operation.
    case exists
    /// The client sends more than it may; the connection is closed.
    case tooMany
    /// The connection is closed, or the server goes away.
    case goingAway
}

/// What came is no request of GraphQL over HTTP.
public struct MalformedRequest: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with it, for whoever wrote the client.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Operations that come as requests: over SSE and HTTP.
extension Session {
    /// The client asks for an operation. `body` is the JSON object of GraphQL over HTTP: `query`, `operationName`, `variables`, `extensions`.
    ///
    /// With `queriesOnly`, as for GET, a mutation is refused by the operation's errors. Only where the format is of a host that
    /// authenticates; a WebSocket's operations come by `receive`. `lastEventID` is what a client sends who connects again: it counts for more than
    /// what `extensions` say, which are of when it connected first.
    @discardableResult
    public func request(_ id: String, _ body: [UInt8], queriesOnly: Bool = false, lastEventID: String? = nil) -> RequestRefusal? {
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
        case .success(let (ticket, asking)): return take(payload, ticket, asking, queriesOnly, lastEventID)
        case .failure(let refusal): return refusal
        }
    }

    /// What is found wrong later, when somebody has been asked, is told by the stream in any case.
    private func take(_ payload: SubscribePayload, _ ticket: Ticket, _ asking: Asking, _ queriesOnly: Bool, _ lastEventID: String?) -> RequestRefusal? {
        do throws(GraphQLErrors) {
            try begin(payload, ticket, asking, queriesOnly: queriesOnly, lastEventID: lastEventID)
            return nil
        } catch {
            executor.counters.add(.operationsRejected)
            guard format == .sseSingle else {
                refuse(error, ticket)
                return nil
            }
            state.withLock { state in
                state.machine.withdraw(ticket)
                settle(&state.machine)
            }
            var writer = JSONWriter()
            error.write(into: &writer)
            return .invalid(ServerMessage.response(errors: writer.bytes))
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

extension SubscriptionExecutor {
    /// Which type of operation the body of a request asks for, by its document alone: nothing is validated yet, and nil where there is no such
    /// operation, or none that may be sent. Hosts know by it whether the answer is a stream. Throws where it is no request.
    public func operationType(ofRequest body: [UInt8]) throws(MalformedRequest) -> OperationType? {
        let payload: SubscribePayload
        do throws(TransportClose) {
            payload = try SubscribePayload(request: body)
        } catch {
            throw MalformedRequest(error.reason)
        }
        return compiler.operationType(query: payload.query, digest: payload.digest, operationName: payload.operationName)
    }
}
