import BusConformance
import Testing

@testable import SubsgenRuntime

/// The memory bus as one that keeps what it has delivered.
private struct RememberingStore: BusStore {
    let processes = 1
    let keepsHistory = true

    func bus() -> any EventBus { MemoryBus(keepingEvents: 10_000) }
}

@Suite("The history of the memory bus")
struct MemoryHistoryTests {
    @Test("It is as the contract of all buses says", arguments: BusCase.all(of: RememberingStore()))
    func conformance(_ line: BusCase) throws { try line.check(RememberingStore()) }

    @Test("What is beyond the number of events, of bytes or of seconds is gone, the oldest first, and a cursor before it is told the oldest that is left")
    func bounds() throws {
        let clock = Turned()
        for bound in ["events", "bytes", "seconds"] {
            let history = MemoryHistory(
                MemoryHistory.Limits(
                    events: bound == "events" ? 5 : 1000, bytes: bound == "bytes" ? 5 * 66 : 1 << 20, nanoseconds: bound == "seconds" ? 5 : 1_000_000),
                clock: MonotonicClock { clock.now() })
            for sequence in 1...20 {
                clock.turn(1)
                history.append(Self.record("a", UInt64(sequence)))
            }
            let kept = bound == "seconds" ? 6 : 5
            #expect(history.size.records == kept)
            let oldest = UInt64(20 - kept)
            #expect(Self.failure(history.read("a", after: Self.cursor(oldest - 1), limit: 100)) == .tooOld(oldest: Self.cursor(oldest)))
            let rest = try history.read("a", after: Self.cursor(oldest), limit: 100).get()
            #expect(rest.entries.map(\.cursor.sequence) == Array(oldest + 1...20) && rest.isComplete)
        }
        #expect(clock.now() == 60)
    }

    @Test("What is too old goes also where nothing comes")
    func age() throws {
        let clock = Turned()
        let history = MemoryHistory(MemoryHistory.Limits(events: 10, bytes: 1000, nanoseconds: 5), clock: MonotonicClock { clock.now() })
        history.append(Self.record("a", 1))
        clock.turn(6)
        #expect(Self.failure(history.read("a", after: Self.cursor(0), limit: 1)) == .tooOld(oldest: Self.cursor(1)))
        #expect(try history.read("a", after: Self.cursor(1), limit: 1).get().entries.isEmpty)
        #expect(history.size.bytes == 0)
    }

    @Test("A topic that lost nothing is not too old because others lost theirs")
    func others() throws {
        let history = MemoryHistory(MemoryHistory.Limits(events: 4, bytes: 10_000, nanoseconds: .max))
        history.append(Self.record("quiet", 1))
        for sequence in 2...9 { history.append(Self.record("loud", UInt64(sequence))) }
        #expect(Self.failure(history.read("quiet", after: Self.cursor(0), limit: 9)) == .tooOld(oldest: Self.cursor(1)))
        #expect(try history.read("quiet", after: Self.cursor(1), limit: 9).get().entries.isEmpty)
        #expect(try history.read("never", after: Self.cursor(3), limit: 9).get().isComplete)
    }

    @Test("What it remembers of topics with nothing left is bounded, and what it forgot counts as gone")
    func forgotten() {
        let history = MemoryHistory(MemoryHistory.Limits(events: 4, bytes: 10_000, nanoseconds: .max))
        for sequence in 1...10_000 { history.append(Self.record("t\(sequence)", UInt64(sequence))) }
        #expect(history.topicCount <= 4 + 4 + 1)
        #expect(Self.failure(history.read("t1", after: Self.cursor(0), limit: 1)) != nil)
        #expect(Self.failure(history.read("never", after: Self.cursor(1), limit: 1)) != nil)
        #expect(Self.failure(history.read("t10000", after: Self.cursor(10_000), limit: 1)) == nil)
    }

    @Test("A cursor that the bus has not given yet is no place in its history")
    func future() {
        let history = MemoryHistory(MemoryHistory.Limits(events: 4, bytes: 10_000, nanoseconds: .max))
        history.append(Self.record("a", 1))
        #expect(Self.failure(history.read("a", after: Self.cursor(2), limit: 1)) == .tooOld(oldest: Self.cursor(0)))
    }

    private static func cursor(_ sequence: UInt64) -> Cursor { Cursor(epoch: 1, partition: 3, sequence: sequence) }

    private static func record(_ topic: String, _ sequence: UInt64) -> MemoryHistory.Record {
        MemoryHistory.Record(topic: topic, entry: .event(payload: [0x31], attributes: nil), cursor: cursor(sequence))
    }

    private static func failure(_ result: Result<BusHistory, BusHistoryError>) -> BusHistoryError? {
        if case .failure(let error) = result { error } else { nil }
    }
}

/// A clock that the test turns.
private final class Turned: Sendable {
    /// Guards the time.
    private let time = Guarded<UInt64>(0)

    func now() -> UInt64 { time.withLock { $0 } }
    func turn(_ by: UInt64) { time.withLock { $0 += by } }
}
