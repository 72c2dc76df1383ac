@testable import SubsgenRuntime
import Testing

/// The schema that the tests of dispatching run on.
enum Chat {
    static let sdl = """
        type Query { ok: Boolean }
        type Subscription {
          tick: Tick!
          message(roomId: ID!, kinds: [Kind!] @filter(field: "kind"), author: ID @filter(field: "author.id")): Message
          tagged(tag: String @filter(field: "tags"), tags: [String!] @filter(field: "tags", op: IN)): Message @topic(name: "message")
          posted(roomId: ID!): Message @topic(name: "chat.{roomId}")
          seen(by: ID @resolverArgument): Message @topic(name: "message")
        }
        type Tick { n: Int! }
        type Message { id: ID! roomId: ID! kind: Kind tags: [String!] author: User }
        type User { id: ID! }
        enum Kind { TEXT IMAGE }
        """

    static func executor(limits: RuntimeLimits = RuntimeLimits()) throws -> SubscriptionExecutor {
        try SubscriptionExecutor(sdl: sdl, bus: MemoryBus(), limits: limits)
    }
}

extension SubscriptionExecutor {
    func subscribe(_ query: String, claims: String? = nil) throws -> PulledSubscription {
        try subscribe(query: query, claims: claims.map { Array($0.utf8) })
    }
}

extension PulledSubscription {
    /// Every result that waits.
    func drain() -> [String] {
        var results: [String] = []
        while let result = next() { results.append(String(decoding: result, as: UTF8.self)) }
        return results
    }
}

/// A host whose calls wait for the test to answer them.
final class Calls: ResolverHost {
    /// Guards the calls that were started and not taken.
    private let waiting = Guarded<[ResolverCall]>([])
    /// Guards the calls of which something became.
    private let changed = Guarded<[ResolverCall]>([])

    func start(_ call: ResolverCall) { waiting.withLock { $0.append(call) } }
    func changed(_ call: ResolverCall) { changed.withLock { $0.append(call) } }

    func take() -> [ResolverCall] { Self.take(waiting) }
    func takeChanged() -> [ResolverCall] { Self.take(changed) }

    private static func take(_ calls: borrowing Guarded<[ResolverCall]>) -> [ResolverCall] {
        calls.withLock { calls in
            defer { calls = [] }
            return calls
        }
    }
}

extension ResolverCall {
    func finish(_ event: String) { finish(Array(event.utf8)) }
    var eventText: String { String(decoding: event, as: UTF8.self) }
    var argumentText: String { String(decoding: arguments, as: UTF8.self) }
    var claimText: String? { claims.map { String(decoding: $0, as: UTF8.self) } }
}

/// A bus that delivers events that it has read from elsewhere, which have no room kept for them.
final class ForeignBus: LocalEventBus {
    /// Guards the receiver.
    private let receiver = Guarded<(any BusReceiver)?>(nil)
    private let cursor = Cursor(epoch: 1, partition: 1, sequence: 1)

    func start(_ receiver: any BusReceiver) {
        self.receiver.withLock { $0 = receiver }
    }

    func publish(_ event: BusEvent) throws(PublishError) -> Cursor {
        receiver.withLock { $0 }?.deliver(BusEvent(topic: event.topic, payload: event.payload), cursor)
        return cursor
    }

    func complete(_ topic: BusTopic) throws(PublishError) -> Cursor {
        receiver.withLock { $0 }?.receive(endOf: topic.name, cursor)
        return cursor
    }

    func history(of topic: BusTopic, after cursor: Cursor, limit: Int, _ completion: @escaping BusCompletion<BusHistory, BusHistoryError>) {
        completion(.failure(.notKept))
    }

    var health: BusHealth { .running }

    /// Delivers an event that another process has published.
    func deliver(_ topic: String, _ payload: String) throws {
        _ = try publish(BusEvent(topic: topic, payload: try JSONDocument.parse(Array(payload.utf8))))
    }
}
