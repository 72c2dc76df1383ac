import SDLParser
import Synchronization

extension SubscriptionExecutor {
    /// A new connection. `waker` is called, from any thread, when there is something to take from it, not again until that has been
    /// emptied. It may be called under the connection's lock or the bus's: it must neither wait nor call back.
    public func connect(as format: WireFormat = .graphqlTransportWS, waker: @escaping @Sendable () -> Void) -> Session {
        Session(executor: self, format, waker: waker)
    }
}

/// One connection: its protocol, its subscriptions and what waits for its socket.
///
/// The host reports what happens to the socket, from any thread though one message after the other, and does what `take` gives it.
/// Where it is of a format that carries no credentials the host calls `authenticated` first, then `request` for each operation.
/// A session that is thrown away without `disconnected` is disconnected.
public final class Session: Sendable, SubscriptionOwner, Revocable {
    typealias Machine = TransportMachine<Subscription, Execution>

    struct State: ~Copyable, Sendable {
        var machine: Machine
        var claims: Claims?
        /// What is known of the policies that the client is granted.
        var policies = PolicyDecisions<Candidate>()
        /// What the hook is asked for it.
        var questions = PolicyQuestions()
        /// Counts how often what the client may have has changed. What was decided before must be decided anew.
        var standing = 0
        var isConnected = true
        /// What the client has taken of the rate of messages that it has; see `RateRule`.
        var messageMark: UInt64 = 0
        /// Bounds the executions that the host really has, cancelled ones included. There when there has been one.
        var executions: CallGate?

        init(_ format: WireFormat) { machine = Machine(format) }
    }

    /// Names the connection in the calls of fields' functions; unique in the process for its executor.
    public let handle: UInt64
    /// How its messages look: `Outbox.Output.appendText` must know.
    public let format: WireFormat
    let executor: SubscriptionExecutor
    let outbox: Outbox
    private let lazyRates = AtomicLazyReference<RateCells>()
    /// Guards the protocol's state, and the order of what it puts into the outbox. Subscriptions start and stop under it, so that
    /// none can start on a connection that has gone; operations are compiled outside.
    let state: Guarded<State>

    fileprivate init(executor: SubscriptionExecutor, _ format: WireFormat, waker: @escaping @Sendable () -> Void) {
        self.executor = executor
        self.format = format
        handle = executor.nextConnection()
        outbox = Outbox(limits: executor.limits.outbox, waker: waker)
        state = Guarded(State(format))
        executor.counters.add(.connections)
        executor.revocables.add(self)
    }

    deinit {
        disconnected()
    }

    // MARK: The host

    /// A text frame came.
    public func receive(_ text: [UInt8]) {
        var isTooEarly = false
        let operation = state.withLock { state -> (payload: SubscribePayload, ticket: Ticket, asking: Asking)? in
            isTooEarly = !mayReceive(&state)
            if isTooEarly { return nil }
            switch state.machine.receive(text: text) {
            case .ignore: break
            case .send(let frame): send(frame, &state.machine)
            case .authenticate(let payload): put(.authenticate(payload: payload), &state.machine)
            case .compile(let payload, let ticket): return (payload, ticket, state.asking)
            case .restart(let payload, let ticket, let stopping):
                cancel(stopping)
                return (payload, ticket, state.asking)
            case .stop(let stopping): cancel(stopping)
            case .close(let closing): close(closing)
            }
            settle(&state.machine)
            return nil
        }
        if isTooEarly { noteMessageRate() }
        if let operation { run(operation.payload, operation.ticket, operation.asking) }
    }

    /// A binary frame came.
    public func receiveBinary() {
        var isTooEarly = false
        state.withLock { state in
            isTooEarly = !mayReceive(&state)
            if isTooEarly { return }
            switch state.machine.receiveBinary() {
            case .ignore: break
            case .close(let closing): close(closing)
            }
        }
        if isTooEarly { noteMessageRate() }
    }

    /// The client may not connect, or not stay.
    public func rejected(code: UInt16, reason: String) {
        state.withLock { state in
            switch state.machine.rejected(TransportClose(code: code, reason: reason)) {
            case .ignore: break
            case .close(let closing): close(closing)
            }
        }
    }

    /// The time in which the client must have sent `connection_init` is over. Does nothing where it has sent it.
    public func initTimedOut() {
        state.withLock { state in
            switch state.machine.initTimedOut() {
            case .ignore: break
            case .close(let closing): close(closing)
            }
        }
    }

    /// The server goes away: what waits is still sent, then every subscription is completed, unless its client can go on elsewhere, and the socket closed.
    public func drainAndClose() {
        state.withLock { state in
            switch state.machine.drain(resumed: \.tellsCursors) {
            case .ignore: break
            case .complete(let completing, let reason):
                for (stopping, frame) in completing {
                    switch stopping {
                    case .running(let subscription):
                        executor.stop(subscription)
                        // Where there is no room for it the close alone must do.
                        if let frame { _ = outbox.append(.frame(prefix: frame, body: nil)) }
                        _ = outbox.append(.ended(handle: subscription.handle))
                    case .opening(let subscription): executor.stop(subscription)
                    case .executing(let execution): execution.cancel()
                    }
                }
                _ = outbox.append(.close(code: reason.code, reason: reason.reason))
            }
        }
    }

    /// The socket is gone, whoever closed it: frees everything. What can still be taken says which subscriptions ended.
    public func disconnected() {
        let wasConnected = state.withLock { state in
            defer { state.isConnected = false }
            outbox.discardFrames()
            for stopping in state.machine.disconnected() { cancel(stopping) }
            state.questions.cancel()
            return state.isConnected
        }
        if wasConnected {
            executor.counters.add(.connections, -1)
            executor.revocables.remove(self)
        }
    }

