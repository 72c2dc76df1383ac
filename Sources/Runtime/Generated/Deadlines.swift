/// Says which calls have run out of time. All have the same, so they run out in the order in which they began, and one sleeper is
/// enough for them, however many there are.
final class Deadlines<Time: Clock>: Sendable where Time.Duration == Duration {
    private struct Entry: Sendable {
        let due: Time.Instant
        let call: ResolverCall
        /// What answers the call; nil until that is known.
        var task: Task<Void, Never>?
    }

    private struct State: Sendable {
        var entries: [UInt64: Entry] = [:]
        /// The number of the next call.
        var next: UInt64 = 0
        /// No call with a smaller number is there.
        var oldest: UInt64 = 0
        /// Whether somebody sleeps until the oldest is due.
        var isWatched = false
    }

    private let clock: Time
    private let timeout: Duration
    private let expired: @Sendable (ResolverCall) -> Void
    /// Guards the calls under way. A leaf: no other lock is taken under it.
    private let state = Guarded(State())

    /// `expired` is told of each call whose time is over; then its task is cancelled.
    init(_ timeout: Duration, _ clock: Time, expired: @escaping @Sendable (ResolverCall) -> Void) {
        self.timeout = timeout
        self.clock = clock
        self.expired = expired
    }

    /// A call's time begins. The number is for `attach` and `end`.
    func begin(_ call: ResolverCall) -> UInt64 {
        let due = clock.now.advanced(by: timeout)
        let (number, mustWatch) = state.withLock { state in
            defer {
                state.next += 1
                state.isWatched = true
            }
            state.entries[state.next] = Entry(due: due, call: call)
            return (state.next, !state.isWatched)
        }
        if mustWatch { Task { await watch() } }
        return number
    }

    /// Says what answers a call; that may have ended already.
    func attach(_ task: Task<Void, Never>, to number: UInt64) {
        state.withLock { $0.entries[number]?.task = task }
    }

    /// A call's function has returned.
    func end(_ number: UInt64) {
        // Let go of after the lock is released, as a call that is thrown away answers.
        _ = state.withLock { $0.entries.removeValue(forKey: number) }
    }

    private func watch() async {
        while let due = oldestDue() {
            // It does not throw, since nobody cancels this.
            try? await clock.sleep(until: due, tolerance: nil)
            for entry in take(until: due) {
                expired(entry.call)
                entry.task?.cancel()
            }
        }
    }

    /// When the next call may run out of time; nil where there is none, and the watch is over.
    private func oldestDue() -> Time.Instant? {
        state.withLock { state in
            while state.oldest < state.next {
                if let entry = state.entries[state.oldest] { return entry.due }
                state.oldest += 1
            }
            state.isWatched = false
            return nil
        }
    }

    private func take(until due: Time.Instant) -> [Entry] {
        state.withLock { state in
            var taken: [Entry] = []
            while state.oldest < state.next {
                if let entry = state.entries[state.oldest] {
                    guard entry.due <= due else { break }
                    taken.append(entry)
                    state.entries[state.oldest] = nil
                }
                state.oldest += 1
            }
            return taken
        }
    }
}
