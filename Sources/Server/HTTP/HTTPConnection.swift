import NIOCore
import NIOHTTP1
import SubsgenRuntime

/// Serves a connection as long as HTTP/1.1 is spoken on it: one request after the other. On the event loop only.
final class HTTPConnection: ChannelInboundHandler, RemovableChannelHandler, Occupant {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// For the header of a request, or its end where it asks for a WebSocket.
        case waiting
        /// Somebody decides whether the client may have a WebSocket.
        case admitting
        case responding(Response)
        /// The last response is sent; the client is given time to read it.
        case closing
        /// The socket is closed, or it is a WebSocket now.
        case over
    }

    /// What is known of a request that is being answered.
    private struct Response {
        let number: Int
        /// HTTP/1.0.
        let isOld: Bool
        let isHead: Bool
        var keepsAlive: Bool
        var expectsContinue: Bool
        var framing: ResponseHead.Framing?
        var isComplete = false
        var bodyBytes = 0
        var bodyEnded = false
        var isTooLarge = false
        var reader: (@Sendable (ServerBody) -> Void)?
        var gone: (@Sendable () -> Void)?
        /// Who waits until the socket takes more.
        var writers: [@Sendable (Bool) -> Void] = []
    }

    private let seat: Seat
    private let core: ServerCore
    /// Whether there are no more connections than there may be.
    private let isWelcome: Bool
    private var context: ChannelHandlerContext?
    private var phase = Phase.waiting
    /// What has come and is not needed yet: at most what one read gave.
    private var parts = CircularBuffer<HTTPServerRequestPart>()
    private var isReading = false
    private var isProcessing = false
    private var requests = 0
    /// The request for a WebSocket whose end has not come.
    private var upgrade: ServerRequest?
    private var due: UInt64?
    private var outflow = Outflow()
    /// What the socket had taken when `due` was set; nil where that is waited for which the client sends.
    private var takenBefore: Int?

    init(_ seat: Seat, _ core: ServerCore, isWelcome: Bool) {
        self.isWelcome = isWelcome
        self.seat = seat
        self.core = core
    }

    // MARK: The socket

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        seat.occupant = self
        wait(core.configuration.limits.headerTimeout)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        finish()
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        if core.isStopping { return context.close(promise: nil) }
        if !isWelcome { turnAway(503, "There are as many connections as there may be.") }
        readMore()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        parts.append(unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        process()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if case .responding(var response) = phase, context.channel.isWritable {
            let writers = response.writers
            response.writers = []
            phase = .responding(response)
            due = nil
            for writer in writers { writer(true) }
        }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return context.close(promise: nil) }
        // Of a request that was begun well the rest cannot be read.
        guard case .waiting = phase, upgrade == nil else { return context.close(promise: nil) }
        requests += 1
        switch error {
        case .headerOverflow: turnAway(431, "The request's header is too large.")
        case .invalidVersion: turnAway(505, "HTTP/1.1 is spoken here.")
        default: turnAway(400, "This is no request of HTTP/1.1.")
        }
    }

    private func readMore() {
        guard !isReading, parts.isEmpty, let context else { return }
        isReading = true
        context.read()
    }

    // MARK: Requests

    private func process() {
        if isProcessing { return }
        isProcessing = true
        defer { isProcessing = false }
        while step() {}
        readMore()
    }

    /// Uses one of the parts that have come. False where none is of use for now.
    private func step() -> Bool {
        switch phase {
        case .waiting:
            guard let part = parts.popFirst() else { return false }
            take(part)
            return true
        case .responding(let response): return pass(response)
        case .admitting: return false
        case .closing, .over:
            parts.removeAll()
            return false
        }
    }

    private func take(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head):
            requests += 1
            let request: ServerRequest
            do throws(Forwarding.Malformed) {
                request = try self.request(head)
            } catch {
                return turnAway(400, error.reason)
            }
            let expects = request.list("expect").contains { $0.lowercased() == "100-continue" }
            // Nobody reads on after a request for another protocol, whether it is taken or not.
            let keepsAlive = head.isKeepAlive && request.header("upgrade") == nil
            phase = .responding(
                Response(
                    number: requests, isOld: head.version.minor == 0, isHead: head.method == .HEAD, keepsAlive: keepsAlive, expectsContinue: expects))
            due = nil
            begin(request)
        case .body: break
        case .end:
            if let upgrade {
                self.upgrade = nil
                open(upgrade)
            }
        }
    }

    /// What is asked for and by whom: where a trusted proxy hands it on, as that tells.
    private func request(_ head: HTTPRequestHead) throws(Forwarding.Malformed) -> ServerRequest {
        let peer = seat.proxied.map(\.address) ?? context?.channel.remoteAddress.flatMap(ServerAddress.init)
        let request = ServerRequest(
            method: head.method.rawValue, target: head.uri, headers: head.headers.map { ($0.name, $0.value) }, remote: peer,
            scheme: core.configuration.tls == nil ? nil : .https)
        let trusted = core.configuration.trustedProxies
        return trusted.isEmpty || !trusted.contains(peer) ? request : try request.forwarded(by: trusted)
    }

    private func begin(_ request: ServerRequest) {
        if request.path == core.configuration.path, Handshake.isAskedFor(by: request) {
            guard core.isOpen else { return refuse(503, "The server is going away.") }
            upgrade = request
            phase = .waiting
            return
        }
        if let page = core.page(for: request) { return answer(page) }
        let exchange = ServerExchange(request, seat, number: requests)
        if request.path == core.configuration.path {
            if core.configuration.servesExplorer, ExplorerPage.isAskedFor(by: request) { return ExplorerPage.answer(exchange) }
            if core.configuration.answersRequests { return OperationEndpoint(core: core).answer(exchange) }
        }
        core.delegate.respond(to: exchange)
    }

    private func answer(_ page: ServerCore.Page) {
        begin(
            status: page.status,
            [("content-type", page.type), ("content-length", String(page.body.utf8.count)), ("cache-control", "no-store")])
        write(Array(page.body.utf8), isLast: true, nil)
    }

    private func refuse(_ status: Int, _ reason: String, _ headers: [(String, String)] = []) {
        let body = Array((reason + "\n").utf8)
        begin(status: status, headers + [("content-type", "text/plain; charset=utf-8"), ("content-length", String(body.count))])
        write(body, isLast: true, nil)
    }

    // MARK: WebSockets

    private func open(_ request: ServerRequest) {
        let handshake: Handshake
        do throws(Handshake.Refusal) {
            handshake = try Handshake(request, legacy: core.configuration.legacyGraphQLWS)
        } catch {
            return turnAway(error.status, error.reason, error.headers)
        }
        phase = .admitting
        wait(core.configuration.limits.decisionTimeout)
        core.delegate.admit(request) { [core, seat] admission in
            let isThere = seat.desk.perform {
                if let connection = seat.occupant as? HTTPConnection {
                    connection.admitted(admission, handshake)
                } else {
                    core.forget(admission, seat)
                }
            }
            if !isThere { core.forget(admission, seat) }
        }
    }

    private func turnAway(_ status: Int, _ reason: String, _ headers: [(String, String)] = []) {
        phase = .responding(Response(number: requests, isOld: false, isHead: false, keepsAlive: false, expectsContinue: false, bodyEnded: true))
        refuse(status, reason, headers)
    }

    private func admitted(_ admission: ServerAdmission, _ handshake: Handshake) {
        guard case .admitting = phase, let context, context.channel.isActive else { return core.forget(admission, seat) }
        switch admission {
        case .refuse(let status, let reason): turnAway(status, reason)
        case .accept(let clientContext):
            var text = context.channel.allocator.buffer(capacity: 256)
            text.writeString("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: \(handshake.accept)\r\n")
            if let format = handshake.format { text.writeString("sec-websocket-protocol: \(format.rawValue)\r\n") }
            text.writeString("\r\n")
            context.writeAndFlush(wrapOutboundOut(text), promise: nil)
            become(core.client(seat, handshake.format, clientContext), isServed: handshake.format != nil, context)
        }
    }

    /// The connection speaks WebSocket from now on.
    private func become(_ client: ServerClient, isServed: Bool, _ context: ChannelHandlerContext) {
        phase = .over
        let pipeline = context.pipeline.syncOperations
        do {
            try pipeline.addHandler(WebSocketConnection(seat, core, client, isServed: isServed))
            let decoder = try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let channel = context.channel
            // Before the decoder, which then gives what came behind the request to the handler that is next.
            pipeline.removeHandler(context: context, promise: nil)
            pipeline.removeHandler(context: decoder, promise: nil)
            try channel.syncOptions?.setOption(.autoRead, value: true)
        } catch {
            context.close(promise: nil)
        }
    }

    // MARK: Answering

    func isResponding(to number: Int) -> Bool {
        if case .responding(let response) = phase { response.number == number && !response.isComplete } else { false }
    }

    /// Gives what has come of the body to who waits for it. False where nothing can be done for now.
    private func pass(_ response: Response) -> Bool {
        var response = response
        guard let part = parts.first else { return false }
        switch part {
        // The next request. Where it has come before the end of this one's response, it waits.
        case .head: return false
        case .body(let bytes):
            if response.reader == nil, !response.isTooLarge, !response.isComplete { return false }
            parts.removeFirst()
            response.bodyBytes += bytes.readableBytes
            if response.bodyBytes > core.configuration.limits.bodyBytes, !response.isTooLarge {
                response.isTooLarge = true
                response.keepsAlive = false
                return tell(.tooLarge, response)
            }
            if response.isTooLarge || response.isComplete {
                phase = .responding(response)
                return true
            }
            return tell(.part(Array(bytes.readableBytesView)), response)
        case .end:
            parts.removeFirst()
            response.bodyEnded = true
            if response.isComplete {
                phase = .responding(response)
                next(response)
                return true
            }
            return response.reader == nil || response.isTooLarge ? tell(nil, response) : tell(.end, response)
        }
    }

    private func tell(_ part: ServerBody?, _ response: Response) -> Bool {
        var response = response
        let reader = response.reader
        if part != nil {
            response.reader = nil
            due = nil
        }
        phase = .responding(response)
        if let part { reader?(part) }
        return true
    }

    func read(_ next: @escaping @Sendable (ServerBody) -> Void) {
        guard case .responding(var response) = phase else { return next(.gone) }
        if response.isTooLarge { return next(.tooLarge) }
        if response.bodyEnded { return next(.end) }
        response.reader = next
        if response.expectsContinue, response.framing == nil, let context {
            response.expectsContinue = false
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
        }
        phase = .responding(response)
        wait(core.configuration.limits.bodyTimeout)
        process()
    }

    func begin(status: Int, _ headers: [(String, String)]) {
        guard case .responding(var response) = phase, response.framing == nil, let context else { return }
        // Where the body has not been read to its end, the client may be sending it still.
        if !core.isOpen || response.expectsContinue { response.keepsAlive = false }
        let head = ResponseHead(status: min(max(status, 200), 599), headers: headers, isOld: response.isOld, isHead: response.isHead)
        if case .untilClose = head.framing { response.keepsAlive = false }
        response.framing = head.framing
        var text = context.channel.allocator.buffer(capacity: 256)
        head.write(to: &text, keepsAlive: response.keepsAlive, isOld: response.isOld)
        phase = .responding(response)
        outflow.give(text.readableBytes)
        context.write(wrapOutboundOut(text), promise: nil)
    }

    func write(_ bytes: [UInt8], isLast: Bool, _ done: (@Sendable (Bool) -> Void)?) {
        guard case .responding(var response) = phase, let framing = response.framing, !response.isComplete, let context else {
            done?(false)
            return
        }
        var text = context.channel.allocator.buffer(capacity: bytes.count + 32)
        switch framing {
        case .none: break
        case .length, .untilClose: text.writeBytes(bytes)
        case .chunked:
            // A chunk of no bytes would be the last.
            if !bytes.isEmpty {
                text.writeString(String(bytes.count, radix: 16) + "\r\n")
                text.writeBytes(bytes)
                text.writeStaticString("\r\n")
            }
            if isLast { text.writeStaticString("0\r\n\r\n") }
        }
        outflow.give(text.readableBytes)
        context.writeAndFlush(wrapOutboundOut(text), promise: nil)
        if isLast {
            response.isComplete = true
            response.gone = nil
            phase = .responding(response)
            next(response)
            done?(true)
            process()
        } else if context.channel.isWritable {
            done?(true)
        } else {
            if let done { response.writers.append(done) }
            phase = .responding(response)
            waitForSocket(core.configuration.limits.writeTimeout)
        }
    }

    /// The response is complete: goes on with the next request, if there may be one.
    private func next(_ response: Response) {
        if !response.keepsAlive || !core.isOpen { return linger() }
        // The rest of the body is read, and thrown away.
        guard response.bodyEnded else { return wait(core.configuration.limits.bodyTimeout) }
        phase = .waiting
        wait(core.configuration.limits.headerTimeout)
    }

    func whenGone(_ gone: @escaping @Sendable () -> Void) {
        guard case .responding(var response) = phase else { return gone() }
        response.gone = gone
        phase = .responding(response)
    }

    /// Nobody will answer a request.
    func abandoned(_ number: Int) {
        guard isResponding(to: number), case .responding(let response) = phase else { return }
        if response.framing == nil { refuse(500, "The server has no answer.") } else { cutOff() }
    }

    // MARK: Closing

    /// Says that nothing more comes, and closes when the client has heard it: to close at once would throw away what it has not read.
    private func linger() {
        phase = .closing
        waitForSocket(core.configuration.limits.closeTimeout)
        context?.close(mode: .output, promise: nil)
        process()
    }

    private func finish() {
        if case .over = phase { return }
        let response: Response? = if case .responding(let response) = phase { response } else { nil }
        phase = .over
        parts.removeAll()
        core.leave(seat)
        response?.reader?(.gone)
        response?.writers.forEach { $0(false) }
        response?.gone?()
    }

    func takeTurn() -> Bool { false }
    func cutOff() { context?.cutOff() }

    func drain() {
        switch phase {
        case .waiting: if upgrade == nil { cutOff() }
        // Closes when the response is complete.
        case .responding, .admitting, .closing, .over: break
        }
    }

    func drainAndClose() { drain() }

    // MARK: Time

    private func wait(_ seconds: Double) {
        let due = seat.desk.now + nanoseconds(seconds)
        self.due = due
        takenBefore = nil
        seat.desk.set(seat, at: due)
    }

    /// The same for a client that has something to read: as long again whenever its socket has taken something.
    private func waitForSocket(_ seconds: Double) {
        wait(seconds)
        takenBefore = context.map { outflow.taken(by: $0.channel) }
    }

    func timeIsUp() {
        guard let due else { return }
        if due > seat.desk.now { return seat.desk.set(seat, at: due) }
        self.due = nil
        let limits = core.configuration.limits
        let isTaking = if let takenBefore, let context { outflow.taken(by: context.channel) > takenBefore } else { false }
        switch phase {
        case .responding where isTaking: waitForSocket(limits.writeTimeout)
        case .closing where isTaking: waitForSocket(limits.closeTimeout)
        // A client that has sent nothing, or nothing since its last request, needs no answer.
        case .waiting, .closing, .responding: cutOff()
        case .admitting: turnAway(503, "Whether this client may connect was not decided in time.")
        case .over: break
        }
    }
}
