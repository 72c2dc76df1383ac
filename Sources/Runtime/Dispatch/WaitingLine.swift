/// Those who wait for room, first come, first served. Belongs to whoever gives the room, and is touched under its lock.
///
/// Nobody is forgotten in it: who does not wait any more leaves.
struct WaitingLine: Sendable {
    /// Someone who waits.
    struct Waiter: Sendable {
        /// How much room it needs, in the giver's measure.
        let size: Int
        /// Tells it that it has the room now. Called with no lock of the runtime held but perhaps the bus's.
        let wake: @Sendable () -> Void
    }

    private var waiters: [UInt64: Waiter] = [:]
    /// The number of the next to come.
    private var next: UInt64 = 0
    /// No number before it waits; after `first` it is the first's.
    private var head: UInt64 = 0

    var isEmpty: Bool { waiters.isEmpty }

    /// Goes to the end of the line. Returns the number to leave by.
    mutating func join(_ waiter: Waiter) -> UInt64 {
        defer { next += 1 }
        waiters[next] = waiter
        return next
    }

    /// Leaves the line. False where it was its turn already.
    mutating func leave(_ number: UInt64) -> Bool { waiters.removeValue(forKey: number) != nil }

    func holds(_ number: UInt64) -> Bool { waiters[number] != nil }

    /// Who is first.
    mutating func first() -> Waiter? {
        if waiters.isEmpty { head = next }
        while head < next {
            if let waiter = waiters[head] { return waiter }
            head += 1
        }
        return nil
    }

    /// Takes out who is first.
    mutating func removeFirst() { waiters[head] = nil }
}
