/// What is said on a new connection before anything else: who asks, which database, and what those who share a prefix agree on.
///
/// All of it is sent at once; the replies decide. It knows no socket.
struct RedisHandshake {
    private enum Step {
        case authenticate, select, setName, askForNumber, askForRun, agree, read
    }

    enum Progress {
        case goesOn
        case failed(String)
        case succeeded(RedisStore, client: RedisClient?)
    }

    /// The version of the way in which streams, entries and what is agreed on are written.
    private static let format = "1"
    /// The oldest version of Redis that tells what the bus asks.
    private static let oldest = 7

    /// What is to be sent.
    private(set) var commands: [RedisCommand] = []
    private var steps: [Step] = []
    private var next = 0
    private var number: Int?
    private var run: String?
    private let key: String

    init(_ configuration: RedisConfiguration, name: String) {
        key = "\(configuration.prefix):bus"
        if let password = configuration.password {
            var command = RedisCommand(words: configuration.username == nil ? 2 : 3)
            command.append("AUTH")
            if let user = configuration.username { command.append(user) }
            command.append(password)
            add(.authenticate, command)
        }
        if configuration.database != 0 { add(.select, RedisCommand("SELECT", String(configuration.database))) }
        add(.setName, RedisCommand("CLIENT", "SETNAME", name))
        add(.askForNumber, RedisCommand("CLIENT", "ID"))
        add(.askForRun, RedisCommand("INFO", "server"))
        // The first to come decides, and nobody finds a part of it only who reads behind his own attempt.
        add(.agree, RedisCommand("HSETNX", key, "format", Self.format))
        add(.agree, RedisCommand("HSETNX", key, "epoch", String(UInt64.random(in: .min ... .max), radix: 16)))
        add(.agree, RedisCommand("HSETNX", key, "partitions", String(configuration.partitions)))
        add(.read, RedisCommand("HMGET", key, "format", "epoch", "partitions"))
    }

    private mutating func add(_ step: Step, _ command: RedisCommand) {
        steps.append(step)
        commands.append(command)
    }

    /// Takes the next reply.
    mutating func received(_ reply: RedisReply) -> Progress {
        guard next < steps.count else { return .failed("the server answers what it was not asked") }
        defer { next += 1 }
        switch steps[next] {
        case .authenticate:
            if let error = reply.error { return .failed("the server refuses the user or the password: \(error)") }
        case .select:
            if let error = reply.error { return .failed("the server refuses the database: \(error)") }
        // What an access control list may deny, and what the bus can do without.
        case .setName: if let error = reply.error, !error.hasPrefix("NOPERM") { return .failed(error) }
        case .askForNumber:
            if let error = reply.error, !error.hasPrefix("NOPERM") { return .failed(error) }
            number = reply.integer
        case .askForRun:
            if let error = reply.error, !error.hasPrefix("NOPERM") { return .failed(error) }
            let lines = reply.text?.split(whereSeparator: \.isNewline) ?? []
            run = lines.first { $0.hasPrefix("run_id:") }.map(String.init)
            // Valkey says which Redis it is like.
            let version = lines.first { $0.hasPrefix("redis_version:") }?.dropFirst("redis_version:".count)
            if let version, let major = version.split(separator: ".").first.flatMap({ Int($0) }), major < Self.oldest {
                return .failed("the server is Redis \(version), and the bus needs Redis \(Self.oldest) or newer")
            }
        case .agree: if let error = reply.error { return .failed(error) }
        case .read: return read(reply)
        }
        return .goesOn
    }

    private func read(_ reply: RedisReply) -> Progress {
        if let error = reply.error { return .failed(error) }
        guard let format = reply.element(0)?.text, let epoch = reply.element(1)?.text.flatMap({ UInt64($0, radix: 16) }),
            let partitions = reply.element(2)?.text.flatMap({ Int($0) }), (1...256).contains(partitions)
        else { return .failed("the hash \(key) holds something else than what subsgen keeps there") }
        guard format == Self.format else {
            return .failed("the events under this prefix are written in format \(format), which another version of subsgen reads; this one reads \(Self.format)")
        }
        let client = run.flatMap { run in number.map { RedisClient(run: run, number: $0) } }
        return .succeeded(RedisStore(epoch: epoch, partitions: partitions), client: client)
    }
}
