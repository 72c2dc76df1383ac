import NIOEmbedded
import Testing

@testable import SubsgenServer

/// Counts its turns, and does something in each.
private final class Visitor: Occupant {
    private(set) var turns = 0
    private let inTurn: () -> Void

    init(_ inTurn: @escaping () -> Void = {}) { self.inTurn = inTurn }

    func takeTurn() -> Bool {
        turns += 1
        inTurn()
        return false
    }

    func timeIsUp() {}
    func drain() {}
    func drainAndClose() {}
    func cutOff() {}
}

@Suite("The desk of an event loop")
struct DeskTests {
    private func seat(_ visitor: Visitor, _ desk: Desk) -> Seat {
        let seat = Seat(desk)
        seat.occupant = visitor
        desk.add(seat)
        return seat
    }

    @Test("Who becomes ready while a long turn is unfinished has his turn, too, without another one to wake the loop", arguments: [1, 100, 513, 6000])
    func unfinished(late: Int) {
        let loop = EmbeddedEventLoop()
        let desk = Desk(loop)
        let lateVisitors = (0..<late).map { _ in Visitor() }
        let lateSeats = lateVisitors.map { seat($0, desk) }
        var isFirst = true
        // More than one turn serves; the first of them finds the others ready.
        let early = (0..<600).map { _ in
            Visitor {
                guard isFirst else { return }
                isFirst = false
                for seat in lateSeats { desk.wake(seat) }
            }
        }
        for seat in early.map({ seat($0, desk) }) { desk.wake(seat) }
        for _ in 0..<100 {
            loop.run()
            loop.advanceTime(by: .milliseconds(1))
        }
        #expect(early.allSatisfy { $0.turns == 1 })
        #expect(lateVisitors.allSatisfy { $0.turns == 1 })
    }
}
