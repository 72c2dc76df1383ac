/// The protocol of one connection as a pure state machine: what happened in, what to do out.
///
/// It is graphql-transport-ws; the other formats say the same, or less, in other words (docs/decisions/0025).
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

    private let format: WireFormat
    private let says: ServerMessage
    private var state: State
    /// Empty unless acknowledged.
    private var operations: [OperationID: Operation] = [:]
    private var lastSerial: UInt64 = 0
    /// How many of the operations are being executed.
    private var executing = 0
    /// What clients of the older subprotocol ask for without waiting for `connection_ack`, in their order.
    private var early: [(id: OperationID, payload: SubscribePayload)] = []
    /// About how many bytes have been asked for like that; what was taken back is among them, so that nobody need add up what is left.
    private var earlySize = 0
    /// The server goes away: nothing new begins, and with the last operation the connection closes.
    private var isDraining = false
    /// A `ping` of the server's has no answer yet.
    private var awaitsPong = false

    /// How many bytes of operations may wait for `connection_ack`.
    static var earlyBytes: Int { 1024 * 1024 }
    private static var leastEarlyBytes: Int { 512 }

    init(_ format: WireFormat = .graphqlTransportWS) {
        self.format = format
        says = ServerMessage(format)
        // Its host has asked who the client is, or is about to.
        state = format.isAuthenticatedByHost ? .authenticating : .awaitingInit
    }

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
        /// The same, when what runs under the id has been stopped.
        case restart(SubscribePayload, Ticket, stopping: Stopping)
        /// The client wants no more: stop it, and send nothing of it any more.
        case stop(Stopping)
        case close(Closing)
    }

    /// A text frame came.
    mutating func receive(text: [UInt8]) -> ReceiveAction {
        if isClosed { return .ignore }
        let message: ClientMessage
        do throws(TransportClose) {
            message = try ClientMessage(text, in: format)
        } catch {
            return .close(close(error))
        }
        switch message {
        case .connectionInit(let payload): return connectionInit(payload)
        case .ping(let payload): return .send(frame: says.pong(payload: payload))
        case .renew(let credentials): return renew(Array(credentials.rawBytes))
        case .pong:
            awaitsPong = false
            return .ignore
        case .subscribe(let id, let payload): return subscribe(id, payload)
        case .complete(let id): return complete(id)
        case .terminate: return .close(close(.normal))
        }
    }

    enum RequestAction: Sendable {
        /// Compile the operation, as for `receive`.
        case compile(Ticket)
        /// The client may not have it.
        case refuse(RequestRefusal)
    }

    /// The host gives an operation of a client that it has authenticated.
    mutating func request(_ id: OperationID) -> RequestAction {
        switch state {
        case .awaitingInit, .authenticating: return .refuse(.unauthenticated)
        case .closed: return .refuse(.goingAway)
        case .acknowledged:
            if isDraining { return .refuse(.goingAway) }
            // Where there can be only one, no other follows it: a serial says that there was one.
            guard operations[id] == nil, !(format.hasOneOperation && lastSerial > 0) else { return .refuse(.exists) }
            return .compile(pend(id))
        }
    }

    private mutating func pend(_ id: OperationID) -> Ticket {
        lastSerial &+= 1
        operations[id] = .pending(serial: lastSerial, .compilation)
        return Ticket(id: id, serial: lastSerial)
    }

    /// The client wants no more of an operation that was given by `request`.
    mutating func cancel(_ id: OperationID) -> Stopping? {
        guard let operation = remove(id) else { return nil }
        return Self.stopping(operation)
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

    private mutating func subscribe(_ id: OperationID, _ payload: SubscribePayload) -> ReceiveAction {
        switch state {
        case .authenticating where format == .graphqlWS:
            // Each counts for a few hundred bytes at least, which also bounds how many ids there are to compare with.
            earlySize += max(payload.size, Self.leastEarlyBytes)
            guard earlySize <= Self.earlyBytes else { return .close(close(.tooMuchEarly)) }
            early.removeAll { $0.id == id }
            early.append((id, payload))
            return .ignore
        case .awaitingInit, .authenticating: return .close(close(.unauthorized))
        case .acknowledged:
            if isDraining { return .send(frame: says.error(id, Self.goesAway)) }
            if operations[id] == nil { return .compile(payload, pend(id)) }
            // The older subprotocol lets a client take an id again before it has stopped what runs under it.
            guard format == .graphqlWS else { return .close(close(.subscriberExists(id))) }
            let stopping = cancel(id)
            let ticket = pend(id)
            return stopping.map { .restart(payload, ticket, stopping: $0) } ?? .compile(payload, ticket)
        case .closed: return .ignore
        }
    }

    private static var goesAway: GraphQLErrors { GraphQLErrors(GraphQLError("The server is going away, and begins nothing new.")) }

    private mutating func complete(_ id: OperationID) -> ReceiveAction {
        early.removeAll { $0.id == id }
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
            return .acknowledge(frames: says.connectionAck, operations: waiting.map { ($0.payload, pend($0.id)) })
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
        /// Meanwhile the server began to go away.
        case refuse(frame: [UInt8])
    }

    /// The operation is a subscription, ready to start.
    mutating func start(_ subscription: Subscription, for ticket: Ticket) -> StartAction {
        guard isValid(ticket) else { return .discard }
        if isDraining {
            _ = remove(ticket.id)
            return .refuse(frame: says.error(ticket.id, Self.goesAway))
        }
        operations[ticket.id] = .running(subscription)
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
        guard isValid(ticket) else { return .discard }
        guard executing < limit else {
            let error = GraphQLError("This connection has \(limit) queries and mutations under way, and may not have more.")
            return .refuse(GraphQLErrors(error))
        }
        executing += 1
        operations[ticket.id] = .pending(serial: ticket.serial, .execution(execution))
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
        guard isValid(ticket) else { return .ignore }
        _ = remove(ticket.id)
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
        guard isValid(ticket) else { return .ignore }
        _ = remove(ticket.id)
        guard format == .http else { return .send(frame: says.error(ticket.id, errors)) }
        var writer = JSONWriter()
        errors.write(into: &writer)
        return .respond(body: ServerMessage.response(errors: writer.bytes), kind)
    }

    /// The operation does not run, and who asked for it is told by other ways than a message.
    mutating func withdraw(_ ticket: Ticket) {
        if isValid(ticket) { _ = remove(ticket.id) }
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
        return .send(frame: errors.map { says.error(id, $0) } ?? says.complete(id))
    }

    // MARK: The end

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
        guard case .acknowledged = state, operations.isEmpty, isDraining || (format.hasOneOperation && lastSerial > 0) else { return .ignore }
        return .close(close(format.hasOneOperation ? .normal : .goingAway))
    }

    enum BeginDrainAction: Sendable {
        case ignore
        case close(Closing)
        /// Stop each and send it its frame, then ask `finish`.
        case end([(stopping: Stopping, frame: [UInt8])])
    }

    /// The server goes away soon: what runs is completed, nothing begins, and what is being executed may come to its end.
    mutating func beginDrain() -> BeginDrainAction {
        switch state {
        case .awaitingInit, .authenticating: return .close(close(.goingAway))
        case .closed: return .ignore
        case .acknowledged:
            if isDraining { return .ignore }
            isDraining = true
            return .end(
                operations.compactMap { id, operation -> (id: OperationID, stopping: Stopping, frame: [UInt8])? in
                    switch operation {
                    case .running(let subscription): (id, .running(subscription), says.complete(id))
                    case .pending(_, .permission(let subscription)): (id, .opening(subscription), says.error(id, Self.goesAway))
                    case .pending(_, .compilation), .pending(_, .execution): nil
                    }
                }.map { ending in
                    _ = remove(ending.id)
                    return (ending.stopping, ending.frame)
                })
        }
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
                case .running: (stopping, says.complete(id))
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

    private mutating func close(_ close: TransportClose, saying frame: [UInt8]? = nil) -> Closing {
        Closing(close: close, stopping: end(), frame: frame)
    }

    private mutating func end() -> [Stopping] {
        let running = operations.values.compactMap(Self.stopping)
        state = .closed
        operations = [:]
        early = []
        executing = 0
        return running
    }
}
