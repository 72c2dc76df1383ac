/// What is wrong with the URL of a Redis server. Its text has no part of the URL that may be secret.
public struct RedisURLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One sentence for who wrote the URL.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension RedisConfiguration {
    /// Reads `redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE][?OPTIONS]` or `unix://[[USER]:PASSWORD@]/PATH[?OPTIONS]`; also `redis+unix://`,
    /// and `redis+sentinel://[[USER]:PASSWORD@]HOST[:PORT],.../PRIMARY[/DATABASE][?OPTIONS]`, with user and password of the server.
    ///
    /// OPTIONS are `db`, `prefix`, `partitions`, `events_per_stream`, `seconds_kept` and `seconds_to_publish`, and with sentinels
    /// `sentinel_username` and `sentinel_password`. User, password, path and
    /// options may be percent-encoded. Throws what is wrong in one sentence.
    public init(url: String) throws(RedisURLError) {
        guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") else {
            throw RedisURLError("A Redis URL begins with redis:// or unix:// or redis+sentinel://; this one has no ://.")
        }
        let scheme = url[..<colon].lowercased()
        let rest = url[colon...].dropFirst(3)
        if rest.contains("#") { throw RedisURLError("A Redis URL has no # in it: in a password it is written %23.") }
        if rest.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) {
            throw RedisURLError("A Redis URL has no spaces and control characters in it: they are written %20 and so on.")
        }
        let question = rest.firstIndex(of: "?") ?? rest.endIndex
        let (location, query) = (rest[..<question], rest[question...].dropFirst())
        // A password may have slashes that nobody encoded; what is behind the last @ has none of it.
        let at = location.lastIndex(of: "@")
        let place = at.map { location[location.index(after: $0)...] } ?? location
        switch scheme {
        case "redis": self = try Self.server(place)
        case "unix", "redis+unix": self = try Self.socket(place)
        case "redis+sentinel": self = try Self.sentinels(place)
        case "rediss":
            throw RedisURLError(
                "rediss:// is Redis over TLS, which the hiredis that subsgen is built with cannot do: use redis:// through a tunnel such as "
                    + "stunnel or a sidecar, or a Unix socket.")
        default: throw RedisURLError("A Redis URL begins with redis:// or unix:// or redis+sentinel://, and this one with \(scheme)://.")
        }
        if let at { try setUser(location[..<at]) }
        for option in query.split(separator: "&") { try set(option) }
    }

    private static func server(_ place: Substring) throws(RedisURLError) -> Self {
        let slash = place.firstIndex(of: "/") ?? place.endIndex
        let (authority, path) = (place[..<slash], place[slash...].dropFirst())
        let (host, port) = try address(authority, port: "6379")
        var configuration = Self(endpoint: .tcp(host: host, port: port))
        if !path.isEmpty { configuration.database = try Self.number(path, "database, behind the slash,", 0...1_000_000) }
        return configuration
    }

    private static func sentinels(_ place: Substring) throws(RedisURLError) -> Self {
        let parts = place.split(separator: "/", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), !parts[1].isEmpty else {
            throw RedisURLError("A redis+sentinel:// URL has the sentinels, then what they call the primary: redis+sentinel://HOST:26379,HOST:26379/mymaster/0.")
        }
        var hosts: [Sentinels.Host] = []
        for authority in parts[0].split(separator: ",", omittingEmptySubsequences: false) {
            let (host, port) = try address(authority, port: "26379")
            hosts.append(Sentinels.Host(name: host, port: port))
        }
        guard let sentinels = Sentinels(hosts: hosts, primary: try decoded(parts[1], "name of the primary")) else {
            throw RedisURLError("A redis+sentinel:// URL names no sentinel.")
        }
        var configuration = Self(endpoint: .sentinels(sentinels))
        if parts.count == 3, !parts[2].isEmpty { configuration.database = try Self.number(parts[2], "database, behind the last slash,", 0...1_000_000) }
        return configuration
    }

    private static func address(_ authority: Substring, port standard: String) throws(RedisURLError) -> (host: String, port: Int) {
        var (host, port) = (authority, Substring(standard))
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw RedisURLError("The IPv6 address of a Redis URL ends with ].") }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let behind = authority[authority.index(after: end)...]
            if !behind.isEmpty {
                guard behind.hasPrefix(":") else { throw RedisURLError("Behind the IPv6 address of a Redis URL stands :PORT, or nothing.") }
                port = behind.dropFirst()
            }
        } else if let colon = authority.lastIndex(of: ":") {
            (host, port) = (authority[..<colon], authority[authority.index(after: colon)...])
            if host.contains(":") { throw RedisURLError("An IPv6 address stands in brackets in a Redis URL: redis://[::1]:6379.") }
        }
        if host.isEmpty { throw RedisURLError("The Redis URL names no host: redis://localhost:6379.") }
        guard let number = Int(port), (1...65_535).contains(number) else {
            throw RedisURLError("The port of a Redis URL is a number from 1 to 65535.")
        }
        return (try decoded(host, "host"), number)
    }

    private static func socket(_ place: Substring) throws(RedisURLError) -> Self {
        guard place.hasPrefix("/"), place.utf8.count > 1 else {
            throw RedisURLError("A unix:// URL has the absolute path of a socket, so three slashes: unix:///run/redis/redis.sock.")
        }
        let path = try decoded(place, "path")
        // What fits into a sockaddr_un, with the zero behind it.
        guard path.utf8.count < 108 else { throw RedisURLError("The path of a Unix socket has at most 107 bytes.") }
        return Self(endpoint: .unix(path: path))
    }

    private mutating func setUser(_ info: Substring) throws(RedisURLError) {
        guard let colon = info.firstIndex(of: ":") else {
            throw RedisURLError("In front of the @ of a Redis URL stands USER:PASSWORD, or :PASSWORD for the default user.")
        }
        let user = try Self.decoded(info[..<colon], "user")
        let secret = try Self.decoded(info[info.index(after: colon)...], "password")
        if secret.isEmpty { throw RedisURLError("The password in the Redis URL is empty: leave out everything up to the @ where there is none.") }
        username = user.isEmpty ? nil : user
        password = secret
    }

    private mutating func set(_ option: Substring) throws(RedisURLError) {
        let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw RedisURLError("An option of a Redis URL is NAME=VALUE.") }
        let (name, value) = (String(parts[0]), parts[1])
        switch name {
        case "db": database = try Self.number(value, "option db", 0...1_000_000)
        case "prefix":
            prefix = try Self.decoded(value, "prefix")
            guard !prefix.isEmpty, prefix.utf8.count <= 200 else {
                throw RedisURLError("The option prefix of a Redis URL is not empty, and at most 200 bytes long.")
            }
        case "partitions": partitions = try Self.number(value, "option partitions", 1...256)
        case "events_per_stream": eventsPerStream = try Self.number(value, "option events_per_stream", 1...1_000_000_000)
        case "seconds_kept": secondsKept = value == "none" ? nil : try Self.number(value, "option seconds_kept", 1...1_000_000_000)
        case "seconds_to_publish": secondsToPublish = try Self.number(value, "option seconds_to_publish", 1...86_400)
        case "sentinel_username", "sentinel_password":
            guard case .sentinels(var sentinels) = endpoint else {
                throw RedisURLError("The options sentinel_username and sentinel_password are for redis+sentinel:// URLs.")
            }
            let text = try Self.decoded(value, "user or password of the sentinels")
            if name == "sentinel_username" { sentinels.username = text } else { sentinels.password = text }
            endpoint = .sentinels(sentinels)
        case "password", "username", "user":
            throw RedisURLError("User and password stand in front of the host of a Redis URL, not among the options: redis://USER:PASSWORD@HOST.")
        default:
            // Which one, is not told: it may be the rest of a password with a question mark.
            throw RedisURLError(
                "The options of a Redis URL are db, prefix, partitions, events_per_stream, seconds_kept and seconds_to_publish; this one has another.")
        }
    }

    private static func number(_ text: Substring, _ what: String, _ range: ClosedRange<Int>) throws(RedisURLError) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw RedisURLError("The \(what) of a Redis URL is a number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    /// Text without its percent signs.
    private static func decoded(_ text: Substring, _ what: String) throws(RedisURLError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                throw RedisURLError("A % in the \(what) of a Redis URL stands before two hexadecimal digits; a % itself is written %25.")
            }
            bytes.append(high << 4 | low)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw RedisURLError("The \(what) of the Redis URL is not text in UTF-8.")
        }
        return decoded
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
