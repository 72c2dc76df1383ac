import SubsgenServer

/// The header of a client's request and who it is, as small as can be: it is kept for as long as the client is connected, in case Python asks.
struct ServerHead: Sendable {
    /// The fields in their order, each `name:value` and a line feed, which neither of them can have. No name has a colon.
    private let text: [UInt8]
    let remote: ServerAddress?
    private let scheme: ServerRequest.Scheme?

    init(_ request: ServerRequest) {
        var text: [UInt8] = []
        text.reserveCapacity(request.headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 2 })
        for (name, value) in request.headers {
            text.append(contentsOf: name.utf8)
            text.append(UInt8(ascii: ":"))
            text.append(contentsOf: value.utf8)
            text.append(UInt8(ascii: "\n"))
        }
        self.text = text
        remote = request.remote
        scheme = request.scheme
    }

    /// A list of pairs.
    func headers() throws(PythonError) -> PythonObject {
        let fields = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
        return try Python.list(fields.count) { index throws(PythonError) in
            let field = fields[index]
            let colon = field.firstIndex(of: UInt8(ascii: ":")) ?? field.endIndex
            return try Python.tuple(2) { part throws(PythonError) in
                try Python.string(part == 0 ? Array(field[..<colon]) : Array(field[colon...].dropFirst()))
            }
        }
    }

    /// What the client speaks; None where that is not known.
    func schemeName() throws(PythonError) -> PythonObject {
        try scheme.map { scheme throws(PythonError) in try Python.string(scheme.rawValue) } ?? Python.none()
    }

    /// A host and a port; None where there is none.
    func address() throws(PythonError) -> PythonObject {
        guard let remote else { return Python.none() }
        return try Python.tuple(2) { index throws(PythonError) in
            index == 0 ? try Python.string(remote.host) : try Python.integer(remote.port)
        }
    }
}
