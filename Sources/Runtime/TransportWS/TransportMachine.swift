/// The protocol graphql-transport-ws of one connection as a pure state machine: what happened in, what to do out.
///
/// It knows no socket, clock, lock or executor. `Subscription` is what the user of the machine runs for a subscription, `Execution` for a
/// query or mutation that takes its time; the machine keeps them and hands them back, and compares them by identity only.
struct TransportMachine<Subscription: AnyObject & Sendable, Execution: AnyObject & Sendable>: ~Copyable, Sendable {
    private enum State: Sendable {
        case awaitingInit
        /// `connection_init` was received; whether the client may connect is being decided.
        case authenticating
        case acknowledged(Renewal?)
        /// Whatever happens now is too late, and ignored.
        case closed
    }

    /// A client that is connected authenticates again.
    ///
    /// One decision is made at a time. Of what comes meanwhile the last counts: it is decided next.
    private struct Renewal: Sendable {
        /// How many pings are answered by the decision that is being made.
        var pings = 1
        /// What is decided next.
        var next: [UInt8]?
        /// How many pings are answered by that.
        var later = 0
    }

    private enum Operation: Sendable {
        /// A `subscribe` that has no answer yet. The number tells it from a later one with the same id.
        case pending(serial: UInt64, Awaited)
        case running(Subscription)
    }

    /// What the answer to a `subscribe` waits for.
    private enum Awaited: Sendable {
        case compilation
        /// Somebody decides whether the subscription may start.
        case permission(Subscription)
        /// Somebody executes the query or mutation.
        case execution(Execution)
    }

    private var state = State.awaitingInit
    /// Empty unless acknowledged.
    private var operations: [OperationID: Operation] = [:]
    private var lastSerial: UInt64 = 0
    /// How many of the operations are being executed.
    private var executing = 0

    init() {}

    /// What is to be stopped, for nobody wants it any more.
    enum Stopping: Sendable {
        case running(Subscription)
        /// It has not started: whether it may is being decided, and need not be any more.
        case opening(Subscription)
        /// Its result is of no use any more.
        case executing(Execution)
    }

    // MARK: The client

    enum ReceiveAction: Sendable {
        case ignore
        case send(frame: [UInt8])
        /// Decide whether the client may connect, or stay, then report `authenticated` or `rejected`.
        case authenticate(payload: [UInt8]?)
        /// Compile the operation, then report `authorize`, `start`, `execute`, `answer` or `refuse`.
        case compile(SubscribePayload, Ticket)
        /// The client wants no more: stop it, and send nothing of it any more.
        case stop(Stopping)
        case close(Closing)
    }

    /// A text frame came.
    mutating func receive(text: [UInt8]) -> ReceiveAction {
        if isClosed { return .ignore }
        let message: ClientMessage
        do throws(TransportClose) {
            message = try ClientMessage(text)
        } catch {
            return .close(close(error))
        }
        switch message {
        case .connectionInit(let payload): return connectionInit(payload)
        case .ping(let payload): return .send(frame: ServerMessage.pong(payload: payload))
        case .renew(let credentials): return renew(Array(credentials.rawBytes))
        case .pong: return .ignore
        case .subscribe(let id, let payload): return subscribe(id, payload)
        case .complete(let id): return complete(id)
        }
    }

    private mutating func connectionInit(_ payload: JSONValue?) -> ReceiveAction {
        switch state {
        case .awaitingInit:
            state = .authenticating
            return .authenticate(payload: payload.map { Array($0.rawBytes) })
        case .authenticating, .acknowledged: return .close(close(.tooManyInits))
        case .closed: return .ignore
        }
    }

