/// The protocol of one connection as a pure state machine: what happened in, what to do out.
///
/// It is graphql-transport-ws; the other formats say the same, or less, in other words (docs/decisions/0025).
///
/// It knows no socket, clock, lock or executor. `Subscription` is what the user of the machine runs for a subscription, `Execution` for a
/// query or mutation that takes its time; the machine keeps them and hands them back, and compares them by identity only.
struct TransportMachine<Subscription: AnyObject & Sendable, Execution: AnyObject & Sendable>: ~Copyable, Sendable {
    enum State: Sendable {
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
    struct Renewal: Sendable {
        /// How many pings are answered by the decision that is being made.
        var pings = 1
        /// What is decided next.
        var next: [UInt8]?
        /// How many pings are answered by that.
        var later = 0
    }

    typealias Operations = OperationTable<Subscription, Execution>
    typealias Ticket = Operations.Ticket
    typealias Stopping = Operations.Stopping

    // The session knows none of these: they are what the parts of the machine share, each in a file of its own.
    let format: WireFormat
    let says: ServerMessage
    var state: State
    /// Empty unless acknowledged.
    var operations = Operations()
    /// What clients of the older subprotocol ask for without waiting for `connection_ack`, in their order.
    var early: [(id: OperationID, payload: SubscribePayload)] = []
    /// About how many bytes have been asked for like that; what was taken back is among them, so that nobody need add up what is left.
    var earlySize = 0
    /// The server goes away: nothing new begins, and with the last operation the connection closes.
    var isDraining = false
    /// A `ping` of the server's has no answer yet.
    var awaitsPong = false

    /// How many bytes of operations may wait for `connection_ack`.
    static var earlyBytes: Int { 1024 * 1024 }
    private static var leastEarlyBytes: Int { 512 }

    init(_ format: WireFormat = .graphqlTransportWS) {
        self.format = format
        says = ServerMessage(format)
        // Its host has asked who the client is, or is about to.
        state = format.isAuthenticatedByHost ? .authenticating : .awaitingInit
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
            // Where there can be only one, no other follows it.
            guard !operations.has(id), !(format.hasOneOperation && operations.hasHadOne) else { return .refuse(.exists) }
            return .compile(operations.add(id))
        }
    }

    /// The client wants no more of an operation that was given by `request`.
    mutating func cancel(_ id: OperationID) -> Stopping? {
        operations.remove(id)
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
            if !operations.has(id) { return .compile(payload, operations.add(id)) }
            // The older subprotocol lets a client take an id again before it has stopped what runs under it.
            guard format == .graphqlWS else { return .close(close(.subscriberExists(id))) }
            let stopping = operations.remove(id)
            let ticket = operations.add(id)
            return stopping.map { .restart(payload, ticket, stopping: $0) } ?? .compile(payload, ticket)
        case .closed: return .ignore
        }
    }

    static var goesAway: GraphQLErrors { GraphQLErrors(GraphQLError("The server is going away, and begins nothing new.")) }

    private mutating func complete(_ id: OperationID) -> ReceiveAction {
        early.removeAll { $0.id == id }
        // A ticket is void from now on: what comes of compiling, deciding or executing is thrown away. Where there is no operation, the
        // client's `complete` and the server's `complete` or `error` have crossed on the wire. No mistake of the client.
        guard let stopping = operations.remove(id) else { return .ignore }
        return .stop(stopping)
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

    var isClosed: Bool {
        if case .closed = state { true } else { false }
    }
}
