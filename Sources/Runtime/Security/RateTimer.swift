/// Knows when messages that rate limits hold back may go, and lets them.
final class RateTimer: Sendable {
    private struct State: Sendable {
        var entries = Heap()
        /// How many entries are of subscriptions that need none any more, about.
        var stale = 0
    }

    private let metrics: Metrics
    /// Guards what is due. A leaf.
    private let state = Guarded(State())
    /// Nil where a test turns the clock, who calls `ring` then.
    private let alarm: Alarm?

    init(_ metrics: Metrics) {
        self.metrics = metrics
        alarm = metrics.clock.passes ? Alarm(name: "subsgen timer", metrics.clock) : nil
    }

    /// How many are to be called on; of those that need it no more some are among them for a while.
    var count: Int { state.withLock { $0.entries.count } }

    /// Something of a subscription's is held back until an instant. Called once, and again when `ring` has called on it.
    func call(on subscription: Subscription, at due: UInt64) {
        state.withLock { state in
            if state.stale > 64, state.stale > state.entries.count / 2 {
                state.entries.forgetStale()
                state.stale = 0
            }
            state.entries.insert(Entry(due: due, subscription: subscription))
        }
        alarm?.set(due) { [weak self] in self?.ring() }
    }

    /// Nobody need call on a subscription any more.
    func forget() { state.withLock { $0.stale += 1 } }

    /// Lets go what may go by now. Called with no lock held.
    func ring() {
        while true {
            let now = metrics.clock.now()
            let entry = state.withLock { state -> Entry? in
                guard let first = state.entries.first, first.due <= now else { return nil }
                state.entries.removeFirst()
                if first.subscription == nil, state.stale > 0 { state.stale -= 1 }
                return first
            }
            guard let entry else { break }
            if let subscription = entry.subscription { letGo(subscription, now) }
        }
        let next = state.withLock { $0.entries.first?.due }
        if let next { alarm?.set(next) { [weak self] in self?.ring() } }
    }

    private func letGo(_ subscription: Subscription, _ now: UInt64) {
        let gone = subscription.outbox.letGo(subscription, at: now)
        metrics.add(.eventsHeld, -gone.admissions.count)
        var outcome = FanOutOutcome()
        for admission in gone.admissions { outcome.note(admission, of: subscription) }
        outcome.count(in: metrics)
        for outbox in outcome.wakes { outbox.wake() }
        if !outcome.overflows.isEmpty { subscription.owner?.outboxOverflowed() }
        if let ending = gone.ending { subscription.owner?.subscriptionEnded(subscription, ending) }
        if let due = gone.due { call(on: subscription, at: due) }
    }
}

extension RateTimer {
    /// Something that is due, for as long as its subscription lives.
    private struct Entry: Sendable {
        let due: UInt64
        weak let subscription: Subscription?
    }

    /// Entries, the first of which is due first.
    private struct Heap: Sendable {
        /// The entry at `n` is due before those at `2n + 1` and `2n + 2`.
        private var entries: [Entry] = []

        var count: Int { entries.count }
        var first: Entry? { entries.first }

        mutating func insert(_ entry: Entry) {
            entries.append(entry)
            var position = entries.count - 1
            while position > 0, entries[position].due < entries[(position - 1) / 2].due {
                entries.swapAt(position, (position - 1) / 2)
                position = (position - 1) / 2
            }
        }

        mutating func removeFirst() {
            guard let last = entries.popLast(), !entries.isEmpty else { return }
            entries[0] = last
            var position = 0
            while true {
                var child = 2 * position + 1
                if child + 1 < entries.count, entries[child + 1].due < entries[child].due { child += 1 }
                guard child < entries.count, entries[child].due < entries[position].due else { return }
                entries.swapAt(position, child)
                position = child
            }
        }

        mutating func forgetStale() {
            // In order, they are a heap too.
            entries = entries.filter { $0.subscription != nil }.sorted { $0.due < $1.due }
        }
    }
}
