import Testing

@testable import SubsgenRuntime

@Suite("Resolvers")
struct ResolverTests {
    private let executor: SubscriptionExecutor
    private let calls = Calls()

    init() throws {
        executor = try Chat.executor(limits: RuntimeLimits(resolverQueue: 8))
        try executor.setResolver(field: "message", FieldFunctions(resolve: .perArguments), host: calls)
    }

    private func message(_ room: Int, _ selection: String = "id", claims: String? = nil) throws -> PulledSubscription {
        try executor.subscribe(#"subscription { message(roomId: "\#(room)") { \#(selection) } }"#, claims: claims)
    }

    private func publish(_ id: String, room: Int = 1) throws {
        try executor.publish("message", #"{"id":"\#(id)","roomId":"\#(room)"}"#)
    }

    private func ids(_ subscription: PulledSubscription) -> [String] {
        subscription.drain().map { String($0.dropFirst(#"{"data":{"message":{"id":""#.count).dropLast(4)) }
    }

    @Test("It is called once for all subscriptions of equal arguments, whatever they select, with the event and the arguments")
    func oneCall() throws {
        let clients = try [message(1), message(1), message(1, "number: id"), message(2)]
        try publish("a")
        let taken = calls.take()
        #expect(taken.map(\.eventText) == [#"{"id":"a","roomId":"1"}"#])
        #expect(taken.map(\.argumentText) == [#"{"roomId":"1"}"#])
        #expect(taken.map(\.field) == ["message"])
        #expect(taken.map(\.claimText) == [nil])
        #expect(clients[0].drain() == [], "nothing before the answer")
        taken.first?.finish(#"{"id":"b","roomId":"1"}"#)
        #expect(clients[0].drain() == [#"{"data":{"message":{"id":"b"}}}"#])
        #expect(clients[1].drain() == [#"{"data":{"message":{"id":"b"}}}"#])
        #expect(clients[2].drain() == [#"{"data":{"message":{"number":"b"}}}"#])
        #expect(clients[3].drain() == [])
    }

    @Test("Answers are delivered in the order of the events, however late each comes")
    func order() throws {
        let client = try message(1)
        for id in ["a", "b", "c", "d"] { try publish(id) }
        let taken = calls.take()
        taken[3].finish(taken[3].eventText)
        taken[1].skip()
        taken[2].finish(taken[2].eventText)
        #expect(client.drain() == [])
        taken[0].finish(taken[0].eventText)
        #expect(ids(client) == ["a", "c", "d"])
    }

    @Test("A slow resolver of one set of arguments does not hold up another")
    func independence() throws {
        let (slow, quick) = (try message(1), try message(2))
        try publish("a", room: 1)
        try publish("b", room: 2)
        let taken = calls.take()
        taken[1].finish(taken[1].eventText)
        #expect(ids(quick) == ["b"])
        #expect(ids(slow) == [])
    }

    @Test("A failure is a GraphQL error to its subscribers and counted; the event is not shown")
    func failure() throws {
        let client = try message(1)
        try publish("a")
        calls.take().first?.fail("It failed.")
        #expect(
            client.drain() == [#"{"data":{"message":null},"errors":[{"message":"It failed.","locations":[{"line":1,"column":16}],"path":["message"]}]}"#])
        #expect(executor.metrics[.resolverErrors] == 1)
    }

    @Test("A result that is no JSON, and a call that is thrown away, have failed")
    func badAnswers() throws {
        let client = try message(1)
        try publish("a")
        try publish("b")
        calls.take().first?.finish("{")
        let results = client.drain()
        #expect(results.count == 2)
        #expect(results.first?.contains("gave no valid event") == true)
        #expect(results.last?.contains("did not answer") == true)
        #expect(executor.metrics[.resolverErrors] == 2)
    }

    @Test("The first answer counts")
    func firstAnswer() throws {
        let client = try message(1)
        try publish("a")
        let call = try #require(calls.take().first)
        call.finish(call.eventText)
        call.fail("too late")
        call.skip()
        #expect(ids(client) == ["a"])
    }

    @Test("A subscription gets no event from before it began, also when the resolver answers later")
    func lateJoiner() throws {
        let early = try message(1)
        try publish("a")
        let late = try message(1)
        try publish("b")
        for call in calls.take() { call.finish(call.eventText) }
        #expect(ids(early) == ["a", "b"])
        #expect(ids(late) == ["b"])
    }

    @Test("Answers for subscriptions that have left are dropped")
    func leavers() throws {
        let client = try message(1)
        try publish("a")
        client.complete()
        for call in calls.take() { call.finish(call.eventText) }
        #expect(client.drain() == [])
        #expect(executor.metrics[.deliveries] == 0)
    }

    @Test("A topic that completes lets the events that are with resolvers out first")
    func completion() throws {
        let client = try message(1)
        try publish("a")
        try executor.complete(topic: "message")
        #expect(!client.ended)
        for call in calls.take() { call.finish(call.eventText) }
        #expect(ids(client) == ["a"])
        #expect(client.ended)
    }

    @Test("More events than may wait for a resolver, from a bus that cannot wait, end the subscriptions with an error")
    func queueLimit() throws {
        let bus = ForeignBus()
        let executor = try SubscriptionExecutor(sdl: Chat.sdl, bus: bus, limits: RuntimeLimits(resolverQueue: 8))
        try executor.setResolver(field: "message", FieldFunctions(resolve: .perArguments), host: calls)
        let slow = try executor.subscribe(#"subscription { message(roomId: "1") { id } }"#)
        let other = try executor.subscribe(#"subscription { message(roomId: "2") { id } }"#)
        for number in 0..<9 { try bus.deliver("message", #"{"id":"\#(number)","roomId":"1"}"#) }
        #expect(slow.ended && !other.ended)
        #expect(
            slow.drain() == [#"{"errors":[{"message":"The subscription was ended because more than 8 events waited for its resolver."}]}"#])
        #expect(calls.take().count == 8)
    }

    @Test("With perClaims it is called for each distinct claims, and they get its answers alone")
    func perClaims() throws {
        try executor.setResolver(field: "message", FieldFunctions(resolve: .perClaims), host: calls)
        let clients = try [message(1, claims: #"{"u":1}"#), message(1, claims: #"{"u":1}"#), message(1, claims: #"{"u":2}"#), message(1)]
        try publish("a")
        let taken = calls.take()
        #expect(Set(taken.map(\.claimText)) == [#"{"u":1}"#, #"{"u":2}"#, nil])
        #expect(taken.count == 3)
        for call in taken { call.finish(#"{"id":"\#(call.claimText?.filter(\.isNumber) ?? "nobody")","roomId":"1"}"#) }
        #expect(clients.map(ids) == [["1"], ["1"], ["2"], ["nobody"]])
    }

    @Test("Whether claims are read cannot change while there are subscribers")
    func changeOfClaims() throws {
        let client = try message(1)
        #expect(throws: ResolverError.self) { try executor.setResolver(field: "message", FieldFunctions(resolve: .perClaims), host: calls) }
        try executor.setResolver(field: "message", FieldFunctions(resolve: .perArguments), host: calls)
        client.complete()
        try executor.setResolver(field: "message", FieldFunctions(resolve: .perClaims), host: calls)
        #expect(throws: ResolverError.self) { try executor.setResolver(field: "nope", FieldFunctions(resolve: .perArguments), host: calls) }
    }
}
