/// Which pages may connect. Browsers send a user's cookies along wherever a page connects to, and say whose page it is.
extension ServerRequest {
    /// Whether a client may connect by where its page is from: by `allowed`, origins as `https://app.example.com` or `*` for all, else where the page is
    /// from the host that it connects to. A client that names no origin is no page.
    public func isAllowed(fromOrigins allowed: [String]? = nil) -> Bool {
        guard let origin = header("origin") else { return true }
        if let allowed { return allowed.contains { $0 == "*" || $0.lowercased() == origin.lowercased() } }
        return header("host").map { Self.isSameHost(origin, $0, scheme) } ?? false
    }

    /// The scheme is left out where it is not known: a proxy that ends TLS hides it from the server.
    private static func isSameHost(_ origin: String, _ host: String, _ scheme: Scheme?) -> Bool {
        let parts = origin.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].isEmpty, let page = Authority(parts[2]), let server = Authority(host[...]) else { return false }
        let usual: Int
        switch (parts[0].lowercased(), scheme) {
        case ("http:", nil), ("http:", .http): usual = 80
        case ("https:", nil), ("https:", .https): usual = 443
        default: return false
        }
        // A server that names no port is asked at that of the page's scheme.
        return page.host == server.host && page.port ?? usual == server.port ?? usual
    }

    /// A host, and the port if there is one.
    private struct Authority {
        let host: String
        let port: Int?

        init?(_ text: Substring) {
            // The colons within the brackets of an IPv6 address begin no port.
            let end = text.last == "]" ? nil : text.lastIndex(of: ":")
            host = text[..<(end ?? text.endIndex)].lowercased()
            port = end.flatMap { Int(text[text.index(after: $0)...]) }
            if host.isEmpty || (end != nil && port == nil) { return nil }
        }
    }
}
