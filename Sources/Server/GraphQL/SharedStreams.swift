import SubsgenRuntime

/// Streams for many operations, by the tokens of the clients that reserved them.
final class SharedStreams: Sendable {
    struct Stream: Sendable {
        /// Where a `RequestClient` serves it, as long as there is one.
        let seat: Seat
        let session: Session
    }

    private struct Content: Sendable {
        var streams: [String: Stream] = [:]
    }

    /// Guards the streams. A leaf: no other lock is taken under it.
    private let content = Guarded(Content())

    /// Names a stream, and returns its token: 256 random bits, which stand for the client who gets them.
    func add(_ stream: Stream) -> String {
        var system = SystemRandomNumberGenerator()
        let digits = Array("0123456789abcdef".utf8)
        let token = String(decoding: (0..<64).map { _ in digits[Int.random(in: 0..<16, using: &system)] }, as: UTF8.self)
        content.withLock { $0.streams[token] = stream }
        return token
    }

    func remove(_ token: String) {
        let removed = content.withLock { $0.streams.removeValue(forKey: token) }
        _ = consume removed
    }

    subscript(token: String) -> Stream? { content.withLock { $0.streams[token] } }
}
