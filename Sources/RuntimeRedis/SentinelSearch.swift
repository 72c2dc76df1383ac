/// Asks one sentinel after the other where the primary is. It knows no socket.
///
/// A sentinel that was of no use is asked last the next time, so that one with old news does not keep the bus from the primary.
struct SentinelSearch {
    enum Progress {
        case goesOn
        case found(RedisAddress)
        case failed(String)
    }

    private let sentinels: RedisConfiguration.Sentinels
    private var next = 0
    /// Whether the answer to `AUTH` is still to come.
    private var isAuthenticating = false

    init(_ sentinels: RedisConfiguration.Sentinels) { self.sentinels = sentinels }

    /// How many are asked before it is told that none knows.
    var count: Int { sentinels.hosts.count }

    /// Where the sentinel is that is asked now.
    var address: RedisAddress {
        let host = sentinels.hosts[next % sentinels.hosts.count]
        return .tcp(host: host.name, port: host.port)
    }

    /// What it is asked.
    mutating func question() -> [RedisCommand] {
        let question = RedisCommand("SENTINEL", "get-master-addr-by-name", sentinels.primary)
        guard let password = sentinels.password else { return [question] }
        isAuthenticating = true
        return [sentinels.username.map { RedisCommand("AUTH", $0, password) } ?? RedisCommand("AUTH", password), question]
    }

    /// Takes the next reply.
    mutating func received(_ reply: RedisReply) -> Progress {
        if isAuthenticating {
            isAuthenticating = false
            return reply.error.map { .failed("it refuses the user or the password: \($0)") } ?? .goesOn
        }
        if let error = reply.error { return .failed(error) }
        guard let host = reply.element(0)?.text, let port = reply.element(1)?.text.flatMap({ Int($0) }), (1...65_535).contains(port) else {
            return .failed("it watches no primary \"\(sentinels.primary)\"")
        }
        return .found(.tcp(host: host, port: port))
    }

    /// Another one is asked from now on.
    mutating func turn() {
        isAuthenticating = false
        next = (next + 1) % sentinels.hosts.count
    }
}
