/// The subscriptions that the same events concern: equal field and arguments, equal rights to events, and equal claims where the field's
/// resolver reads them.
///
/// One resolver call serves an audience. Belongs to one topic and is touched under its lock only.
final class Audience: ConditionIndexed {
    /// What makes two subscriptions of one topic belong together.
    struct Key: Hashable {
        let fieldIndex: Int
        let arguments: [UInt8]
        /// Only where the field's resolver reads claims; nil for a subscriber without.
        let claims: [UInt8]?
        /// So that no two classes of subscribers share anything.
        var rights = EventRights()
    }

    /// Names the audience in its topic for as long as the topic lives.
    let id: UInt64
    let key: Key
    /// What an event must have to concern it; the topic's index gives it and reads it.
    var condition = IndexedCondition.all([])
    /// The part of the condition that the arguments make.
    var filters = IndexedCondition.all([])
    /// The other part; nil where no rule demands anything.
    var ruleClass: RuleClass?
    /// Holds the rules against what no index has found.
    private(set) lazy var gate = EventGate(key.rights)
    private(set) var groups: [ProjectionGroup.Key: ProjectionGroup] = [:]
    /// How many of the groups select what functions supply.
    private var suppliedGroups = 0
    /// The events that wait for the field's resolver.
    var lane = Lane<ResolverAnswer>()
    /// Those of them that its subscriptions have not got.
    var owed = OwedEvents()
    /// The places in the bus of the events in the lane, by their numbers.
    var cursors: [UInt64: Cursor] = [:]
    /// The subscriptions of all groups.
    private(set) var memberCount = 0
    /// The last event of the index that reached it, so that an event that finds it twice is delivered once.
    var lastEvent: UInt64 = 0

    init(id: UInt64, key: Key) {
        self.id = id
        self.key = key
    }

    func isConcerned(by event: UInt64, _ values: inout EventValues, of text: borrowing EventText) -> Bool {
        if let ruleClass, ruleClass.lastEvent != event { return false }
        return filters.isSatisfied(by: &values, of: text)
    }

    /// So many subscriptions more are in it.
    func count(_ change: Int) {
        memberCount += change
        ruleClass?.count(change)
    }

    /// Whether an event may wait in the lane of a group when it has left the audience's.
    var hasSuppliedGroups: Bool { suppliedGroups > 0 }

    func add(_ group: ProjectionGroup) {
        groups[group.key] = group
        if group.isSupplied { suppliedGroups += 1 }
    }

    func remove(_ group: ProjectionGroup) {
        groups[group.key] = nil
        if group.isSupplied { suppliedGroups -= 1 }
    }
}

/// The subscriptions of an audience that select the same: one body answers all of them.
final class ProjectionGroup {
    struct Key: Hashable {
        /// Of the projection, which the group keeps alive.
        let projection: ObjectIdentifier
        /// Only where a function that supplies a selected field reads claims; nil for a subscriber without.
        let claims: [UInt8]?
    }

    /// What its subscriptions are to get.
    enum Delivery {
        case body(SharedBody)
        /// The topic, or what feeds it, ended.
        case ended(SubscriptionEnding)
        /// One of them leaves for another one.
        case left(Subscription)
    }

    /// Names the group in its topic for as long as the topic lives.
    let id: UInt64
    /// Which holds the group as long as somebody is in it.
    unowned let audience: Audience

    struct Member {
        let subscription: Subscription
        /// The audience's event number from which on the subscription listens; earlier ones may still be with the resolver.
        let since: UInt64
    }

    let projection: Projection
    let claims: [UInt8]?
    /// The events that wait for functions of payload fields, each with the audience's number of it.
    var lane = Lane<(number: UInt64, delivery: Delivery)>()
    /// Those of them that its subscriptions have not got, by the audience's numbers.
    var owed = OwedEvents()
    /// No member joined later.
    private var newest: UInt64 = 0
    /// In no particular order, so that one is removed in constant time.
    private(set) var members: [Member] = []

    init(id: UInt64, of audience: Audience, projection: Projection, claims: [UInt8]?) {
        self.id = id
        self.audience = audience
        self.projection = projection
        self.claims = claims
    }

    var key: Key { Key(projection: ObjectIdentifier(projection), claims: claims) }

    /// Whether functions supply some of what is selected.
    var isSupplied: Bool { !projection.suppliers.isEmpty }

    /// How many members an event of this number is meant for.
    func listeners(to number: UInt64) -> Int {
        newest <= number ? members.count : members.count { $0.since <= number }
    }

    /// Returns the member's position.
    func add(_ member: Member) -> Int {
        newest = max(newest, member.since)
        members.append(member)
        return members.count - 1
    }

    /// Removes the member at a position; another one stands there then, if there is another.
    func remove(at position: Int) {
        members.swapAt(position, members.count - 1)
        members.removeLast()
        if position < members.count { members[position].subscription.seat?.position = position }
    }
}
