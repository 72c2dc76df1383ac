/// What becomes of operations, from the answer to the client on: they are decided about, start, are executed, are refused, end.
extension TransportMachine {
    enum AuthorizeAction: Sendable {
        /// Find out whether the subscription may start, then report `start` or `refuse`.
        case ask
        /// Meanwhile the client completed it, or the connection closed: nobody need be asked.
        case discard
    }

    /// The operation is a subscription, and somebody must be asked before it starts.
    mutating func authorize(_ subscription: Subscription, for ticket: Ticket) -> AuthorizeAction {
        guard operations.isValid(ticket) else { return .discard }
        operations.ask(about: subscription, for: ticket)
        return .ask
    }

    enum StartAction: Sendable {
        case start
        /// Meanwhile the client completed it, or the connection closed: it must not start.
        case discard
        /// Meanwhile the server began to go away.
        case refuse(frame: [UInt8])
    }

    /// The operation is a subscription, ready to start.
    mutating func start(_ subscription: Subscription, for ticket: Ticket) -> StartAction {
        guard operations.isValid(ticket) else { return .discard }
        if isDraining {
            operations.remove(ticket.id)
            return .refuse(frame: says.error(ticket.id, Self.goesAway))
        }
        operations.start(subscription, for: ticket)
        return .start
    }

    enum ExecuteAction: Sendable {
        /// Have it executed, then report `answer` or `refuse`.
        case begin
        /// Meanwhile the client completed it, or the connection closed: nobody need execute it.
        case discard
        /// More than `limit` would be executed at the same time.
        case refuse(GraphQLErrors)
    }

    /// The operation is a query or mutation, and somebody is to execute it.
    mutating func execute(_ execution: Execution, for ticket: Ticket, limit: Int) -> ExecuteAction {
        guard operations.isValid(ticket) else { return .discard }
        guard operations.executing < limit else {
            let error = GraphQLError("This connection has \(limit) queries and mutations under way, and may not have more.")
            return .refuse(GraphQLErrors(error))
        }
        operations.execute(execution, for: ticket)
        return .begin
    }

    enum AnswerAction: Sendable {
        case ignore
        case send(frames: [[UInt8]])
        /// The response to a request.
        case respond(body: [UInt8], Outbox.ResponseKind)
    }

    /// The operation has its one result: a query or mutation. Request errors are an `error`, which no `complete` follows; errors of the
    /// execution stand in the response.
    mutating func answer(_ result: ExecutionResult, for ticket: Ticket) -> AnswerAction {
        guard operations.isValid(ticket) else { return .ignore }
        operations.remove(ticket.id)
        switch (result, format) {
        case (.response(let payload), .http): return .respond(body: payload, .result)
        case (.requestErrors(let payload), .http): return .respond(body: ServerMessage.response(errors: payload), .requestError)
        case (.response(let payload), _): return .send(frames: [says.next(ticket.id, payload: payload), says.complete(ticket.id)])
        case (.requestErrors(let payload), _): return .send(frames: [says.error(ticket.id, payload: payload)])
        }
    }

    enum RefuseAction: Sendable {
        case ignore
        case send(frame: [UInt8])
        /// The response to a request.
        case respond(body: [UInt8], Outbox.ResponseKind)
    }

    /// The operation does not run. The connection lives; no `complete` follows an `error`.
    mutating func refuse(_ errors: GraphQLErrors, for ticket: Ticket, as kind: Outbox.ResponseKind = .requestError) -> RefuseAction {
        guard operations.isValid(ticket) else { return .ignore }
        operations.remove(ticket.id)
        guard format == .http else { return .send(frame: says.error(ticket.id, errors)) }
        var writer = JSONWriter()
        errors.write(into: &writer)
        return .respond(body: ServerMessage.response(errors: writer.bytes), kind)
    }

    /// The operation does not run, and who asked for it is told by other ways than a message.
    mutating func withdraw(_ ticket: Ticket) {
        if operations.isValid(ticket) { operations.remove(ticket.id) }
    }

    /// Whether somebody still waits for the answer to a `subscribe`.
    func isWaiting(for ticket: Ticket) -> Bool { operations.isValid(ticket) }

    /// What runs.
    var running: [Subscription] { operations.running }

    /// What runs under an id.
    func running(_ id: OperationID) -> Subscription? { operations.running(id) }

    func runs(_ subscription: Subscription, _ id: OperationID) -> Bool { running(id) === subscription }

    /// Another subscription goes on in the place of one that runs.
    mutating func replace(_ subscription: Subscription, by successor: Subscription, _ id: OperationID) {
        if runs(subscription, id) { operations.replace(by: successor, id) }
    }

    enum EndedAction: Sendable {
        /// The client completed it before, or the connection closed. Its end has been reported already.
        case ignore
        case send(frame: [UInt8])
    }

    /// The server ended a subscription: with errors, or because there is no more.
    mutating func ended(_ subscription: Subscription, _ id: OperationID, errors: GraphQLErrors?) -> EndedAction {
        // The client's `complete` may have come first, on another thread, and the id may even name another subscription by now.
        guard runs(subscription, id) else { return .ignore }
        operations.remove(id)
        return .send(frame: errors.map { says.error(id, $0) } ?? says.complete(id))
    }
}
