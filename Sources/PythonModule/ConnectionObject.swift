import CPython
import SubsgenRuntime

/// One connection, as Python sees it.
final class ConnectionObject: Held {
    private let session: Session
    private let source: ReadySource

    init(_ session: Session, _ source: ReadySource) {
        self.session = session
        self.source = source
    }

    override func wasForgotten() { source.object = nil }

    static let type: HeapType = HeapType(
        "Connection", qualifiedName: "subsgen._native.Connection",
        documentation: "One connection's protocol state, subscriptions and outbox.",
        methods: [
            HeapType.Method(
                name: "receive",
                documentation: """
                    receive($self, text, /)
                    --

                    A text frame came.
                    """
            ) { this, values, count in
                method(this, values, count, "receive", takes: 1...1) { (connection: ConnectionObject, arguments) throws(PythonError) in
                    let text = try arguments.text(0)
                    unlocked { connection.session.receive(text) }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "receive_binary",
                documentation: """
                    receive_binary($self, /)
                    --

                    A binary frame came.
                    """
            ) { this, values, count in
                method(this, values, count, "receive_binary") { (connection: ConnectionObject) in
                    unlocked { connection.session.receiveBinary() }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "request",
                documentation: """
                    request($self, id, body, queries_only=False, /)
                    --

                    An operation came as a request. None, or the HTTP status and the sentence that it is refused with, or its errors.
                    """
            ) { this, values, count in
                method(this, values, count, "request", takes: 2...3) { (connection: ConnectionObject, arguments) throws(PythonError) in
                    try connection.request(arguments)
                }
            },
            HeapType.Method(
                name: "cancel",
                documentation: """
                    cancel($self, id, /)
                    --

                    The client wants no more of an operation that came as a request.
                    """
            ) { this, values, count in
                method(this, values, count, "cancel", takes: 1...1) { (connection: ConnectionObject, arguments) throws(PythonError) in
                    let id = try arguments.string(0)
                    unlocked { connection.session.cancel(id) }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "keep_alive",
                documentation: """
                    keep_alive($self, /)
                    --

                    It is time to see whether the client is there.
                    """
            ) { this, values, count in
                method(this, values, count, "keep_alive") { (connection: ConnectionObject) in
                    unlocked { connection.session.keepAlive() }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "pong_timed_out",
                documentation: """
                    pong_timed_out($self, /)
                    --

                    The time to answer the last ping is over.
                    """
            ) { this, values, count in
                method(this, values, count, "pong_timed_out") { (connection: ConnectionObject) in
                    unlocked { connection.session.pongTimedOut() }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "drain",
                documentation: """
                    drain($self, /)
                    --

                    The server goes away soon: nothing new begins, and with the last operation the socket is closed.
                    """
            ) { this, values, count in
                method(this, values, count, "drain") { (connection: ConnectionObject) in
                    unlocked { connection.session.drain() }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "authenticated",
                documentation: """
                    authenticated($self, claims, /)
                    --

                    The client may connect, or stay. What is wrong with the claims, where it may not; else None.
                    """
            ) { this, values, count in
                method(this, values, count, "authenticated", takes: 1...1) { (connection: ConnectionObject, arguments) throws(PythonError) in
                    let claims = try arguments.optionalBytes(0)
                    guard let error = unlocked({ connection.session.authenticated(claims: claims) }) else { return Python.none() }
                    return try Python.string(error.description)
                }
            },
            HeapType.Method(
                name: "rejected",
                documentation: """
                    rejected($self, code, reason, /)
                    --

                    The client may not connect, or not stay: its socket is closed with this code.
                    """
            ) { this, values, count in
                method(this, values, count, "rejected", takes: 2...2) { (connection: ConnectionObject, arguments) throws(PythonError) in
                    // The codes that RFC 6455 leaves to applications and frameworks.
                    let code = UInt16(try arguments.integer(0, in: 3000...4999))
                    let reason = try arguments.string(1)
                    unlocked { connection.session.rejected(code: code, reason: reason) }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "expired",
                documentation: """
                    expired($self, /)
                    --

                    The time has come that was named: the socket is closed, if the claims have expired.
                    """
            ) { this, values, count in
                method(this, values, count, "expired") { (connection: ConnectionObject) in
                    unlocked { connection.session.expired() }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "init_timed_out",
                documentation: """
                    init_timed_out($self, /)
                    --

                    The time to send connection_init is over.
                    """
            ) { this, values, count in
                method(this, values, count, "init_timed_out") { (connection: ConnectionObject) in
                    unlocked { connection.session.initTimedOut() }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "drain_and_close",
                documentation: """
                    drain_and_close($self, /)
                    --

                    The server goes away: what waits is sent, then the socket is closed.
                    """
            ) { this, values, count in
                method(this, values, count, "drain_and_close") { (connection: ConnectionObject) in
                    unlocked { connection.session.drainAndClose() }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "disconnected",
                documentation: """
                    disconnected($self, /)
                    --

                    The socket is gone: everything is freed.
                    """
            ) { this, values, count in
                method(this, values, count, "disconnected") { (connection: ConnectionObject) in
                    unlocked { connection.session.disconnected() }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "take",
                documentation: """
                    take($self, limit, /)
                    --

                    What must be done next, in order; at most limit.
                    """
            ) { this, values, count in
                method(this, values, count, "take", takes: 1...1) { (connection: ConnectionObject, arguments) throws(PythonError) in
                    try connection.list(connection.outputs(try arguments.integer(0, in: 1...Int.max))[...])
                }
            },
        ],
        properties: [
            HeapType.Property(name: "handle", documentation: "Names the connection in resolver calls.") { this, _ in
                property(this) { (connection: ConnectionObject) throws(PythonError) in try Python.integer(connection.session.handle) }
            }
        ])

    private func request(_ arguments: Arguments) throws(PythonError) -> PythonObject {
        let (id, body) = (try arguments.string(0), try arguments.bytes(1))
        let queriesOnly = arguments.isNone(2) ? false : try arguments.boolean(2)
        guard let refusal = unlocked({ session.request(id, body, queriesOnly: queriesOnly) }) else { return Python.none() }
        let (status, sentence): (Int, String)
        switch refusal {
        case .malformed(let problem): (status, sentence) = (400, problem)
        case .invalid(let response): return try Python.bytes(response)
        case .unauthenticated: (status, sentence) = (401, "The client has not been authenticated.")
        case .exists: (status, sentence) = (409, "An operation with this id runs already.")
        case .tooMany: (status, sentence) = (429, "The client sends more than it may.")
        case .goingAway: (status, sentence) = (503, "The connection is closed, or the server goes away.")
        }
        return try Python.tuple(2) { index throws(PythonError) in index == 0 ? try Python.integer(status) : try Python.string(sentence) }
    }

    /// Takes what must be done next, in order; at most `limit`.
    ///
    /// The interpreter stays locked: the outbox's lock is held briefly by all, and by nobody who waits for the interpreter. But events that
    /// a client missed are read and dispatched by whoever takes, which others need not wait for.
    func outputs(_ limit: Int) -> [Outbox.Output] {
        session.isFed ? unlocked { session.take(limit) } : session.take(limit)
    }

    /// The `str` of a frame; nil where an output is none. `room` is for its text, and is kept from one to the next.
    func text(of output: Outbox.Output, _ room: inout [UInt8]) throws(PythonError) -> PythonObject? {
        if case .frame(let prefix, nil) = output { return try Python.string(prefix) }
        room.removeAll(keepingCapacity: true)
        return output.appendText(to: &room, in: session.format) ? try Python.string(room) : nil
    }

    /// Outputs as Python has them.
    func list(_ outputs: ArraySlice<Outbox.Output>) throws(PythonError) -> PythonObject {
        var room: [UInt8] = []
        return try Python.list(outputs.count) { index throws(PythonError) in
            let output = outputs[outputs.startIndex + index]
            if let text = try text(of: output, &room) { return text }
            return try ConnectionObject.tuple(of: output)
        }
    }

    private static func tuple(of output: Outbox.Output) throws(PythonError) -> PythonObject {
        switch output {
        // A text, and no tuple.
        case .frame, .extendedFrame: return Python.none()
        case .authenticate(let payload):
            return try Python.tuple(2) { index throws(PythonError) in
                index == 0 ? try tag(Tag.authenticate) : try Python.optionalBytes(payload)
            }
        case .expires(let time):
            return try Python.tuple(2) { index throws(PythonError) in
                index == 0 ? try tag(Tag.expires) : try time.map { time throws(PythonError) in try Python.float(time) } ?? Python.none()
            }
        case .started(let info):
            return try Python.tuple(5) { index throws(PythonError) in
                switch index {
                case 0: try tag(Tag.started)
                case 1: try Python.integer(info.handle)
                case 2: try Python.string(info.id)
                case 3: try Python.string(info.field)
                default: try Python.bytes(info.arguments)
                }
            }
        case .ended(let handle):
            return try Python.tuple(2) { index throws(PythonError) in
                index == 0 ? try tag(Tag.ended) : try Python.integer(handle)
            }
        case .response(let body, let kind):
            return try Python.tuple(3) { index throws(PythonError) in
                switch index {
                case 0: try tag(Tag.response)
                case 1: try Python.bytes(body)
                default: try Python.string(kind.rawValue)
                }
            }
        case .close(let code, let reason):
            return try Python.tuple(3) { index throws(PythonError) in
                switch index {
                case 0: try tag(Tag.close)
                case 1: try Python.integer(Int(code))
                default: try Python.string(reason)
                }
            }
        }
    }

    /// The words that tuples begin with: one object each, which live as long as the process.
    ///
    /// `nonisolated(unsafe)`: made once, never changed, and used under the interpreter lock only.
    private enum Tag {
        nonisolated(unsafe) static let authenticate = PyUnicode_InternFromString("authenticate")
        nonisolated(unsafe) static let expires = PyUnicode_InternFromString("expires")
        nonisolated(unsafe) static let started = PyUnicode_InternFromString("started")
        nonisolated(unsafe) static let ended = PyUnicode_InternFromString("ended")
        nonisolated(unsafe) static let response = PyUnicode_InternFromString("response")
        nonisolated(unsafe) static let close = PyUnicode_InternFromString("close")
    }

    private static func tag(_ word: PythonObject?) throws(PythonError) -> PythonObject {
        Python.reference(try Python.made(word))
    }
}
