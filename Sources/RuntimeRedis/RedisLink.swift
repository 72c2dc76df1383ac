import RemoteBus

/// What those who share a prefix agree on, kept in the hash `PREFIX:bus`.
struct RedisStore: Sendable, Hashable {
    /// Which history the entries belong to; drawn by whoever comes first.
    let epoch: UInt64
    /// How many streams a template with braces has.
    let partitions: Int
}

/// A connection as its server knows it.
struct RedisClient: Hashable, Sendable {
    /// Which run of a server.
    let run: String
    let number: Int
}

/// What a link tells the one who has it.
protocol RedisLinkOwner: AnyObject {
    /// There is a connection. `client` is nil where the server does not tell.
    func linked(to store: RedisStore, client: RedisClient?)
    /// The reply to the oldest command without one.
    func received(_ reply: RedisReply)
    /// The connection is gone, or could not be made: another attempt follows by itself.
    func lost(_ reason: String)
}

/// A connection that knows who it is and where, and is made anew when it is lost. For one thread, which calls `turn` again and again.
final class RedisLink {
    private enum State {
        case waiting(until: Instant)
        /// A sentinel is asked; so many others have been before.
        case finding(RedisConnection, asked: Int, until: Instant)
        case opening(RedisConnection, RedisHandshake, until: Instant)
        case open(RedisConnection)
    }

    /// What connecting may take, until the last reply of the handshake.
    private static let patience = Span.seconds(5)
    /// What a sentinel may take to answer.
    private static let sentinelPatience = Span.seconds(1)

    private let configuration: RedisConfiguration
    private let name: String
    private var state: State
    private var backoff = Backoff()
    private var random = SystemRandomNumberGenerator()
    private var complaint: String?
    /// Where the server is a sentinel's to say, who is asked.
    private var search: SentinelSearch?
    /// Where one said that it is; looked at when the reply has been taken.
    private var found: RedisAddress?
    /// Told of what becomes of the connection; its owner.
    weak var owner: (any RedisLinkOwner)?
    /// When a reply must have come, else the connection counts as lost.
    var replyDue: Instant?

    /// The server knows the connection by the name.
    init(_ configuration: RedisConfiguration, name: String) {
        self.configuration = configuration
        self.name = name
        if case .sentinels(let sentinels) = configuration.endpoint { search = SentinelSearch(sentinels) }
        state = .waiting(until: .now)
    }

    /// Whether commands can be sent.
    var isOpen: Bool { if case .open = state { true } else { false } }

    /// Sends a command, whose reply its owner gets; nothing where there is no connection.
    func send(_ command: RedisCommand) {
        if case .open(let connection) = state { connection.send(command) }
    }

    /// The server does what it is told, so that the next attempt after a loss need not wait.
    func succeeded() { backoff.reset() }

    /// Writes what waits, as far as the socket takes it. Not while a reply is received.
    func flush() {
        current?.flush()
        endIfFailed()
    }

    /// Gives the connection up, at the end of the turn, because of what came out of it.
    func drop(_ reason: String) { complaint = complaint ?? reason }

    /// Waits for the connection, the descriptor or the instant, whichever is first; at most half a minute. Tells the owner what happened.
    func turn(_ descriptor: Int32, until instant: Instant?) {
        flush()
        let ready = BusThread.wait(for: descriptor, current.map { ($0.descriptor, $0.interest) }, until: [instant, due].compactMap { $0 }.min())
        // Not any longer than this call: what receives replies may give up the link's connection.
        if let ready, let current { withExtendedLifetime(current) { $0.perform(ready) } }
        endIfFailed()
        if let due, due <= .now { becomesDue() }
    }

    private var current: RedisConnection? {
        switch state {
        case .waiting: nil
        case .finding(let connection, _, _), .opening(let connection, _, _), .open(let connection): connection
        }
    }

    private var due: Instant? {
        switch state {
        case .waiting(let instant), .finding(_, _, let instant), .opening(_, _, let instant): instant
        case .open: replyDue
        }
    }

    private func becomesDue() {
        switch state {
        case .waiting: begin()
        case .finding: end("no answer within \(Self.sentinelPatience.seconds) second")
        case .opening: end("no answer within \(Self.patience.seconds) seconds")
        case .open: end("no answer from the server")
        }
    }

    private func begin() {
        switch configuration.endpoint {
        case .tcp(let host, let port): open(.tcp(host: host, port: port))
        case .unix(let path): open(.unix(path: path))
        case .sentinels: find(asked: 0)
        }
    }

    private func find(asked: Int) {
        guard var search else { return }
        let connection = RedisConnection(search.address) { [weak self] reply in self?.received(reply) }
        for command in search.question() { connection.send(command) }
        self.search = search
        state = .finding(connection, asked: asked, until: .now + Self.sentinelPatience)
        endIfFailed()
    }

    private func open(_ address: RedisAddress) {
        let handshake = RedisHandshake(configuration, name: name)
        let connection = RedisConnection(address) { [weak self] reply in self?.received(reply) }
        for command in handshake.commands { connection.send(command) }
        state = .opening(connection, handshake, until: .now + Self.patience)
        endIfFailed()
    }

    private func received(_ reply: RedisReply) {
        switch state {
        case .waiting: break
        case .finding where complaint != nil:
            // Refused; what else it says is not asked for.
            break
        case .finding:
            switch search?.received(reply) {
            case .found(let address): found = address
            case .failed(let reason): drop(reason)
            case .goesOn, nil: break
            }
        case .opening(let connection, var handshake, let instant):
            switch handshake.received(reply) {
            case .goesOn: state = .opening(connection, handshake, until: instant)
            case .failed(let reason): drop(reason)
            case .succeeded(let store, let client):
                state = .open(connection)
                owner?.linked(to: store, client: client)
            }
        case .open: owner?.received(reply)
        }
    }

    private func endIfFailed() {
        if let address = found {
            (found, complaint) = (nil, nil)
            current?.close()
            return open(address)
        }
        guard let reason = complaint ?? current?.failure else { return }
        end(reason)
    }

    private func end(_ reason: String) {
        current?.close()
        complaint = nil
        replyDue = nil
        var reason = reason
        if let search {
            // Also one that knew a server which is of no use.
            self.search?.turn()
            if case .finding(_, let asked, _) = state {
                if asked + 1 < search.count { return find(asked: asked + 1) }
                reason = "no sentinel knows where the primary is; the last one that was asked: \(reason)"
            }
        }
        state = .waiting(until: .now + .nanoseconds(backoff.next(using: &random)))
        owner?.lost(reason)
    }
}
