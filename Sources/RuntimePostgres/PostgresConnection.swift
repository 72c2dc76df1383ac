import Glibc

/// One connection, by libpq's functions that do not block, for one thread: whoever made it polls its descriptor for what interests it.
///
/// One statement at a time is on its way. Names of hosts are looked up by the system, for which the thread waits.
final class PostgresConnection {
    private enum Phase {
        case connecting(Int16)
        case idle
        /// A statement is prepared, then run.
        case preparing(PostgresStatement)
        case running
        case closed
    }

    /// Of PostgresPollingStatusType and ConnStatusType, in libpq-fe.h.
    private enum Code {
        static let failed: Int32 = 0, reading: Int32 = 1, writing: Int32 = 2, connected: Int32 = 3
        static let connectionIsGood: Int32 = 0
    }

    private let libpq: LibPQ
    private var connection: LibPQ.Connection?
    private var phase = Phase.closed
    private var prepared: Set<String> = []
    private var mustWrite = false
    private var answer: PostgresResult?

    /// Called in `perform` with the result of each statement; it may send the next.
    var receive: (PostgresResult) -> Void = { _ in }
    /// Called in `perform` with the payload of each notification.
    var hear: (UnsafeRawBufferPointer) -> Void = { _ in }
    /// Why there is no connection any more.
    private(set) var failure: String?

    /// Begins to connect.
    init(_ parameters: [String: String], _ libpq: LibPQ) {
        self.libpq = libpq
        let (names, values) = (parameters.map { strdup($0.key) }, parameters.map { strdup($0.value) })
        defer { for text in names + values { free(text) } }
        connection = libpq.connectStart(names.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 0)
        // Else libpq writes what the server remarks to the host's standard error.
        if let connection { _ = libpq.setNoticeProcessor(connection, { _, _ in }, nil) }
        // "Behave as if the last call had said that it writes."
        phase = .connecting(Int16(POLLOUT))
        if connection.map({ libpq.status($0) }) == 1 || connection == nil { fail() }
    }

    deinit { close() }

    /// What `poll` is to look at; -1 where there is no connection.
    var descriptor: Int32 { connection.map { libpq.socket($0) } ?? -1 }

    /// What `poll` is to look for.
    var interest: Int16 {
        if case .connecting(let interest) = phase { return interest }
        return Int16(POLLIN) | (mustWrite ? Int16(POLLOUT) : 0)
    }

    /// Whether it is made, and no statement is on its way.
    var isIdle: Bool { if case .idle = phase { true } else { false } }

    /// Whether it is still being made.
    var isConnecting: Bool { if case .connecting = phase { true } else { false } }

    /// Sends a statement, where none is on its way.
    func send(_ statement: PostgresStatement) {
        guard isIdle, let connection else { return }
        if prepared.contains(statement.name) { return run(statement) }
        phase = .preparing(statement)
        let types = statement.parameters.map(\.type)
        if libpq.sendPrepare(connection, statement.name, statement.text, Int32(types.count), types) == 0 { return fail() }
        flush()
    }

    /// Sends statements without parameters, joined by semicolons, whose last result counts.
    func send(script: String) {
        guard isIdle, let connection else { return }
        phase = .running
        if libpq.sendQuery(connection, script) == 0 { return fail() }
        flush()
    }

    private func run(_ statement: PostgresStatement) {
        guard let connection else { return }
        phase = .running
        let values = statement.parameters.map(\.bytes)
        let lengths = values.map { Int32(clamping: $0.count) }
        // All in one piece, to which the pointers of the parameters point. Not empty, so that none of them is null.
        var all: [UInt8] = []
        all.reserveCapacity(values.reduce(1) { $0 + $1.count })
        for value in values { all += value }
        all.append(0)
        let isSent = all.withUnsafeBytes { bytes in
            var pointers: [LibPQ.Text?] = []
            var offset = 0
            for value in values {
                pointers.append(bytes.baseAddress.map { ($0 + offset).assumingMemoryBound(to: CChar.self) })
                offset += value.count
            }
            let formats = [Int32](repeating: 1, count: values.count)
            return libpq.sendQueryPrepared(connection, statement.name, Int32(values.count), pointers, lengths, formats, 1) != 0
        }
        if !isSent { return fail() }
        flush()
    }

    private func flush() {
        guard let connection else { return }
        switch libpq.flush(connection) {
        case 0: mustWrite = false
        case 1: mustWrite = true
        default: fail()
        }
    }

    /// Reads and writes what `poll` has found to be possible.
    func perform(_ found: Int16) {
        guard found != 0, let connection else { return }
        if case .connecting = phase {
            connectOn(connection)
            return
        }
        if found & Int16(POLLOUT) != 0 { flush() }
        // Errors and hang-ups are told by the attempt to read.
        guard found & Int16(POLLIN | POLLERR | POLLHUP) != 0, self.connection != nil else { return }
        if libpq.consumeInput(connection) == 0 { return fail() }
        // What is read has to make room for what waits to be written.
        if mustWrite { flush() }
        readResults()
        readNotifications()
    }

    private func connectOn(_ connection: LibPQ.Connection) {
        switch libpq.connectPoll(connection) {
        case Code.reading: phase = .connecting(Int16(POLLIN))
        case Code.writing: phase = .connecting(Int16(POLLOUT))
        case Code.connected:
            phase = libpq.setNonblocking(connection, 1) == 0 ? .idle : .closed
            if !isIdle { fail() }
        default: fail()
        }
    }

    private func readResults() {
        while let connection, !isIdle, libpq.isBusy(connection) == 0 {
            if let result = libpq.getResult(connection) {
                let result = PostgresResult(result, libpq)
                // The first that failed, else the last.
                if answer?.error == nil { answer = result }
                continue
            }
            // Nothing more of this statement.
            let last = answer
            answer = nil
            if case .preparing(let statement) = phase, last?.error == nil {
                prepared.insert(statement.name)
                run(statement)
                continue
            }
            phase = .idle
            if let last { receive(last) }
            if case .idle = phase { return }
        }
    }

    private func readNotifications() {
        while let connection, let notification = libpq.notifies(connection) {
            // PGnotify: the channel, the number of the process that notifies, the payload.
            let payload = UnsafeRawPointer(notification).load(fromByteOffset: 2 * MemoryLayout<UnsafeRawPointer>.size, as: UnsafePointer<CChar>?.self)
            if let payload { hear(UnsafeRawBufferPointer(start: payload, count: strlen(payload))) }
            libpq.freeMemory(notification)
        }
    }

    private func fail() {
        let message = connection.flatMap { libpq.errorMessage($0) }.map { String(cString: $0) } ?? "out of memory"
        let lines = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        failure = failure ?? (lines.isEmpty ? "the connection was lost" : lines)
        close()
    }

    /// Gives the connection up at once. What came of a statement that was on its way is not known.
    func close() {
        if let connection { libpq.finish(connection) }
        connection = nil
        phase = .closed
    }
}
