import Synchronization
import Testing

@testable import SubsgenRuntime

@Suite("A crew of threads")
struct CrewTests {
    @Test("Every job that is given to a crew is done, by its threads")
    func jobs() {
        let crew = Crew(name: "test", size: 3)
        let (count, done) = (Tally(), Semaphore())
        for _ in 0..<500 {
            let isTaken = crew.post {
                count.add()
                done.signal()
            }
            #expect(isTaken)
        }
        for _ in 0..<500 { done.wait() }
        #expect(count.value == 500)
    }

    @Test("Threads that are summoned are those that have nothing to do; others are not waited for")
    func summons() {
        let crew = Crew(name: "test", size: 2)
        let (begun, mayEnd, count) = (Semaphore(), Semaphore(), Tally())
        crew.summon(atMost: 5) {
            count.add()
            begun.signal()
            mayEnd.wait()
        }
        begun.wait()
        begun.wait()
        crew.summon(atMost: 5) { count.add() }
        crew.summon(atMost: 0) { count.add() }
        mayEnd.signal()
        mayEnd.signal()
        #expect(count.value == 2)
    }

    @Test("A crew that is let go of waits for what is being done, and its threads are gone")
    func end() {
        let (begun, mayEnd, count) = (Semaphore(), Semaphore(), Tally())
        do {
            let crew = Crew(name: "test", size: 2)
            for _ in 0..<2 {
                _ = crew.post {
                    begun.signal()
                    mayEnd.wait()
                    count.add()
                }
            }
            begun.wait()
            begun.wait()
            mayEnd.signal()
            mayEnd.signal()
        }
        #expect(count.value == 2)
    }

    @Test("The last who holds a crew may be one of its jobs")
    func endByItsOwnThread() {
        let isOver = Semaphore()
        do {
            let holder = Holder(Crew(name: "test", size: 2), isOver)
            let mayEnd = Semaphore()
            _ = holder.crew.post {
                mayEnd.wait()
                withExtendedLifetime(holder) {}
            }
            mayEnd.signal()
        }
        isOver.wait()
    }

    @Test("A crew of nobody takes no job")
    func nobody() {
        let crew = Crew(name: "test", size: 0)
        #expect(!crew.post {})
        crew.summon(atMost: 3) { Issue.record("nobody is there") }
    }

    /// Signals when it goes, after its crew.
    private final class Holder: Sendable {
        let crew: Crew
        private let after: Signal

        init(_ crew: Crew, _ isOver: Semaphore) {
            self.crew = crew
            after = Signal(isOver)
        }
    }

    private final class Signal: Sendable {
        private let semaphore: Semaphore

        init(_ semaphore: Semaphore) { self.semaphore = semaphore }
        deinit { semaphore.signal() }
    }
}

/// A number that threads count up.
final class Tally: Sendable {
    private let number = Atomic<Int>(0)

    var value: Int { number.load(ordering: .acquiring) }

    func add() { number.add(1, ordering: .acquiringAndReleasing) }
}
