import NIOCore
import NIOEmbedded
import SubsgenRuntime
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
        let earlySeats = early.map { seat($0, desk) }
        for seat in earlySeats { desk.wake(seat) }
        for _ in 0..<100 {
            loop.run()
            loop.advanceTime(by: .milliseconds(1))
        }
        #expect(early.allSatisfy { $0.turns == 1 })
        #expect(lateVisitors.allSatisfy { $0.turns == 1 })
        // Whoever has a seat keeps the desk.
        for seat in earlySeats + lateSeats { #expect(desk.free(seat)) }
    }
}

@Suite("A turn of a WebSocket")
struct TurnTests {
    @Test("Of large messages it takes about a mebibyte, and the rest in the next")
    func bytes() throws {
        let loop = EmbeddedEventLoop()
        let desk = Desk(loop)
        let executor = try SubscriptionExecutor(
            sdl: RunningServer.schema, bus: MemoryBus(),
            limits: RuntimeLimits(outbox: Outbox.Limits(subscriptionMessages: 1000, connectionBytes: 1 << 26)))
        let core = ServerCore(executor, ServerConfiguration(), OpenDoor())
        let seat = Seat(desk)
        desk.add(seat)
        let client = core.client(seat, .graphqlTransportWS, nil)
        let channel = EmbeddedChannel(loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        try channel.pipeline.syncOperations.addHandler(WebSocketConnection(seat, core, client, isServed: true))
        client.session.receive(Array(#"{"type":"connection_init"}"#.utf8))
        loop.run()
        client.session.receive(Array(#"{"id":"s","type":"subscribe","payload":{"query":"subscription { presence }"}}"#.utf8))
        loop.run()
        while try channel.readOutbound(as: ByteBuffer.self) != nil {}
        let text = String(repeating: "x", count: 100_000)
        for _ in 0..<60 { try executor.publish(topic: "presence", payload: Array("\"\(text)\"".utf8)) }
        for _ in 0..<100 {
            loop.run()
            loop.advanceTime(by: .milliseconds(1))
        }
        var sizes: [Int] = []
        while let written = try channel.readOutbound(as: ByteBuffer.self) { sizes.append(written.readableBytes) }
        #expect(sizes.reduce(0, +) > 60 * 100_000)
        #expect((sizes.max() ?? 0) < 2 << 20)
        #expect(sizes.count < 10)
        _ = try channel.finish()
    }
}
