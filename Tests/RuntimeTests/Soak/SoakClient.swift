@testable import SubsgenRuntime

/// One connection in a soak, used by one thread: subscribes, reads as slowly as it likes, and checks what it is given.
struct SoakClient {
    private let world: SoakWorld
    private let client: SessionClient
    private var listeners: [String: SoakListener] = [:]
    private var queries: Set<String> = []
    /// Those that had messages after the client completed them: the server had ended them before, and must say so.
    private var owed: Set<String> = []
    private var lastID = 0
    private var starts: Set<UInt64> = []
    /// Whether the server has closed it: nothing may come any more.
    private(set) var isClosed = false
    private(set) var frames = 0

    init(_ world: SoakWorld) {
        self.world = world
        client = SessionClient.acknowledged(world.executor, claims: #"{"sub":"ann"}"#)
    }

    var session: Session { client.session }
    /// Subscriptions that began and have not ended.
    var running: Int { starts.count }

    mutating func subscribe(_ random: inout SeededRandom) {
        lastID += 1
        let id = "\(lastID)"
        if Int.random(in: 0..<16, using: &random) == 0 {
            queries.insert(id)
            return client.subscribe(id, "query { ok }")
        }
        let listener = SoakListener(&random)
        listeners[id] = listener
        client.subscribe(id, listener.query)
    }

    mutating func complete(_ random: inout SeededRandom) {
        guard let id = listeners.keys.randomElement(using: &random) else { return }
        listeners[id] = nil
        client.complete(id)
    }

    /// Does at most so much of what there is to do; says what is wrong with it.
    mutating func take(_ limit: Int) -> [String] {
        var problems: [String] = []
        for output in client.session.take(limit) {
            if isClosed { problems.append("\(output) came after the close") }
            switch output {
            case .frame, .extendedFrame:
                frames += 1
                var frame: [UInt8] = []
                _ = output.appendText(to: &frame)
                if let problem = read(frame) { problems.append(problem) }
            case .authenticate: problems.append("authenticated twice")
            case .expires: problems.append("expires without a time in the claims")
            case .started(let info):
                if !starts.insert(info.handle).inserted { problems.append("started \(info.handle) twice") }
                listeners[info.id]?.begin(world)
            case .ended(let handle):
                if starts.remove(handle) == nil { problems.append("\(handle) ended, which had not begun") }
            case .response: problems.append("a response to a request")
            case .close: isClosed = true
            }
        }
        return problems
    }

    private mutating func read(_ frame: [UInt8]) -> String? {
        guard let message = try? JSONDocument.parse(frame).root, let id = message["id"]?.string, let type = message["type"]?.string else {
            return "no message: \(String(decoding: frame, as: UTF8.self))"
        }
        switch type {
        case "next":
            guard let payload = message["payload"] else { return "no payload" }
            if queries.remove(id) != nil { return nil }
            guard listeners[id] != nil else {
                owed.insert(id)
                return nil
            }
            return listeners[id]?.hear(payload).map { "\(id), \(listeners[id]?.query ?? ""): \($0)" }
        case "error", "complete":
            listeners[id] = nil
            owed.remove(id)
            return nil
        default: return "a message of type \(type)"
        }
    }

    /// When everything has been taken and nothing is on its way: what has not come.
    func missing() -> [String] {
        listeners.values.compactMap { $0.missing(world) } + owed.map { "\($0) had messages when it was over" }
    }
}

/// One subscription in a soak, and what must come next.
struct SoakListener {
    private enum Field: String, CaseIterable {
        case tick, resolved, guarded, snapshot, fed
        /// Their policies of overflow drop messages, and the client must be told of each.
        case oldest, newest, latest

        var isLossy: Bool {
            switch self {
            case .tick, .resolved, .guarded, .snapshot, .fed: false
            case .oldest, .newest, .latest: true
            }
        }
    }

    private let field: Field
    private let publisher: Int?
    private let room: Int?
    private let isSupplied: Bool
    /// Nil while it has not begun.
    private var isRunning = false
    /// What each publisher had begun when it was known to have begun: all that comes after concerns it.
    private var since: [Int] = []
    /// The last number from each publisher.
    private var last: [Int: Int] = [:]
    /// Errors that came before the first number.
    private var earlyErrors = 0
    /// How many numbers it has not got between others, and how many it was told were dropped.
    private var gaps = 0
    private var told = 0
    private var hasSnapshot = false
    private var isAfterSnapshot = false

    init(_ random: inout SeededRandom) {
        field = Field.allCases.randomElement(using: &random) ?? .tick
        let all = Int.random(in: 0..<SoakWorld.publishers, using: &random)
        publisher = (field == .tick || field.isLossy) && Bool.random(using: &random) ? nil : all
        room = field == .fed || field == .snapshot || Bool.random(using: &random) ? nil : Int.random(in: 0..<SoakWorld.rooms, using: &random)
        isSupplied = Int.random(in: 0..<4, using: &random) == 0
    }

    var query: String {
        let arguments = [publisher.map { "p: \($0)" }, room.map { "room: \($0)" }].compactMap(\.self).joined(separator: ", ")
        return "subscription { \(field)\(arguments.isEmpty ? "" : "(\(arguments))") { p n \(isSupplied ? "square" : "") } }"
    }

