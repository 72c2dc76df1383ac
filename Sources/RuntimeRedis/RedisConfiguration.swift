/// Where a Redis server is, who asks, and how the bus keeps its events there.
public struct RedisConfiguration: Sendable, Hashable {
    /// Where the server listens.
    public enum Endpoint: Sendable, Hashable {
        case tcp(host: String, port: Int)
        case unix(path: String)
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
        case .tcp(let host, let port): "redis://\(host.contains(":") ? "[\(host)]" : host):\(port)/\(database)"
        case .unix(let path): "unix://\(path)?db=\(database)"
        }
    }
}

extension RedisConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The address, and the user where there is one; never the password.
    public var description: String { username.map { "\(address) as \($0)" } ?? address }
    public var debugDescription: String { description }
    /// Nothing: what is dumped must not show the password.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
