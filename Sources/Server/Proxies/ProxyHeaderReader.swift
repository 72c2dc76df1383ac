import NIOCore

/// Reads the header of the PROXY protocol before anything else of a connection is read, TLS among it, and goes. Without a whole header the
/// connection is closed, when the time for a header is over.
final class ProxyHeaderReader: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private enum Phase {
        case waiting
        case done
    }

    private let seat: Seat
    private let trusted: TrustedProxies
    private let limit: Int
    private var phase = Phase.waiting
    private var received: [UInt8] = []

    /// `limit` is how many bytes the header may have.
    init(_ seat: Seat, trusted: TrustedProxies, limit: Int) {
        self.seat = seat
        self.trusted = trusted
        self.limit = limit
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        // Who is not trusted speaks for itself.
        if !trusted.contains(context.channel.remoteAddress.flatMap(ServerAddress.init)) { finish(context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .waiting = phase else { return }
        let bytes = unwrapInboundIn(data)
        received.append(contentsOf: bytes.readableBytesView)
        switch ProxyHeader.read(received, limit: limit) {
        case .unfinished: break
        case .malformed:
            phase = .done
            context.close(promise: nil)
        case .header(let length, let client):
            seat.proxied = client
            let rest = received[length...]
            if !rest.isEmpty { context.fireChannelRead(wrapInboundOut(ByteBuffer(bytes: rest))) }
            finish(context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Nobody behind it has heard of anything: it reads on by itself.
        if case .waiting = phase { context.read() } else { context.fireChannelReadComplete() }
    }

    private func finish(_ context: ChannelHandlerContext) {
        phase = .done
        received = []
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
}
