import NIOCore
import NIOSSL

extension ChannelHandlerContext {
    /// Closes the socket at once: without the goodbye of TLS, for whose answer is waited.
    func cutOff() {
        if let tls = try? pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self) { tls.close(promise: nil) } else { close(promise: nil) }
    }
}
