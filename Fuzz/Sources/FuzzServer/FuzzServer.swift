import CLibFuzzer
import Glibc
import NIOCore
import NIOEmbedded
import SubsgenRuntime

@testable import SubsgenServer

/// Any bytes on a connection to the server, in any pieces, while time passes, events come and the server goes away: what the server sends is well formed,
/// nothing follows its close frame, and nothing is left when the connection is closed.
///
/// The input is steps. A byte that is not 0 says how many of the next bytes come at once; behind a 0 the next byte says what else happens. Where a 0
/// and a `p` are first, the connection is to begin with a header of the PROXY protocol.
@main
enum FuzzServer {
    static func main() {
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        var count = CommandLine.argc
        exit(LLVMFuzzerRunDriver(&count, &arguments) { fuzz($0, $1) })
    }
}

private func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = UnsafeBufferPointer(start: start, count: count)[...]
    var connection = Connection(proxyProtocol: input.starts(with: [0, UInt8(ascii: "p")]))
    while let length = input.popFirst() {
        if length > 0 {
            let piece = input.prefix(Int(length))
            input = input.dropFirst(piece.count)
            connection.come(Array(piece))
        } else if let step = input.popFirst() {
            connection.happens(step)
        }
    }
    connection.end()
    return 0
}

/// Tells when the server wants to read on: nothing comes before.
private final class Gate: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    var isOpen = false

    func read(context: ChannelHandlerContext) {
        isOpen = true
        context.read()
    }
}

private struct Connection {
    private let loop = EmbeddedEventLoop()
    private let desk: Desk
    private let core: ServerCore
    private let channel: EmbeddedChannel
    private let gate = Gate()
    private let door = Door()
    private var output = Output()

    init(proxyProtocol: Bool) {
        desk = Desk(loop)
        var configuration = ServerConfiguration()
        configuration.proxyProtocol = proxyProtocol
        configuration.legacyGraphQLWS = true
        configuration.pingInterval = 20
        configuration.metricsPath = "/metrics"
        configuration.limits.headerBytes = 1024
        configuration.limits.bodyBytes = 64
        configuration.limits.messageBytes = 1024
        channel = EmbeddedChannel(loop: loop)
        do {
            configuration.trustedProxies = try TrustedProxies(["127.0.0.1"])
            core = ServerCore(target, configuration, door)
            let proxy = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
            channel.remoteAddress = proxy
            try channel.pipeline.syncOperations.addHandler(gate)
            try Server.seat(channel, desk, core)
            try channel.connect(to: proxy).wait()
        } catch {
            preconditionFailure("\(error)")
        }
        loop.run()
    }

    private var isOpen: Bool { channel.isActive }

    mutating func come(_ bytes: [UInt8]) {
        guard isOpen, gate.isOpen || output.isWebSocket else { return }
        gate.isOpen = false
        // What goes wrong is the server's to deal with.
        _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
        settle()
    }

    mutating func happens(_ step: UInt8) {
        switch step {
        case UInt8(ascii: "t"): loop.advanceTime(by: .seconds(1))
        case UInt8(ascii: "T"): loop.advanceTime(by: .seconds(31))
        case UInt8(ascii: "e"): _ = try? target.publish(topic: "tick", payload: Array("1".utf8))
        case UInt8(ascii: "a"): door.answer(true)
        case UInt8(ascii: "r"): door.answer(false)
        case UInt8(ascii: "l"): door.isLate.toggle()
        case UInt8(ascii: "w"): channel.isWritable.toggle()
        case UInt8(ascii: "d"): desk.forEach { $0.drain() }
        case UInt8(ascii: "D"): desk.forEach { $0.drainAndClose() }
        case UInt8(ascii: "s"): core.shut()
        default: return
        }
        settle()
    }

    private mutating func settle() {
        loop.run()
        while let written = (try? channel.readOutbound(as: ByteBuffer.self)) ?? nil { output.take(written) }
    }

    /// The client is gone, and leaves nothing.
    mutating func end() {
        if isOpen { channel.close(promise: nil) }
        door.answer(true)
        settle()
        // For what waits until the loop has looked at its sockets.
        loop.advanceTime(by: .seconds(1))
        settle()
        precondition(door.clients == 0 && door.subscriptions == 0, "the application has heard of no end of \(door.clients) clients, \(door.subscriptions) subscriptions")
        precondition(core.connections.load(ordering: .relaxed) == 0, "a seat is taken")
        for gauge in [Metric.subscriptions, .groups, .topics, .connections] { precondition(target.metrics[gauge] == 0, "\(gauge) are left") }
    }
}

