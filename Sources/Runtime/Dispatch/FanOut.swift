import Synchronization

/// A group that an event reaches, and the audience's number of the event: members that joined later are not meant.
struct ReachedGroup {
    let group: ProjectionGroup
    let number: UInt64
}

/// What came of putting an event into outboxes.
struct FanOutOutcome: Sendable {
    var delivered = 0
    /// Outboxes that were empty: their hosts are to be woken.
    var wakes: [Outbox] = []
    /// Subscriptions that have as many messages waiting as they may.
    var full: [Subscription] = []
    /// Subscriptions whose connection takes nothing any more: of each connection at least one.
    var overflows: [Subscription] = []
    /// Messages that are lost with those connections.
    var overflowed = 0
    /// Messages that policies dropped: these, or others that waited in their place.
    var dropped = Dropped()
    /// Messages for connections that are going away.
    var refused = 0
    /// Messages that rate limits hold back for a while.
    var held = 0
    /// Messages that rate limits dropped: these, or others that were held back in their place.
    var limited = 0
    /// A subscription that lost one of them.
    var limitedSubscription: Subscription?
    /// Messages that had been given already, from the bus's history.
    var replayed = 0
    /// Subscriptions that got a message earlier than their rate limits allow.
    var tooEarly: [Subscription] = []
    /// Objects in messages that rules have masked.
    var masked: [MaskedObjects] = []
    /// When all of this happens, as far as rate limits care.
    var instant = SharedInstant()

    /// By policy.
    struct Dropped: Sendable {
        var oldest = 0
        var newest = 0
        var notLatest = 0
    }

    /// So many subscriptions at most get a body by one push.
    private static let runLength = 64

    /// Puts a body into the outboxes of some members of a group; without a range, of all.
    mutating func deliver(_ body: SharedBody, to reached: ReachedGroup, _ range: Range<Int>? = nil) {
        let members = reached.group.members
        let range = range ?? members.indices
        // Of a message that goes out in pieces, with the first.
        if let masked = body.masked, range.lowerBound == 0 { self.masked.append(masked) }
        var start = range.lowerBound
        while start < range.upperBound {
            // A connection's subscriptions stand side by side where they joined one after the other, and share a push then.
            let outbox = members[start].subscription.outbox
            let limit = min(range.upperBound, start + Self.runLength)
            var end = start + 1
            while end < limit, members[end].subscription.outbox === outbox { end += 1 }
            outbox.enqueue(body, for: members[start..<end], of: reached.number, &self)
            start = end
        }
    }

    /// Notes what became of so many messages for one outbox, a subscription of which is given.
    mutating func note(_ admission: Outbox.Admission, of subscription: Subscription, count: Int = 1) {
        switch admission {
        case .queued: delivered += count
        case .queuedFirst:
            delivered += count
            wakes.append(subscription.outbox)
        case .dropped(.dropOldest): dropped.oldest += count
        case .dropped(.dropNewest): dropped.newest += count
        case .dropped(.latest): dropped.notLatest += count
        // Drops nothing: it ends.
        case .dropped(.disconnect): break
        case .subscriptionFull:
            full.append(subscription)
        case .connectionFull:
            overflowed += count
            overflows.append(subscription)
        case .refused: refused += count
        case .held: held += count
        case .limited:
            limited += count
            if limitedSubscription == nil { limitedSubscription = subscription }
        case .tooEarly: tooEarly.append(subscription)
        case .replayed: replayed += count
        }
    }

    /// Counts everything.
    func count(in metrics: Metrics) {
        metrics.add(.deliveries, delivered)
        metrics.add(.droppedSubscriptionFull, full.count)
        metrics.add(.droppedConnectionFull, overflowed)
        metrics.add(.abandoned, refused)
        metrics.add(.droppedOldest, dropped.oldest)
        metrics.add(.droppedNewest, dropped.newest)
        metrics.add(.droppedNotLatest, dropped.notLatest)
        if held > 0 { metrics.add(.eventsHeld, held) }
        if replayed > 0 { metrics.add(.filtered, replayed) }
        let limited = limited + tooEarly.count
        if limited > 0 { metrics.add(.droppedRateLimit, limited) }
        for objects in masked { metrics.add(objects) }
    }

    fileprivate mutating func add(_ other: FanOutOutcome) {
        delivered += other.delivered
        overflowed += other.overflowed
        wakes += other.wakes
        full += other.full
        overflows += other.overflows
        refused += other.refused
        held += other.held
        replayed += other.replayed
        limited += other.limited
        if limitedSubscription == nil { limitedSubscription = other.limitedSubscription }
        tooEarly += other.tooEarly
        masked += other.masked
        dropped.oldest += other.dropped.oldest
        dropped.newest += other.dropped.newest
        dropped.notLatest += other.dropped.notLatest
    }
}

