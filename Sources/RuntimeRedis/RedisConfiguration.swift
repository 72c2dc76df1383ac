/// Where a Redis server is, who asks, and how the bus keeps its events there.
public struct RedisConfiguration: Sendable, Hashable {
    /// Where the server listens.
    public enum Endpoint: Sendable, Hashable {
        case tcp(host: String, port: Int)
        case unix(path: String)
        /// Where sentinels say that the primary is, each time that a connection is made.
        case sentinels(Sentinels)
    }

    /// Sentinels that watch a primary and its replicas.
    public struct Sentinels: Sendable, Hashable {
        /// Where a sentinel listens.
        public struct Host: Sendable, Hashable {
            public var name: String
            public var port: Int

            public init(name: String, port: Int) {
                self.name = name
                self.port = port
            }
        }

        /// At least one.
        public let hosts: [Host]
        /// What the sentinels call the primary.
        public var primary: String
        /// Whom the sentinels know; nil for the default user.
        public var username: String?
        /// Its password at the sentinels, which may be another than that at the server; never part of a message, a log or a description.
        public var password: String?

        /// Nil without hosts.
        public init?(hosts: [Host], primary: String) {
            if hosts.isEmpty { return nil }
            self.hosts = hosts
            self.primary = primary
        }
    }

    /// Where the server listens.
    public var endpoint: Endpoint
    /// The user of an access control list; nil for the default one.
    public var username: String?
    /// Its password; never part of a message, a log or a description.
    public var password: String?
    /// Which database.
    public var database = 0
    /// What the names of all keys begin with: buses of different prefixes know nothing of each other.
    public var prefix = "subsgen"
    /// How many streams the topics of a template with braces are spread over. Those who came first with a prefix decide; it is kept in Redis.
    public var partitions = 4
    /// About how many events a stream keeps for those who come back; the oldest go first.
    public var eventsPerStream = 10_000
    /// How many seconds an event is kept at least, where their number lets it; nil where age does not matter.
    public var secondsKept: Int? = 3600
    /// How many seconds an event waits for Redis to take it before its publisher is told that it did not.
    public var secondsToPublish = 10

    public init(endpoint: Endpoint) {
        self.endpoint = endpoint
    }

    /// The address without what is secret: `redis://host:6379/0`.
    public var address: String {
        switch endpoint {
        case .tcp(let host, let port): "redis://\(Self.text(host, port))/\(database)"
        case .unix(let path): "unix://\(path)?db=\(database)"
        case .sentinels(let sentinels):
            "redis+sentinel://\(sentinels.hosts.map { Self.text($0.name, $0.port) }.joined(separator: ","))/\(sentinels.primary)/\(database)"
        }
    }

    private static func text(_ host: String, _ port: Int) -> String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}

/// Where one server listens.
enum RedisAddress: Sendable, Hashable {
    case tcp(host: String, port: Int)
    case unix(path: String)
}

extension RedisConfiguration.Sentinels: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The primary and how many watch it; never the password.
    public var description: String { "\(hosts.count) sentinels of \(primary)" }
    public var debugDescription: String { description }
    /// Nothing: what is dumped must not show the password.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

extension RedisConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The address, and the user where there is one; never the password.
    public var description: String { username.map { "\(address) as \($0)" } ?? address }
    public var debugDescription: String { description }
    /// Nothing: what is dumped must not show the password.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
