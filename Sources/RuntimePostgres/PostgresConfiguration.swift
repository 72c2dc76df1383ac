/// Which database a bus is in, and how it keeps its events there.
public struct PostgresConfiguration: Sendable {
    /// Parameters of libpq for each host of the address, in its order; they may have a password.
    let hosts: [[String: String]]
    /// The address for people: hosts, ports and database.
    public let address: String
    /// After how many seconds an event is thrown away; nil where none is.
    public var secondsKept: Int? = 3600
    /// How many seconds an event waits for PostgreSQL to take it before its publisher is told that it did not.
    public var secondsToPublish = 10
    let libpq: LibPQ

    /// Reads an address as libpq has it, `postgresql://[USER[:PASSWORD]@][HOST[:PORT]][,...][/DATABASE][?PARAMETERS]` or `host=... dbname=...`, and
    /// in it two parameters of the bus's own, `seconds_kept` and `seconds_to_publish`. Throws what is wrong in one sentence, also that there is no libpq.
    public init(_ address: String) throws(PostgresError) {
        libpq = try LibPQ.ofSystem.get()
        let (plain, options) = Self.split(address)
        var parameters = try Self.parse(plain, libpq)
        // Events are text in UTF-8 whatever the host's settings are.
        parameters["client_encoding"] = "UTF8"
        // A network that swallows packets is noticed in a minute, not in hours.
        for (name, value) in ["keepalives_idle": "20", "keepalives_interval": "10", "keepalives_count": "3", "tcp_user_timeout": "20000"]
        where parameters[name] == nil { parameters[name] = value }
        // Standbys neither take events nor tell of them.
        if parameters["target_session_attrs"] == nil { parameters["target_session_attrs"] = "read-write" }
        hosts = try Self.each(parameters)
        let places = hosts.map { host in
            [host["host"] ?? host["hostaddr"], host["port"]].compactMap { $0 }.joined(separator: ":")
        }
        self.address = "\(places.joined(separator: ","))/\(parameters["dbname"] ?? "")"
        for (name, value) in options { try set(name, value) }
    }

    private mutating func set(_ name: String, _ value: String) throws(PostgresError) {
        if name == "seconds_kept", value == "none" {
            secondsKept = nil
            return
        }
        let most = name == "seconds_kept" ? 1_000_000_000 : 86_400
        guard let number = Int(value), (1...most).contains(number) else {
            throw PostgresError("The parameter \(name) of a PostgreSQL address is a number from 1 to \(most)\(name == "seconds_kept" ? ", or none" : "").")
        }
        if name == "seconds_kept" { secondsKept = number } else { secondsToPublish = number }
    }

    private static let own: Set<String> = ["seconds_kept", "seconds_to_publish"]

    /// An address as libpq understands it, and the parameters that it does not.
    private static func split(_ address: String) -> (address: String, options: [(name: String, value: String)]) {
        var options: [(name: String, value: String)] = []
        func isOwn(_ part: Substring) -> Bool {
            let words = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard words.count == 2, own.contains(String(words[0])) else { return false }
            options.append((String(words[0]), String(words[1])))
            return true
        }
        if address.hasPrefix("postgresql://") || address.hasPrefix("postgres://") {
            guard let question = address.lastIndex(of: "?") else { return (address, []) }
            let rest = address[address.index(after: question)...].split(separator: "&", omittingEmptySubsequences: false).filter { !isOwn($0) }
            return (address[..<question] + (rest.isEmpty ? "" : "?") + rest.joined(separator: "&"), options)
        }
        // Values with spaces are quoted; their parts are put together again as they were.
        return (address.split(separator: " ", omittingEmptySubsequences: false).filter { !isOwn($0) }.joined(separator: " "), options)
    }

    private static func parse(_ address: String, _ libpq: LibPQ) throws(PostgresError) -> [String: String] {
        if address.utf8.contains(0) { throw PostgresError("A PostgreSQL address has no zero bytes in it.") }
        var message: UnsafeMutablePointer<CChar>?
        guard let list = libpq.parseAddress(address, &message) else {
            defer { libpq.freeMemory(message) }
            throw PostgresError(
                "The PostgreSQL address is not understood: \(message.map { withoutQuotations(String(cString: $0)) } ?? "out of memory"). It is "
                    + "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, or host=... dbname=... and so on.")
        }
        defer { libpq.freeAddress(list) }
        // PQconninfoOption: keyword, envvar, compiled, val, label, dispchar and an int; the last has no keyword.
        let stride = 7 * MemoryLayout<UnsafeRawPointer>.size
        var parameters: [String: String] = [:]
        var option = UnsafeRawPointer(list)
        while let keyword = option.load(as: UnsafePointer<CChar>?.self) {
            if let value = option.load(fromByteOffset: 3 * MemoryLayout<UnsafeRawPointer>.size, as: UnsafePointer<CChar>?.self) {
                parameters[String(cString: keyword)] = String(cString: value)
            }
            option += stride
        }
        return parameters
    }

    /// What libpq quotes may be a part of a password.
    private static func withoutQuotations(_ text: String) -> String {
        text.split(separator: "\"", omittingEmptySubsequences: false).enumerated().map { $0 % 2 == 0 ? String($1) : "…" }.joined()
            .split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    /// The parameters for each of the hosts: each has its own time to answer, which libpq does not give them where it tries several by itself.
    private static func each(_ parameters: [String: String]) throws(PostgresError) -> [[String: String]] {
        let lists = ["host", "hostaddr", "port"].map { name in
            parameters[name].map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) } ?? []
        }
        let count = max(1, lists[0].count, lists[1].count)
        guard lists[0].isEmpty || lists[1].isEmpty || lists[0].count == lists[1].count, lists[2].count <= 1 || lists[2].count == count else {
            throw PostgresError("A PostgreSQL address has as many ports as hosts, or one for all.")
        }
        return (0..<count).map { place in
            var host = parameters
            for (name, list) in zip(["host", "hostaddr", "port"], lists) where !list.isEmpty { host[name] = list.count == 1 ? list[0] : list[place] }
            return host
        }
    }
}

extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The address; never the password.
    public var description: String { address }
    public var debugDescription: String { address }
    /// Nothing: what is dumped must not show the password.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
