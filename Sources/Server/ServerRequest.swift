/// The header of an HTTP request.
public struct ServerRequest: Sendable {
    /// In capitals: `GET`.
    public let method: String
    /// What is asked for, as it came: `/graphql?query=...`.
    public let target: String
    /// The header fields in their order, with names as they came.
    public let headers: [(name: String, value: String)]
    /// Who connected, perhaps to a trusted proxy: `ServerConfiguration.trustedProxies`. Nil where that was by a socket of Unix. A port that is not told is 0.
    public let remote: ServerAddress?
    /// What the client speaks; nil where that is not known, since a proxy may end TLS and not tell.
    public let scheme: Scheme?

    /// What a client speaks.
    public enum Scheme: String, Sendable {
        case http
        case https
    }

    init(method: String, target: String, headers: [(name: String, value: String)], remote: ServerAddress?, scheme: Scheme? = nil) {
        self.method = method
        self.target = target
        self.headers = headers
        self.remote = remote
        self.scheme = scheme
    }

    /// The request as the client sent it to the first of the proxies that are trusted; the one that it came from is.
    func forwarded(by trusted: TrustedProxies) throws(Forwarding.Malformed) -> ServerRequest {
        let told = try Forwarding(self, from: remote, trusted: trusted)
        var headers = headers
        if let host = told.host, let index = headers.firstIndex(where: { $0.name.lowercased() == "host" }) { headers[index].value = host }
        // Of a proxy that does not tell is known what it speaks itself.
        return ServerRequest(method: method, target: target, headers: headers, remote: told.remote, scheme: told.scheme ?? scheme)
    }

    /// What is asked for, without what follows a `?`.
    public var path: Substring { target[..<(target.firstIndex(of: "?") ?? target.endIndex)] }

    /// What follows the `?`; empty where there is none.
    public var query: Substring {
        guard let mark = target.firstIndex(of: "?") else { return "" }
        return target[target.index(after: mark)...]
    }

    /// The first field of a name, which is given in lower case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name }?.value
    }

    /// The elements of a comma-separated list, of all fields of a name, which is given in lower case.
    func list(_ name: String) -> [Substring] {
        headers.filter { $0.name.lowercased() == name }.flatMap { field in
            field.value.split(separator: ",").map { element in element.trimmed }.filter { !$0.isEmpty }
        }
    }
}

extension StringProtocol where SubSequence == Substring {
    /// Without the spaces and tabs around it.
    var trimmed: Substring {
        guard let first = firstIndex(where: { $0 != " " && $0 != "\t" }), let last = lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return self[first...last]
    }
}

/// An end of a connection.
public struct ServerAddress: Sendable, Hashable, CustomStringConvertible {
    /// An IP address.
    public let host: String
    public let port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
