import NIOCore
import SubsgenRuntime

/// What the server keeps for one event loop: its sockets, which of them have something to send, and their deadlines.
///
/// `@unchecked Sendable`: what has no lock is touched on the event loop only.
final class Desk: @unchecked Sendable {
    private struct Ready: Sendable {
        /// In order of arrival.
        var seats: [Seat] = []
        /// Whether the loop has been told, and has not taken the seats since.
        var isSignalled = false
        /// Whether the loop takes no more.
        var isClosed = false
    }

    let eventLoop: any EventLoop
    /// Guards what became ready, and that nothing is given to a loop that has ended. Only the loop's own list of tasks is locked under it.
    private let ready = Guarded(Ready())
    /// Everything that has a seat.
    private var seats: [Seat] = []
    private var timers = Timers()
    /// For when the loop has been asked to look at the timers.
    private var alarm: (due: UInt64, task: Scheduled<Void>)?
    /// What is being served, and how far that has come.
    private var turn: (seats: [Seat], next: Int) = ([], 0)
    /// Turns one after the other without a pause in which the loop could look at its sockets.
    private var turnsOnEnd = 0
    private var lastTurnEnded: UInt64 = 0
    /// The time, where it is turned by hand.
    private var turned: UInt64?
    /// Room for what is written in a turn, kept from one socket to the next: what a socket takes at once leaves it free again.
    var room: ByteBuffer
    /// The same for the text of a message.
    var spare: [UInt8] = []
    /// Called when the last seat is free.
    private var whenEmpty: (() -> Void)?

    /// How many sockets are served before others of the loop's tasks have their turn.
    private static let socketsATurn = 512
    /// How often on end.
    private static let mostTurnsOnEnd = 8
    private static let mostRoom = 1 << 18
    /// Turns between which less than this has passed, in nanoseconds, are on end.
    private static let pause: UInt64 = 20_000

    init(_ eventLoop: any EventLoop, isTurnedByHand: Bool = false) {
        self.eventLoop = eventLoop
        turned = isTurnedByHand ? 1 : nil
        room = ByteBufferAllocator().buffer(capacity: 4096)
    }

    // MARK: From any thread

    /// A session has something to take. Called under locks of the runtime's: neither waits nor calls back.
    ///
    /// The loop is woken once, however many become ready.
    func wake(_ seat: Seat) {
        if seat.isListed.exchange(true, ordering: .acquiringAndReleasing) { return }
        ready.withLock { ready in
            if ready.isClosed { return }
            ready.seats.append(seat)
            if ready.isSignalled { return }
            ready.isSignalled = true
            eventLoop.execute { self.takeTurn() }
        }
    }

    /// Has the loop do something. False where it has ended, and does nothing any more.
    @discardableResult
    func perform(_ action: @escaping @Sendable () -> Void) -> Bool {
        if eventLoop.inEventLoop {
            action()
            return true
        }
        return ready.withLock { ready in
            if ready.isClosed { return false }
            eventLoop.execute(action)
            return true
        }
    }

    /// The loop is about to end.
    func close() {
        let forgotten = ready.withLock { ready in
            ready.isClosed = true
            defer { ready.seats = [] }
            return ready.seats
        }
        _ = consume forgotten
    }

    // MARK: Turns

    /// The loop does every task that it is given before it looks at its sockets again. So that a publisher who never pauses cannot keep it from
    /// them, turns on end are interrupted.
    private func takeTurn() {
        if loopTime < lastTurnEnded + Self.pause {
            turnsOnEnd += 1
            if turnsOnEnd > Self.mostTurnsOnEnd {
                turnsOnEnd = 0
                eventLoop.scheduleTask(in: .nanoseconds(Int64(Self.pause))) { self.serve() }
                return
            }
        } else {
            turnsOnEnd = 0
        }
        serve()
    }

