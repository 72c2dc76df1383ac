import Synchronization

/// Whoever has room for a bounded number of events, and gives it to publishers before they publish.
protocol Gate: Sendable {
    /// Gives room where there is some and nobody waits for it. Else a waiter, where there is one, goes to the end of the line.
    func enter(size: Int, _ waiter: WaitingLine.Waiter?) -> GateAnswer

    /// Whether it is still the turn of others.
    func isWaiting(_ number: UInt64) -> Bool

    /// Leaves the line. False where the room has been given already.
    func leaveLine(_ number: UInt64) -> Bool

    /// Takes the room back, and lets in who waits for it.
    func giveBack(size: Int)

    /// What a publisher is told who does not wait.
    func refusal(of topic: String) -> PublishError
}

/// What a gate says to a publisher.
enum GateAnswer: Sendable {
    case entered
    /// By this number in the line it is known.
    case waits(UInt64)
    case full
}

/// Room for one event on its way: in the lanes of its topic, and in the queue of its partition.
///
/// The room is given back when nobody refers to the permit any more: the event has been dispatched, or its publisher gave up. One thread at
/// a time asks for it.
final class Permit: Sendable {
    private struct Progress: Sendable {
        /// How many of the gates have given room.
        var entered = 0
        /// The number in the line of the next gate.
        var number: UInt64?
    }

    private let gates: [any Gate]
    /// In the measure of the gates: the event's bytes.
    private let size: Int
    /// Guards how far it has come. A leaf: a gate is asked when it has been released.
    private let progress = Guarded(Progress())

    init(through gates: [any Gate], size: Int) {
        self.gates = gates
        self.size = size
    }

    deinit {
        let progress = progress.withLock { $0 }
        for gate in gates.prefix(progress.entered) { gate.giveBack(size: size) }
        if let number = progress.number, !gates[progress.entered].leaveLine(number) { gates[progress.entered].giveBack(size: size) }
    }

    /// Gets room, or throws that there is none.
    func enter(for topic: String) throws(PublishError) {
        for gate in gates {
            guard case .entered = gate.enter(size: size, nil) else { throw gate.refusal(of: topic) }
            progress.withLock { $0.entered += 1 }
        }
    }

    /// Gets room, or a place in the line: then false, and `wake` is called when it is time to ask again.
    func enter(orWait wake: @escaping @Sendable () -> Void) -> Bool {
        while true {
            let (entered, number) = progress.withLock { ($0.entered, $0.number) }
            guard entered < gates.count else { return true }
            if let number {
                if gates[entered].isWaiting(number) { return false }
            } else {
                switch gates[entered].enter(size: size, WaitingLine.Waiter(size: size, wake: wake)) {
                case .entered: break
                case .waits(let number):
                    // Woken meanwhile, it finds the number when it asks again, for it is one thread at a time that asks.
                    progress.withLock { $0.number = number }
                    return false
                case .full: return false
                }
            }
            progress.withLock { $0 = Progress(entered: entered + 1) }
        }
    }
}
