import NIOCore
import SubsgenRuntime
import Synchronization

/// What the connections of a server share.
final class ServerCore: Sendable {
    let executor: SubscriptionExecutor
    let configuration: ServerConfiguration
    let delegate: any ServerDelegate
    /// How many connections are open.
    let connections = Atomic<Int>(0)
    /// Those of clients whose operations come by requests of their own.
    let streams = SharedStreams()
    private let isDraining = Atomic<Bool>(false)
    private let hasStopped = Atomic<Bool>(false)
    /// Whether the application says that new clients are welcome; see `Server.isReady`.
    let isReady = Atomic<Bool>(true)

    init(_ executor: SubscriptionExecutor, _ configuration: ServerConfiguration, _ delegate: any ServerDelegate) {
        self.executor = executor
        self.configuration = configuration
        self.delegate = delegate
    }

    /// Whether new clients are served.
    var isOpen: Bool { !isDraining.load(ordering: .relaxed) }

    /// Counts one more connection. False where there are as many as there may be.
    func enter() -> Bool { connections.add(1, ordering: .relaxed).newValue <= configuration.limits.connections }

    /// The socket of a seat is closed.
    func leave(_ seat: Seat) {
        if seat.desk.free(seat) { connections.subtract(1, ordering: .relaxed) }
    }

    /// Takes no new clients.
    func shut() { isDraining.store(true, ordering: .relaxed) }

    /// Whether the event loops are about to end: who comes then is not waited for.
    var isStopping: Bool { hasStopped.load(ordering: .relaxed) }

    func stop() {
        shut()
        hasStopped.store(true, ordering: .relaxed)
    }

    /// A client that was let in, at a seat. Without a format it is not served.
    func client(_ seat: Seat, _ format: WireFormat?, _ context: (any AnyObject & Sendable)?) -> ServerClient {
        ServerClient(executor.connect(as: format ?? .graphqlTransportWS) { seat.desk.wake(seat) }, context, seat)
    }

    /// Frees what the session of a client has that is gone; tells of its subscriptions what has not been told.
    func disconnect(_ client: ServerClient) {
        client.session.disconnected()
        while case let outputs = client.session.take(256), !outputs.isEmpty {
            for output in outputs {
                switch output {
                case .started(let subscription): delegate.began(client, subscription)
                case .ended(let handle): delegate.ended(client, handle: handle)
                case .authenticate, .expires, .frame, .extendedFrame, .response, .close: break
                }
            }
        }
    }

    /// A client was let in that is gone already: what the application keeps for it goes, too.
    func forget(_ admission: ServerAdmission, _ seat: Seat) {
        guard case .accept(let context) = admission else { return }
        let client = client(seat, nil, context)
        delegate.connected(client)
        client.session.disconnected()
        delegate.disconnected(client)
    }

    // MARK: The server's own pages

    struct Page {
        var status = 200
        var type = "text/plain; charset=utf-8"
        let body: String
    }

    /// What the server answers by itself.
    func page(for request: ServerRequest) -> Page? {
        guard request.method == "GET" || request.method == "HEAD" else { return nil }
        let path = String(request.path)
        switch path {
        case configuration.healthPath: return Page(body: "ok\n")
        case configuration.readyPath: return isOpen && isReady.load(ordering: .relaxed) ? Page(body: "ready\n") : Page(status: 503, body: "not ready\n")
        case configuration.metricsPath: return Page(type: "text/plain; version=0.0.4; charset=utf-8", body: executor.metrics.text())
        default: return nil
        }
    }
}

extension ServerAddress {
    init?(_ address: SocketAddress) {
        guard let host = address.ipAddress, let port = address.port else { return nil }
        self.init(host: host, port: port)
    }
}

extension ServerConfiguration {
    /// How many processors this process may use.
    static var processors: Int { System.coreCount }
}
