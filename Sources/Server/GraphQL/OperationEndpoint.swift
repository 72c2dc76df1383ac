import SubsgenRuntime

/// Answers the requests at the server's path: GraphQL over HTTP, and over SSE in both of its modes. On the event loop of the request.
///
/// Each operation is one of a connection to the runtime, so that what holds for sockets holds for requests (docs/decisions/0026).
struct OperationEndpoint: Sendable {
    private enum Method: String {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    let core: ServerCore

    func answer(_ exchange: ServerExchange) {
        serve(exchange) { exchange throws(HTTPRefusal) in try route(exchange) }
    }

    /// Does something for a request, which is answered with what is wrong with it.
    private func serve(_ exchange: ServerExchange, _ body: (ServerExchange) throws(HTTPRefusal) -> Void) {
        do throws(HTTPRefusal) { try body(exchange) } catch { exchange.answer(error) }
    }

    private func route(_ exchange: ServerExchange) throws(HTTPRefusal) {
        let request = exchange.request
        guard let method = Method(rawValue: request.method) else {
            throw HTTPRefusal(405, "Operations come by GET or POST, and not by \(request.method).", [("allow", "GET, POST, PUT, DELETE")])
        }
        let given = method == .post && !request.query.contains("token=") ? RequestParameters() : try RequestParameters(request.query)
        let token = request.header("x-graphql-event-stream-token") ?? given["token"]
        let accept = AcceptHeader(request)
        if method == .put {
            guard accept.takes("text/plain") else { throw HTTPRefusal(406, "A reservation is answered as text/plain.") }
            return admit(exchange) { context in reserve(exchange, context) }
        }
        guard let token else {
            guard method != .delete else {
                throw HTTPRefusal(405, "DELETE ends an operation of a stream, whose token it has.", [("allow", "GET, POST, PUT")])
            }
            return try withBody(exchange, method, given) { body throws(HTTPRefusal) in try answerDistinct(exchange, accept, body) }
        }
        ask(exchange) { () throws(HTTPRefusal) in
            switch method {
            case .delete: try cancel(exchange, token, given["operationId"])
            case .get where given["query"] == nil && accept.takes(MediaType.eventStream.rawValue): try open(exchange, token)
            case .get, .post, .put:
                try withBody(exchange, method, given) { body throws(HTTPRefusal) in try takeIn(exchange, accept, token, body) }
            }
        }
    }

    // MARK: What a request brings

    private func withBody(
        _ exchange: ServerExchange, _ method: Method, _ given: RequestParameters,
        _ next: @escaping @Sendable ([UInt8]) throws(HTTPRefusal) -> Void
    ) throws(HTTPRefusal) {
        let request = exchange.request
        guard method == .post else {
            // A browser asks for a page of another site that need not say its origin: an image, a form, a link.
            if ["cross-site", "same-site"].contains(request.header("sec-fetch-site")), request.header("origin") == nil {
                throw HTTPRefusal(403, "A page of another site may not ask without saying its origin.")
            }
            return try next(try given.body())
        }
        try requireJSON(request)
        let limit = core.configuration.limits.bodyBytes
        RequestBody(exchange).read { body in
            serve(exchange) { _ throws(HTTPRefusal) in
                guard let body else { throw HTTPRefusal(413, "A request has \(limit) bytes at most.") }
                try next(body)
            }
        }
    }

    /// This is also what keeps pages of other sites out: a browser asks before it sends this type to another origin.
    private func requireJSON(_ request: ServerRequest) throws(HTTPRefusal) {
        let type = request.header("content-type") ?? ""
        let words = type.split(separator: ";", omittingEmptySubsequences: false).map { $0.trimmed.lowercased() }
        let isUTF8 = words.dropFirst().allSatisfy { word in
            let parameter = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parameter.count == 2, parameter[0].trimmed == "charset" else { return true }
            return ["utf-8", "utf8"].contains(parameter[1].filter { $0 != "\"" && $0 != " " })
        }
        guard words.first == MediaType.json.rawValue, isUTF8 else {
            throw HTTPRefusal(
                415, "A request is \(MediaType.json.rawValue) in UTF-8, and this is \(type.isEmpty ? "of no type" : type).",
                [("accept-post", MediaType.json.rawValue)])
        }
    }

    /// Whether a subscription is asked for. Throws for what is no request, and for what may not come by this method.
    private func isSubscription(_ exchange: ServerExchange, _ body: [UInt8]) throws(HTTPRefusal) -> Bool {
        do throws(MalformedRequest) {
            switch try core.executor.operationType(ofRequest: body) {
            case .subscription: return true
            case .query, nil: return false
            case .mutation: if exchange.request.method != "GET" { return false }
            }
        } catch {
            throw HTTPRefusal(400, "This is no GraphQL request. \(error).")
        }
        throw HTTPRefusal(405, "GET is for queries and subscriptions; send a mutation by POST.", [("allow", "POST")])
    }

