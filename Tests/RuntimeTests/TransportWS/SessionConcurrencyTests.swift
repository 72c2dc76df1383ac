import Testing

@testable import SubsgenRuntime

@Suite("Sessions that many threads use at once")
struct SessionConcurrencyTests {
    private static let rounds = 200
    private let presence = "subscription { presence }"
    private let executor: SubscriptionExecutor

    init() throws {
        let limits = RuntimeLimits(outbox: Outbox.Limits(subscriptionMessages: .max))
        executor = try SubscriptionExecutor(sdl: chatSDL, bus: MemoryBus(), limits: limits)
    }

    /// Publishes numbers, each greater than the one before.
    private func publishNumbers() throws {
        for number in 0..<Self.rounds { try executor.publish("presence", "\"\(number)\"") }
    }

    private func expectNothingLeft(sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(executor.metrics[.subscriptions] == 0, sourceLocation: sourceLocation)
        #expect(executor.metrics[.groups] == 0, sourceLocation: sourceLocation)
        #expect(executor.metrics[.topics] == 0, sourceLocation: sourceLocation)
        #expect(executor.metrics[.connections] == 0, sourceLocation: sourceLocation)
    }

    @Test("Clients subscribe and complete while events are published: each message lies between its start and its end, in order")
    func subscribeWhilePublishing() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let client = SessionClient.acknowledged(executor)
                    var ledger = Ledger()
                    for _ in 0..<Self.rounds {
                        client.subscribe("1", presence)
                        ledger.read(client)
                        client.complete("1")
                        ledger.read(client)
                    }
                    client.session.disconnected()
                    ledger.read(client)
                    #expect(ledger.mistakes.isEmpty)
                    #expect(ledger.started == Self.rounds)
                    #expect(ledger.running.isEmpty)
                }
            }
            group.addTask { try publishNumbers() }
            try await group.waitForAll()
        }
        expectNothingLeft()
    }

    @Test("Topics complete while clients subscribe and complete: one end for each start, and at most one complete")
    func completeTopicWhileSubscribing() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let client = SessionClient.acknowledged(executor)
                    var ledger = Ledger()
                    for round in 0..<Self.rounds {
                        client.subscribe("\(round)", presence)
                        ledger.read(client)
                        // It may cross with the topic's end.
                        if round.isMultiple(of: 2) { client.complete("\(round)") }
                        ledger.read(client)
                    }
                    client.session.disconnected()
                    ledger.read(client)
                    #expect(ledger.mistakes.isEmpty)
                    #expect(ledger.started == Self.rounds)
                    #expect(ledger.running.isEmpty)
                }
            }
            group.addTask {
                for number in 0..<Self.rounds {
                    try executor.publish("presence", "\"\(number)\"")
                    try executor.complete(topic: "presence")
                }
            }
            try await group.waitForAll()
        }
        expectNothingLeft()
    }

    @Test("Sockets vanish while their clients subscribe and events are published: nothing is left")
    func disconnectWhileSubscribing() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try publishNumbers() }
            for _ in 0..<Self.rounds {
                let client = SessionClient.acknowledged(executor)
                group.addTask {
                    for id in 0..<4 { client.subscribe("\(id)", presence) }
                }
                group.addTask {
                    client.session.disconnected()
                }
            }
            try await group.waitForAll()
        }
        expectNothingLeft()
    }

    @Test("The server goes away while clients subscribe and events are published: the close is last, each start has its end")
    func drainWhileSubscribing() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try publishNumbers() }
            for _ in 0..<Self.rounds {
                let client = SessionClient.acknowledged(executor)
                group.addTask {
                    await withTaskGroup(of: Void.self) { both in
                        both.addTask {
                            for id in 0..<4 { client.subscribe("\(id)", presence) }
                        }
                        both.addTask { client.session.drainAndClose() }
                    }
                    var ledger = Ledger()
                    ledger.read(client)
                    client.session.disconnected()
                    ledger.read(client)
                    #expect(ledger.mistakes.isEmpty)
                    #expect(ledger.isClosed)
                    #expect(ledger.running.isEmpty)
                }
            }
            try await group.waitForAll()
        }
        expectNothingLeft()
    }

    @Test("Sockets overflow while their clients complete: one end for each start, then the close")
    func overflowWhileCompleting() async throws {
        let executor = try SubscriptionExecutor(
            sdl: chatSDL, bus: MemoryBus(), limits: RuntimeLimits(outbox: Outbox.Limits(connectionBytes: 2000)))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.rounds {
                let client = SessionClient.acknowledged(executor)
                for id in 0..<4 { client.subscribe("\(id)", presence) }
                group.addTask {
                    for number in 0..<16 { try executor.publish("presence", "\"\(number)\"") }
                }
                group.addTask {
                    for id in 0..<4 { client.complete("\(id)") }
                    client.say(#"{"type":"ping"}"#)
                    var ledger = Ledger()
                    ledger.read(client)
                    client.session.disconnected()
                    ledger.read(client)
                    #expect(ledger.mistakes.isEmpty)
                    // Fewer where the events of other rounds were too many already while it subscribed.
                    #expect(ledger.started <= 4)
                    #expect(ledger.running.isEmpty)
                }
            }
            try await group.waitForAll()
        }
        #expect(executor.metrics[.subscriptions] == 0)
        #expect(executor.metrics[.connections] == 0)
    }
}

