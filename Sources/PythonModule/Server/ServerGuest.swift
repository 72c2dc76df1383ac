import CPython
import SubsgenRuntime
import SubsgenServer

/// What Python may want to know of a client of the server, from its handshake on, and what Python has been told of it.
///
/// `@unchecked Sendable`: `object` is touched under the interpreter lock only.
final class ServerGuest: @unchecked Sendable {
    /// How to answer a handshake.
    struct Door: Sendable {
        let answer: @Sendable (ServerAdmission) -> Void
    }

    private struct State: Sendable {
        var client: ServerClient?
        /// There while Python is to say whether the client may come in.
        var door: Door?
        /// There from when it is asked who the client is until that is answered.
        var authentication: ServerAuthentication?
        /// Whether Python has heard of the client, and is to hear when it is gone.
        var isKnown = false
        var isGone = false
        /// The subscriptions that Python was told of, and has not been told the end of.
        var told: Set<UInt64> = []
    }

    let head: ServerHead
    /// With which others it is counted, where it is.
    let network: String?
    /// The Python object, not owned. Set when it is made, cleared when it goes; both under the interpreter lock.
    var object: PythonObject?
    /// Guards what Python knows. A leaf: nothing is called under it.
    private let state: Guarded<State>

    /// A client that is in already, or one that waits at the door.
    init(_ head: ServerHead, network: String?, door: Door?, isKnown: Bool) {
        self.head = head
        self.network = network
        state = Guarded(State(door: door, isKnown: isKnown))
    }

    deinit {
        // Python failed, and said nothing.
        takeDoor()?.answer(.refuse(status: 500, reason: "Internal server error"))
    }

    var client: ServerClient? { state.withLock { $0.client } }

    /// The client is connected. Whether Python has heard of it.
    func connected(_ client: ServerClient) -> Bool {
        state.withLock { state in
            state.client = client
            return state.isKnown
        }
    }

    /// The client is gone. Whether Python has heard of it, and must hear of that.
    func disconnected() -> Bool {
        state.withLock { state in
            state.client = nil
            state.authentication = nil
            state.isGone = true
            return state.isKnown
        }
    }

    /// From now on Python has heard of it. False where it is gone: then there is nothing to hear of.
    func introduce() -> Bool {
        state.withLock { state in
            if state.isGone { return false }
            state.isKnown = true
            return true
        }
    }

    /// The question who it is, which Python is asked.
    func ask(_ authentication: ServerAuthentication) {
        state.withLock { state in
            state.authentication = authentication
            state.isKnown = true
        }
    }

    func began(_ handle: UInt64) {
        state.withLock { state in
            state.told.insert(handle)
            state.isKnown = true
        }
    }

    /// Whether Python was told that the subscription had begun.
    func ended(_ handle: UInt64) -> Bool {
        state.withLock { $0.told.remove(handle) != nil }
    }

    /// The way in, once.
    func takeDoor() -> Door? {
        state.withLock { state in
            defer { state.door = nil }
            return state.door
        }
    }

    /// The question who it is, once.
    func takeAuthentication() -> ServerAuthentication? {
        state.withLock { state in
            defer { state.authentication = nil }
            return state.authentication
        }
    }
}
