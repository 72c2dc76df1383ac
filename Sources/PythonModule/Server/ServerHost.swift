import SubsgenRuntime
import SubsgenServer

/// Stands between a server and Python: lets clients in as far as Python need not be asked, and keeps what Python is to do until it takes that.
///
/// Called on the server's event loops. Python is woken, and nothing here waits for it.
final class ServerHost: ServerDelegate {
    /// Something for Python to deal with.
    enum Entry: Sendable {
        /// May it come in?
        case admit(ServerGuest)
        case connected(ServerGuest)
        /// Who is it?
        case authenticate(ServerGuest, [UInt8]?)
        case began(ServerGuest, SubscriptionInfo)
        case ended(ServerGuest, UInt64)
        case gone(ServerGuest)
        case request(ServerTalk)
        /// A part of a request's body; empty at its end, nil where the client is gone.
        case body(ServerTalk, [UInt8]?)
        /// More can be sent.
        case writable(ServerTalk)
        case abandoned(ServerTalk)
        /// Nobody is left of those who were asked to leave.
        case empty
        /// It listens there, or it cannot.
        case started(Result<ServerAddress, ServerError>)
        case stopped
        /// The files of the certificate changed; with what is wrong with them, where they cannot be used.
        case certificate(String?)
    }

    /// What becomes of who comes.
    private enum Phase: Sendable {
        /// Python is asked about everybody.
        case asking
        /// Python is asked about those alone of whom it cannot be known here whether they may come in.
        case alone
        /// Whoever comes still leaves when what it does has come to its end.
        case draining
        /// Whoever comes still leaves at once.
        case closing
    }

    private struct State: Sendable {
        var phase = Phase.asking
        /// Those who are connected, by their handles.
        var clients: [UInt64: ServerClient] = [:]
        /// Those who were let in and have not left.
        var count = 0
        /// Whether Python hears of the end of everybody.
        var isObserved = false
    }

    private let options: ServerOptions
    private let counts: AddressCounts
    private let ready: ReadyList
    /// Says which Python object has something to take.
    let source = ReadySource()
    /// Guards who is here, and what becomes of who comes. A leaf.
    private let state = Guarded(State())
    /// Guards what waits for Python. A leaf.
    private let entries = Guarded<[Entry]>([])

    init(_ options: ServerOptions, _ counts: AddressCounts, _ ready: ReadyList) {
        self.options = options
        self.counts = counts
        self.ready = ready
    }

    // MARK: Python's side

    /// What is to be done, in order.
    func take() -> [Entry] {
        entries.withLock { entries in
            defer { entries = [] }
            return entries
        }
    }

    func add(_ entry: Entry) {
        entries.withLock { $0.append(entry) }
        ready.add(.source(source))
    }

    /// From now on clients are let in without Python where that is possible, or Python is asked about each.
    func admit(alone: Bool) {
        state.withLock { $0.phase = alone ? .alone : .asking }
    }

    /// From now on Python hears of the end of everybody who comes.
    func observe() { state.withLock { $0.isObserved = true } }

    /// Everybody is to leave when what they do has come to its end.
    func drain() {
        for client in leave(.draining) { client.session.drain() }
    }

    /// Everybody is to leave at once.
    func drainAndClose() {
        for client in leave(.closing) { client.session.drainAndClose() }
    }

    private func leave(_ phase: Phase) -> [ServerClient] {
        let (clients, isEmpty) = state.withLock { state in
            state.phase = phase
            return (Array(state.clients.values), state.count == 0)
        }
        if isEmpty { add(.empty) }
        return clients
    }

    /// Cuts everybody off.
    func abandon() {
        for client in state.withLock({ Array($0.clients.values) }) { client.abort() }
    }

    /// The guest whose connection has this handle, if it is here; Python has heard of it then.
    func guest(_ handle: UInt64) -> ServerGuest? {
        guard let guest = state.withLock({ $0.clients[handle] })?.context as? ServerGuest, guest.introduce() else { return nil }
        return guest
    }

    /// Lets a guest in that Python was asked about.
    func letIn(_ guest: ServerGuest) {
        guard let door = guest.takeDoor() else { return }
        state.withLock { $0.count += 1 }
        door.answer(.accept(context: guest))
    }

    // MARK: The server's side

    func admit(_ request: ServerRequest, _ answer: @escaping @Sendable (ServerAdmission) -> Void) {
        let (isAlone, isObserved) = state.withLock { state in
            guard case .alone = state.phase else { return (false, false) }
            state.count += 1
            return (true, state.isObserved)
        }
        guard isAlone else { return ask(request, answer) }
        // Where a rule is against it, Python decides: it tells of those whom it refuses.
        let network = request.remote.map { AddressCounts.network(of: $0.host) }
        guard request.isAllowed(fromOrigins: options.origins), network.map(counts.take) != false else {
            left()
            return ask(request, answer)
        }
        answer(.accept(context: ServerGuest(ServerHead(request), network: network, door: nil, isKnown: isObserved)))
    }

    private func ask(_ request: ServerRequest, _ answer: @escaping @Sendable (ServerAdmission) -> Void) {
        add(.admit(ServerGuest(ServerHead(request), network: nil, door: ServerGuest.Door(answer: answer), isKnown: true)))
    }

    func connected(_ client: ServerClient) {
        guard let guest = client.context as? ServerGuest else { return }
        if guest.connected(client) { add(.connected(guest)) }
        let phase = state.withLock { state in
            state.clients[client.handle] = client
            return state.phase
        }
        switch phase {
        case .asking, .alone: break
        case .draining: client.session.drain()
        case .closing: client.session.drainAndClose()
        }
    }

    func disconnected(_ client: ServerClient) {
        guard let guest = client.context as? ServerGuest else { return }
        if let network = guest.network { counts.giveBack(network) }
        state.withLock { $0.clients[client.handle] = nil }
        if guest.disconnected() { add(.gone(guest)) }
        left()
    }

    private func left() {
        let isEmpty = state.withLock { state in
            state.count -= 1
            switch state.phase {
            case .asking, .alone: return false
            case .draining, .closing: return state.count == 0
            }
        }
        if isEmpty { add(.empty) }
    }

    func authenticate(_ client: ServerClient, payload: [UInt8]?, _ authentication: ServerAuthentication) {
        guard options.authenticates, let guest = client.context as? ServerGuest else {
            authentication.accept(claims: nil)
            return
        }
        guest.ask(authentication)
        add(.authenticate(guest, payload))
    }

    func began(_ client: ServerClient, _ subscription: SubscriptionInfo) {
        guard options.hookedFields.contains(subscription.field), let guest = client.context as? ServerGuest else { return }
        guest.began(subscription.handle)
        add(.began(guest, subscription))
    }

    func ended(_ client: ServerClient, handle: UInt64) {
        guard let guest = client.context as? ServerGuest, guest.ended(handle) else { return }
        add(.ended(guest, handle))
    }

    func closing(_ client: ServerClient, code: UInt16, reason: String) {}

    func certificateChanged(_ error: ServerError?) { add(.certificate(error?.description)) }

    func respond(to exchange: ServerExchange) {
        let talk = ServerTalk(exchange, self)
        add(.request(talk))
    }
}
