import RemoteBus
import SubsgenRuntime

/// What those who share a database agree on, as its table `subsgen.bus` has it.
struct PostgresStore: Sendable, Hashable {
    /// Which history the events belong to.
    let epoch: UInt64
    /// How many partitions there are, the one of notices included.
    let partitions: Int
    /// The server's clock when it was asked, in microseconds.
    let now: Int64

    /// Nil for a result that is none.
    init?(_ result: PostgresResult) {
        guard result.count == 1, let epoch = result.integer(0, 1), let partitions = result.integer(0, 2), let now = result.integer(0, 3), partitions > 1
        else { return nil }
        self.epoch = UInt64(bitPattern: epoch)
        (self.partitions, self.now) = (Int(partitions), now)
    }

    /// Without compiling statements for this session: it takes a hundred times as long as they do, and what PostgreSQL estimates has it do so once the
    /// outbox is long enough.
    static let statement = PostgresStatement(
        name: "subsgen_bus",
        text: "select version::bigint, epoch, cardinality(places)::bigint, clock_timestamp() from subsgen.bus, set_config('jit', 'off', false)")
}

/// What a link tells the one who has it.
protocol PostgresLinkOwner: AnyObject {
    /// There is a connection, with no statement on its way.
    func linked(to store: PostgresStore)
    /// What came of the statement that was sent; the next may be sent.
    func received(_ result: PostgresResult)
    /// Something was told on the channel that the owner listens to.
    func heard(_ payload: UnsafeRawBufferPointer)
    /// The connection is gone, or could not be made: another attempt follows by itself, at the next host.
    func lost(_ reason: String)
}

/// A connection to a database with subsgen's schema, which is made anew when it is lost. For one thread, which calls `turn` again and again.
final class PostgresLink {
    private enum State {
        case waiting(until: Instant)
        case opening(PostgresConnection, until: Instant)
        case open(PostgresConnection)
    }

    /// What connecting to a host may take, unless the address says `connect_timeout`.
    private static let patience = 5

    private let configuration: PostgresConfiguration
    private let name: String
    private var state = State.waiting(until: .now)
    /// Which of the hosts is next.
    private var host = 0
    private var backoff = Backoff()
    private var random = SystemRandomNumberGenerator()
    private var complaint: String?
    /// Told of what becomes of the connection; its owner.
    weak var owner: (any PostgresLinkOwner)?
    /// When a result must have come, else the connection counts as lost.
    var resultDue: Instant?

    /// The server knows the connection by the name.
    init(_ configuration: PostgresConfiguration, name: String) {
        self.configuration = configuration
        self.name = name
    }

    /// Whether a statement can be sent.
    var isIdle: Bool { if case .open(let connection) = state { connection.isIdle && complaint == nil } else { false } }

    /// Whether there is a connection.
    var isOpen: Bool { if case .open = state { complaint == nil } else { false } }

    /// Sends a statement, whose result its owner gets within so many seconds; nothing where there is no connection.
    func send(_ statement: PostgresStatement, within seconds: Int) {
        guard isIdle, case .open(let connection) = state else { return }
        connection.send(statement)
        resultDue = .now + .seconds(seconds)
    }

    /// The server does what it is told, so that the next attempt after a loss need not wait.
    func succeeded() { backoff.reset() }

    /// Gives the connection up, at the end of the turn, because of what came out of it.
    func drop(_ reason: String) { complaint = complaint ?? reason }

    /// Waits for the connection, the descriptor or the instant, whichever is first; at most half a minute. Tells the owner what happened.
    func turn(_ descriptor: Int32, until instant: Instant?) {
        endIfFailed()
        let ready = BusThread.wait(for: descriptor, current.map { ($0.descriptor, $0.interest) }, until: [instant, due].compactMap { $0 }.min())
        // Not any longer than this call: what receives results may give up the link's connection.
        if let ready, let current { withExtendedLifetime(current) { $0.perform(ready) } }
        greet()
        endIfFailed()
        if let due, due <= .now { becomesDue() }
    }

    private var current: PostgresConnection? {
        switch state {
        case .waiting: nil
        case .opening(let connection, _), .open(let connection): connection
        }
    }

    private var due: Instant? {
        switch state {
        case .waiting(let instant), .opening(_, let instant): instant
        case .open: resultDue
        }
    }

    private func becomesDue() {
        switch state {
        case .waiting: open()
        case .opening: end("the server did not answer in time")
        case .open: end("no answer from the server")
        }
    }

    private func open() {
        var parameters = configuration.hosts[host % configuration.hosts.count]
        host = (host + 1) % configuration.hosts.count
        if parameters["application_name"] == nil { parameters["application_name"] = name }
        let patience = parameters["connect_timeout"].flatMap { Int($0) }.map { $0 > 0 ? min(max($0, 1), 3600) : Self.patience } ?? Self.patience
        let connection = PostgresConnection(parameters, configuration.libpq)
        connection.receive = { [weak self] result in self?.received(result) }
        connection.hear = { [weak self] payload in self?.owner?.heard(payload) }
        state = .opening(connection, until: .now + .seconds(patience))
        endIfFailed()
    }

    /// Asks a connection that has just been made what bus it has.
    private func greet() {
        if case .opening(let connection, _) = state, connection.isIdle, complaint == nil { connection.send(PostgresStore.statement) }
    }

    private func received(_ result: PostgresResult) {
        resultDue = nil
        switch state {
        case .waiting: break
        case .opening(let connection, _):
            switch Self.store(of: result) {
            case .failure(let error): drop(error.description)
            case .success(let store):
                state = .open(connection)
                owner?.linked(to: store)
            }
        case .open: owner?.received(result)
        }
    }

    private static func store(of result: PostgresResult) -> Result<PostgresStore, PostgresError> {
        if let error = result.error {
            // invalid_schema_name, undefined_table
            return error.code == "3F000" || error.code == "42P01"
                ? .failure(PostgresError("the database has no schema of subsgen's: run `subsgen postgres init` once"))
                : .failure(PostgresError(error.message))
        }
        let version = result.count == 1 ? result.integer(0, 0) ?? 0 : 0
        if version != PostgresSchema.version {
            return .failure(
                PostgresError(
                    "the database has version \(version) of subsgen's schema, and this subsgen works with \(PostgresSchema.version): "
                        + (version < PostgresSchema.version ? "run `subsgen postgres init`, which brings it up to date" : "use a newer subsgen")))
        }
        guard let store = PostgresStore(result) else { return .failure(PostgresError("the table subsgen.bus has not what it should have")) }
        return .success(store)
    }

    private func endIfFailed() {
        guard let reason = complaint ?? current?.failure else { return }
        end(reason)
    }

    private func end(_ reason: String) {
        current?.close()
        complaint = nil
        resultDue = nil
        // Another host is tried at once; after all of them there is a pause.
        let isRound = host % configuration.hosts.count == 0
        state = .waiting(until: isRound ? .now + .nanoseconds(backoff.next(using: &random)) : .now)
        owner?.lost(reason)
    }
}