/// One event's way to many subscriptions: cut into pieces that several threads take, the one that publishes among them.
///
/// A subscription is in one piece, so one thread puts the event into its outbox; and the next event of the topic is not begun before
/// `finish` returns, so the order of a subscription's messages is that of its topic.
///
/// `@unchecked Sendable`: the groups are read only, and the thread that calls `finish` holds the lock of their topic until it returns,
/// which it does after every piece has been taken and left.
final class FanOut: @unchecked Sendable {
    /// Part of the work: a body for some members of a large group, or several small groups with the bodies still to make.
    private enum Piece {
        case members(ReachedGroup, Range<Int>, SharedBody)
        case groups(ArraySlice<ReachedGroup>)
    }

    private struct Progress: Sendable {
        var outcome = FanOutOutcome()
        var pieces = 0
    }

    /// About so many members make a piece: long enough that taking one costs nothing beside it, short enough that nobody waits long
    /// for the thread that took the last.
    static let pieceSize = 1024
    /// Making a body takes about as long as putting it into so many outboxes.
    private static let bodyCost = 4

    /// Where bodies are still to make, what they are made of.
    private let event: JSONDocument?
    private let cursor: Cursor?
    private let pieces: [Piece]
    /// The piece that is taken next.
    private let next = Atomic<Int>(0)
    /// Guards what has been done. A leaf.
    private let progress = Guarded(Progress())
    private let isFinished = Semaphore()

    /// What delivering to groups costs, in members.
    static func cost(of groups: [ReachedGroup]) -> Int {
        groups.reduce(0) { $0 + $1.group.members.count + bodyCost }
    }

    /// An event for groups, whose bodies are made of it.
    init(_ event: JSONDocument, at cursor: Cursor?, to groups: [ReachedGroup]) {
        self.event = event
        self.cursor = cursor
        var pieces: [Piece] = []
        var first = 0
        var cost = 0
        for (position, reached) in groups.enumerated() {
            if reached.group.members.count > Self.pieceSize {
                if first < position { pieces.append(.groups(groups[first..<position])) }
                (first, cost) = (position + 1, 0)
                pieces += Self.pieces(of: reached, reached.group.projection.message(of: event.root, at: cursor))
                continue
            }
            cost += reached.group.members.count + Self.bodyCost
            if cost >= Self.pieceSize {
                pieces.append(.groups(groups[first...position]))
                (first, cost) = (position + 1, 0)
            }
        }
        if first < groups.count { pieces.append(.groups(groups[first...])) }
        self.pieces = pieces
    }

    /// A body for one group.
    init(_ body: SharedBody, to reached: ReachedGroup) {
        event = nil
        cursor = nil
        pieces = Self.pieces(of: reached, body)
    }

    private static func pieces(of reached: ReachedGroup, _ body: SharedBody) -> [Piece] {
        let count = reached.group.members.count
        return stride(from: 0, to: count, by: pieceSize).map { start in
            .members(reached, start..<min(start + pieceSize, count), body)
        }
    }

    /// Delivers with the help of whoever in the crew has nothing to do, and returns when all is done. What nobody else takes the caller
    /// does itself.
    func finish(with crew: Crew) -> FanOutOutcome {
        crew.summon(atMost: pieces.count - 1) { self.work() }
        work()
        isFinished.wait()
        return progress.withLock { $0.outcome }
    }

    /// Does pieces until none is left.
    private func work() {
        var outcome = FanOutOutcome()
        var count = 0
        while true {
            let piece = next.add(1, ordering: .relaxed).oldValue
            guard piece < pieces.count else { break }
            deliver(pieces[piece], &outcome)
            count += 1
        }
        // Also where there is nothing to do at all somebody must say so.
        if count == 0, !pieces.isEmpty { return }
        let isLast = progress.withLock { progress in
            progress.outcome.add(outcome)
            progress.pieces += count
            return progress.pieces == pieces.count
        }
        if isLast { isFinished.signal() }
    }

    private func deliver(_ piece: Piece, _ outcome: inout FanOutOutcome) {
        switch piece {
        case .members(let reached, let range, let body):
            // A body of the piece's own: threads that count references to the same one wait for each other.
            outcome.deliver(SharedBody(body.bytes, key: body.key, masked: body.masked, cursor: body.cursor), to: reached, range)
        case .groups(let groups):
            guard let event else { return }
            for reached in groups { outcome.deliver(reached.group.projection.message(of: event.root, at: cursor), to: reached) }
        }
    }
}
