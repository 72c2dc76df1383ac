import SubsgenRuntime
import Synchronization

/// What the two threads of a bus know of each other: whether events flow.
package final class BusStatus: Sendable {
    /// A connection of the bus.
    package enum Part: Int, Sendable { case reading, publishing }

    private struct State: Sendable {
        var isStarted = false
        /// By part: nil where it works.
        var failures: [String?] = ["it is not connected yet", "it is not connected yet"]
        /// Whether the receiver was told that something does not work.
        var isTold = false
        var receiver: (any BusReceiver)?
    }

    /// How many bytes may wait for the server to take them, and how many events.
    package static let bytesWaiting = 64 << 20
    package static let eventsWaiting = 65_536

    /// Guards all of it; a leaf.
    private let state = Guarded(State())
    private let bytes = Atomic<Int>(0)
    private let events = Atomic<Int>(0)
    private let isOver = Atomic<Bool>(false)

    package init() {}

    package func start(_ receiver: any BusReceiver) {
        state.withLock { state in
            state.isStarted = true
            state.receiver = receiver
        }
    }

    package func stop() {
        isOver.store(true, ordering: .releasing)
        state.withLock { $0 = State() }
    }

    /// Whether nothing is received any more.
    package var isStopped: Bool { isOver.load(ordering: .acquiring) }

    package var health: BusHealth {
        state.withLock { state in
            if !state.isStarted { return .idle }
            return state.failures.compactMap { $0 }.first.map { .failing($0) } ?? .running
        }
    }

    /// Why events do not flow, behind what else is said; empty where they do.
    package var explanation: String { if case .failing(let reason) = health { ": \(reason)" } else { "" } }

    /// A part works again.
    package func works(_ part: Part) {
        let receiver = state.withLock { state -> (any BusReceiver)? in
            state.failures[part.rawValue] = nil
            guard state.isTold, state.failures.allSatisfy({ $0 == nil }) else { return nil }
            state.isTold = false
            return state.receiver
        }
        receiver?.note(.reconnected)
    }

    /// A part does not work, and says why.
    package func fails(_ part: Part, _ reason: String) {
        let receiver = state.withLock { state -> (any BusReceiver)? in
            state.failures[part.rawValue] = reason
            defer { state.isTold = true }
            return state.isTold ? nil : state.receiver
        }
        receiver?.note(.disconnected(reason))
    }

    /// Tells the receiver of something that stops no events.
    package func note(_ happening: BusHappening) {
        let receiver = state.withLock { $0.receiver }
        receiver?.note(happening)
    }

    /// Keeps room for an event that waits for the server; false where there is none.
    package func enter(size: Int) -> Bool {
        let (many, much) = (events.add(1, ordering: .relaxed).newValue, bytes.add(size, ordering: .relaxed).newValue)
        if many == 1 || (many <= Self.eventsWaiting && much <= Self.bytesWaiting) { return true }
        leave(size: size)
        return false
    }

    package func leave(size: Int) {
        events.subtract(1, ordering: .relaxed)
        bytes.subtract(size, ordering: .relaxed)
    }
}

extension BusHealth {
    /// What who asks for history is told while a bus is like this, or became so before it answered.
    package var historyError: BusHistoryError {
        switch self {
        case .idle: .unavailable("the bus was stopped")
        case .running: .unavailable("the connection was lost")
        case .failing(let reason): .unavailable(reason)
        }
    }
}
