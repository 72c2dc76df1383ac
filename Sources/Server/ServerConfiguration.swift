/// Where a server listens, what it serves and what it bounds. Times are in seconds.
public struct ServerConfiguration: Sendable {
    /// The name or address to listen at. `0.0.0.0` is every interface.
    public var host = "127.0.0.1"
    /// The port to listen at; 0 is one that is free.
    public var port = 8000
    /// A descriptor of a socket that is bound already, instead of `host` and `port`. The server closes it.
    public var socket: CInt?
    /// Where to listen with a socket of Unix, instead of at `host` and `port`. A socket that is left of a process that has ended is replaced, and the
    /// file is removed when the server stops listening. It has the permissions that the umask leaves; who connects needs that to write.
    public var unixSocket: String?
    /// The proxies that are believed when they say who a client is: by `Forwarded`, `X-Forwarded-For` and `X-Forwarded-Proto`, and the PROXY protocol.
    public var trustedProxies = TrustedProxies()
    /// Whether connections of trusted proxies begin with a header of the PROXY protocol, version 1 or 2.
    public var proxyProtocol = false
    /// The certificate and the key for TLS; nil where clients speak plain HTTP.
    public var tls: ServerTLS?
    /// Whether other processes may listen at the same port, among which the system then spreads connections.
    public var reusesPort = false
    /// How many connections may wait to be accepted.
    public var backlog = 1024
    /// How many threads serve connections; a connection stays with one.
    public var eventLoops: Int

    /// Where WebSockets are served, and requests for operations answered.
    public var path = "/graphql"
    /// Whether operations are answered that come as requests: GraphQL over HTTP, and over SSE. Where not, requests at `path` go to
    /// `ServerDelegate.respond`, as all others do.
    public var answersRequests = true
    /// Whether browsers, which ask for `text/html`, get a page at `path` to try operations with: `ExplorerPage`.
    public var servesExplorer = true
    /// Whether clients are served that speak the older subprotocol `graphql-ws` only.
    public var legacyGraphQLWS = false
    /// Where the server says that it runs; nil where it does not.
    public var healthPath: String? = "/healthz"
    /// Where the server says whether it takes new clients: with 503 where it goes away. Nil where it does not.
    public var readyPath: String? = "/readyz"
    /// Where the runtime's numbers are, as text for Prometheus; nil where nowhere. Whoever reaches the port can read them.
    public var metricsPath: String?

    /// How long a client may take to send `connection_init`; then its socket is closed with 4408. Also how long a stream for many operations waits for
    /// who opens it.
    public var connectionInitTimeout = 3.0
    /// After what time a client is sent a `ping`, from when it was acknowledged or the last `pongTimeout` was over; nil sends none.
    public var pingInterval: Double?
    /// How long a client may take to answer a `ping`; then its socket is closed with 4408.
    public var pongTimeout = 10.0
    /// What clients may take of the server.
    public var limits = ServerLimits()
    /// Whether time stands still between calls of `Server.turnClock`: for tests.
    public var isTurnedByHand = false

    /// With an event loop for each processor.
    public init() {
        eventLoops = ServerConfiguration.processors
    }
}

/// What clients may take of a server. Times are in seconds.
public struct ServerLimits: Sendable, Hashable {
    /// How many connections there may be; one more is closed with 503.
    public var connections = 100_000
    /// How many bytes the header of a request may have.
    public var headerBytes = 16 * 1024
    /// How long a client may take to send a request's header, from when it connected or the last response ended.
    public var headerTimeout = 10.0
    /// How many bytes a request's body may have. Only who answers the request reads it.
    public var bodyBytes = 1 << 20
    /// How long a client may take to send a part of the body that is waited for.
    public var bodyTimeout = 30.0
    /// How many bytes a WebSocket message may have; a larger one closes its connection with 1009.
    public var messageBytes = 1 << 20
    /// How long a client may take from the first byte of a WebSocket message to its last; then its socket is closed with 1008.
    public var messageTimeout = 30.0
    /// How long the application may take to say whether a client may connect, and who it is. Then a handshake is answered with 503, and the
    /// socket of one who has connected closed with 4408.
    public var decisionTimeout = 30.0
    /// For how long on end a client may read nothing of what was sent to it before its connection is cut off. It is looked at once in that
    /// time, so that it may be twice as long.
    public var writeTimeout = 30.0
    /// How long a client may take to answer a close frame before its connection is cut off, from when it read something last. Like
    /// `writeTimeout` it may be twice as long.
    public var closeTimeout = 4.0

    public init() {}
}
