import CPython
import SubsgenRuntime
import SubsgenServer

/// A request that Python answers.
///
/// `@unchecked Sendable`: `object` is touched under the interpreter lock only.
final class ServerTalk: @unchecked Sendable {
    /// So many bytes may be on their way to the socket before Python waits.
    private static let bytesOnTheWay = 64 * 1024

    private struct State: Sendable {
        var onTheWay = 0
        /// Whether Python waits until there are fewer.
        var isWaiting = false
        var isGone = false
    }

    let head: ServerHead
    private let exchange: ServerExchange
    private weak let host: ServerHost?
    /// The Python object, not owned. Set when it is made, cleared when it goes; both under the interpreter lock.
    var object: PythonObject?
    /// Guards what is on its way to the client. A leaf.
    private let state = Guarded(State())

    init(_ exchange: ServerExchange, _ host: ServerHost) {
        self.exchange = exchange
        self.host = host
        head = ServerHead(exchange.request)
        exchange.whenGone { [weak self] in self?.isGone() }
    }

    var request: ServerRequest { exchange.request }

    func read() {
        exchange.read { [weak self] part in
            guard let self else { return }
            switch part {
            case .part(let bytes): host?.add(.body(self, bytes))
            case .end: host?.add(.body(self, []))
            case .tooLarge, .gone: host?.add(.body(self, nil))
            }
        }
    }

    func begin(_ status: Int, _ headers: [(String, String)]) {
        exchange.begin(status: status, headers: headers)
    }

    /// Sends a part of the response. False where there is much on its way already: the host is told `writable` when it is less.
    func send(_ bytes: [UInt8], isLast: Bool) -> Bool {
        let count = bytes.count
        let mayGoOn = state.withLock { state in
            state.onTheWay += count
            state.isWaiting = state.onTheWay > Self.bytesOnTheWay && !state.isGone
            return !state.isWaiting
        }
        // The talk lives until what it says has been said.
        exchange.write(bytes, isLast: isLast) { _ in self.sent(count) }
        return mayGoOn
    }

    func abort() { exchange.abort() }

    private func sent(_ count: Int) {
        let goesOn = state.withLock { state in
            state.onTheWay -= count
            guard state.isWaiting, state.onTheWay <= Self.bytesOnTheWay / 2 else { return false }
            state.isWaiting = false
            return true
        }
        if goesOn { host?.add(.writable(self)) }
    }

    private func isGone() {
        state.withLock { $0.isGone = true }
        host?.add(.abandoned(self))
    }
}
