/// The subscriptions that the same events concern: equal field and arguments, and equal claims where the field's resolver reads them.
///
/// One resolver call serves an audience. Belongs to one topic and is touched under its lock only.
final class Audience {
    /// What makes two subscriptions of one topic belong together.
    struct Key: Hashable {
        let fieldIndex: Int
        let arguments: [UInt8]
        /// Only where the field's resolver reads claims; nil for a subscriber without.
        let claims: [UInt8]?
    }

    /// Names the audience in its topic for as long as the topic lives.
    let id: UInt64
    let key: Key
    let conditions: [EventCondition]
    /// By the identity of their projection, which the group keeps alive.
    var groups: [ObjectIdentifier: ProjectionGroup] = [:]
    var lane = ResolverLane()
    /// The last event that reached it, so that an event that is found twice is delivered once.
    var lastEvent: UInt64 = 0

    init(id: UInt64, key: Key, conditions: [EventCondition]) {
        self.id = id
        self.key = key
        self.conditions = conditions
    }
}

/// The subscriptions of an audience that select the same: one body answers all of them.
final class ProjectionGroup {
    struct Member {
        let subscription: Subscription
        /// The audience's event number from which on the subscription listens; earlier ones may still be with the resolver.
        let since: UInt64
    }

    let projection: Projection
    /// In no particular order, so that one is removed in constant time.
    private(set) var members: [Member] = []

    init(projection: Projection) {
        self.projection = projection
    }

    /// Returns the member's position.
    func add(_ member: Member) -> Int {
        members.append(member)
        return members.count - 1
    }

    /// Removes a member and returns the subscription that stands at its position now, if another one does.
    func remove(at position: Int) -> Subscription? {
        members.swapAt(position, members.count - 1)
        members.removeLast()
        return position < members.count ? members[position].subscription : nil
    }
}

/// The events of an audience that wait for its resolver, so that they are delivered in the order in which the topic took them.
struct ResolverLane {
    /// The number of the next event.
    private(set) var next: UInt64 = 0
    /// The oldest event that has not been delivered.
    private var head: UInt64 = 0
    /// Answers that wait for an older one.
    private var answers: [UInt64: ResolverAnswer] = [:]

    /// How many events wait.
    var count: Int { Int(truncatingIfNeeded: next - head) }

    /// A place at the end for an event whose answer will come.
    mutating func reserve() -> UInt64 {
        defer { next += 1 }
        return next
    }

    /// Notes an answer; one that is not waited for is dropped.
    mutating func answer(_ number: UInt64, _ answer: ResolverAnswer) {
        if number >= head, number < next, answers[number] == nil { answers[number] = answer }
    }

    /// The oldest event, if it has its answer.
    mutating func popAnswered() -> (number: UInt64, answer: ResolverAnswer)? {
        guard let answer = answers.removeValue(forKey: head) else { return nil }
        defer { head += 1 }
        return (head, answer)
    }
}
