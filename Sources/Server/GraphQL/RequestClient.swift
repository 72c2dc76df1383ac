import SubsgenRuntime

/// Serves a client of requests by its session: one with an operation of its own, or one with a stream for many. On one event loop only: that of the
/// request which the client came with.
///
/// It has a seat of its own, beside that of the socket: by it the desk knows whose turn it is, who is due, and who is left.
final class RequestClient: Occupant {
    struct Operation: Sendable {
        let body: [UInt8]
        /// As for GET.
        let queriesOnly: Bool
        let lastEventID: String?
        let mediaType: MediaType
    }

    /// What a client came for.
    enum Purpose: Sendable {
        case operation(Operation)
        /// Many operations, which come by requests of their own, have a stream, which another request opens.
        case stream

        fileprivate var format: WireFormat {
            switch self {
            case .operation(let operation): operation.mediaType == .eventStream ? .sse : .http
            case .stream: .sseSingle
            }
        }
    }

    private enum Phase {
        /// Somebody decides who the client is.
        case authenticating(ServerExchange)
        /// Nobody listens to the stream yet. What is said waits, and nobody waits for the listener for long.
        case reserved(token: String)
        /// The one response is awaited.
        case answering(ServerExchange, MediaType)
        case streaming(ServerExchange, token: String?)
        case over
    }

    static let noStream = HTTPRefusal(404, "There is no stream with this token in this process, or its time is over.")

    /// How often a stream gets a comment, so that no proxy takes it for dead.
    private static let longestSilence = 12.0
    /// How many outputs are taken before other clients have their turn; where taking may read history.
    private static let outputsATurn = 256
    private static let fedOutputsATurn = 32

    private let seat: Seat
    private let core: ServerCore
    private let client: ServerClient
    private let purpose: Purpose
    private var session: Session { client.session }
    private var phase: Phase
    /// What waits for a listener: one message. The others wait in the session's outbox, which has its bounds.
    private var kept: [UInt8] = []
    /// The socket takes no more at the moment.
    private var isHeld = false
    /// There was something to take while it was.
    private var isOwedATurn = false

    // What is waited for, in nanoseconds of the loop's time.
    private var openUntil: UInt64?
    private var expiresAt: UInt64?
    private var commentAt: UInt64?

    init(_ core: ServerCore, _ exchange: ServerExchange, _ context: (any AnyObject & Sendable)?, for purpose: Purpose) {
        self.core = core
        self.purpose = purpose
        seat = Seat(exchange.seat.desk)
        client = core.client(seat, purpose.format, context)
        phase = .authenticating(exchange)
    }

    // MARK: The client

    /// Asks who the client is, and serves it.
    func begin() {
        guard case .authenticating(let exchange) = phase else { return }
        seat.occupant = self
        seat.desk.add(seat)
        core.delegate.connected(client)
        // It outlives the connection by which it was reserved, and so counts as one.
        if case .stream = purpose, !core.enter() {
            finish()
            return exchange.answer(HTTPRefusal(503, "There are as many connections as there may be."))
        }
        listen(to: exchange)
        // The client may be gone by now.
        guard case .authenticating = phase else { return }
        let authentication = ServerAuthentication(client: client) { [seat] in
            seat.desk.perform { (seat.occupant as? RequestClient)?.authenticated() }
        }
        core.delegate.authenticate(client, request: exchange.request, authentication)
    }

    private func listen(to exchange: ServerExchange) {
        exchange.whenGone { [seat] in seat.desk.perform { (seat.occupant as? RequestClient)?.finish() } }
    }

    private func authenticated() {
        guard case .authenticating(let exchange) = phase else { return }
        switch purpose {
        case .operation(let operation): give(operation, exchange)
        case .stream:
            let token = core.streams.add(SharedStreams.Stream(seat: seat, session: session))
            phase = .reserved(token: token)
            openUntil = wait(core.configuration.connectionInitTimeout)
            exchange.answer(201, "text/plain", Array(token.utf8))
        }
        seat.desk.wake(seat)
    }

    /// Gives the one operation of a connection to the runtime.
    private func give(_ operation: Operation, _ exchange: ServerExchange) {
        let refusal = session.request("1", operation.body, queriesOnly: operation.queriesOnly, lastEventID: operation.lastEventID)
        if let refusal = refusal.flatMap({ HTTPRefusal($0) }) {
            finish()
            return exchange.answer(refusal)
        }
        if operation.mediaType == .eventStream {
            begin(exchange, token: nil)
        } else {
            phase = .answering(exchange, operation.mediaType)
        }
    }

    /// A request opens the stream that was reserved.
    func open(_ exchange: ServerExchange) {
        switch phase {
        case .reserved(let token):
            openUntil = nil
            begin(exchange, token: token)
            listen(to: exchange)
            // What waited for a listener.
            if case .streaming = phase, !kept.isEmpty { write(exchange, kept, isLast: false) }
            kept = []
            seat.desk.wake(seat)
        case .streaming: exchange.answer(HTTPRefusal(409, "The stream is open already."))
        case .authenticating, .answering, .over: exchange.answer(Self.noStream)
        }
    }

