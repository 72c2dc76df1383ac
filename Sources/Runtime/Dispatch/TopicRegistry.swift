/// The topics that have subscriptions, by name.
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

    init(context: DispatchContext) {
        self.context = context
    }

    /// The topic of a name; nil where nobody listens to it.
    func topic(named name: String) -> Topic? {
        shard(of: name).topics.withLock { $0[name] }
    }

    /// Lets a subscription join its topic, and says which one that is.
    func add(_ subscription: Subscription, _ request: SubscriptionRequest, claims: [UInt8]?) {
        shard(of: request.topic).topics.withLock { topics in
            let topic: Topic
            if let known = topics[request.topic] {
                topic = known
            } else {
                topic = Topic(name: request.topic)
                topics[request.topic] = topic
                context.metrics.topics.add()
            }
            subscription.home.withLock { $0 = Subscription.Home(topic: topic, fieldIndex: request.fieldIndex) }
            topic.add(subscription, request, claims: claims, context)
        }
    }

    /// Takes a subscription out of a topic. False where it had left already.
    func remove(_ subscription: Subscription, from topic: Topic) -> Bool {
        shard(of: topic.name).topics.withLock { topics in
            guard topic.remove(subscription, context) else { return false }
            forget(topic, in: &topics)
            return true
        }
    }

    /// Gives a topic up if nobody listens to it any more.
    func forgetIfEmpty(_ topic: Topic) {
        shard(of: topic.name).topics.withLock { forget(topic, in: &$0) }
    }

    private func forget(_ topic: Topic, in topics: inout sending [String: Topic]) {
        guard topics[topic.name] === topic, topic.isEmpty else { return }
        topics[topic.name] = nil
        context.metrics.topics.add(-1)
    }

    private func shard(of name: String) -> Shard {
        shards[name.hashValue & (Self.shardCount - 1)]
    }
}
