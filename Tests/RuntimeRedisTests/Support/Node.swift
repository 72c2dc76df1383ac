import SubsgenRuntime

@testable import SubsgenRedis

/// A runtime on a bus, as a process of its own would be.
final class Node: Sendable {
    static let sdl = """
        type Query { none: Boolean }
        type Message { id: ID!, text: String }
        type Subscription {
          messageAdded(roomId: ID!): Message @topic(name: "chat.{roomId}")
          news: Message
          rare: Message @rateLimit(limit: 10, window: "10h") @overflow(policy: DROP_NEWEST)
        }
        """

    let runtime: SubscriptionExecutor
    let bus: RedisBus

    /// With limits so wide that no listener is too slow, where none are given.
    init(_ url: String, _ limits: RuntimeLimits = RuntimeLimits(outbox: Outbox.Limits(subscriptionMessages: 1_000_000))) throws {
        bus = RedisBus(try RedisConfiguration(url: url))
        runtime = try SubscriptionExecutor(sdl: Self.sdl, bus: bus, limits: limits)
    }

    /// Subscribes to a room, or to the news.
    func listen(_ room: String? = nil, claims: String? = nil) throws -> Listener {
        let query = room.map { "subscription { messageAdded(roomId: \"\($0)\") { id } }" } ?? "subscription { news { id } }"
        return try Listener(runtime, query, claims)
    }

    /// A number of the runtime's metrics.
    func count(_ name: String) -> Int? { runtime.metrics.families.first { $0.definition.name == name }?.total }

    @discardableResult
    func publish(_ topic: String, _ id: Int) async throws -> Cursor {
        try await runtime.publish(topic: topic, payload: Array("{\"id\":\"\(id)\",\"text\":\"x\"}".utf8))
    }

    /// Publishes to the news without waiting for answers.
    func publishNews(_ ids: Range<Int>, _ answer: @escaping @Sendable (Result<Cursor, PublishError>) -> Void) throws {
        for id in ids {
            var event = BusEvent(topic: "news", payload: try JSONDocument.parse(Array("{\"id\":\"\(id)\"}".utf8)))
            event.template = "news"
            bus.publish(event, answer)
        }
    }
}

/// A subscription, and the ids of what it got.
final class Listener: Sendable {
    private let subscription: PulledSubscription
    private let news: AsyncStream<Void>

    init(_ runtime: SubscriptionExecutor, _ query: String, _ claims: String?, variables: [UInt8]? = nil) throws {
        let (news, teller) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.news = news
        subscription = try runtime.subscribe(query: query, variables: variables, claims: claims.map { Array($0.utf8) }) { teller.yield() }
    }

    /// The next so many ids, however long they take; fewer where the subscription ends. Who expects many takes them while they come.
    func next(_ count: Int) async -> [String] {
        var ids: [String] = []
        var iterator = news.makeAsyncIterator()
        while true {
            // Asked first: what comes before the end is there then.
            let isOver = subscription.state == .ended
            while ids.count < count, let message = subscription.next() {
                let text = String(decoding: message, as: UTF8.self)
                ids.append(text.split(separator: "\"id\":\"").dropFirst().first.map { String($0.prefix { $0 != "\"" }) } ?? text)
            }
            if ids.count >= count || isOver { return ids }
            _ = await iterator.next()
        }
    }

    /// The next message whole; nil where the subscription ends.
    func message() async -> String? {
        var iterator = news.makeAsyncIterator()
        while true {
            let isOver = subscription.state == .ended
            if let message = subscription.next() { return String(decoding: message, as: UTF8.self) }
            if isOver { return nil }
            _ = await iterator.next()
        }
    }

    /// Returns when the subscription is over.
    func end() async {
        var iterator = news.makeAsyncIterator()
        while subscription.state != .ended { _ = await iterator.next() }
    }
}