    /// Takes what is to be done next, in order, at most `limit`. Fewer are all: the waker will be called when there is more.
    public func take(_ limit: Int) -> [Outbox.Output] {
        let outputs = outbox.take(limit)
        outbox.feed()
        return outputs
    }

    /// Whether `take` may have to read events that clients missed, which takes its time.
    public var isFed: Bool { outbox.isFed }

    // MARK: Operations

    typealias Ticket = Machine.Ticket

    func execute(_ type: OperationType, _ payload: [UInt8], _ ticket: Ticket) {
        let calls = state.withLock { state -> [ResolverCall] in
            let execution = Execution()
            switch state.machine.execute(execution, for: ticket, limit: executor.limits.executions) {
            case .discard: return []
            case .refuse(let errors):
                executor.counters.add(.operationsRejected)
                refuse(errors, ticket, .requestError, &state.machine)
                return []
            case .begin:
                let subscriber = ResolverCall.Subscriber(subscription: ticket.id.text, connection: handle)
                let gate = state.executions ?? executor.executionGate()
                state.executions = gate
                let call = executor.execute(type, payload, claims: state.claims?.json, for: subscriber, gate) {
                    [weak self] result in self?.answer(result, ticket)
                }
                execution.keep(call)
                return [call]
            }
        }
        executor.begin(calls)
    }

    func answer(_ result: ExecutionResult, _ ticket: Ticket) {
        state.withLock { state in
            switch state.machine.answer(result, for: ticket) {
            case .ignore: break
            case .send(let frames):
                for frame in frames { send(frame, &state.machine) }
            case .respond(let body, let kind): put(.response(body: body, kind: kind), &state.machine)
            }
            settle(&state.machine)
        }
    }

    func refuse(_ errors: GraphQLErrors, _ ticket: Ticket, as kind: Outbox.ResponseKind = .requestError) {
        state.withLock { refuse(errors, ticket, kind, &$0.machine) }
    }

    // MARK: The runtime

    func subscriptionEnded(_ subscription: Subscription, _ ending: SubscriptionEnding) {
        state.withLock { state in
            let errors = ending.error.map { GraphQLErrors($0) }
            var subscription = subscription
            if let successor = state.machine.running(OperationID(text: subscription.id)), successor.succeeds(subscription) {
                executor.stop(successor)
                subscription = successor
            }
            switch state.machine.ended(subscription, OperationID(text: subscription.id), errors: errors) {
            // The client's `complete` was faster, or the connection has closed: `ended` is in the outbox already.
            case .ignore: break
            case .send(let frame):
                // First, since the send may close the connection, and nothing comes after a close.
                _ = outbox.append(.ended(handle: subscription.handle))
                send(frame, &state.machine)
                settle(&state.machine)
            }
        }
    }

    func caughtUp(_ subscription: Subscription, standing: Int, join: (Subscription) -> Void) -> Bool {
        state.withLock { state in
            let id = OperationID(text: subscription.id)
            // What depends on nobody's rights is decided once, whatever becomes of them.
            guard state.machine.runs(subscription, id), state.standing == standing || subscription.place.withLock({ $0.draft == nil }) else {
                return false
            }
            let successor = successor(of: subscription)
            join(successor)
            state.machine.replace(subscription, by: successor, id)
            return true
        }
    }

    /// One that may go on in the place of a subscription.
    func successor(of subscription: Subscription) -> Subscription {
        Subscription(
            handle: subscription.handle, id: subscription.id, prefix: subscription.prefix, outbox: outbox, owner: self,
            tellsCursors: subscription.tellsCursors)
    }

    var subscriber: LogRecord.Subscriber {
        LogRecord.Subscriber(user: state.withLock { $0.claims?.userID }, connection: handle)
    }

    var rates: RateCells { lazyRates.load() ?? lazyRates.storeIfNil(RateCells()) }

    func outboxOverflowed() {
        state.withLock { overflowed(&$0.machine) }
    }

    // MARK: Under the lock

    func send(_ frame: [UInt8], _ machine: inout Machine) {
        put(.frame(prefix: frame, body: nil), &machine)
    }

    func put(_ output: Outbox.Output, _ machine: inout Machine) {
        if !outbox.append(output) { overflowed(&machine) }
    }

    func refuse(_ errors: GraphQLErrors, _ ticket: Ticket, _ kind: Outbox.ResponseKind, _ machine: inout Machine) {
        switch machine.refuse(errors, for: ticket, as: kind) {
        case .ignore: break
        case .send(let frame): send(frame, &machine)
        case .respond(let body, let kind): put(.response(body: body, kind: kind), &machine)
        }
        settle(&machine)
    }

    /// Closes a connection whose last operation is over, if it goes with that.
    func settle(_ machine: inout Machine) {
        switch machine.finish() {
        case .ignore: break
        case .close(let closing): close(closing)
        }
    }

    private func overflowed(_ machine: inout Machine) {
        switch machine.overflowed() {
        case .ignore: break
        case .close(let closing): close(closing)
        }
    }

    func close(_ closing: Machine.Closing) {
        for stopping in closing.stopping { cancel(stopping) }
        // Where there is no room for it the close alone must do.
        if let frame = closing.frame { _ = outbox.append(.frame(prefix: frame, body: nil)) }
        _ = outbox.append(.close(code: closing.close.code, reason: closing.close.reason))
    }

    /// Ends a subscription whose client wants nothing more of it, or is gone.
    func cancel(_ stopping: Machine.Stopping) {
        switch stopping {
        case .running(let subscription):
            subscription.cancel()
            executor.stop(subscription)
            _ = outbox.append(.ended(handle: subscription.handle))
        // The host has not heard of it.
        case .opening(let subscription): executor.stop(subscription)
        case .executing(let execution): execution.cancel()
        }
    }
}
