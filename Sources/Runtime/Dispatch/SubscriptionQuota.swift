import Synchronization

/// Bounds how many subscriptions a connection and a user have at the same time, those that are still opening included.
///
/// A subscription takes a slot before anybody is asked about it, and gives it back when it is over, on whichever way.
final class SubscriptionQuota: Sendable {
    private let connectionLimit: Int
    private let userLimit: Int
    /// Guards how many slots each user has taken; who has none is not in it. A leaf.
    private let users = Guarded<[String: Int]>([:])

    init(connectionLimit: Int, userLimit: Int) {
        self.connectionLimit = connectionLimit
        self.userLimit = userLimit
    }

    /// How many users have subscriptions.
    var userCount: Int { users.withLock { $0.count } }

    /// Takes a slot, once for a subscription; of a user too where it is known who that is. Returns what the client is told where there is none.
    func take(for subscription: Subscription, user: String?) -> GraphQLError? {
        let own = subscription.outbox.subscriptions.add(1, ordering: .relaxed).newValue
        guard own <= connectionLimit else {
            subscription.outbox.subscriptions.subtract(1, ordering: .relaxed)
            return GraphQLError("This connection has \(connectionLimit) subscriptions, and may not have more.")
        }
        guard let user else {
            subscription.place.withLock { $0.slot = .of(nil) }
            return nil
        }
        let isTaken = users.withLock { users in
            let count = users[user, default: 0]
            if count < userLimit { users[user] = count + 1 }
            return count < userLimit
        }
        guard isTaken else {
            subscription.outbox.subscriptions.subtract(1, ordering: .relaxed)
            return GraphQLError("You have \(userLimit) subscriptions, and may not have more.")
        }
        subscription.place.withLock { $0.slot = .of(user) }
        return nil
    }

    /// What a client is told whose connection would have too many, if those began too that wait to take a slot.
    func refusal(of outbox: Outbox, waiting: Int) -> GraphQLError? {
        if outbox.subscriptions.load(ordering: .relaxed) + waiting < connectionLimit { return nil }
        return GraphQLError("This connection has \(connectionLimit) subscriptions, and may not have more.")
    }

    /// Passes the slot of a subscription on to the one that goes on in its place.
    func pass(from subscription: Subscription, to successor: Subscription) {
        let slot = subscription.place.withLock { place in
            defer { place.slot = nil }
            return place.slot
        }
        successor.place.withLock { $0.slot = slot }
    }

    /// Gives the slot of a subscription back, if it has one.
    func giveBack(by subscription: Subscription) {
        let slot = subscription.place.withLock { place in
            defer { place.slot = nil }
            return place.slot
        }
        guard let slot else { return }
        subscription.outbox.subscriptions.subtract(1, ordering: .relaxed)
        guard let user = slot.user else { return }
        users.withLock { users in
            guard let count = users[user] else { return }
            users[user] = count > 1 ? count - 1 : nil
        }
    }
}
