/// The topics that have subscriptions, by name: those of the bus, or those that sources feed.
///
/// Spread over shards by the name's hash, so that publishers of different topics seldom meet. A topic comes with its first
/// subscription and goes with its last.
final class TopicRegistry: Sendable {
    private final class Shard: Sendable {
        /// Guards the shard's part of the names. Held while a subscription joins or leaves a topic, so that a topic that others find
        /// is never one that has been given up.
        let topics = Guarded<[String: Topic]>([:])
    }

    /// A power of two, far above the number of threads that publish at once.
    private static let shardCount = 64

    private let shards = (0..<shardCount).map { _ in Shard() }
    private let context: DispatchContext
    private let gauge: Gauge

    /// Which number of the metrics counts the topics.
    enum Gauge: Sendable { case topics, sources, replays }

    init(context: DispatchContext, gauge: Gauge) {
        self.context = context
        self.gauge = gauge
    }

    /// The topic of a name; nil where nobody listens to it.
    func topic(named name: String) -> Topic? {
        shard(of: name).topics.withLock { $0[name] }
    }

    /// What came of joining a topic.
    struct Joined: Sendable {
        /// Whether nobody listened to it before.
        let isFirst: Bool
        let aftermath: Aftermath
    }

    /// Lets a subscription join the topic of a name, which is the one that `make` gives where nobody listens yet; in the place of
    /// `predecessor`, where that is of the same topic.
    func add(
        _ subscription: Subscription, _ request: SubscriptionRequest, to name: String, _ claims: TopicState.TellingClaims,
        succeeding predecessor: Subscription? = nil, make: () -> Topic
    ) -> Joined {
        shard(of: name).topics.withLock { topics in
            let known = topics[name]
            let topic = known ?? make()
            if known == nil {
                topics[name] = topic
                count(1)
            }
            subscription.place.withLock { $0.home = Subscription.Home(topic: topic, projection: request.projection) }
            let replaced = predecessor.flatMap { predecessor in
                predecessor.place.withLock { $0.home?.topic } === topic ? predecessor : nil
            }
            return Joined(isFirst: known == nil, aftermath: topic.add(subscription, request, claims, succeeding: replaced, context))
        }
    }

    /// What became of a topic when a subscription was to leave it.
    enum Removal: Sendable {
        /// The subscription had left already.
        case absent
        case left
        /// It was the last one, and the topic has been given up.
        case gaveUp
    }

    /// Takes a subscription out of a topic.
    func remove(_ subscription: Subscription, from topic: Topic) -> Removal {
        shard(of: topic.name).topics.withLock { topics in
            guard topic.remove(subscription, context) else { return .absent }
            return forget(topic, in: &topics) ? .gaveUp : .left
        }
    }

    /// Gives a topic up if nobody listens to it any more, and says whether it did.
    func forgetIfEmpty(_ topic: Topic) -> Bool {
        shard(of: topic.name).topics.withLock { forget(topic, in: &$0) }
    }

    /// Gives a topic up whoever listens to it: nobody joins it any more.
    func forget(_ topic: Topic) {
        shard(of: topic.name).topics.withLock { topics in
            guard topics[topic.name] === topic else { return }
            topics[topic.name] = nil
            count(-1)
        }
    }

    private func forget(_ topic: Topic, in topics: inout sending [String: Topic]) -> Bool {
        guard topics[topic.name] === topic, topic.isEmpty else { return false }
        topics[topic.name] = nil
        count(-1)
        return true
    }

    private func count(_ change: Int) {
        switch gauge {
        case .topics: context.metrics.add(.topics, change)
        case .sources: context.metrics.add(.sources, change)
        case .replays: context.metrics.add(.replays, change)
        }
    }

    private func shard(of name: String) -> Shard {
        shards[name.hashValue & (Self.shardCount - 1)]
    }
}