/// What the server has sent.
private struct Output {
    private var rest: [UInt8] = []
    private(set) var isWebSocket = false
    private var isClosed = false

    mutating func take(_ written: ByteBuffer) {
        rest += Array(written.readableBytesView)
        if !isWebSocket {
            guard rest.starts(with: "HTTP/1.1 101 ".utf8) else {
                rest = []
                return
            }
            guard let end = rest.indices.first(where: { rest[$0...].starts(with: "\r\n\r\n".utf8) }) else { return }
            isWebSocket = true
            rest.removeFirst(end + 4)
        }
        while let (opcode, payload) = frame() {
            precondition(!isClosed, "a frame behind the close frame")
            switch opcode {
            case 0x81: precondition((try? JSONDocument.parse(payload)) != nil, "no JSON: \(String(decoding: payload, as: UTF8.self))")
            case 0x88: isClosed = true
            case 0x8A: break
            default: preconditionFailure("a frame of kind \(opcode)")
            }
        }
    }

    private mutating func frame() -> (UInt8, [UInt8])? {
        guard rest.count >= 2 else { return nil }
        var length = Int(rest[1])
        let header = length == 126 ? 4 : length == 127 ? 10 : 2
        guard rest.count >= header else { return nil }
        if header > 2 { length = rest[2..<header].reduce(0) { $0 << 8 | Int($1) } }
        guard rest.count >= header + length else { return nil }
        defer { rest.removeFirst(header + length) }
        return (rest[0], Array(rest[header..<(header + length)]))
    }
}

/// Lets in and knows whom the input says, at once or later.
///
/// `@unchecked Sendable`: everything happens on one thread.
private final class Door: ServerDelegate, @unchecked Sendable {
    private enum Question {
        case admit(@Sendable (ServerAdmission) -> Void)
        case authenticate(ServerAuthentication, [UInt8]?)
        case respond(ServerExchange)
    }

    var isLate = false
    private(set) var clients = 0
    private(set) var subscriptions = 0
    private var questions: [Question] = []

    private func ask(_ question: Question) {
        questions.append(question)
        if !isLate { answer(true) }
    }

    /// Answers everything that is asked, also what is asked meanwhile.
    func answer(_ isYes: Bool) {
        while !questions.isEmpty {
            switch questions.removeFirst() {
            case .admit(let answer): answer(isYes ? .accept() : .refuse(status: 403, reason: "Forbidden"))
            case .authenticate(let authentication, let payload):
                if !isYes || authentication.accept(claims: payload) != nil { authentication.reject() }
            case .respond(let exchange): if isYes { echo(exchange) }
            }
        }
    }

    private func echo(_ exchange: ServerExchange) {
        exchange.begin(status: 200)
        @Sendable func next(_ part: ServerBody) {
            switch part {
            case .part(let bytes):
                exchange.write(bytes)
                exchange.read(next)
            case .end, .tooLarge: exchange.write([], isLast: true)
            case .gone: break
            }
        }
        exchange.read(next)
    }

    func admit(_ request: ServerRequest, _ answer: @escaping @Sendable (ServerAdmission) -> Void) {
        if request.isAllowed() { ask(.admit(answer)) } else { answer(.refuse(status: 403, reason: "Forbidden")) }
    }
    func connected(_ client: ServerClient) { clients += 1 }
    func disconnected(_ client: ServerClient) { clients -= 1 }
    func began(_ client: ServerClient, _ subscription: SubscriptionInfo) { subscriptions += 1 }
    func ended(_ client: ServerClient, handle: UInt64) { subscriptions -= 1 }
    func authenticate(_ client: ServerClient, payload: [UInt8]?, _ authentication: ServerAuthentication) {
        ask(.authenticate(authentication, payload))
    }
    func respond(to exchange: ServerExchange) { ask(.respond(exchange)) }
}

private let target: SubscriptionExecutor = {
    do {
        let limits = RuntimeLimits(outbox: Outbox.Limits(subscriptionMessages: 4, connectionBytes: 2048))
        return try SubscriptionExecutor(sdl: "type Query { ok: Boolean } type Subscription { tick: Int! }", bus: MemoryBus(), limits: limits)
    } catch {
        preconditionFailure("\(error)")
    }
}()
