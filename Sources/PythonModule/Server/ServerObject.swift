import CPython
import SubsgenRuntime
import SubsgenServer

/// A server, as Python sees it.
final class ServerObject: Held {
    private let server: Server
    private let host: ServerHost

    private init(_ server: Server, _ host: ServerHost) {
        self.server = server
        self.host = host
    }

    override func wasForgotten() {
        host.source.object = nil
        server.stop {}
    }

    static let type: HeapType = HeapType(
        "Server", qualifiedName: "subsgen._native.Server",
        documentation: """
            Server(executor, options, counts, port, /)
            --

            A server on threads of its own, which serves an executor. A port tells when there is something to take from it.
            """,
        new: { _, values, named in
            new(values, named, "Server", takes: 4...4) { arguments throws(PythonError) in try make(arguments) }
        },
        methods: [
            HeapType.Method(
                name: "start",
                documentation: """
                    start($self, /)
                    --

                    Begins to listen; ``take`` gives where, or why it cannot.
                    """
            ) { this, values, count in
                method(this, values, count, "start") { (this: ServerObject) in
                    let host = this.host
                    unlocked { this.server.start { host.add(.started($0)) } }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "stop",
                documentation: """
                    stop($self, /)
                    --

                    Closes everything at once; ``take`` tells when that is done.
                    """
            ) { this, values, count in
                method(this, values, count, "stop") { (this: ServerObject) in
                    let host = this.host
                    unlocked { this.server.stop { host.add(.stopped) } }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "admit",
                documentation: """
                    admit($self, alone, ready, /)
                    --

                    Clients are let in without Python where that is possible, or Python is asked about each. Where it is not ready, it says so
                    to those who ask before they send clients.
                    """
            ) { this, values, count in
                method(this, values, count, "admit", takes: 2...2) { (this: ServerObject, arguments) throws(PythonError) in
                    let (isAlone, isReady) = (try arguments.boolean(0), try arguments.boolean(1))
                    this.host.admit(alone: isAlone)
                    this.server.isReady = isReady
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "observe",
                documentation: """
                    observe($self, /)
                    --

                    From now on ``take`` tells of the end of every client that comes.
                    """
            ) { this, values, count in
                method(this, values, count, "observe") { (this: ServerObject) in
                    this.host.observe()
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "renew_certificate",
                documentation: """
                    renew_certificate($self, /)
                    --

                    Reads the files of the certificate again; ``take`` tells how that went.
                    """
            ) { this, values, count in
                method(this, values, count, "renew_certificate") { (this: ServerObject) in
                    unlocked { this.server.renewCertificate() }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "drain",
                documentation: """
                    drain($self, /)
                    --

                    Who is there is to leave when what it does has come to its end; ``take`` tells when nobody is left.
                    """
            ) { this, values, count in
                method(this, values, count, "drain") { (this: ServerObject) in
                    unlocked { this.host.drain() }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "drain_and_close",
                documentation: """
                    drain_and_close($self, /)
                    --

                    Who is there is to leave at once.
                    """
            ) { this, values, count in
                method(this, values, count, "drain_and_close") { (this: ServerObject) in
                    unlocked { this.host.drainAndClose() }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "abandon",
                documentation: """
                    abandon($self, /)
                    --

                    Cuts off who is still there.
                    """
            ) { this, values, count in
                method(this, values, count, "abandon") { (this: ServerObject) in
                    unlocked { this.host.abandon() }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "turn_clock",
                documentation: """
                    turn_clock($self, nanoseconds, /)
                    --

                    Lets time pass where it is turned by hand, and does what is due then.
                    """
            ) { this, values, count in
                method(this, values, count, "turn_clock", takes: 1...1) { (this: ServerObject, arguments) throws(PythonError) in
                    let nanoseconds = UInt64(try arguments.integer(0, in: 0...Int.max))
                    unlocked { this.server.turnClock(byNanoseconds: nanoseconds) }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "find",
                documentation: """
                    find($self, handle, /)
                    --

                    The client whose connection has this handle, where it is one of this server.
                    """
            ) { this, values, count in
                method(this, values, count, "find", takes: 1...1) { (this: ServerObject, arguments) throws(PythonError) in
                    guard let guest = this.host.guest(UInt64(try arguments.integer(0, in: 0...Int.max))) else { return Python.none() }
                    return try ServerClientObject.of(guest, this.host)
                }
            },
            HeapType.Method(
                name: "take",
                documentation: """
                    take($self, /)
                    --

                    What Python is to do, in order.
                    """
            ) { this, values, count in
                method(this, values, count, "take") { (this: ServerObject) throws(PythonError) in try this.take() }
            },
        ])

    private static func make(_ arguments: Arguments) throws(PythonError) -> PythonObject {
        let executor = try arguments.object(0, ExecutorObject.type, as: ExecutorObject.self)
        let options = try ServerOptions(json: try arguments.bytes(1))
        let counts = try arguments.object(2, AddressCountsObject.type, as: AddressCountsObject.self)
        let port = try arguments.object(3, LoopPortObject.type, as: LoopPortObject.self)
        executor.log.wake(port.ready)
        let host = ServerHost(options, counts.counts, port.ready)
        let server = Server(executor: executor.runtime, configuration: options.configuration, delegate: host)
        return try type.instance(holding: ServerObject(server, host), host.source)
    }

    private func take() throws(PythonError) -> PythonObject {
        let entries = host.take()
        return try Python.list(entries.count) { index throws(PythonError) in try object(of: entries[index]) }
    }

    private func object(of entry: ServerHost.Entry) throws(PythonError) -> PythonObject {
        switch entry {
        case .admit(let guest): return try told("admit") { () throws(PythonError) in try ServerClientObject.of(guest, host) }
        case .connected(let guest): return try told("connected") { () throws(PythonError) in try ServerClientObject.of(guest, host) }
        case .gone(let guest): return try told("gone") { () throws(PythonError) in try ServerClientObject.of(guest, host) }
        case .authenticate(let guest, let payload):
            return try told("authenticate", { () throws(PythonError) in try ServerClientObject.of(guest, host) }) { () throws(PythonError) in
                try Python.optionalBytes(payload)
            }
        case .began(let guest, let info):
            return try told("began", { () throws(PythonError) in try ServerClientObject.of(guest, host) }) { () throws(PythonError) in
                try Self.began(info)
            }
        case .ended(let guest, let handle):
            return try told("ended", { () throws(PythonError) in try ServerClientObject.of(guest, host) }) { () throws(PythonError) in
                try Python.integer(handle)
            }
        case .request(let talk): return try told("request") { () throws(PythonError) in try ServerExchangeObject.of(talk) }
        case .writable(let talk): return try told("writable") { () throws(PythonError) in try ServerExchangeObject.of(talk) }
        case .abandoned(let talk): return try told("abandoned") { () throws(PythonError) in try ServerExchangeObject.of(talk) }
        case .body(let talk, let part):
            return try told("body", { () throws(PythonError) in try ServerExchangeObject.of(talk) }) { () throws(PythonError) in
                try Python.optionalBytes(part)
            }
        case .empty: return try told("empty") { () throws(PythonError) in Python.none() }
        case .certificate(let mistake):
            return try told("certificate") { () throws(PythonError) in try mistake.map { sentence throws(PythonError) in try Python.string(sentence) } ?? Python.none() }
        case .stopped: return try told("stopped") { () throws(PythonError) in Python.none() }
        case .started(.success(let address)):
            return try told("started", { () throws(PythonError) in try Python.string(address.host) }) { () throws(PythonError) in
                try Python.integer(address.port)
            }
        case .started(.failure(let error)):
            return try told("failed", { () throws(PythonError) in try Python.string(error.description) }) { () throws(PythonError) in
                try error.errno.map { number throws(PythonError) in try Python.integer(Int(number)) } ?? Python.none()
            }
        }
    }

    /// What happened, with whom, and perhaps with what.
    private func told(
        _ word: String, _ who: () throws(PythonError) -> PythonObject, _ what: (() throws(PythonError) -> PythonObject)? = nil
    ) throws(PythonError) -> PythonObject {
        try Python.tuple(what == nil ? 2 : 3) { index throws(PythonError) in
            switch index {
            case 0: return try Python.string(word)
            case 1: return try who()
            default: return try what?() ?? Python.none()
            }
        }
    }

    private static func began(_ info: SubscriptionInfo) throws(PythonError) -> PythonObject {
        try Python.tuple(4) { index throws(PythonError) in
            switch index {
            case 0: try Python.integer(info.handle)
            case 1: try Python.string(info.id)
            case 2: try Python.string(info.field)
            default: try Python.bytes(info.arguments)
            }
        }
    }
}
