import Synchronization

@testable import SubsgenRuntime

/// A clock that a test turns.
final class Hand: Sendable {
    private let time = Atomic<UInt64>(5_000_000_000)

    var clock: MonotonicClock { MonotonicClock { self.time.load(ordering: .relaxed) } }

    func turn(_ nanoseconds: UInt64) { time.add(nanoseconds, ordering: .relaxed) }
}
