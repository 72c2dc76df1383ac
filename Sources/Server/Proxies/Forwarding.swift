/// Who a client is, by what proxies have written into its request: `X-Forwarded-For` and `X-Forwarded-Proto`, or `Forwarded` (RFC 7239).
struct Forwarding: Equatable {
    /// Two headers contradict each other, or one is malformed.
    struct Malformed: Error, Equatable {
        let reason: String
    }

    /// One hop, as the proxy at its end tells of it.
    private struct Hop {
        var node: Substring?
        var scheme: Substring?
        var host: String?
    }

    /// The first that is no trusted proxy, seen from here.
    private(set) var remote: ServerAddress?
    private(set) var scheme: ServerRequest.Scheme?
    /// What the client asked for, where a proxy tells.
    private(set) var host: String?

    /// Reads the headers of a request that a trusted proxy has sent. `peer` is that proxy.
    init(_ request: ServerRequest, from peer: ServerAddress?, trusted: TrustedProxies) throws(Malformed) {
        let standard = try Self.standard(request).map { hops throws(Malformed) in try Self(hops: hops, peer, trusted) }
        let common = try Self.common(request).map { hops throws(Malformed) in try Self(hops: hops, peer, trusted) }
        switch (standard, common) {
        case (nil, nil): remote = peer
        case (let told?, nil), (nil, let told?): self = told
        case (let standard?, let common?):
            // A proxy writes one of them, and may hand on the other as the client sent it: to choose is to believe clients now and then.
            guard standard.remote?.host == common.remote?.host, standard.scheme == nil || common.scheme == nil || standard.scheme == common.scheme else {
                throw Malformed(reason: "Forwarded and X-Forwarded-For contradict each other.")
            }
            self = standard
            scheme = standard.scheme ?? common.scheme
        }
    }

    /// Goes from the nearest hop to the first that no trusted proxy has told of.
    private init(hops: [Hop], _ peer: ServerAddress?, _ trusted: TrustedProxies) throws(Malformed) {
        remote = peer
        for hop in hops.reversed() {
            scheme = try hop.scheme.map { name throws(Malformed) in try Self.scheme(name) }
            host = hop.host
            // Names that say nothing, as `unknown` and `_hidden`, end the way.
            guard let node = hop.node, let address = Self.address(node) else { return }
            remote = address
            if !trusted.contains(address) { return }
        }
    }

    private static func scheme(_ name: Substring) throws(Malformed) -> ServerRequest.Scheme {
        switch name.lowercased() {
        case "http", "ws": return .http
        case "https", "wss": return .https
        default: throw Malformed(reason: "A proxy names a scheme that is neither http nor https.")
        }
    }

    /// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`. A port that is not told is 0.
    private static func address(_ node: Substring) -> ServerAddress? {
        if let address = IPAddress(node) { return ServerAddress(host: address.description, port: 0) }
        var host = node
        var port = 0
        if node.first == "[", let end = node.firstIndex(of: "]") {
            host = node[node.index(after: node.startIndex)..<end]
            let rest = node[node.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else { return nil }
            // One that is hidden, `_x`, is none.
            port = Int(rest.dropFirst()) ?? 0
        } else if let colon = node.lastIndex(of: ":") {
            host = node[..<colon]
            port = Int(node[node.index(after: colon)...]) ?? 0
        }
        guard let address = IPAddress(host), (0...65535).contains(port) else { return nil }
        return ServerAddress(host: address.description, port: port)
    }

    // MARK: The headers

    private static func common(_ request: ServerRequest) -> [Hop]? {
        let (nodes, schemes) = (request.list("x-forwarded-for"), request.list("x-forwarded-proto"))
        if nodes.isEmpty { return schemes.last.map { [Hop(scheme: $0)] } }
        // Proxies that add the scheme as they add the address give as many; others give the one that they know.
        return nodes.enumerated().map { index, node in Hop(node: node, scheme: schemes.count == nodes.count ? schemes[index] : schemes.last) }
    }

    private static func standard(_ request: ServerRequest) throws(Malformed) -> [Hop]? {
        let fields = request.headers.filter { $0.name.lowercased() == "forwarded" }.map(\.value)
        if fields.isEmpty { return nil }
        var hops: [Hop] = []
        for pairs in try elements(fields.joined(separator: ",")) {
            var hop = Hop()
            for (name, value) in pairs {
                switch name {
                case "for": hop.node = value[...]
                case "proto": hop.scheme = value[...]
                case "host": hop.host = value
                default: break
                }
            }
            hops.append(hop)
        }
        return hops
    }

    /// `for=192.0.2.60;proto=http;by=203.0.113.43, for="[2001:db8:cafe::17]:4711"`
    private static func elements(_ text: String) throws(Malformed) -> [[(name: String, value: String)]] {
        let malformed = Malformed(reason: "The header Forwarded is malformed.")
        var elements: [[(name: String, value: String)]] = []
        var pairs: [(name: String, value: String)] = []
        var rest = text[...]
        func skipSpace() { rest = rest.drop { $0 == " " || $0 == "\t" } }
        func token() -> String {
            let token = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "!#$%&'*+-.^_`|~".contains($0)) }
            rest = rest[token.endIndex...]
            return String(token)
        }
        func quoted() throws(Malformed) -> String {
            var value = ""
            rest.removeFirst()
            while let next = rest.popFirst() {
                if next == "\"" { return value }
                guard let character = next == "\\" ? rest.popFirst() : next else { break }
                value.append(character)
            }
            throw malformed
        }
        while true {
            skipSpace()
            if let next = rest.first, next != ",", next != ";" {
                let name = token().lowercased()
                guard !name.isEmpty, rest.popFirst() == "=", !pairs.contains(where: { $0.name == name }) else { throw malformed }
                let value = try rest.first == "\"" ? quoted() : token()
                guard !value.isEmpty else { throw malformed }
                pairs.append((name, value))
                skipSpace()
            }
            switch rest.popFirst() {
            case ";": break
            case ",", nil:
                if !pairs.isEmpty { elements.append(pairs) }
                pairs = []
            default: throw malformed
            }
            if rest.isEmpty {
                if !pairs.isEmpty { elements.append(pairs) }
                return elements
            }
        }
    }
}
