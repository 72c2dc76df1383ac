import Testing

@testable import SubsgenRuntime

@Suite("Subscriptions of a session")
struct SessionSubscriptionTests {
    private let presence = "subscription { presence }"

    private func executor(_ outbox: Outbox.Limits = Outbox.Limits()) throws -> SubscriptionExecutor {
        try SubscriptionExecutor(
            sdl: chatSDL, bus: MemoryBus(), limits: RuntimeLimits(outbox: outbox))
    }

    @Test("The host hears that a subscription began before its first message, and that it ended after its last")
    func order() throws {
        let executor = try executor()
        let client = SessionClient.acknowledged(executor)
        client.subscribe("1", presence)
        try executor.publish("presence", #""ann""#)
        try executor.complete(topic: "presence")
        #expect(
            client.heard() == [
                "started 1 presence{}", #"{"id":"1","type":"next","payload":{"data":{"presence":"ann"}}}"#, "ended 1",
                #"{"id":"1","type":"complete"}"#,
            ])
    }

    @Test("Messages that wait when the client completes are not sent, also not to another subscription of the same id")
    func completeDropsWhatWaits() throws {
        let executor = try executor()
        let client = SessionClient.acknowledged(executor)
        client.subscribe("1", presence)
        try executor.publish("presence", #""ann""#)
        client.complete("1")
        client.subscribe("1", presence)
        try executor.publish("presence", #""bob""#)
        #expect(
            client.heard() == [
                "started 1 presence{}", "ended 1", "started 1 presence{}",
                #"{"id":"1","type":"next","payload":{"data":{"presence":"bob"}}}"#,
            ])
    }

    @Test("What waits in outboxes is measured in bytes, and is gone when the host has taken it or the client is gone")
    func waitingBytes() throws {
        let executor = try executor()
        let clients = [SessionClient.acknowledged(executor), SessionClient.acknowledged(executor)]
        for client in clients {
            client.subscribe("1", presence)
            _ = client.heard()
        }
        #expect(executor.metrics[.outboxBytes] == 0)
        let text = String(repeating: "a", count: 1000)
        try executor.publish("presence", "\"\(text)\"")
        #expect((2000...3000).contains(executor.metrics[.outboxBytes]))
        _ = clients[0].heard()
        #expect((1000...1500).contains(executor.metrics[.outboxBytes]))
        clients[1].session.disconnected()
        #expect(executor.metrics[.outboxBytes] == 0)
    }

    @Test("A server that goes away sends what waits, then complete")
    func drainSendsWhatWaits() throws {
        let executor = try executor()
        let client = SessionClient.acknowledged(executor)
        client.subscribe("1", presence)
        try executor.publish("presence", #""ann""#)
        client.session.drainAndClose()
        try executor.publish("presence", #""bob""#)
        #expect(
            client.heard() == [
                "started 1 presence{}", #"{"id":"1","type":"next","payload":{"data":{"presence":"ann"}}}"#,
                #"{"id":"1","type":"complete"}"#, "ended 1", "close 1001 Going away",
            ])
        #expect(executor.metrics[.subscriptions] == 0)
    }

    @Test("A socket that vanishes drops what waits; the host still hears of each end, once")
    func disconnectDropsWhatWaits() throws {
        let executor = try executor()
        let client = SessionClient.acknowledged(executor)
        client.subscribe("1", presence)
        try executor.publish("presence", #""ann""#)
        client.session.disconnected()
        client.session.disconnected()
        try executor.publish("presence", #""bob""#)
        #expect(client.heard() == ["started 1 presence{}", "ended 1"])
        #expect(executor.metrics[.subscriptions] == 0)
        #expect(executor.metrics[.groups] == 0)
        #expect(executor.metrics[.topics] == 0)
    }

    @Test("A session that is thrown away leaves nothing")
    func thrownAway() throws {
        let executor = try executor()
        do {
            let client = SessionClient.acknowledged(executor)
            client.subscribe("1", presence)
            #expect(executor.metrics[.subscriptions] == 1)
        }
        #expect(executor.metrics[.subscriptions] == 0)
        #expect(executor.metrics[.topics] == 0)
    }

    @Test("A subscription that reads too slowly gets what waits, then an error; the others of its connection live")
    func slowSubscription() throws {
        let executor = try executor(Outbox.Limits(subscriptionMessages: 1))
        let client = SessionClient.acknowledged(executor)
        client.subscribe("slow", presence)
        client.subscribe("other", #"subscription { messageAdded(roomId: "a") { id } }"#)
        _ = client.heard()
        try executor.publish("presence", #""ann""#)
        try executor.publish("presence", #""bob""#)
        #expect(
            client.heard() == [
                #"{"id":"slow","type":"next","payload":{"data":{"presence":"ann"}}}"#, "ended 1",
                #"{"id":"slow","type":"error","payload":[{"message":"The subscription was ended because more than 1 messages waited for the client."}]}"#,
            ])
        try executor.publish("messageAdded", #"{"id":"1","roomId":"a","text":""}"#)
        #expect(client.heard() == [#"{"id":"other","type":"next","payload":{"data":{"messageAdded":{"id":"1"}}}}"#])
        #expect(executor.metrics.total("dropped") == 1)
        #expect(executor.metrics[.subscriptions] == 1)
    }

    @Test("A socket that reads too slowly is closed with 1013, and the host hears of each end first")
    func slowSocket() throws {
        let executor = try executor(Outbox.Limits(connectionBytes: 1000))
        let client = SessionClient.acknowledged(executor)
        client.subscribe("1", presence)
        _ = client.heard()
        let long = "\"\(String(repeating: "x", count: 300))\""
        for _ in 0..<10 { try executor.publish("presence", long) }
        #expect(client.heard() == ["ended 1", "close 1013 Slow consumer"])
        #expect(executor.metrics[.subscriptions] == 0)
        #expect(executor.metrics.total("dropped") == 1)
    }

    @Test("A resolver that reads claims gets those of the connection, and its answer is sent")
    func claims() throws {
        let executor = try executor()
        let host = RecordingHost()
        try executor.setResolver(field: "presence", FieldFunctions(resolve: .perClaims), host: host)
        let ann = SessionClient.acknowledged(executor, claims: #"{"sub":"ann"}"#)
        let nobody = SessionClient.acknowledged(executor)
        ann.subscribe("1", presence)
        nobody.subscribe("1", presence)
        _ = (ann.heard(), nobody.heard())
        try executor.publish("presence", #""x""#)
        let calls = host.calls
        #expect(Set(calls.map { $0.claims.map { String(decoding: $0, as: UTF8.self) } }) == [#"{"sub":"ann"}"#, nil])
        for call in calls where call.claims != nil { call.finish(Array(#""for ann""#.utf8)) }
        #expect(ann.heard() == [#"{"id":"1","type":"next","payload":{"data":{"presence":"for ann"}}}"#])
        #expect(nobody.heard().isEmpty)
    }

    @Test("A resolver that does not keep up with a bus that cannot wait ends its subscriptions with an error")
    func slowResolver() throws {
        let bus = ForeignBus()
        let executor = try SubscriptionExecutor(sdl: chatSDL, bus: bus, limits: RuntimeLimits(resolverQueue: 1))
        let host = RecordingHost()
        try executor.setResolver(field: "presence", FieldFunctions(resolve: .perArguments), host: host)
        let client = SessionClient.acknowledged(executor)
        client.subscribe("1", presence)
        _ = client.heard()
        try bus.deliver("presence", #""ann""#)
        try bus.deliver("presence", #""bob""#)
        #expect(
            client.heard() == [
                "ended 1",
                #"{"id":"1","type":"error","payload":[{"message":"The subscription was ended because more than 1 events waited for its resolver."}]}"#,
            ])
    }

    @Test("The client completes while its event is with the resolver: the answer finds nobody")
    func completeWhileResolving() throws {
        let executor = try executor()
        let host = RecordingHost()
        try executor.setResolver(field: "presence", FieldFunctions(resolve: .perArguments), host: host)
        let client = SessionClient.acknowledged(executor)
        client.subscribe("1", presence)
        try executor.publish("presence", #""ann""#)
        client.complete("1")
        client.subscribe("1", presence)
        for call in host.calls { call.finish(Array(#""late""#.utf8)) }
        #expect(client.heard() == ["started 1 presence{}", "ended 1", "started 1 presence{}"])
    }

    @Test("Sessions are separate: the same id, and an end of its own")
    func separateSessions() throws {
        let executor = try executor()
        let (first, second) = (SessionClient.acknowledged(executor), SessionClient.acknowledged(executor))
        first.subscribe("1", presence)
        second.subscribe("1", presence)
        first.complete("1")
        try executor.publish("presence", #""ann""#)
        #expect(first.heard() == ["started 1 presence{}", "ended 1"])
        #expect(second.heard() == ["started 1 presence{}", #"{"id":"1","type":"next","payload":{"data":{"presence":"ann"}}}"#])
    }
}

/// A resolver that keeps what it was asked.
private final class RecordingHost: ResolverHost {
    private let recorded = Guarded<[ResolverCall]>([])

    var calls: [ResolverCall] { recorded.withLock { $0 } }

    func start(_ call: ResolverCall) {
        recorded.withLock { $0.append(call) }
    }
}

extension SubscriptionExecutor {
    func publish(_ topic: String, _ payload: String) throws(PublishError) {
        try publish(topic: topic, payload: Array(payload.utf8))
    }
}
