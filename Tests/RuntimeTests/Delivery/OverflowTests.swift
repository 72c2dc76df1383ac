import Testing

@testable import SubsgenRuntime

@Suite("Overflow policies")
struct OverflowTests {
    private static let sdl = """
        type Query { ok: Boolean }
        type Subscription {
          oldest: Tick @overflow(policy: DROP_OLDEST, capacity: 2)
          newest: Tick @overflow(policy: DROP_NEWEST, capacity: 2)
          latest: Tick @overflow(policy: LATEST)
          keyed: Tick @overflow(policy: LATEST, capacity: 3, key: "by.id")
          strict: Tick @overflow(capacity: 2)
        }
        type Tick { n: Int by: User twice: Int @resolver } type User { id: ID! }
        """
    private let executor: SubscriptionExecutor
    private let calls = Calls()

    init() throws {
        executor = try SubscriptionExecutor(sdl: Self.sdl, bus: MemoryBus())
    }

    private func subscribed(to field: String) -> SessionClient {
        let client = SessionClient.acknowledged(executor)
        client.subscribe("s", "subscription { \(field) { n } }")
        #expect(client.heard() == ["started s \(field){}"])
        return client
    }

    private func tick(_ field: String, _ numbers: ClosedRange<Int>, by user: String? = nil) throws {
        for n in numbers { try executor.publish(field, #"{"n":\#(n)\#(user.map { #","by":{"id":\#($0)}"# } ?? "")}"#) }
    }

    private func next(_ field: String, _ n: Int, dropped: Int = 0) -> String {
        let told = dropped == 0 ? "" : #","extensions":{"subsgen":{"dropped":\#(dropped)}}"#
        return #"{"id":"s","type":"next","payload":{"data":{"\#(field)":{"n":\#(n)}}\#(told)}}"#
    }

    private func dropped(_ policy: String) -> Int {
        switch policy {
        case "oldest": executor.metrics[.droppedOldest]
        case "newest": executor.metrics[.droppedNewest]
        default: executor.metrics[.droppedNotLatest]
        }
    }

    @Test("DROP_OLDEST keeps the newest messages, and the next one says how many are missing")
    func dropOldest() throws {
        let client = subscribed(to: "oldest")
        try tick("oldest", 1...5)
        #expect(client.heard() == [next("oldest", 4, dropped: 3), next("oldest", 5)])
        try tick("oldest", 6...6)
        #expect(client.heard() == [next("oldest", 6)])
        #expect(dropped("oldest") == 3)
        #expect(executor.metrics[.deliveries] == 3)
    }

    @Test("DROP_NEWEST keeps the oldest messages, and the next one that there is room for says how many are missing")
    func dropNewest() throws {
        let client = subscribed(to: "newest")
        try tick("newest", 1...5)
        #expect(client.session.take(1).map(text) == [next("newest", 1, dropped: 3)])
        try tick("newest", 6...6)
        #expect(client.heard() == [next("newest", 2), next("newest", 6)])
        #expect(dropped("newest") == 3)
    }

    @Test("LATEST without a key keeps the newest message only")
    func latest() throws {
        let client = subscribed(to: "latest")
        try tick("latest", 1...3)
        #expect(client.heard() == [next("latest", 3, dropped: 2)])
        try tick("latest", 4...4)
        #expect(client.heard() == [next("latest", 4)])
        #expect(dropped("latest") == 2)
    }

    @Test("LATEST with a key keeps the newest message of each value, in the turn of the first that waited; an event without one is a value too")
    func keyed() throws {
        let client = subscribed(to: "keyed")
        try tick("keyed", 1...1, by: #""a""#)
        try tick("keyed", 2...2, by: "7")
        try tick("keyed", 3...3)
        try tick("keyed", 4...4, by: #""\u0061""#)
        try tick("keyed", 5...5, by: #""7""#)
        try tick("keyed", 6...6)
        #expect(client.heard() == [next("keyed", 4, dropped: 3), next("keyed", 5), next("keyed", 6)])
        for (n, user) in [(1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "2")] { try tick("keyed", n...n, by: user) }
        #expect(client.heard() == [next("keyed", 5, dropped: 2), next("keyed", 3), next("keyed", 4)], "of too many values the oldest goes")
    }

    @Test("DISCONNECT takes the capacity of its field")
    func disconnect() throws {
        let client = subscribed(to: "strict")
        try tick("strict", 1...3)
        let heard = client.heard()
        #expect(heard.prefix(2) == [next("strict", 1), next("strict", 2)])
        #expect(heard.contains { $0.contains("more than 2 messages waited") })
        #expect(executor.metrics[.subscriptions] == 0)
    }

    @Test("One who is slow costs the others nothing", arguments: ["oldest", "newest", "latest"])
    func others(field: String) throws {
        let slow = subscribed(to: field)
        let quick = subscribed(to: field)
        for n in 1...10 {
            try tick(field, n...n)
            #expect(quick.heard() == [next(field, n)])
        }
        #expect(slow.heard().count <= 2)
    }

    @Test("A topic that completes ends the subscription after what waits, and a client's complete throws that away")
    func ends() throws {
        let (patient, hasty) = (subscribed(to: "oldest"), subscribed(to: "oldest"))
        try tick("oldest", 1...3)
        hasty.complete("s")
        try executor.complete(topic: "oldest")
        #expect(hasty.heard() == ["ended 2"])
        let heard: [String] = patient.heard()
        let expected: [String] = [
            next("oldest", 2, dropped: 1), next("oldest", 3), "ended 1", #"{"id":"s","type":"complete"}"#,
        ]
        #expect(heard == expected)
    }

    @Test("What is held back for an initial event is dropped by the policy too, and the initial event is not")
    func initial() throws {
        try executor.setResolver(field: "oldest", FieldFunctions(initial: true), host: calls)
        let client = subscribed(to: "oldest")
        try tick("oldest", 1...4)
        #expect(client.heard() == [])
        try #require(calls.take().first).finish(#"{"n":0}"#)
        #expect(client.heard() == [next("oldest", 0), next("oldest", 3, dropped: 2), next("oldest", 4)])
        try tick("oldest", 5...7)
        #expect(client.heard() == [next("oldest", 6, dropped: 1), next("oldest", 7)])
    }

    @Test("Who pulls results is told too")
    func pulled() throws {
        let pulled = try executor.subscribe(query: "subscription { latest { n } }")
        try tick("latest", 1...3)
        #expect(pulled.next().map { String(decoding: $0, as: UTF8.self) }
            == #"{"data":{"latest":{"n":3}},"extensions":{"subsgen":{"dropped":2}}}"#)
        #expect(pulled.next() == nil)
    }

    @Test("The bytes of the connection bound what waits, whatever the policy, and what is dropped is given back")
    func bytes() throws {
        var limits = RuntimeLimits()
        limits.outbox.connectionBytes = 1000
        let executor = try SubscriptionExecutor(sdl: Self.sdl, bus: MemoryBus(), limits: limits)
        let client = SessionClient.acknowledged(executor)
        client.subscribe("s", "subscription { oldest { n } }")
        _ = client.heard()
        for n in 0..<1000 { try executor.publish("oldest", #"{"n":\#(n)}"#) }
        #expect(client.heard().count == 2)
        for _ in 0..<20 {
            client.subscribe("t\(client.session.handle)", "subscription { latest { n } }")
            client.complete("t\(client.session.handle)")
        }
        for id in 0..<20 { client.subscribe("\(id)", "subscription { latest { n } }") }
        _ = client.heard()
        try executor.publish("latest", #"{"n":1}"#)
        #expect(client.heard().last == "close 1013 Slow consumer")
    }

    @Test("While events come and the host takes, as many are delivered or told as dropped as there were, in order", arguments: ["oldest", "newest", "latest"])
    func concurrency(field: String) async throws {
        let client = subscribed(to: field)
        let count = 2000
        let heard = await withTaskGroup(of: [String].self) { group in
            group.addTask {
                for n in 1...count { try? executor.publish(field, #"{"n":\#(n)}"#) }
                return []
            }
            group.addTask {
                var heard: [String] = []
                while executor.metrics[.eventsPublished] < count {
                    heard += client.session.take(3).map(text)
                    await Task.yield()
                }
                return heard + client.session.take(.max).map(text)
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        var (numbers, told): ([Int], Int) = ([], 0)
        for message in heard {
            let payload = try #require(JSONDocument.parse(Array(message.utf8)).root["payload"])
            numbers.append(try #require(payload["data"]?[field]?["n"].flatMap { Int(String(decoding: $0.rawBytes, as: UTF8.self)) }))
            told += payload["extensions"]?["subsgen"]?["dropped"].flatMap { Int(String(decoding: $0.rawBytes, as: UTF8.self)) } ?? 0
        }
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
        #expect(dropped(field) + numbers.count == count)
        if field != "newest" {
            #expect(numbers.last == count)
            #expect(told == dropped(field))
        }
    }
}
