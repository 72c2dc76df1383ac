import Glibc
import SubsgenRuntime

/// What the application decides, and what it is told.
///
/// Called on event loops, which serve other clients meanwhile: nothing here may wait. What takes its time is answered later, from any thread.
public protocol ServerDelegate: AnyObject, Sendable {
    /// A client asks for a WebSocket, or for an operation or a stream by a request: whether it may. Answer once, at once or later, from any thread.
    /// By default it may, unless it is a page of another site; see `ServerRequest.isAllowed`. What `authenticate` is to know of the request goes
    /// into the context.
    func admit(_ request: ServerRequest, _ answer: @escaping @Sendable (ServerAdmission) -> Void)

    /// A client that was admitted is connected. Exactly one for each `ServerAdmission.accept`.
    func connected(_ client: ServerClient)

    /// A client that was connected is gone, and so are its subscriptions. Exactly one for each `connected`.
    func disconnected(_ client: ServerClient)

    /// Who is a client? `payload` is the JSON object of `connection_init` or of a `ping` that renews credentials, if there is one.
    ///
    /// Answer by `authentication`. By default every client is let in, without claims: what the schema's rules protect is denied then.
    func authenticate(_ client: ServerClient, payload: [UInt8]?, _ authentication: ServerAuthentication)

    /// Who is a client that sends a request? It says so by the request, once: for its operation, or for a stream and all operations of that.
    ///
    /// Nothing is done for it unless `authentication` accepts it. By default `authenticate(_:payload:_:)` is asked, with nil for the payload: who lets in
    /// nobody without credentials lets in no request either.
    func authenticate(_ client: ServerClient, request: ServerRequest, _ authentication: ServerAuthentication)

    /// A subscription of a client's began.
    func began(_ client: ServerClient, _ subscription: SubscriptionInfo)

    /// A subscription of a client's that had begun is over. Exactly one for each `began`.
    func ended(_ client: ServerClient, handle: UInt64)

    /// The server closes a client's socket, with this code, or breaks its request or stream off for what a socket is closed with so.
    func closing(_ client: ServerClient, code: UInt16, reason: String)

    /// The files of `ServerConfiguration.tls` have changed. New connections are shown the new certificate or, where there is an error, still the one
    /// before. By default an error is written to standard error.
    func certificateChanged(_ error: ServerError?)

    /// A request that the server has no answer of its own for: none of its paths. By default it is answered with 404.
    func respond(to exchange: ServerExchange)
}

extension ServerDelegate {
    public func admit(_ request: ServerRequest, _ answer: @escaping @Sendable (ServerAdmission) -> Void) {
        answer(request.isAllowed() ? .accept() : .refuse(status: 403, reason: "Forbidden"))
    }
    public func connected(_ client: ServerClient) {}
    public func disconnected(_ client: ServerClient) {}
    public func authenticate(_ client: ServerClient, payload: [UInt8]?, _ authentication: ServerAuthentication) {
        authentication.accept(claims: nil)
    }
    public func authenticate(_ client: ServerClient, request: ServerRequest, _ authentication: ServerAuthentication) {
        authenticate(client, payload: nil, authentication)
    }
    public func began(_ client: ServerClient, _ subscription: SubscriptionInfo) {}
    public func ended(_ client: ServerClient, handle: UInt64) {}
    public func closing(_ client: ServerClient, code: UInt16, reason: String) {}
    public func certificateChanged(_ error: ServerError?) {
        guard let error else { return }
        let sentence = Array("\(error) The certificate from before is still used.\n".utf8)
        _ = write(STDERR_FILENO, sentence, sentence.count)
    }
    public func respond(to exchange: ServerExchange) { exchange.refuse(status: 404, "There is nothing at \(exchange.request.path).") }
}

/// Decides nothing by itself: every client is let in, without claims, unless it is a page of another site.
public final class OpenDoor: ServerDelegate {
    public init() {}
}

/// Whether a client may have what it asks for.
public enum ServerAdmission: Sendable {
    /// It may. `context` is what the application wants to find again at `ServerClient.context`.
    case accept(context: (any AnyObject & Sendable)? = nil)
    /// It may not: the status and the sentence that its request is answered with.
    case refuse(status: Int, reason: String)
}

/// A client: one with a WebSocket, or one that came by a request, with one operation or a stream for many.
public final class ServerClient: Sendable {
    /// The client's protocol state and subscriptions.
    public let session: Session
    /// What the application gave when it let the client in.
    public let context: (any AnyObject & Sendable)?
    private let seat: Seat

    init(_ session: Session, _ context: (any AnyObject & Sendable)?, _ seat: Seat) {
        self.session = session
        self.context = context
        self.seat = seat
    }

    /// Names the connection in the calls of fields' functions; unique in the process for its executor.
    public var handle: UInt64 { session.handle }

    /// Cuts the connection off, from any thread. Does nothing where the client is gone.
    public func abort() {
        let seat = seat
        seat.desk.perform { seat.occupant?.cutOff() }
    }
}

/// The question who a client is, which is answered once, from any thread.
public struct ServerAuthentication: Sendable {
    let client: ServerClient
    let accepted: @Sendable () -> Void

    /// The client may connect, or stay. `claims`, a JSON object, says who it is; with claims that are none, or have expired, it may not: then
    /// what is wrong with them is returned.
    @discardableResult
    public func accept(claims: [UInt8]?) -> ClaimsError? {
        if let mistake = client.session.authenticated(claims: claims) { return mistake }
        accepted()
        return nil
    }

    /// The client may not: its socket is closed with this code. A request is answered with 403, or what else HTTP calls the code.
    public func reject(code: UInt16 = 4403, reason: String = "Forbidden") {
        client.session.rejected(code: code, reason: reason)
    }
}