    private func begin(_ exchange: ServerExchange, token: String?) {
        phase = .streaming(exchange, token: token)
        exchange.beginStream()
        commentLater()
    }

    // MARK: What the session has

    func takeTurn() -> Bool {
        let limit: Int
        switch phase {
        case .over: return false
        // One by one, so that no more than one message is taken.
        case .authenticating, .reserved:
            if !kept.isEmpty { return false }
            limit = 1
        case .answering, .streaming:
            if isHeld {
                isOwedATurn = true
                return false
            }
            limit = session.isFed ? Self.fedOutputsATurn : Self.outputsATurn
        }
        let outputs = session.take(limit)
        var text: [UInt8] = []
        var closing: (code: UInt16, reason: String)?
        for output in outputs where !output.appendText(to: &text, in: session.format) {
            if case .close(let code, let reason) = output { closing = (code, reason) } else { perform(output) }
        }
        if case .streaming(let exchange, _) = phase {
            if !text.isEmpty || closing != nil { write(exchange, text, isLast: closing != nil) }
        } else {
            kept = text
        }
        if let closing { close(closing.code, closing.reason) }
        return outputs.count == limit
    }

    private func write(_ exchange: ServerExchange, _ text: [UInt8], isLast: Bool) {
        isHeld = true
        exchange.write(text, isLast: isLast) { [seat] isThere in
            seat.desk.perform { (seat.occupant as? RequestClient)?.wrote(isThere) }
        }
    }

    private func wrote(_ isThere: Bool) {
        // Who is gone is told of otherwise.
        guard isThere else { return }
        isHeld = false
        if isOwedATurn {
            isOwedATurn = false
            seat.desk.wake(seat)
        }
    }

    private func perform(_ output: Outbox.Output) {
        switch output {
        // Where the runtime's clock says otherwise it tells the time again.
        case .expires(let time): expiresAt = time.map { wait(max($0 - wallClock(), 0.001)) }
        case .started(let subscription): core.delegate.began(client, subscription)
        case .ended(let handle): core.delegate.ended(client, handle: handle)
        case .response(let body, let kind):
            guard case .answering(let exchange, let mediaType) = phase else { return }
            // With application/json a client cannot tell a status of GraphQL's from one of a proxy's: the specification has it 200.
            exchange.answer(kind != .result && mediaType == .responseJSON ? 400 : 200, mediaType.rawValue, body)
            finish()
        case .authenticate, .frame, .extendedFrame, .close: break
        }
    }

    // MARK: The end

    /// The session is closed. A stream has ended by now.
    private func close(_ code: UInt16, _ reason: String) {
        switch phase {
        case .authenticating(let exchange), .answering(let exchange, _): exchange.answer(HTTPRefusal(code: code, reason: reason))
        case .reserved, .streaming: break
        case .over: return
        }
        // That the one operation of a connection is over closes nothing of the client's.
        if code != 1000 { core.delegate.closing(client, code: code, reason: reason) }
        finish()
    }

    /// Nothing more is said to the client, or it is gone.
    private func finish() {
        let token: String?
        switch phase {
        case .over: return
        case .reserved(let reserved): token = reserved
        case .streaming(_, let shared): token = shared
        case .authenticating, .answering: token = nil
        }
        phase = .over
        if let token { core.streams.remove(token) }
        core.disconnect(client)
        if case .stream = purpose { core.leave(seat) } else { _ = seat.desk.free(seat) }
        core.delegate.disconnected(client)
    }

    func cutOff() {
        switch phase {
        case .authenticating(let exchange), .answering(let exchange, _), .streaming(let exchange, _): exchange.abort()
        case .reserved, .over: break
        }
        finish()
    }

    func drain() { session.drain() }
    func drainAndClose() { session.drainAndClose() }

    // MARK: Time

    private func commentLater() {
        commentAt = wait(min(Self.longestSilence, core.configuration.pingInterval ?? Self.longestSilence))
    }

    /// When so many seconds are over. The seat is called then.
    private func wait(_ seconds: Double) -> UInt64 {
        let due = seat.desk.now + nanoseconds(seconds)
        seat.desk.set(seat, at: due)
        return due
    }

    func timeIsUp() {
        let now = seat.desk.now
        if let openUntil, openUntil <= now { return finish() }
        if let expiresAt, expiresAt <= now {
            self.expiresAt = nil
            session.expired()
        }
        if let commentAt, commentAt <= now {
            session.keepAlive()
            commentLater()
        }
        if let next = [openUntil, expiresAt, commentAt].compactMap({ $0 }).min() { seat.desk.set(seat, at: next) }
    }
}
