import NIOCore
import NIOEmbedded
import NIOSSL
import NIOTLS
import Testing

/// A client that speaks TLS over a socket of the system's.
final class TLSClient {
    let socket: SocketClient
    private let channel: EmbeddedChannel

    /// One whose handshake is done. Some bytes may come before it.
    init(port: Int, after bytes: [UInt8] = [], trusting certificate: NIOSSLCertificate, _ configure: (inout TLSConfiguration) -> Void = { _ in }) throws {
        socket = try SocketClient(port: port)
        try socket.send(bytes)
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates([certificate])
        configuration.certificateVerification = .noHostnameVerification
        configuration.applicationProtocols = ["h2", "http/1.1"]
        configure(&configuration)
        let handler = try NIOSSLClientHandler(context: NIOSSLContext(configuration: configuration), serverHostname: nil)
        channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(handler)
        try channel.pipeline.syncOperations.addHandler(Listener(), name: "listener")
        _ = channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: port))
        while try listener().negotiated == nil { try exchange() }
    }

    deinit {
        // Past TLS, which would wait for the server's goodbye.
        if let tls = try? channel.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self) { tls.close(promise: nil) }
        channel.embeddedEventLoop.run()
    }

    /// The protocol that both speak within TLS, once that is known.
    func negotiated() throws -> String? { try listener().negotiated ?? nil }

    /// The certificate that the server has shown.
    func certificate() throws -> NIOSSLCertificate? { try channel.pipeline.syncOperations.nioSSL_peerCertificate() }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        _ = channel.writeAndFlush(ByteBuffer(bytes: bytes))
        try flush()
    }

    /// Waits until the server has sent something that ends so.
    func receive(until end: String) throws -> String {
        var text = ""
        while !text.hasSuffix(end) {
            if var part = try channel.readInbound(as: ByteBuffer.self) {
                text += part.readString(length: part.readableBytes) ?? ""
            } else {
                try exchange()
            }
        }
        return text
    }

    private func listener() throws -> Listener { try channel.pipeline.syncOperations.handler(type: Listener.self) }

    private func flush() throws {
        while let part = try channel.readOutbound(as: ByteBuffer.self) { try socket.send(Array(part.readableBytesView)) }
    }

    private func exchange() throws {
        try flush()
        try channel.writeInbound(ByteBuffer(bytes: try socket.anything()))
        try flush()
    }

    private final class Listener: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        var negotiated: String??

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case TLSUserEvent.handshakeCompleted(let name)? = event as? TLSUserEvent { negotiated = .some(name) }
            context.fireUserInboundEventTriggered(event)
        }
    }
}