    // MARK: Who may ask

    /// Asks the application whether a client may come in. `next` has a client who may: it is told of as connected, and of its end.
    private func admit(_ exchange: ServerExchange, _ next: @escaping @Sendable (_ context: (any AnyObject & Sendable)?) -> Void) {
        guard core.isOpen else { return exchange.answer(.goingAway) }
        core.delegate.admit(exchange.request) { admission in
            let isThere = exchange.seat.desk.perform {
                switch admission {
                case .accept(let context) where core.isOpen: next(context)
                case .accept:
                    core.forget(admission, exchange.seat)
                    exchange.answer(.goingAway)
                case .refuse(let status, let reason): exchange.answer(HTTPRefusal(status, reason))
                }
            }
            if !isThere { core.forget(admission, exchange.seat) }
        }
    }

    /// The same for a request of a client who is in already.
    private func ask(_ exchange: ServerExchange, _ next: @escaping @Sendable () throws(HTTPRefusal) -> Void) {
        core.delegate.admit(exchange.request) { admission in
            let isThere = exchange.seat.desk.perform {
                core.forget(admission, exchange.seat)
                serve(exchange) { _ throws(HTTPRefusal) in
                    if case .refuse(let status, let reason) = admission { throw HTTPRefusal(status, reason) }
                    try next()
                }
            }
            if !isThere { core.forget(admission, exchange.seat) }
        }
    }

    // MARK: A connection for an operation

    private func answerDistinct(_ exchange: ServerExchange, _ accept: AcceptHeader, _ body: [UInt8]) throws(HTTPRefusal) {
        let isSubscription = try isSubscription(exchange, body)
        guard let mediaType = accept.choose(isSubscription: isSubscription) else {
            let forms = isSubscription ? "A subscription is answered as text/event-stream." : "An operation is answered as JSON or text/event-stream."
            throw HTTPRefusal(406, forms)
        }
        let lastEventID = isSubscription ? exchange.request.header("last-event-id") : nil
        let operation = RequestClient.Operation(
            body: body, queriesOnly: exchange.request.method == "GET", lastEventID: lastEventID == "" ? nil : lastEventID, mediaType: mediaType)
        admit(exchange) { context in RequestClient(core, exchange, context, for: .operation(operation)).begin() }
    }

    // MARK: A connection for many

    private func reserve(_ exchange: ServerExchange, _ context: (any AnyObject & Sendable)?) {
        RequestClient(core, exchange, context, for: .stream).begin()
    }

    private func stream(_ token: String) throws(HTTPRefusal) -> SharedStreams.Stream {
        guard let stream = core.streams[token] else { throw RequestClient.noStream }
        return stream
    }

    private func open(_ exchange: ServerExchange, _ token: String) throws(HTTPRefusal) {
        let seat = try stream(token).seat
        let isThere = seat.desk.perform {
            if let client = seat.occupant as? RequestClient { client.open(exchange) } else { exchange.answer(RequestClient.noStream) }
        }
        if !isThere { throw RequestClient.noStream }
    }

    private func takeIn(_ exchange: ServerExchange, _ accept: AcceptHeader, _ token: String, _ body: [UInt8]) throws(HTTPRefusal) {
        _ = try isSubscription(exchange, body)
        let session = try stream(token).session
        guard let id = (try? JSONDocument.parse(body))?.root["extensions"]?["operationId"]?.string, !id.isEmpty else {
            throw HTTPRefusal(400, "An operation of a stream has an operationId, a string, in its extensions.")
        }
        switch session.request(id, body, queriesOnly: exchange.request.method == "GET") {
        case nil: exchange.answer(202)
        case .invalid(let response)?:
            exchange.answer(400, (accept.names(MediaType.responseJSON.rawValue) ? MediaType.responseJSON : .json).rawValue, response)
        case let refusal?: if let refusal = HTTPRefusal(refusal) { throw refusal }
        }
    }

    private func cancel(_ exchange: ServerExchange, _ token: String, _ operation: String?) throws(HTTPRefusal) {
        guard let operation, !operation.isEmpty else { throw HTTPRefusal(400, "The parameter operationId is missing.") }
        try stream(token).session.cancel(operation)
        exchange.answer(200)
    }
}

/// Reads the body of a request, whole. `@unchecked Sendable`: on the event loop only.
private final class RequestBody: @unchecked Sendable {
    private let exchange: ServerExchange
    private var bytes: [UInt8] = []

    init(_ exchange: ServerExchange) { self.exchange = exchange }

    /// Calls with nil where it is too large, and not at all where the client goes.
    func read(_ done: @escaping @Sendable ([UInt8]?) -> Void) {
        exchange.read { part in
            switch part {
            case .part(let more):
                self.bytes += more
                self.read(done)
            case .end: done(self.bytes)
            case .tooLarge: done(nil)
            case .gone: break
            }
        }
    }
}