    private func serve() {
        ready.withLock { ready in
            ready.isSignalled = false
            if turn.seats.isEmpty { swap(&ready.seats, &turn.seats) }
        }
        let end = min(turn.seats.count, turn.next + Self.socketsATurn)
        while turn.next < end {
            let seat = turn.seats[turn.next]
            turn.next += 1
            // Before it takes: what becomes ready in between lists it again.
            seat.isListed.store(false, ordering: .sequentiallyConsistent)
            if seat.occupant?.takeTurn() == true { wake(seat) }
        }
        // Not kept until the next turn: sockets close in between.
        if turn.next == turn.seats.count { turn = ([], 0) }
        lastTurnEnded = loopTime
        // Also for what was listed while a turn was unfinished: nobody else wakes the loop for that.
        if turn.next < turn.seats.count || ready.withLock({ !$0.seats.isEmpty }) { signal() }
    }

    private func signal() {
        ready.withLock { ready in
            if ready.isClosed || ready.isSignalled { return }
            ready.isSignalled = true
            eventLoop.execute { self.takeTurn() }
        }
    }

    /// Lets go of room that a large message took.
    func tidyRoom() {
        if room.capacity > Self.mostRoom { room = ByteBufferAllocator().buffer(capacity: 4096) }
        if spare.capacity > Self.mostRoom { spare = [] }
    }

    // MARK: Deadlines

    /// The time of deadlines, in nanoseconds.
    var now: UInt64 { turned ?? loopTime }

    /// The loop's time, in nanoseconds.
    private var loopTime: UInt64 { eventLoop.now.uptimeNanoseconds }

    /// Lets time pass where it is turned by hand.
    func turnClock(byNanoseconds nanoseconds: UInt64) {
        guard let turned else { return }
        self.turned = turned &+ nanoseconds
        ring()
    }

    /// Has a seat called at an instant, or before.
    func set(_ seat: Seat, at due: UInt64) {
        timers.set(seat, at: due)
        setAlarm()
    }

    private func setAlarm() {
        guard turned == nil, let due = timers.next else { return }
        if let alarm {
            // One that rings too early sets the next.
            if alarm.due <= due { return }
            alarm.task.cancel()
        }
        alarm = (due, eventLoop.scheduleTask(deadline: .uptimeNanoseconds(due)) { self.ring() })
    }

    private func ring() {
        alarm = nil
        let now = now
        while let seat = timers.popDue(at: now) { seat.occupant?.timeIsUp() }
        setAlarm()
    }

    // MARK: Seats

    func add(_ seat: Seat) {
        seat.index = seats.count
        seats.append(seat)
    }

    /// The socket of a seat is closed. False where it was before.
    func free(_ seat: Seat) -> Bool {
        guard seats.indices.contains(seat.index), seats[seat.index] === seat else { return false }
        seat.occupant = nil
        let last = seats.removeLast()
        if last !== seat {
            seats[seat.index] = last
            last.index = seat.index
        }
        timers.tidy(living: seats.count)
        if seats.isEmpty {
            // They would keep the desk, and its loop, until they are due for nobody.
            timers = Timers()
            alarm?.task.cancel()
            alarm = nil
            if let whenEmpty {
                self.whenEmpty = nil
                whenEmpty()
            }
        }
        return true
    }

    /// Does something with what serves each socket.
    func forEach(_ body: (any Occupant) -> Void) {
        // A copy: sockets may close meanwhile.
        for seat in seats { if let occupant = seat.occupant { body(occupant) } }
    }

    /// Calls when no socket is left, at once if there is none.
    func onEmpty(_ call: @escaping () -> Void) {
        if seats.isEmpty { return call() }
        whenEmpty = call
    }

    /// Has everything come to its end, after so many seconds at once, and calls when no socket is left.
    func drain(within seconds: Double, closing closeSeconds: Double, _ done: @escaping @Sendable () -> Void) {
        forEach { $0.drain() }
        let end = eventLoop.now + .nanoseconds(Int64(nanoseconds(seconds)))
        let tasks = [
            eventLoop.scheduleTask(deadline: end) { self.forEach { $0.drainAndClose() } },
            // For who does not take what waits for it.
            eventLoop.scheduleTask(deadline: end + .nanoseconds(Int64(nanoseconds(closeSeconds)))) { self.forEach { $0.cutOff() } },
        ]
        onEmpty {
            for task in tasks { task.cancel() }
            done()
        }
    }
}