/// The books that a host keeps of a session, and what does not fit into them.
private struct Ledger {
    /// The handles of the subscriptions that have started and not ended, by id.
    private(set) var running: [String: UInt64] = [:]
    private(set) var started = 0
    private(set) var isClosed = false
    private(set) var mistakes: [String] = []
    /// The last number that each running subscription got.
    private var last: [String: Int] = [:]
    /// The subscriptions that have ended, and may get one `complete`.
    private var completable: Set<String> = []

    mutating func read(_ client: SessionClient) {
        while true {
            let outputs = client.session.take(7)
            if outputs.isEmpty { return }
            for output in outputs { note(output) }
        }
    }

    private mutating func note(_ output: Outbox.Output) {
        if isClosed { mistakes.append("after the close: \(output)") }
        switch output {
        case .started(let info):
            started += 1
            if running.updateValue(info.handle, forKey: info.id) != nil { mistakes.append("\(info.id) started twice") }
            last[info.id] = nil
            completable.remove(info.id)
        case .ended(let handle):
            guard let id = running.first(where: { $0.value == handle })?.key else {
                return mistakes.append("\(handle) ended and does not run")
            }
            running[id] = nil
            completable.insert(id)
        case .frame(let prefix, let body?): next(prefix, body.bytes)
        case .frame(let prefix, nil): control(prefix)
        case .extendedFrame: mistakes.append("a message after others that were dropped: \(output)")
        case .close: isClosed = true
        case .response: mistakes.append("a response to a request")
        case .authenticate: mistakes.append("authenticate")
        case .expires: mistakes.append("expires")
        }
    }

    private mutating func next(_ prefix: [UInt8], _ body: [UInt8]) {
        guard let message = try? JSONDocument.parse(prefix + body + [UInt8(ascii: "}")]).root, let id = message["id"]?.string,
            let number = message["payload"]?["data"]?["presence"]?.string.flatMap({ Int($0) })
        else { return mistakes.append("no next message") }
        if running[id] == nil { mistakes.append("next for \(id), which does not run") }
        if let last = last[id], number != last + 1 { mistakes.append("\(number) after \(last)") }
        last[id] = number
    }

    private mutating func control(_ frame: [UInt8]) {
        guard let message = try? JSONDocument.parse(frame).root else { return mistakes.append("no JSON") }
        if message["type"]?.string == "pong" { return }
        guard message["type"]?.string == "complete", let id = message["id"]?.string else { return mistakes.append("\(message.rawBytes)") }
        // A drain says it before the end, a topic's end after it.
        if running[id] == nil, completable.remove(id) == nil { mistakes.append("complete for \(id)") }
    }
}
