import Testing

@testable import SubsgenRuntime

@Suite("What a runtime does by itself is logged")
struct JournalTests {
    @Test("one record of a kind and field a second; the next says how many were left out")
    func floods() {
        let (log, hand) = (RecordingLog(), Hand())
        let journal = Journal(clock: hand.clock)
        journal.note(.messageLimit, "tick")
        journal.set(log)
        for _ in 0..<5 { journal.note(.messageLimit, "tick") }
        journal.note(.messageLimit, "other")
        journal.note(.resolverLimit, "tick")
        #expect(log.take().map(\.leftOut) == [0, 0, 0])
        hand.turn(999_999_999)
        journal.note(.messageLimit, "tick")
        #expect(log.take() == [])
        hand.turn(1)
        journal.note(.messageLimit, "tick")
        let records = log.take()
        #expect(records == [LogRecord(kind: .messageLimit, field: "tick", leftOut: 5)])
        #expect(records.first?.message.hasSuffix("(and 5 more like this, not told)") == true)
    }

    @Test("what a bus did before there was a log is told when there is one, once, and at most eight of it")
    func early() {
        let (log, hand) = (RecordingLog(), Hand())
        let journal = Journal(clock: hand.clock)
        for number in 0..<10 { journal.note(.busDisconnected, "reason \(number)") }
        journal.set(nil)
        journal.set(log)
        #expect(log.take() == (0..<8).map { LogRecord(kind: .busDisconnected, field: "reason \($0)", leftOut: 0) })
        journal.set(log)
        journal.note(.busReconnected, "")
        #expect(log.take().map(\.kind) == [.busReconnected])
    }

    @Test("who is too slow is told of by field, whatever was full")
    func slowness() throws {
        let log = RecordingLog()
        let executor = try Chat.executor(limits: RuntimeLimits(outbox: Outbox.Limits(subscriptionMessages: 1, connectionBytes: 250)))
        executor.setLog(log)
        let pulled = try executor.subscribe("subscription { tick { n } }")
        for n in 0..<2 { try executor.publish("tick", #"{"n":\#(n)}"#) }
        #expect(log.take() == [LogRecord(kind: .messageLimit, field: "tick", leftOut: 0, subscriber: LogRecord.Subscriber(), topic: "tick")])
        #expect(pulled.ended)
        let client = SessionClient.acknowledged(executor)
        for id in ["a", "b", "c", "d", "e", "f"] { client.subscribe(id, "subscription { tick { n } }") }
        _ = client.heard()
        try executor.publish("tick", #"{"n":1}"#)
        let subscriber = LogRecord.Subscriber(connection: client.session.handle)
        #expect(log.take() == [LogRecord(kind: .connectionLimit, field: "tick", leftOut: 0, subscriber: subscriber, topic: "tick")])
    }

    @Test("a call is in flight until it is answered or cancelled, and an answer's time is told by field and kind")
    func calls() {
        let hand = Hand()
        let metrics = Metrics(clock: hand.clock)
        let answered = metrics.began(.resolve, of: "tick")
        let cancelled = metrics.began(.resolve, of: "tick")
        let source = metrics.began(.source, of: "tick")
        #expect(metrics.snapshot().total("calls_in_flight") == 3)
        hand.turn(3_000_000)
        answered.end(isAnswered: true)
        cancelled.end(isAnswered: false)
        source.end(isAnswered: true)
        #expect(metrics.snapshot().total("calls_in_flight") == 0)
        #expect(metrics.snapshot().total("resolver_seconds") == 1)
        let text = metrics.snapshot().text()
        #expect(text.contains(#"subsgen_resolver_seconds_bucket{field="tick",kind="resolve",le="0.0025"} 0"#))
        #expect(text.contains(#"subsgen_resolver_seconds_bucket{field="tick",kind="resolve",le="0.005"} 1"#))
        #expect(text.contains(#"subsgen_resolver_seconds_sum{field="tick",kind="resolve"} 0.003"#))
        #expect(!text.contains(#"kind="source",le"#))
    }
}
