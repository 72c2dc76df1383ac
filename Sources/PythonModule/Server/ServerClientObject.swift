import CPython
import SubsgenServer

/// A client of the server, as Python sees it: its type `ServerClient`.
final class ServerClientObject: Held {
    private let guest: ServerGuest
    private let host: ServerHost

    private init(_ guest: ServerGuest, _ host: ServerHost) {
        self.guest = guest
        self.host = host
    }

    override func wasForgotten() { guest.object = nil }

    /// A new reference to the one object of a guest.
    static func of(_ guest: ServerGuest, _ host: ServerHost) throws(PythonError) -> PythonObject {
        if let object = guest.object { return Python.reference(object) }
        let object = try type.instance(holding: ServerClientObject(guest, host))
        guest.object = object
        return object
    }

    static let type: HeapType = HeapType(
        "ServerClient", qualifiedName: "subsgen._native.ServerClient",
        documentation: "A client of a server, from its handshake on.",
        methods: [
            HeapType.Method(
                name: "headers",
                documentation: """
                    headers($self, /)
                    --

                    The header fields of its handshake.
                    """
            ) { this, values, count in
                method(this, values, count, "headers") { (this: ServerClientObject) throws(PythonError) in try this.guest.head.headers() }
            },
            HeapType.Method(
                name: "accept",
                documentation: """
                    accept($self, /)
                    --

                    Lets it in that was asked about.
                    """
            ) { this, values, count in
                method(this, values, count, "accept") { (this: ServerClientObject) in
                    unlocked { this.host.letIn(this.guest) }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "refuse",
                documentation: """
                    refuse($self, status, reason, /)
                    --

                    Answers its handshake by a status and a sentence.
                    """
            ) { this, values, count in
                method(this, values, count, "refuse", takes: 2...2) { (this: ServerClientObject, arguments) throws(PythonError) in
                    let (status, reason) = (try arguments.integer(0, in: 400...599), try arguments.string(1))
                    unlocked { this.guest.takeDoor()?.answer(.refuse(status: status, reason: reason)) }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "authenticated",
                documentation: """
                    authenticated($self, claims, /)
                    --

                    It may connect, or stay. What is wrong with the claims, where it may not; else None.
                    """
            ) { this, values, count in
                method(this, values, count, "authenticated", takes: 1...1) { (this: ServerClientObject, arguments) throws(PythonError) in
                    let claims = try arguments.optionalBytes(0)
                    guard let mistake = unlocked({ this.guest.takeAuthentication()?.accept(claims: claims) }) else { return Python.none() }
                    return try Python.string(mistake.description)
                }
            },
            HeapType.Method(
                name: "rejected",
                documentation: """
                    rejected($self, code, reason, /)
                    --

                    It may not connect, or not stay: its socket is closed with this code.
                    """
            ) { this, values, count in
                method(this, values, count, "rejected", takes: 2...2) { (this: ServerClientObject, arguments) throws(PythonError) in
                    // The codes that RFC 6455 leaves to applications and frameworks.
                    let code = UInt16(try arguments.integer(0, in: 3000...4999))
                    let reason = try arguments.string(1)
                    unlocked { this.guest.takeAuthentication()?.reject(code: code, reason: reason) }
                    return Python.none()
                }
            },
        ],
        properties: [
            HeapType.Property(name: "handle", documentation: "Names the connection in resolver calls; None where it is not there.") { this, _ in
                property(this) { (this: ServerClientObject) throws(PythonError) in
                    guard let client = this.guest.client else { return Python.none() }
                    return try Python.integer(client.handle)
                }
            },
            HeapType.Property(name: "scheme", documentation: "http or https; None where that is not known.") { this, _ in
                property(this) { (this: ServerClientObject) throws(PythonError) in try this.guest.head.schemeName() }
            },
            HeapType.Property(name: "address", documentation: "Its host and port; None where it has none.") { this, _ in
                property(this) { (this: ServerClientObject) throws(PythonError) in try this.guest.head.address() }
            },
        ])
}