    /// The `pong` tells the client that its credentials are taken. They are never sent back.
    private mutating func renew(_ credentials: [UInt8]) -> ReceiveAction {
        switch state {
        case .awaitingInit, .authenticating: return .send(frame: ServerMessage.pong(payload: nil))
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

    private mutating func subscribe(_ id: OperationID, _ payload: SubscribePayload) -> ReceiveAction {
        switch state {
        case .awaitingInit, .authenticating: return .close(close(.unauthorized))
        case .acknowledged:
            guard operations[id] == nil else { return .close(close(.subscriberExists(id))) }
            lastSerial &+= 1
            operations[id] = .pending(serial: lastSerial, .compilation)
            return .compile(payload, Ticket(id: id, serial: lastSerial))
        case .closed: return .ignore
        }
    }

    private mutating func complete(_ id: OperationID) -> ReceiveAction {
        // A ticket is void from now on: what comes of compiling, deciding or executing is thrown away. Where there is no operation, the
        // client's `complete` and the server's `complete` or `error` have crossed on the wire. No mistake of the client.
        guard let operation = remove(id), let stopping = Self.stopping(operation) else { return .ignore }
        return .stop(stopping)
    }

    /// Takes an operation out; its id is free again.
    private mutating func remove(_ id: OperationID) -> Operation? {
        let operation = operations.removeValue(forKey: id)
        if case .pending(_, .execution)? = operation { executing -= 1 }
        return operation
    }

    private static func stopping(_ operation: Operation) -> Stopping? {
        switch operation {
        case .running(let subscription): .running(subscription)
        case .pending(_, .permission(let subscription)): .opening(subscription)
        case .pending(_, .execution(let execution)): .executing(execution)
        case .pending(_, .compilation): nil
        }
    }

    enum BinaryAction: Sendable {
        case ignore
        case close(Closing)
    }

    /// A binary frame came. The protocol has text frames only.
    mutating func receiveBinary() -> BinaryAction {
        if isClosed { return .ignore }
        return .close(close(.invalidMessage("binary frame")))
    }

    // MARK: Authentication

    enum AuthenticatedAction: Sendable {
        case ignore
        case acknowledge(frame: [UInt8])
        /// Somebody who was connected has authenticated again: send the frame so often, and decide on the payload if there is one.
        case renewed(frame: [UInt8], count: Int, next: [UInt8]?)
    }

    /// The client may connect, or stay.
    mutating func authenticated() -> AuthenticatedAction {
        switch state {
        case .authenticating:
            state = .acknowledged(nil)
            return .acknowledge(frame: ServerMessage.connectionAck)
        case .acknowledged(let renewal?):
            state = .acknowledged(renewal.next == nil ? nil : Renewal(pings: renewal.later))
            return .renewed(frame: ServerMessage.pong(payload: nil), count: renewal.pings, next: renewal.next)
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
        case .authenticating, .acknowledged(.some): .close(close(reason))
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

    // MARK: Operations

    /// Names one `subscribe` message until it is answered.
    struct Ticket: Sendable {
        let id: OperationID
        fileprivate let serial: UInt64
    }

    enum AuthorizeAction: Sendable {
        /// Find out whether the subscription may start, then report `start` or `refuse`.
        case ask
        /// Meanwhile the client completed it, or the connection closed: nobody need be asked.
        case discard
    }

    /// The operation is a subscription, and somebody must be asked before it starts.
    mutating func authorize(_ subscription: Subscription, for ticket: Ticket) -> AuthorizeAction {
        guard isValid(ticket) else { return .discard }
        operations[ticket.id] = .pending(serial: ticket.serial, .permission(subscription))
        return .ask
    }

    enum StartAction: Sendable {
        case start
        /// Meanwhile the client completed it, or the connection closed: it must not start.
        case discard
    }

    /// The operation is a subscription, ready to start.
    mutating func start(_ subscription: Subscription, for ticket: Ticket) -> StartAction {
        guard isValid(ticket) else { return .discard }
        operations[ticket.id] = .running(subscription)
        return .start
    }

    enum ExecuteAction: Sendable {
        /// Have it executed, then report `answer` or `refuse`.
        case begin
        /// Meanwhile the client completed it, or the connection closed: nobody need execute it.
        case discard
        /// More than `limit` would be executed at the same time.
        case refuse(frame: [UInt8])
    }

    /// The operation is a query or mutation, and somebody is to execute it.
    mutating func execute(_ execution: Execution, for ticket: Ticket, limit: Int) -> ExecuteAction {
        guard isValid(ticket) else { return .discard }
        guard executing < limit else {
            _ = remove(ticket.id)
            let error = GraphQLError("This connection has \(limit) queries and mutations under way, and may not have more.")
            return .refuse(frame: ServerMessage.error(ticket.id, GraphQLErrors(error)))
        }
        executing += 1
        operations[ticket.id] = .pending(serial: ticket.serial, .execution(execution))
        return .begin
    }

    enum AnswerAction: Sendable {
        case ignore
        case send(frames: [[UInt8]])
    }

    /// The operation has its one result: a query or mutation. Request errors are an `error`, which no `complete` follows; errors of the
    /// execution stand in the response.
    mutating func answer(_ result: ExecutionResult, for ticket: Ticket) -> AnswerAction {
        guard isValid(ticket) else { return .ignore }
        _ = remove(ticket.id)
        switch result {
        case .response(let payload):
            return .send(frames: [ServerMessage.next(ticket.id, payload: payload), ServerMessage.complete(ticket.id)])
        case .requestErrors(let payload): return .send(frames: [ServerMessage.error(ticket.id, payload: payload)])
        }
    }

    enum RefuseAction: Sendable {
        case ignore
        case send(frame: [UInt8])
    }

    /// The operation does not run. The connection lives; no `complete` follows an `error`.
    mutating func refuse(_ errors: GraphQLErrors, for ticket: Ticket) -> RefuseAction {
        guard isValid(ticket) else { return .ignore }
        _ = remove(ticket.id)
        return .send(frame: ServerMessage.error(ticket.id, errors))
    }

    /// Whether somebody still waits for the answer to a `subscribe`.
    func isWaiting(for ticket: Ticket) -> Bool { isValid(ticket) }

    private func isValid(_ ticket: Ticket) -> Bool {
        switch operations[ticket.id] {
        case .pending(let serial, _): serial == ticket.serial
        case .running, nil: false
        }
    }

    /// What runs.
    var running: [Subscription] {
        operations.values.compactMap { if case .running(let subscription) = $0 { subscription } else { nil } }
    }

    /// What runs under an id.
    func running(_ id: OperationID) -> Subscription? {
        if case .running(let subscription)? = operations[id] { subscription } else { nil }
    }

    func runs(_ subscription: Subscription, _ id: OperationID) -> Bool { running(id) === subscription }

    /// Another subscription goes on in the place of one that runs.
    mutating func replace(_ subscription: Subscription, by successor: Subscription, _ id: OperationID) {
        if runs(subscription, id) { operations[id] = .running(successor) }
    }

    enum EndedAction: Sendable {
        /// The client completed it before, or the connection closed. Its end has been reported already.
        case ignore
        case send(frame: [UInt8])
    }

    /// The server ended a subscription: with errors, or because there is no more.
    mutating func ended(_ subscription: Subscription, _ id: OperationID, errors: GraphQLErrors?) -> EndedAction {
        // The client's `complete` may have come first, on another thread, and the id may even name another subscription by now.
        guard case .running(let running) = operations[id], running === subscription else { return .ignore }
        operations[id] = nil
        return .send(frame: errors.map { ServerMessage.error(id, $0) } ?? ServerMessage.complete(id))
    }

    // MARK: The end

    /// A close frame to send, and what runs until then.
    struct Closing: Sendable {
        let close: TransportClose
        let stopping: [Stopping]
    }

    enum DrainAction: Sendable {
        case ignore
        /// Stop each, send it its frame if it has one, then close.
        case complete([(stopping: Stopping, frame: [UInt8]?)], TransportClose)
    }

    /// The server goes away.
    mutating func drain() -> DrainAction {
        if isClosed { return .ignore }
        let completing = operations.compactMap { id, operation -> (stopping: Stopping, frame: [UInt8]?)? in
            Self.stopping(operation).map { stopping in
                switch stopping {
                case .running: (stopping, ServerMessage.complete(id))
                case .opening, .executing: (stopping, nil)
                }
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

    private var isClosed: Bool {
        if case .closed = state { true } else { false }
    }

    private mutating func close(_ close: TransportClose) -> Closing {
        Closing(close: close, stopping: end())
    }

    private mutating func end() -> [Stopping] {
        let running = operations.values.compactMap(Self.stopping)
        state = .closed
        operations = [:]
        executing = 0
        return running
    }
}
