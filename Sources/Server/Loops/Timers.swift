/// Which seats of a desk are due when: a heap.
///
/// A seat stands in it once, for its earliest deadline. One that is put off or given up is found out when it is due, so that putting off, which
/// happens with each message, costs nothing.
struct Timers {
    private struct Entry {
        let due: UInt64
        let seat: Seat
    }

    private var heap: [Entry] = []

    /// When the next is due.
    var next: UInt64? { heap.first?.due }

    /// Has a seat called at an instant, in nanoseconds; it may be called before.
    mutating func set(_ seat: Seat, at due: UInt64) {
        if let dueAt = seat.dueAt, dueAt <= due { return }
        seat.dueAt = due
        heap.append(Entry(due: due, seat: seat))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].due < heap[parent].due else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes a seat that is due, if there is one.
    mutating func popDue(at now: UInt64) -> Seat? {
        while let first = heap.first, first.due <= now {
            removeFirst()
            // Another entry of the seat's is earlier, or the socket is closed.
            guard first.seat.dueAt == first.due, first.seat.occupant != nil else { continue }
            first.seat.dueAt = nil
            return first.seat
        }
        return nil
    }

    /// Forgets the seats of closed sockets, when they are many: some are due in days.
    mutating func tidy(living: Int) {
        guard heap.count > 2 * living + 1024 else { return }
        heap.removeAll { $0.seat.occupant == nil || $0.seat.dueAt != $0.due }
        // What is sorted is a heap.
        heap.sort { $0.due < $1.due }
    }

    private mutating func removeFirst() {
        let last = heap.removeLast()
        if heap.isEmpty { return }
        heap[0] = last
        var parent = 0
        while true {
            var least = 2 * parent + 1
            guard least < heap.count else { return }
            if least + 1 < heap.count, heap[least + 1].due < heap[least].due { least += 1 }
            guard heap[least].due < heap[parent].due else { return }
            heap.swapAt(least, parent)
            parent = least
        }
    }
}
