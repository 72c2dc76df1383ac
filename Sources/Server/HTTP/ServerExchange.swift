/// A part of a request's body.
public enum ServerBody: Sendable {
    case part([UInt8])
    /// There is no more.
    case end
    /// The body is larger than `ServerLimits.bodyBytes`. The request can still be answered.
    case tooLarge
    /// The client is gone.
    case gone
}

/// A request, and the response that is owed to it. Everything may be called from any thread.
///
/// One that is thrown away without a response is answered with 500, or cut off where the response had begun.
public final class ServerExchange: Sendable {
    public let request: ServerRequest
    let seat: Seat
    /// Which of the connection's requests it is.
    private let number: Int

    init(_ request: ServerRequest, _ seat: Seat, number: Int) {
        self.request = request
        self.seat = seat
        self.number = number
    }

    deinit {
        let (seat, number) = (seat, number)
        seat.desk.perform { (seat.occupant as? HTTPConnection)?.abandoned(number) }
    }

    /// Reads the next part of the body. One part at a time: what is not asked for stays with the client. Called on the event loop.
    public func read(_ next: @escaping @Sendable (ServerBody) -> Void) {
        let isThere = seat.desk.perform {
            if let connection = self.current { connection.read(next) } else { next(.gone) }
        }
        if !isThere { next(.gone) }
    }

    /// Begins the response. Where `content-length` is not among the headers, the body ends where `write` says so. Names of headers and
    /// values that are none are left out.
    public func begin(status: Int, headers: [(String, String)] = []) {
        seat.desk.perform { self.current?.begin(status: status, headers) }
    }

    /// Sends a part of the body, the last one with `isLast`. `done` is called on the event loop when the socket takes more: with false when
    /// the client is gone.
    public func write(_ bytes: [UInt8], isLast: Bool = false, _ done: (@Sendable (Bool) -> Void)? = nil) {
        let isThere = seat.desk.perform {
            if let connection = self.current { connection.write(bytes, isLast: isLast, done) } else { done?(false) }
        }
        if !isThere { done?(false) }
    }

    /// Cuts the connection off.
    public func abort() {
        seat.desk.perform { self.current?.cutOff() }
    }

    /// Calls `gone`, on the event loop, when the client has gone before the end of the response; at once where it has.
    public func whenGone(_ gone: @escaping @Sendable () -> Void) {
        let isThere = seat.desk.perform {
            if let connection = self.current { connection.whenGone(gone) } else { gone() }
        }
        if !isThere { gone() }
    }

    /// Answers with a whole response.
    public func respond(status: Int, headers: [(String, String)] = [], body: [UInt8]) {
        begin(status: status, headers: headers + [("content-length", String(body.count))])
        write(body, isLast: true)
    }

    /// Answers with a sentence that says what is wrong.
    public func refuse(status: Int, headers: [(String, String)] = [], _ sentence: String) {
        respond(status: status, headers: headers + [("content-type", "text/plain; charset=utf-8")], body: Array((sentence + "\n").utf8))
    }

    /// The connection, as long as the response is owed. On the event loop only.
    private var current: HTTPConnection? {
        guard let connection = seat.occupant as? HTTPConnection, connection.isResponding(to: number) else { return nil }
        return connection
    }
}
