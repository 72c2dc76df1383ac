import Dispatch
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import SubsgenRuntime

/// Serves a runtime's subscriptions to clients by HTTP/1.1 and WebSockets, on threads of its own.
///
/// A server is started once, and stopped before it goes.
public final class Server: Sendable {
    private struct State: Sendable {
        var phase = Phase.new
    }

    private enum Phase: Sendable {
        case new
        case starting
        case serving(Running)
        case stopped
    }

    private struct Running: Sendable {
        let group: MultiThreadedEventLoopGroup
        let listener: any Channel
        let desks: [Desk]
        let certificate: CertificateKeeper?
        let unixSocket: UnixSocket?
    }

    private let core: ServerCore
    /// Guards where the server is in its life.
    private let state = Guarded(State())

    public init(
        executor: SubscriptionExecutor, configuration: ServerConfiguration = ServerConfiguration(), delegate: any ServerDelegate = OpenDoor()
    ) {
        core = ServerCore(executor, configuration, delegate)
    }

    // MARK: Starting

    /// Begins to serve. Says where, or why not, on another thread.
    public func start(_ done: @escaping @Sendable (Result<ServerAddress, ServerError>) -> Void) {
        let mayStart = state.withLock { state in
            guard case .new = state.phase else { return false }
            state.phase = .starting
            return true
        }
        guard mayStart else { return done(.failure(ServerError("A server is started once."))) }
        let certificate: CertificateKeeper?
        let unixSocket: UnixSocket?
        do throws(ServerError) {
            try requireTrust()
            certificate = try keepCertificate()
            let backlog = core.configuration.backlog
            unixSocket = try core.configuration.unixSocket.map { path throws(ServerError) in try UnixSocket(path: path, backlog: backlog) }
        } catch {
            state.withLock { $0.phase = .stopped }
            return done(.failure(error))
        }
        let group = withoutSignals { MultiThreadedEventLoopGroup(numberOfThreads: max(1, core.configuration.eventLoops)) }
        let desks = group.makeIterator().map { Desk($0, isTurnedByHand: core.configuration.isTurnedByHand) }
        listen(group, desks, certificate, unixSocket).whenComplete { [self] result in
            let outcome: Result<ServerAddress, ServerError>
            switch result {
            case .success(let listener):
                certificate?.watch(on: group.any())
                let running = Running(group: group, listener: listener, desks: desks, certificate: certificate, unixSocket: unixSocket)
                state.withLock { $0.phase = .serving(running) }
                outcome = .success(listener.localAddress.flatMap(ServerAddress.init) ?? ServerAddress(host: "", port: 0))
            case .failure(let error):
                state.withLock { $0.phase = .stopped }
                unixSocket?.remove()
                let place = core.configuration.socket.map { "the socket \($0)" } ?? "\(core.configuration.host), port \(core.configuration.port)"
                outcome = .failure(ServerError("The server cannot listen at \(place): \(error)", errno: (error as? IOError)?.errnoCode))
            }
            if case .failure = outcome { Self.end(group) { done(outcome) } } else { done(outcome) }
        }
    }

    /// Begins to serve, and says where.
    @discardableResult
    public func start() async throws -> ServerAddress {
        try await withCheckedThrowingContinuation { continuation in start { continuation.resume(with: $0) } }
    }

    private func keepCertificate() throws(ServerError) -> CertificateKeeper? {
        let configuration = core.configuration
        guard let tls = configuration.tls else { return nil }
        return try CertificateKeeper(tls, shutdownTimeout: configuration.limits.closeTimeout, changed: core.delegate.certificateChanged)
    }

    /// A header that says who a client is is worth nothing where anybody may write it.
    private func requireTrust() throws(ServerError) {
        if core.configuration.proxyProtocol, core.configuration.trustedProxies.isEmpty {
            throw ServerError("The PROXY protocol is believed of trusted proxies only, and none is named.")
        }
    }

