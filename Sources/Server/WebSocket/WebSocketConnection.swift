import NIOCore
import SubsgenRuntime

/// Serves a client's WebSocket by its session. On the event loop only.
final class WebSocketConnection: ChannelInboundHandler, Occupant {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        case open
        /// A close frame was sent; that of the client is awaited, and all else of it ignored.
        case closing
        case closed
    }

    private enum KeepAlive {
        case none
        case pingAt(UInt64)
        case pongUntil(UInt64)
    }

    private let seat: Seat
    private let core: ServerCore
    private let client: ServerClient
    private let isServed: Bool
    private var session: Session { client.session }
    private var reader: FrameReader
    private var context: ChannelHandlerContext?
    private var phase = Phase.open
    /// The socket takes no more at the moment: what is ready waits in the session's outbox, which has its bounds.
    private var isHeld = false
    private var outflow = Outflow()

    // What is waited for, in nanoseconds of the loop's time.
    private var initUntil: UInt64?
    private var keepAlive = KeepAlive.none
    private var expiresAt: UInt64?
    private var messageUntil: UInt64?
    /// Somebody decides who the client is.
    private var decisionUntil: UInt64?
    private var writing: Patience?
    private var closing: Patience?

    /// How many outputs are taken before other sockets have their turn.
    private static let outputsATurn = 256
    /// The same where taking may read history, a page of 64 events each time.
    private static let fedOutputsATurn = 32
    /// How many are taken at first, to see how large they are; then at most so many times as many as before.
    private static let (firstOutputs, moreOutputs) = (8, 8)
    /// After how many bytes a turn is over, or a little more.
    private static let bytesATurn = 1 << 20

    /// One that is not served is closed at once.
    init(_ seat: Seat, _ core: ServerCore, _ client: ServerClient, isServed: Bool) {
        self.isServed = isServed
        self.seat = seat
        self.core = core
        self.client = client
        reader = FrameReader(limit: core.configuration.limits.messageBytes)
    }

    // MARK: The socket

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        seat.occupant = self
        core.delegate.connected(client)
        if !context.channel.isActive { return finish() }
        if !isServed { return close(code: 4406, reason: "Subprotocol not acceptable") }
        initUntil = wait(core.configuration.connectionInitTimeout)
        // What was ready before there was a seat to tell.
        seat.desk.wake(seat)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        finish()
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    /// The socket failed.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if phase == .closed { return }
        reader.add(unwrapInboundIn(data))
        while let message = reader.next() { take(message) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !reader.isUnfinished {
            messageUntil = nil
        } else if messageUntil == nil {
            messageUntil = wait(core.configuration.limits.messageTimeout)
        }
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            writing = nil
            if isHeld {
                isHeld = false
                seat.desk.wake(seat)
            }
        } else if writing == nil {
            writing = patience(core.configuration.limits.writeTimeout)
        }
        context.fireChannelWritabilityChanged()
    }

    private func take(_ message: FrameReader.Message) {
        switch (message, phase) {
        case (_, .closed), (.text, .closing), (.binary, .closing), (.ping, .closing), (.pong, _): break
        case (.text(let text), .open): session.receive(text)
        case (.binary, .open): session.receiveBinary()
        case (.ping(let payload), .open):
            // Who does not read is not answered without bounds.
            guard let context, context.channel.isWritable else { return }
            write { $0.writePong(payload) }
        case (.close(let code), .open):
            write { $0.writeClose(code: code) }
            context?.close(promise: nil)
        case (.close, .closing), (.failure, .closing): context?.close(promise: nil)
        case (.failure(let failure), .open): close(code: failure.code, reason: failure.reason)
        }
    }

    // MARK: What the session has

    func takeTurn() -> Bool {
        guard phase == .open, let context else { return false }
        guard context.channel.isWritable else {
            isHeld = true
            return false
        }
        let desk = seat.desk
        desk.room.clear()
        var closing: (code: UInt16, reason: String)?
        var left = session.isFed ? Self.fedOutputsATurn : Self.outputsATurn
        var count = Self.firstOutputs
        var isMore = true
        while isMore, left > 0, phase == .open, desk.room.readableBytes < Self.bytesATurn {
            let outputs = session.take(count)
            for output in outputs where !desk.room.writeFrame(output, in: session.format, spare: &desk.spare) {
                if case .close(let code, let reason) = output { closing = (code, reason) } else { perform(output) }
            }
            left -= outputs.count
            isMore = outputs.count == count
            // As many as have room where they are as large as these.
            let size = max(1, desk.room.readableBytes / max(1, outputs.count))
            count = max(1, min(left, count * Self.moreOutputs, (Self.bytesATurn - desk.room.readableBytes) / size))
        }
        if let closing { desk.room.writeClose(code: closing.code, reason: closing.reason) }
        if desk.room.readableBytes > 0 { sendRoom(context) }
        desk.tidyRoom()
        if let closing { closeSent(closing.code, closing.reason) }
        return isMore
    }

    private func sendRoom(_ context: ChannelHandlerContext) {
        outflow.give(seat.desk.room.readableBytes)
        context.writeAndFlush(wrapOutboundOut(seat.desk.room), promise: nil)
    }

    private func perform(_ output: Outbox.Output) {
        switch output {
        case .authenticate(let payload):
            initUntil = nil
            decisionUntil = wait(core.configuration.limits.decisionTimeout)
            let authentication = ServerAuthentication(client: client) { [seat] in
                seat.desk.perform { (seat.occupant as? WebSocketConnection)?.acknowledged() }
            }
            core.delegate.authenticate(client, payload: payload, authentication)
        case .expires(let time):
            // Where the runtime's clock says otherwise it tells the time again.
            expiresAt = time.map { wait(max($0 - wallClock(), 0.001)) }
        case .started(let subscription): core.delegate.began(client, subscription)
        case .ended(let handle): core.delegate.ended(client, handle: handle)
        case .frame, .extendedFrame, .response, .close: break
        }
    }

    private func acknowledged() {
        decisionUntil = nil
        if case .none = keepAlive { pingLater() }
    }

    private func pingLater() {
        if phase == .open, let interval = core.configuration.pingInterval { keepAlive = .pingAt(wait(interval)) }
    }

    /// Something that is no output is sent at once.
    private func write(_ text: (inout ByteBuffer) -> Void) {
        guard let context else { return }
        seat.desk.room.clear()
        text(&seat.desk.room)
        sendRoom(context)
    }

    // MARK: Closing

    private func close(code: UInt16, reason: String) {
        write { $0.writeClose(code: code, reason: reason) }
        closeSent(code, reason)
    }

    /// The client answers with a close frame of its own: to close before would throw away what it has not read. It has its time from when its
    /// socket took something last.
    private func closeSent(_ code: UInt16, _ reason: String) {
        // The delegate may have cut it off meanwhile.
        if phase == .closed { return }
        phase = .closing
        closing = patience(core.configuration.limits.closeTimeout)
        core.delegate.closing(client, code: code, reason: reason)
        core.disconnect(client)
    }

    private func finish() {
        if phase == .closed { return }
        phase = .closed
        core.disconnect(client)
        core.leave(seat)
        core.delegate.disconnected(client)
    }

    func cutOff() { context?.cutOff() }
    func drain() { session.drain() }
    func drainAndClose() { session.drainAndClose() }

    // MARK: Time

    /// When so many seconds are over. The seat is called then.
    private func wait(_ seconds: Double) -> UInt64 {
        let due = seat.desk.now + nanoseconds(seconds)
        seat.desk.set(seat, at: due)
        return due
    }

    /// So many seconds, and as many again whenever the socket has taken something.
    private func patience(_ seconds: Double) -> Patience {
        Patience(seconds: seconds, until: wait(seconds), taken: context.map { outflow.taken(by: $0.channel) } ?? 0)
    }

    /// Whether it is at its end. Where the socket has taken something it begins again.
    private func isOver(_ waiting: inout Patience?, at now: UInt64) -> Bool {
        guard let patience = waiting, patience.until <= now else { return false }
        guard let context, outflow.taken(by: context.channel) > patience.taken else { return true }
        waiting = self.patience(patience.seconds)
        return false
    }

    func timeIsUp() {
        if phase == .closed { return }
        let now = seat.desk.now
        if isOver(&closing, at: now) || isOver(&writing, at: now) { return cutOff() }
        if phase == .open {
            if let messageUntil, messageUntil <= now {
                self.messageUntil = nil
                close(code: WebSocketFailure.tooSlow.code, reason: WebSocketFailure.tooSlow.reason)
            }
            if let initUntil, initUntil <= now {
                self.initUntil = nil
                session.initTimedOut()
            }
            if let decisionUntil, decisionUntil <= now {
                self.decisionUntil = nil
                session.rejected(code: 4408, reason: "Authentication timeout")
            }
            if let expiresAt, expiresAt <= now {
                self.expiresAt = nil
                session.expired()
            }
            switch keepAlive {
            case .pingAt(let due) where due <= now:
                session.keepAlive()
                keepAlive = .pongUntil(wait(core.configuration.pongTimeout))
            case .pongUntil(let due) where due <= now:
                session.pongTimedOut()
                pingLater()
            case .none, .pingAt, .pongUntil: break
            }
        }
        setAgain()
    }

    /// Sets what is looked at in this phase: what nobody looks at would stay due, and the desk would call for ever.
    private func setAgain() {
        var waited = [closing?.until, writing?.until]
        if phase == .open {
            waited += [messageUntil, initUntil, decisionUntil, expiresAt]
            switch keepAlive {
            case .none: break
            case .pingAt(let due), .pongUntil(let due): waited.append(due)
            }
        }
        if let next = waited.compactMap({ $0 }).min() { seat.desk.set(seat, at: next) }
    }
}
