import InMemoryLogging
import Logging
import SubsgenLogging
import SubsgenRuntime
import Testing

@Suite("swift-log hears what a runtime does by itself")
struct SwiftLogTests {
    @Test("a subscription that is ended for its client is a warning with its field, and without what it read")
    func warning() throws {
        let handler = InMemoryLogHandler()
        let limits = RuntimeLimits(outbox: Outbox.Limits(subscriptionMessages: 1))
        let executor = try SubscriptionExecutor(sdl: "type Subscription { tick: Int }", bus: MemoryBus(), limits: limits)
        executor.setLog(SwiftLog(Logger(label: "subsgen") { _ in handler }))
        let subscription = try executor.subscribe(query: "subscription { tick }")
        for number in 0..<2 { try executor.publish(topic: "tick", payload: Array("\(number)".utf8)) }
        #expect(subscription.ended)
        let entry = try #require(handler.entries.first)
        #expect(handler.entries.count == 1)
        #expect(entry.level == .warning)
        #expect(entry.message == #"a subscription to "tick" was ended: its client does not take its messages"#)
        #expect(entry.metadata == ["kind": "messageLimit", "field": "tick", "left_out": "0", "topic": "tick"])
    }
}