    private func listen(
        _ group: MultiThreadedEventLoopGroup, _ desks: [Desk], _ certificate: CertificateKeeper?, _ unixSocket: UnixSocket?
    ) -> EventLoopFuture<any Channel> {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: CInt(clamping: core.configuration.backlog))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.socketOption(NIOBSDSocket.Option(rawValue: SO_REUSEPORT)), value: core.configuration.reusesPort && unixSocket == nil ? 1 : 0)
            .serverChannelOption(.maxMessagesPerRead, value: 64)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 1024, maximum: 64 * 1024)
            )
            .childChannelInitializer { [core] channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let desk = desks.first(where: { $0.eventLoop === channel.eventLoop }) else { return }
                    Self.boundUnsent(channel)
                    try Self.seat(channel, desk, core, certificate?.context)
                }
            }
        if let socket = unixSocket?.descriptor ?? core.configuration.socket {
            let backlog = CInt(clamping: core.configuration.backlog)
            return bootstrap.withBoundSocket(socket).map { listener in
                // NIO has it listen with a backlog of 128, whatever the option says.
                _ = Glibc.listen(socket, backlog)
                return listener
            }
        }
        return bootstrap.bind(host: core.configuration.host, port: core.configuration.port)
    }

    /// Has the system keep no more than this of what a client has not read: the rest waits where it is bounded, and how a client reads is seen. Where
    /// the system cannot, as for sockets of Unix, it keeps as much as it likes.
    private static func boundUnsent(_ channel: any Channel) {
        try? channel.syncOptions?.setOption(.tcpOption(NIOBSDSocket.Option(rawValue: TCP_NOTSENT_LOWAT)), value: 128 * 1024)
    }

    /// Gives a connection that was accepted its seat.
    static func seat(_ channel: any Channel, _ desk: Desk, _ core: ServerCore, _ tls: NIOSSLContext? = nil) throws {
        let seat = Seat(desk)
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = core.configuration.limits.headerBytes
        limits.maxHeaderListSize = core.configuration.limits.headerBytes
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits)
        let pipeline = channel.pipeline.syncOperations
        desk.add(seat)
        let isWelcome = core.enter()
        if core.configuration.proxyProtocol {
            try pipeline.addHandler(ProxyHeaderReader(seat, trusted: core.configuration.trustedProxies, limit: core.configuration.limits.headerBytes))
        }
        if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
        try pipeline.addHandler(ByteToMessageHandler(decoder))
        try pipeline.addHandler(HTTPConnection(seat, core, isWelcome: isWelcome))
    }

    // MARK: Ending

    /// Takes no new clients, lets what is under way come to its end, and closes each socket when it has, with 1001. After so many seconds the
    /// rest is closed at once. Says when all are closed. The server is still to be stopped.
    public func drain(within seconds: Double, _ done: @escaping @Sendable () -> Void) {
        core.shut()
        guard case .serving(let running) = state.withLock({ $0.phase }) else { return done() }
        running.unixSocket?.remove()
        running.listener.close(promise: nil)
        let loop = running.group.any()
        let gone = running.desks.map { desk in
            let promise = loop.makePromise(of: Void.self)
            let isThere = desk.perform { desk.drain(within: seconds, closing: self.core.configuration.limits.closeTimeout) { promise.succeed() } }
            if !isThere { promise.succeed() }
            return promise.futureResult
        }
        EventLoopFuture.andAllComplete(gone, on: loop).whenComplete { _ in done() }
    }

    /// Takes no new clients, and waits until those there are have gone, or have been closed.
    public func drain(within seconds: Double) async {
        await withCheckedContinuation { continuation in drain(within: seconds) { continuation.resume() } }
    }

    /// Closes everything at once, and ends the server's threads.
    public func stop(_ done: @escaping @Sendable () -> Void) {
        core.stop()
        let running = state.withLock { state -> Running? in
            guard case .serving(let running) = state.phase else { return nil }
            state.phase = .stopped
            return running
        }
        guard let running else { return done() }
        let loop = running.group.any()
        running.certificate?.stop()
        running.unixSocket?.remove()
        running.listener.close(promise: nil)
        let gone = running.desks.map { desk in
            let promise = loop.makePromise(of: Void.self)
            let isThere = desk.perform {
                desk.forEach { $0.cutOff() }
                desk.onEmpty { promise.succeed() }
            }
            if !isThere { promise.succeed() }
            return promise.futureResult
        }
        EventLoopFuture.andAllComplete(gone, on: loop).whenComplete { _ in
            for desk in running.desks { desk.close() }
            Self.end(running.group, done)
        }
    }

    /// On a queue of its own, which has a thread at once: those of the global one may be taken by tasks that wait for this.
    private static func end(_ group: MultiThreadedEventLoopGroup, _ done: @escaping @Sendable () -> Void) {
        group.shutdownGracefully(queue: DispatchQueue(label: "subsgen.server.end")) { _ in done() }
    }

    /// Closes everything at once, and waits until the server's threads have ended.
    public func stop() async {
        await withCheckedContinuation { continuation in stop { continuation.resume() } }
    }

    /// Lets time pass, where `ServerConfiguration.isTurnedByHand`, and does what is due then. Whoever connects after this has come after it. Not for
    /// a thread of the server's own, which would wait for itself.
    public func turnClock(byNanoseconds nanoseconds: UInt64) {
        guard case .serving(let running) = state.withLock({ $0.phase }) else { return }
        let turned = DispatchGroup()
        for desk in running.desks {
            turned.enter()
            let isThere = desk.perform {
                desk.turnClock(byNanoseconds: nanoseconds)
                turned.leave()
            }
            if !isThere { turned.leave() }
        }
        turned.wait()
    }

    /// Whether `ServerConfiguration.readyPath` tells balancers that new clients are welcome. It is while nobody says otherwise, and the server does not
    /// go away. Clients that come all the same are served.
    public var isReady: Bool {
        get { core.isOpen && core.isReady.load(ordering: .relaxed) }
        set { core.isReady.store(newValue, ordering: .relaxed) }
    }

    /// Reads the files of `ServerConfiguration.tls` again, whether they have changed or not, and without waiting for that.
    public func renewCertificate() {
        guard case .serving(let running) = state.withLock({ $0.phase }) else { return }
        running.certificate?.renew()
    }

    /// How many connections are open.
    public var connections: Int { core.connections.load(ordering: .relaxed) }
}

/// A server cannot do what it was asked for.
public struct ServerError: Error, CustomStringConvertible, Sendable {
    /// What went wrong, for whoever runs the server.
    public let description: String
    /// What the system says, where it was the system: `EADDRINUSE`.
    public let errno: CInt?

    init(_ description: String, errno: CInt? = nil) {
        self.description = description
        self.errno = errno
    }
}
