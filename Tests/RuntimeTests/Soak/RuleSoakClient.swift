@testable import SubsgenRuntime

/// A time in which a client had the same claims.
///
/// What was published before they began to hold was for those before. What was not begun when they held is for them, up to what was published
/// when the next ones came. In between it may be either's.
struct SoakEpoch {
    let claims: SoakClaims
    /// What each publisher had published before they were given, and what it had begun when they held.
    let before: [Int]
    let after: [Int]
}

/// One connection in a soak of rules, used by one thread: its claims change, expire and are revoked while it listens.
struct RuleSoakClient {
    private let world: RuleSoakWorld
    private let client: SessionClient
    private var epochs: [SoakEpoch]
    private var listeners: [String: RuleSoakListener] = [:]
    private var lastID = 0
    private var expiry: Double?
    private var starts: Set<UInt64> = []
    private(set) var isClosed = false

    init(_ world: RuleSoakWorld, _ random: inout SeededRandom) {
        self.world = world
        let claims = SoakClaims(&random, now: world.seconds)
        client = SessionClient(world.executor)
        client.say(#"{"type":"connection_init"}"#)
        client.session.authenticated(claims: claims.json)
        epochs = [SoakEpoch(claims: claims, before: world.allPublished, after: world.allBegun)]
    }

    var session: Session { client.session }
    /// Subscriptions that began and have not ended.
    var running: Int { starts.count }

    mutating func subscribe(_ random: inout SeededRandom) {
        lastID += 1
        let id = "\(lastID)"
        var listener = RuleSoakListener(&random, epoch: epochs.count - 1)
        client.subscribe(id, listener.query)
        listener.since = world.allBegun
        listeners[id] = listener
    }

    mutating func complete(_ random: inout SeededRandom) {
        guard let id = listeners.keys.randomElement(using: &random) else { return }
        listeners[id] = nil
        client.complete(id)
    }

    mutating func authenticateAgain(_ random: inout SeededRandom) {
        let claims = SoakClaims(&random, now: world.seconds)
        let before = world.allPublished
        client.say(#"{"type":"ping","payload":{"auth":{}}}"#)
        client.session.authenticated(claims: claims.json)
        epochs.append(SoakEpoch(claims: claims, before: before, after: world.allBegun))
        for (id, listener) in listeners where !claims.mayHave(listener.field) { listeners[id]?.end(before: epochs.count - 1) }
    }

    /// What its host does when claims expire.
    func expire() {
        if let expiry, Double(world.seconds) >= expiry { client.session.expired() }
    }

    /// Does all that there is to do; says what is wrong with it.
    mutating func take() -> [String] {
        var problems: [String] = []
        while case let outputs = client.session.take(256), !outputs.isEmpty {
            for output in outputs {
                if isClosed { problems.append("\(output) came after the close") }
                if case .close = output { isClosed = true }
                if case .expires(let time) = output { expiry = time }
                if case .started(let info) = output { problems += started(info) }
                if case .ended(let handle) = output, starts.remove(handle) == nil { problems.append("\(handle) ended, which had not begun") }
                var frame: [UInt8] = []
                if output.appendText(to: &frame), let problem = read(frame) { problems.append(problem) }
            }
        }
        return problems
    }

    private mutating func started(_ info: SubscriptionInfo) -> [String] {
        starts.insert(info.handle)
        guard let listener = listeners[info.id] else { return [] }
        listeners[info.id]?.isRunning = true
        // Where a policy decides, it may have begun for claims that came later.
        if listener.field == .decided || epochs[listener.epoch].claims.mayHave(listener.field) { return [] }
        return ["\(listener.query) began for \(epochs[listener.epoch].claims)"]
    }

    private mutating func read(_ frame: [UInt8]) -> String? {
        guard let message = try? JSONDocument.parse(frame).root, let type = message["type"]?.string else { return "no message" }
        guard let id = message["id"]?.string, let listener = listeners[id] else { return nil }
        switch type {
        case "next": return listeners[id]?.hear(message["payload"], epochs)
        case "error":
            listeners[id] = nil
            if !listener.isRunning || listener.field == .decided { return nil }
            guard listener.lastEpoch != nil else { return "\(listener.query) ended: \(String(decoding: frame, as: UTF8.self))" }
            return listener.missing(epochs, world.allPublished)
        default: return "\(type) for \(listener.query)"
        }
    }

    /// When everything has been taken and nothing is on its way: what has not come.
    func missing() -> [String] {
        listeners.values.compactMap { listener in
            if !listener.isRunning { return nil }
            if listener.lastEpoch != nil, listener.field != .decided { return "\(listener.query) goes on without rights" }
            return listener.missing(epochs, world.allPublished)
        }
    }
}

/// One subscription in a soak of rules.
struct RuleSoakListener {
    enum Field: String, CaseIterable {
        case mine, staff, own, decided
        /// Their rates drop messages, and the client must be told of each.
        case limited, held

        var isLossy: Bool { self == .limited || self == .held }
    }

    let field: Field
    /// The client's claims when it subscribed.
    let epoch: Int
    private let publisher: Int?
    private let selectsSecret: Bool
    var isRunning = false
    /// What each publisher had begun when it had subscribed.
    var since: [Int] = []
    /// The claims after which it may not be any more.
    private(set) var lastEpoch: Int?
    private var heard = [Set<Int>](repeating: [], count: RuleSoakWorld.publishers)
    private var last = [Int](repeating: 0, count: RuleSoakWorld.publishers)
    private var gaps = 0
    private var told = 0

    init(_ random: inout SeededRandom, epoch: Int) {
        field = Field.allCases.randomElement(using: &random) ?? .mine
        self.epoch = epoch
        publisher = Bool.random(using: &random) ? nil : Int.random(in: 0..<RuleSoakWorld.publishers, using: &random)
        // While it is asked again about policies, a subscription goes on for the claims before.
        selectsSecret = Bool.random(using: &random) && field != .decided
    }

    var query: String { "subscription { \(field)\(publisher.map { "(p: \($0))" } ?? "") { p n \(selectsSecret ? "secret" : "") } }" }

    mutating func end(before epoch: Int) { lastEpoch = lastEpoch ?? epoch - 1 }

    /// What is wrong with a response, by the claims that its client had.
    mutating func hear(_ payload: JSONValue?, _ epochs: [SoakEpoch]) -> String? {
        guard isRunning else { return "\(query): a response before it began" }
        guard let tick = payload?["data"]?[field.rawValue], let p = tick["p"]?.integer, let n = tick["n"]?.integer else { return "\(query): no event" }
        if let publisher, publisher != p { return "\(query): an event of another publisher" }
        if n <= last[p] { return "\(query): after \(last[p]) came \(n)" }
        let secret = tick["secret"]?.integer
        let isRight = epochs.indices.dropFirst(epoch).contains { position in
            let epoch = epochs[position]
            let mayHold = n > epoch.before[p] && (position + 1 == epochs.count || n <= epochs[position + 1].after[p])
            return mayHold && epoch.claims.maySee(n, of: field) && (!selectsSecret || secret == (epoch.claims.isStaff ? n : nil))
        }
        if !isRight { return "\(query): \(n) of \(p), secret \(secret.map(String.init) ?? "null"), is not for \(epochs.map(\.claims))" }
        told += payload?["extensions"]?["subsgen"]?["dropped"]?.integer ?? 0
        if field.isLossy {
            gaps += max(0, n - max(last[p], since[p]) - 1)
            if gaps > told { return "\(query): \(gaps) are missing before \(n), and it was told of \(told)" }
        }
        last[p] = n
        heard[p].insert(n)
        return nil
    }

    /// What should have come, since it was certainly for it.
    func missing(_ epochs: [SoakEpoch], _ published: [Int]) -> String? {
        if field.isLossy || field == .decided { return nil }
        for position in epoch...(lastEpoch ?? epochs.count - 1) {
            for p in publisher.map({ [$0] }) ?? Array(0..<RuleSoakWorld.publishers) {
                let from = max(since[p], epochs[position].after[p]) + 1
                let until = position + 1 < epochs.count ? epochs[position + 1].before[p] : published[p]
                guard from <= until else { continue }
                for n in from...until where epochs[position].claims.maySee(n, of: field) && !heard[p].contains(n) {
                    return "\(query): \(n) of \(p) has not come for \(epochs[position].claims)"
                }
            }
        }
        return nil
    }
}
