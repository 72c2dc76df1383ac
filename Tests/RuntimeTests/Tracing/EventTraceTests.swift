import Testing

@testable import SubsgenRuntime

@Suite("What comes with an event")
struct EventTraceTests {
    /// Keeps what it is told.
    private final class Told: EventTraceLog {
        /// Guards the deliveries.
        private let told = Guarded<[EventDelivery]>([])

        func note(_ delivery: EventDelivery) { told.withLock { $0.append(delivery) } }
        var deliveries: [EventDelivery] { told.withLock { $0 } }
    }

    private static let sampled = #"{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}"#
    private static let unsampled = #"{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"}"#

    private let executor: SubscriptionExecutor
    private let calls = Calls()
    private let told = Told()
    private let clock = ManualClock(nanoseconds: 1_700_000_000_000_000_000)

    init() throws {
        var limits = RuntimeLimits(resolverQueue: 8)
        limits.manualClock = clock
        executor = try Chat.executor(limits: limits)
        executor.setTraceLog(told)
    }

    private func resolveMessages() throws {
        try executor.setResolver(field: "message", FieldFunctions(resolve: .perArguments), host: calls)
    }

    private func publish(_ id: String, room: Int = 1, to topic: String = "message", _ attributes: String? = sampled) throws {
        try executor.publish(
            topic: topic, payload: Array(#"{"id":"\#(id)","roomId":"\#(room)"}"#.utf8), attributes: attributes.map { Array($0.utf8) })
    }

    private func message(_ room: Int) throws -> PulledSubscription {
        try executor.subscribe(#"subscription { message(roomId: "\#(room)") { id } }"#)
    }

    @Test("The resolver of an event gets its attributes, and that of an event without them none")
    func resolverGetsThem() throws {
        try resolveMessages()
        let client = try message(1)
        try publish("a")
        try publish("b", nil)
        let taken = calls.take()
        #expect(taken.map(\.attributes) == [Array(Self.sampled.utf8), nil])
        for call in taken { call.finish(call.eventText) }
        #expect(client.drain().count == 2)
    }

    @Test("So do the functions of its fields, through a resolver that answers with another event")
    func functionsGetThem() throws {
        let executor = try SubscriptionExecutor(
            sdl: """
                type Query { ok: Boolean }
                type Subscription { tick: Tick! }
                type Tick { n: Int! double: Int @resolver }
                """, bus: MemoryBus())
        executor.setTraceLog(told)
        let calls = Calls()
        try executor.setResolver(field: "tick", FieldFunctions(resolve: .perArguments), host: calls)
        try executor.setSupplier(type: "Tick", field: "double", .perArguments, host: calls)
        let client = try executor.subscribe("subscription { tick { double } }")
        try executor.publish(topic: "tick", payload: Array(#"{"n":1}"#.utf8), attributes: Array(Self.sampled.utf8))
        calls.take().first?.finish(#"{"n":2}"#)
        let supplies = calls.take()
        #expect(supplies.map(\.attributes) == [Array(Self.sampled.utf8)])
        #expect(told.deliveries.isEmpty, "it is still on its way")
        supplies.first?.finish(#"{"values":[4]}"#)
        #expect(client.drain() == [#"{"data":{"tick":{"double":4}}}"#])
    }

    @Test("A missed event comes with its attributes when it is read again, and its way is not told a second time")
    func replayed() throws {
        let executor = try SubscriptionExecutor(sdl: Chat.sdl, bus: MemoryBus(keepingEvents: 10))
        executor.setTraceLog(told)
        try executor.setResolver(field: "tick", FieldFunctions(resolve: .perArguments), host: calls)
        let publish = { try executor.publish(topic: "tick", payload: Array(#"{"n":1}"#.utf8), attributes: Array(Self.sampled.utf8)) }
        let cursor = try publish()
        _ = try publish()
        let client = try executor.subscribe(query: "subscription { tick { n } }", extensions: Array(#"{"after":"\#(cursor)"}"#.utf8))
        #expect(client.drain() == [])
        let taken = calls.take()
        #expect(taken.map(\.attributes) == [Array(Self.sampled.utf8)])
        taken.first?.finish(#"{"n":2}"#)
        #expect(client.drain().count == 1)
        #expect(told.deliveries.isEmpty)
    }

    @Test("The way of a sampled event is told once, with its start and duration and to how many it went")
    func delivery() throws {
        let clients = try [message(1), message(1), message(2)]
        try publish("a")
        #expect(clients.map { $0.drain().count } == [1, 1, 0])
        let delivery = try #require(told.deliveries.first)
        #expect(told.deliveries.count == 1)
        #expect(delivery.attributes == Array(Self.sampled.utf8))
        #expect((delivery.topic, delivery.template) == ("message", "message"))
        #expect((delivery.start, delivery.duration) == (1_700_000_000_000_000_000, 0))
        #expect(delivery.subscriptions == 2)
    }

    @Test("It lasts until the resolver has answered, and is told when nothing of the event is on its way")
    func deliveryWaitsForTheResolver() throws {
        try resolveMessages()
        let clients = try [message(1), message(2)]
        try publish("a", room: 1)
        executor.turnClock(byNanoseconds: 5_000)
        do {
            let taken = calls.take()
            #expect(told.deliveries.isEmpty)
            taken.first?.finish(taken[0].eventText)
            executor.turnClock(byNanoseconds: 70_000)
        }
        #expect(told.deliveries.map(\.duration) == [5_000])
        #expect(clients.map { $0.drain().count } == [1, 0])
    }

    @Test("One that goes to nobody is not told: filtered, skipped, failed, or left by all who waited")
    func noDelivery() throws {
        try publish("nobody listens")
        let client = try message(1)
        try publish("filtered", room: 2)
        try resolveMessages()
        try publish("skipped")
        calls.take().first?.skip()
        try publish("left")
        client.complete()
        calls.take().first?.finish(#"{"id":"1","roomId":"1"}"#)
        #expect(told.deliveries.isEmpty)
    }

    @Test("What is not sampled, and what nobody wants to know, is not told")
    func unsampled() throws {
        let client = try message(1)
        try publish("a", Self.unsampled)
        try publish("b", #"{"tenant":"blue"}"#)
        executor.setTraceLog(nil)
        try publish("c")
        #expect(told.deliveries.isEmpty)
        #expect(client.drain().count == 3)
    }

    @Test("The topic is told by its template, too")
    func template() throws {
        let client = try executor.subscribe(#"subscription { posted(roomId: "x y") { id } }"#)
        try publish("a", to: "chat.x%20y")
        #expect(client.drain().count == 1)
        #expect(told.deliveries.map(\.topic) == ["chat.x%20y"])
        #expect(told.deliveries.map(\.template) == ["chat.{roomId}"])
        #expect(executor.template(ofTopic: "chat.1") == "chat.{roomId}")
        #expect(executor.template(ofTopic: "nowhere") == nil)
    }

    @Test("An event without attributes, and one whose attributes nobody asks for, is handed on as it came")
    func nothingForNothing() throws {
        let payload = try JSONDocument.parse(Array("1".utf8))
        let attributes = try JSONDocument.parse(Array(Self.unsampled.utf8))
        for event in [BusEvent(topic: "tick", payload: payload), BusEvent(topic: "tick", payload: payload, attributes: attributes)] {
            #expect(executor.payload(of: event).storage === payload.storage)
        }
        try resolveMessages()
        let carried = executor.payload(of: BusEvent(topic: "tick", payload: payload, attributes: attributes))
        #expect(carried.origin?.attributes.bytes == attributes.bytes)
        #expect(carried.bytes == payload.bytes)
    }

    @Test(
        "An event is sampled by the last bit of its traceparent alone",
        arguments: [
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03", true),
            ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-comes-later", true),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", false),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g", false),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-+1", false),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0", false),
            ("01", false), ("", false),
        ])
    func sampledFlag(_ traceparent: String, _ isSampled: Bool) throws {
        let attributes = try JSONDocument.parse(Array(#"{"a":{},"traceparent":"\#(traceparent)"}"#.utf8))
        #expect(EventTrace.isSampled(attributes) == isSampled)
        #expect(!EventTrace.isSampled(try JSONDocument.parse(Array(#"{"traceparent":1}"#.utf8))))
        #expect(!EventTrace.isSampled(try JSONDocument.parse(Array("[1]".utf8))))
    }
}
