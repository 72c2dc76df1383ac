/// A thread that calls when a time has come. It is started when the alarm is first set, and ends with it.
final class Alarm: Sendable {
    /// A function in a structure of its own, as whatever a lock guards.
    private struct Call: Sendable {
        let due: UInt64
        let ring: @Sendable () -> Void
    }

    private struct State: Sendable {
        var next: Call?
        /// Has the thread. There when the alarm has been set.
        var crew: Crew?
        var isOver = false
    }

    /// What the thread shares with the alarm, which it does not hold, so that the alarm can end.
    private final class Board: Sendable {
        /// Guards what is to be done next. A leaf.
        let state = Guarded(State())
        /// Signalled when the thread has something to think over.
        let hasNews = TimedSemaphore()

        func work(_ clock: MonotonicClock) {
            while true {
                let (call, isOver) = state.withLock { ($0.next, $0.isOver) }
                if isOver { return }
                guard let call else {
                    hasNews.wait()
                    continue
                }
                guard call.due <= clock.now() else {
                    hasNews.wait(until: call.due)
                    continue
                }
                // One that has been set meanwhile is earlier, and rings as well.
                state.withLock { $0.next = nil }
                call.ring()
            }
        }
    }

    private let name: String
    private let clock: MonotonicClock
    private let board = Board()

    /// By the system's clock, as nothing else wakes a thread. The system knows the thread by the name, of at most 15 bytes.
    init(name: String, _ clock: MonotonicClock) {
        self.name = name
        self.clock = clock
    }

    /// The thread ends when it has done what it is at; one that is at the end of the alarm itself does not wait for itself.
    deinit {
        let crew = board.state.withLock { state -> Crew? in
            state.isOver = true
            defer { state.crew = nil }
            return state.crew
        }
        board.hasNews.signal()
        _ = consume crew
    }

    /// Rings at an instant, or before: of several that it was set to it keeps the earliest. Who is called sets it again.
    func set(_ due: UInt64, ring: @escaping @Sendable () -> Void) {
        let (news, crew) = board.state.withLock { state -> (Bool, Crew?) in
            if let next = state.next, next.due <= due, state.crew?.isForked == false { return (false, nil) }
            state.next = Call(due: due, ring: ring)
            // A fork takes no threads along.
            if let crew = state.crew, !crew.isForked { return (true, nil) }
            let crew = Crew(name: name, size: 1)
            state.crew = crew
            return (true, crew)
        }
        if let crew { _ = crew.post { [board, clock] in board.work(clock) } }
        if news { board.hasNews.signal() }
    }
}
