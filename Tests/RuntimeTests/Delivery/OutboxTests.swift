import Synchronization
import Testing

@testable import SubsgenRuntime

@Suite("Outboxes")
struct OutboxTests {
    private let wakes = Wakes()

    private func outbox(messages: Int = 1024, bytes: Int = 1 << 20) -> Outbox {
        Outbox(limits: Outbox.Limits(subscriptionMessages: messages, connectionBytes: bytes)) { [wakes] in wakes.add() }
    }

    @Test("Outputs come out in the order in which they went in")
    func order() {
        let outbox = outbox()
        let (first, second) = (subscription("1", outbox), subscription("2", outbox))
        #expect(outbox.append(.frame(prefix: Array("ack".utf8), body: nil)))
        #expect(outbox.enqueue(body("a"), for: first) == .queued)
        #expect(outbox.append(.frame(prefix: Array("pong".utf8), body: nil)))
        #expect(outbox.enqueue(body("b"), for: second) == .queued)
        #expect(outbox.enqueue(body("c"), for: first) == .queued)
        #expect(texts(outbox.take(3)) == ["ack", "1:a}", "pong"])
        #expect(outbox.enqueue(body("d"), for: first) == .queued)
        #expect(texts(outbox.take(99)) == ["2:b}", "1:c}", "1:d}"])
        #expect(outbox.take(99).isEmpty)
    }

    @Test("The host is woken once until it has taken everything")
    func coalescedWake() {
        let outbox = outbox()
        let client = subscription("1", outbox)
        #expect(outbox.enqueue(body("a"), for: client) == .queuedFirst)
        #expect(outbox.enqueue(body("b"), for: client) == .queued)
        #expect(wakes.count == 0, "enqueue leaves the waking to the caller")
        _ = outbox.take(1)
        #expect(outbox.enqueue(body("c"), for: client) == .queued, "not emptied yet")
        _ = outbox.take(2)
        #expect(outbox.append(.ended(handle: 1)))
        #expect(outbox.append(.ended(handle: 2)))
        #expect(wakes.count == 1)
        #expect(outbox.take(3).count == 2, "fewer than asked for are all")
        #expect(outbox.append(.ended(handle: 3)))
        #expect(wakes.count == 2)
    }

    @Test("A subscription's messages are bounded, and what waits stays")
    func messageLimit() {
        let outbox = outbox(messages: 2)
        let (slow, other) = (subscription("1", outbox), subscription("2", outbox))
        #expect(outbox.enqueue(body("a"), for: slow) == .queuedFirst)
        #expect(outbox.enqueue(body("b"), for: slow) == .queued)
        #expect(outbox.enqueue(body("c"), for: slow) == .subscriptionFull)
        #expect(outbox.enqueue(body("d"), for: other) == .queued, "another subscription has a bound of its own")
        #expect(texts(outbox.take(9)) == ["1:a}", "1:b}", "2:d}"])
        #expect(outbox.enqueue(body("e"), for: slow) == .queuedFirst, "taking makes room")
        #expect(texts(outbox.take(9)) == ["1:e}"])
    }

    @Test("A connection over its bytes loses its frames, keeps what the host must hear, and takes no more")
    func byteLimit() {
        let outbox = outbox(bytes: 400)
        let client = subscription("1", outbox)
        #expect(outbox.append(.ended(handle: 7)))
        #expect(outbox.enqueue(body(String(repeating: "x", count: 200)), for: client) == .queued)
        #expect(outbox.enqueue(body(String(repeating: "x", count: 200)), for: client) == .connectionFull)
        #expect(outbox.enqueue(body("y"), for: client) == .refused)
        #expect(outbox.append(.frame(prefix: [], body: nil)), "refused, but no second overflow")
        #expect(outbox.append(.ended(handle: 1)))
        #expect(outbox.append(.close(code: 1013, reason: "Too slow")))
        #expect(outbox.append(.ended(handle: 2)))
        #expect(texts(outbox.take(9)) == ["ended 7", "ended 1", "close 1013"])
    }

    @Test("Control frames count for the bound, so that a client that sends pings without reading is bounded")
    func controlFrames() {
        let outbox = outbox(bytes: 1000)
        var sent = 0
        while sent < 1000, outbox.append(.frame(prefix: [UInt8](repeating: 0, count: 100), body: nil)) { sent += 1 }
        #expect(sent == 7)
    }

    @Test("Bytes are given back when they are taken")
    func bytesReturn() {
        let outbox = outbox(bytes: 300)
        let client = subscription("1", outbox)
        for _ in 0..<100 {
            #expect(outbox.enqueue(body(String(repeating: "x", count: 200)), for: client) == .queuedFirst)
            #expect(outbox.take(9).count == 1)
        }
    }

    @Test("What waits for a cancelled subscription is not sent")
    func cancellation() {
        let outbox = outbox()
        let (gone, other) = (subscription("1", outbox), subscription("2", outbox))
        _ = outbox.enqueue(body("a"), for: gone)
        _ = outbox.enqueue(body("b"), for: other)
        gone.isCancelled.store(true, ordering: .relaxed)
        #expect(texts(outbox.take(1)) == ["2:b}"])
        #expect(outbox.take(1).isEmpty)
    }

    @Test("Many threads put in and one takes out: nothing is lost, each thread's order holds")
    func concurrency() async {
        let outbox = outbox(messages: .max)
        let received = await withTaskGroup(of: [String].self) { group in
            for thread in 0..<4 {
                let client = subscription("\(thread)", outbox)
                group.addTask {
                    for number in 0..<500 { _ = outbox.enqueue(SharedBody(Array("\(number)".utf8)), for: client) }
                    return []
                }
            }
            group.addTask {
                var taken: [String] = []
                while taken.count < 2000 {
                    taken += texts(outbox.take(16))
                    await Task.yield()
                }
                return taken
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        for thread in 0..<4 {
            #expect(received.filter { $0.hasPrefix("\(thread):") } == (0..<500).map { "\(thread):\($0)}" })
        }
    }
}

final class Wakes: Sendable {
    private let number = Atomic<Int>(0)
    var count: Int { number.load(ordering: .relaxed) }
    func add() { number.add(1, ordering: .relaxed) }
}

private func subscription(_ id: String, _ outbox: Outbox) -> Subscription {
    Subscription(handle: 0, id: id, prefix: Array("\(id):".utf8), outbox: outbox, owner: nil)
}

private func body(_ text: String) -> SharedBody { SharedBody(Array(text.utf8)) }

/// The outputs as one would read them in a log.
func texts(_ outputs: [Outbox.Output]) -> [String] {
    outputs.map { output in
        switch output {
        case .frame, .extendedFrame: text(of: output)
        case .authenticate: "authenticate"
        case .expires: "expires"
        case .started(let info): "started \(info.id)"
        case .ended(let handle): "ended \(handle)"
        case .response(_, let kind): kind.rawValue
        case .close(let code, _): "close \(code)"
        }
    }
}

/// The text of a frame.
func text(of output: Outbox.Output) -> String {
    var text: [UInt8] = []
    return output.appendText(to: &text) ? String(decoding: text, as: UTF8.self) : "no frame: \(output)"
}
