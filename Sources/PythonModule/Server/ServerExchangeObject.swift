import CPython
import SubsgenServer

/// A request of a client of the server, as Python sees it: its type `ServerExchange`.
final class ServerExchangeObject: Held {
    private let talk: ServerTalk

    private init(_ talk: ServerTalk) { self.talk = talk }

    override func wasForgotten() { talk.object = nil }

    /// A new reference to the one object of a request.
    static func of(_ talk: ServerTalk) throws(PythonError) -> PythonObject {
        if let object = talk.object { return Python.reference(object) }
        let object = try type.instance(holding: ServerExchangeObject(talk))
        talk.object = object
        return object
    }

    static let type: HeapType = HeapType(
        "ServerExchange", qualifiedName: "subsgen._native.ServerExchange",
        documentation: "A request to a server, and the response that is owed to it.",
        methods: [
            HeapType.Method(
                name: "headers",
                documentation: """
                    headers($self, /)
                    --

                    The header fields of the request.
                    """
            ) { this, values, count in
                method(this, values, count, "headers") { (this: ServerExchangeObject) throws(PythonError) in try this.talk.head.headers() }
            },
            HeapType.Method(
                name: "read",
                documentation: """
                    read($self, /)
                    --

                    Asks for the next part of the body, of which the server tells.
                    """
            ) { this, values, count in
                method(this, values, count, "read") { (this: ServerExchangeObject) in
                    unlocked { this.talk.read() }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "begin",
                documentation: """
                    begin($self, status, names, values, /)
                    --

                    Begins the response, with header fields by their names and values, both lists.
                    """
            ) { this, values, count in
                method(this, values, count, "begin", takes: 3...3) { (this: ServerExchangeObject, arguments) throws(PythonError) in
                    let status = try arguments.integer(0, in: 100...599)
                    let headers = Array(zip(try arguments.strings(1), try arguments.strings(2)))
                    unlocked { this.talk.begin(status, headers) }
                    return Python.none()
                }
            },
            HeapType.Method(
                name: "send",
                documentation: """
                    send($self, data, is_last, /)
                    --

                    Sends a part of the body. False where much waits for the client already: the server tells when more can be sent.
                    """
            ) { this, values, count in
                method(this, values, count, "send", takes: 2...2) { (this: ServerExchangeObject, arguments) throws(PythonError) in
                    let (data, isLast) = (try arguments.bytes(0), try arguments.boolean(1))
                    return try Python.boolean(unlocked { this.talk.send(data, isLast: isLast) })
                }
            },
            HeapType.Method(
                name: "abort",
                documentation: """
                    abort($self, /)
                    --

                    Cuts the client off.
                    """
            ) { this, values, count in
                method(this, values, count, "abort") { (this: ServerExchangeObject) in
                    unlocked { this.talk.abort() }
                    return Python.none()
                }
            },
        ],
        properties: [
            HeapType.Property(name: "method", documentation: "In capitals.") { this, _ in
                property(this) { (this: ServerExchangeObject) throws(PythonError) in try Python.string(this.talk.request.method) }
            },
            HeapType.Property(name: "path", documentation: "As it came, without what follows a question mark.") { this, _ in
                property(this) { (this: ServerExchangeObject) throws(PythonError) in try Python.string(String(this.talk.request.path)) }
            },
            HeapType.Property(name: "query", documentation: "What follows the question mark, as it came.") { this, _ in
                property(this) { (this: ServerExchangeObject) throws(PythonError) in try Python.string(String(this.talk.request.query)) }
            },
            HeapType.Property(name: "scheme", documentation: "http or https; None where that is not known.") { this, _ in
                property(this) { (this: ServerExchangeObject) throws(PythonError) in try this.talk.head.schemeName() }
            },
            HeapType.Property(name: "address", documentation: "The client's host and port; None where it has none.") { this, _ in
                property(this) { (this: ServerExchangeObject) throws(PythonError) in try this.talk.head.address() }
            },
        ])
}
