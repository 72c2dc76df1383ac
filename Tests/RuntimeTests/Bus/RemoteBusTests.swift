import BusConformance
import GraphQLSchema
import Testing

@testable import SubsgenRuntime

@Suite("A runtime on a bus that is elsewhere")
struct RemoteBusTests {
    private static let sdl = """
        type Query { ok: Boolean }
        type Subscription { tick: Int tock(room: ID!): Int @topic(name: "tock.{room}") }
        """
    private let hub = Hub()

    private func runtime(_ change: (inout RuntimeLimits) -> Void = { _ in }) throws -> SubscriptionExecutor {
        var limits = RuntimeLimits()
        change(&limits)
        return try SubscriptionExecutor(sdl: Self.sdl, bus: hub.bus(), limits: limits)
    }

    /// With a thread that waits for the answer.
    private func publishAndWait(_ runtime: SubscriptionExecutor, _ payload: String) throws -> Cursor {
        try runtime.publish(topic: "tick", payload: Array(payload.utf8))
    }

    /// The next result of a subscription, whenever it comes.
    private func next(_ subscription: PulledSubscription) async -> String? {
        while true {
            if let result = subscription.next() { return String(decoding: result, as: UTF8.self) }
            await Task.yield()
        }
    }

    @Test("Who publishes in one process reaches the subscribers of all, once each, and is told the cursor")
    func published() async throws {
        let (here, there) = (try runtime(), try runtime())
        let subscriptions = [try here.subscribe("subscription { tick }"), try there.subscribe("subscription { tick }")]
        // A thread may wait for the answer, and a task.
        let first = try publishAndWait(here, "1")
        let second = try await there.publish(topic: "tick", payload: Array("2".utf8))
        #expect(first.sequence < second.sequence)
        for subscription in subscriptions {
            for number in 1...2 { #expect(await next(subscription) == #"{"data":{"tick":\#(number)}}"#) }
            #expect(subscription.next() == nil)
        }
        #expect([here, there].map { $0.metrics[.eventsPublished] } == [1, 1])
    }

    @Test("An event whose answer is still to come is not published twice; its publisher is woken when the answer is there")
    func later() async throws {
        let here = try runtime()
        hub.hold()
        let woken = Tally()
        let waiting = try here.awaitRoom(topic: "tick", payload: Array("1".utf8)) { woken.add() }
        #expect(try waiting.publish() == nil)
        #expect(try waiting.publish() == nil)
        #expect(woken.value == 0)
        hub.release()
        while woken.value == 0 { await Task.yield() }
        #expect(try waiting.publish()?.sequence == 1)
        #expect(throws: PublishError.self) { try waiting.publish() }
        #expect(here.metrics[.eventsPublished] == 1 && here.metrics[.publishersWaiting] == 0)
    }

    @Test("A bus that cannot be reached is told to each publisher, and counted")
    func unreachable() async throws {
        let here = try runtime()
        hub.setDown(true)
        let isUnavailable = { (error: any Error) in (error as? PublishError)?.isUnavailable == true }
        #expect(performing: { try here.publish("tick", "1") }, throws: isUnavailable)
        await #expect(performing: { try await here.publish(topic: "tick", payload: Array("1".utf8)) }, throws: isUnavailable)
        #expect(performing: { try here.complete(topic: "tick") }, throws: isUnavailable)
        #expect(here.metrics[.eventsRejected] == 2)
        #expect(performing: { try here.publish("nothing", "1") }, throws: { ($0 as? PublishError)?.isUnknownTopic == true })
    }

    @Test("A topic that ends completes its subscriptions in every process")
    func completed() async throws {
        let (here, there) = (try runtime(), try runtime())
        let subscription = try there.subscribe(#"subscription { tock(room: "a") }"#)
        let other = try there.subscribe(#"subscription { tock(room: "b") }"#)
        try here.publish("tock.a", "1")
        try here.complete(topic: "tock.a")
        #expect(await next(subscription) == #"{"data":{"tock":1}}"#)
        while !subscription.ended { await Task.yield() }
        #expect(!other.ended)
    }

    @Test("What comes and is no event is counted and told, and the next one arrives")
    func unreadable() async throws {
        let here = try runtime { $0.eventBytes = 10 }
        let log = RecordingLog()
        here.setLog(log)
        let tick = BusTopic(name: "tick", template: "tick")
        // Nobody listens: it is not even read.
        hub.inject(tick, "{")
        await hub.settle()
        let subscription = try here.subscribe("subscription { tick }")
        hub.inject(tick, "1 2")
        hub.inject(tick, "\"01234567890\"")
        try here.publish("tick", "3")
        #expect(await next(subscription) == #"{"data":{"tick":3}}"#)
        #expect(subscription.next() == nil)
        #expect(here.metrics[.eventsUnreadable] == 2)
        let records = log.take()
        #expect(records.map(\.kind) == [.eventUnreadable])
        #expect(records.allSatisfy { $0.field.contains("\"tick\"") && !$0.field.contains("1 2") })
    }

    @Test("Events wait at the bus while a resolver has as many as it may, and none is lost")
    func pressure() async throws {
        let (here, there) = (try runtime { $0.resolverQueue = 2 }, try runtime())
        let calls = Calls()
        try here.setResolver(field: "tick", FieldFunctions(resolve: .perArguments), host: calls)
        let subscription = try here.subscribe("subscription { tick }")
        let count = 40
        for number in 0..<count { try there.publish("tick", "\(number)") }
        var most = 0
        for number in 0..<count {
            var open: [ResolverCall] = []
            while open.isEmpty {
                open = calls.take()
                if open.isEmpty { await Task.yield() }
            }
            most = max(most, open.count)
            for call in open.dropFirst() { calls.start(call) }
            #expect(open[0].eventText == "\(number)")
            open[0].finish(open[0].eventText)
            #expect(await next(subscription) == #"{"data":{"tick":\#(number)}}"#)
        }
        #expect(most <= 2)
        #expect(here.metrics.total("dropped") == 0)
    }

    @Test("Who is revoked in one process is in all; a connection is of one process alone")
    func revoked() async throws {
        let (here, there) = (try runtime(), try runtime())
        let clients = [here, there].map { SessionClient.acknowledged($0, claims: #"{"user_id":"ada","team":["red"]}"#) }
        let others = [here, there].map { SessionClient.acknowledged($0, claims: #"{"user_id":"bob","team":["red","blue"]}"#) }
        #expect(here.revoke(.connection(clients[1].session.handle &+ 1000)) == 0)
        #expect(here.revoke(.user("ada")) == 1)
        for client in clients { #expect(await client.heard(1) == ["close 4403 Credentials revoked"]) }
        #expect(others.allSatisfy { $0.heard().isEmpty })
        #expect(there.revoke(try .claim("team", equals: Array("\"blue\"".utf8))) == 1)
        for client in others { #expect(await client.heard(1) == ["close 4403 Credentials revoked"]) }
    }

    @Test("Other notices are left alone", arguments: ["", "{}", "7", #"{"revoke":{}}"#, #"{"revoke":{"claim":"a"}}"#, #"{"revoke":7}"#])
    func notices(_ text: String) {
        #expect(RevocationNotice.read(Array(text.utf8), by: 1) == nil)
    }

    @Test("A runtime that goes away leaves the bus")
    func gone() throws {
        var here: SubscriptionExecutor? = try runtime()
        #expect(hub.memberCount == 1)
        withExtendedLifetime(here) {}
        here = nil
        #expect(hub.memberCount == 0)
    }
}