    mutating func begin(_ world: SoakWorld) {
        isRunning = true
        // Where another thread allows it, it is told of before it has joined: then nothing is known to concern it but what came.
        since = (0..<SoakWorld.publishers).map { field == .guarded ? Int.max / 2 : world.begun(by: $0) }
    }

    /// What is wrong with a response; nil where nothing is.
    mutating func hear(_ payload: JSONValue) -> String? {
        if !isRunning { return "a response before it began" }
        if let dropped = payload["extensions"]?["subsgen"]?["dropped"] {
            guard field.isLossy, let number = dropped.integer, number > 0 else { return "told of drops: \(payload.text)" }
            told += number
        }
        guard let tick = payload["data"]?[field.rawValue], let p = tick["p"]?.integer, let n = tick["n"]?.integer else { return hearError(payload) }
        if payload["errors"] != nil { return "errors beside data: \(payload.text)" }
        if let publisher, publisher != p { return "an event of another publisher: \(payload.text)" }
        if isSupplied, tick["square"]?.integer != n % 100 { return "another one's value: \(payload.text)" }
        defer { last[p] = n }
        if field == .snapshot, !hasSnapshot {
            hasSnapshot = true
            return nil
        }
        if field == .snapshot, last.count == 1, let snapshot = last[p], !isAfterSnapshot {
            isAfterSnapshot = true
            return n <= snapshot + 1 ? nil : "after the snapshot \(snapshot) came \(n)"
        }
        if let room, n % SoakWorld.rooms != room { return "an event of another room: \(payload.text)" }
        if field.isLossy { return passGap(to: n, of: p) }
        if let last = last[p] {
            let expected = next(after: last)
            return n == expected ? nil : "after \(last) came \(n), not \(expected.map(String.init) ?? "an error")"
        }
        if field != .fed, let first = next(after: since[p]), n > first, earlyErrors == 0 { return "the first was \(n), not \(first)" }
        return takeEarlyErrors(before: n)
    }

    /// Messages may be missing, as many as it was told and no more; those that come are in order.
    private mutating func passGap(to n: Int, of p: Int) -> String? {
        let before = last[p] ?? since[p]
        if last[p] != nil, n <= before { return "after \(before) came \(n)" }
        if n > before { gaps += (before + 1..<n).count(where: concerns) }
        return gaps <= told ? nil : "\(gaps) messages are missing before \(n), and it was told of \(told)"
    }

    private func concerns(_ n: Int) -> Bool { room.map { n % SoakWorld.rooms == $0 } ?? true }

    /// The number after another one; nil where an error must come first.
    private func next(after last: Int) -> Int? {
        var n = last + 1
        while true {
            if concerns(n) {
                if field != .resolved { return n }
                switch SoakOutcome(of: n) {
                case .event: return n
                case .error: return nil
                case .skipped: break
                }
            }
            n += 1
        }
    }

    private mutating func hearError(_ payload: JSONValue) -> String? {
        guard field == .resolved, payload["errors"] != nil, let publisher else { return "an error: \(payload.text)" }
        guard let last = last[publisher] else {
            earlyErrors += 1
            return nil
        }
        var n = last + 1
        while !concerns(n) || SoakOutcome(of: n) == .skipped { n += 1 }
        if SoakOutcome(of: n) != .error { return "an error came instead of \(n)" }
        self.last[publisher] = n
        return nil
    }

    /// Whether as many errors stand directly before the first number as came.
    private mutating func takeEarlyErrors(before first: Int) -> String? {
        var n = first - 1
        while earlyErrors > 0, n > 0 {
            if concerns(n) {
                switch SoakOutcome(of: n) {
                case .event: return "\(earlyErrors) errors too many came before \(first)"
                case .error: earlyErrors -= 1
                case .skipped: break
                }
            }
            n -= 1
        }
        return nil
    }

    func missing(_ world: SoakWorld) -> String? {
        // What DROP_NEWEST drops is the newest; of the others it comes for certain.
        guard isRunning, field != .fed, field != .newest, earlyErrors == 0 else { return nil }
        if field.isLossy { return missingNewest(world) }
        for p in publisher.map({ [$0] }) ?? Array(0..<SoakWorld.publishers) {
            guard let next = next(after: max(last[p] ?? 0, last[p] == nil ? since[p] : 0)), next <= world.published(by: p) else { continue }
            return "\(query): \(next) of \(p) has not come, the last was \(last[p] ?? 0), published are \(world.published(by: p))"
        }
        return nil
    }
}

extension SoakListener {
    /// Whatever was dropped, the newest of each publisher has come, unless another's took its place.
    private func missingNewest(_ world: SoakWorld) -> String? {
        let publishers = publisher.map { [$0] } ?? Array(0..<SoakWorld.publishers)
        let late = publishers.filter { p in
            let from = max(last[p] ?? 0, last[p] == nil ? since[p] : 0) + 1
            return from <= world.published(by: p) && (from...world.published(by: p)).contains(where: concerns)
        }
        // DROP_OLDEST keeps the newest of all publishers together.
        if late.isEmpty || field == .oldest && late.count < publishers.count { return nil }
        return "\(query): the newest of \(late) has not come"
    }
}

extension JSONValue {
    fileprivate var text: String { String(decoding: rawBytes, as: UTF8.self) }
}
