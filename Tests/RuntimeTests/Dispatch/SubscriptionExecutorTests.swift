import Testing

@testable import SubsgenRuntime

@Suite("Dispatching events")
struct SubscriptionExecutorTests {
    @Test("A subscription gets the events of its topic that its arguments select, in order")
    func selection() throws {
        let executor = try Chat.executor()
        let one = try executor.subscribe(#"subscription { message(roomId: "1") { id } }"#)
        let two = try executor.subscribe(#"subscription { message(roomId: 2) { id } }"#)
        for (id, room) in [("a", "\"1\""), ("b", "2"), ("c", "1"), ("d", "\"3\""), ("e", "\"2\"")] {
            try executor.publish("message", #"{"id":"\#(id)","roomId":\#(room)}"#)
        }
        #expect(one.drain() == [#"{"data":{"message":{"id":"a"}}}"#, #"{"data":{"message":{"id":"c"}}}"#])
        #expect(two.drain() == [#"{"data":{"message":{"id":"b"}}}"#, #"{"data":{"message":{"id":"e"}}}"#])
    }

    @Test("Filters compose, lists mean any of, dotted paths reach into objects, and what an event lacks never matches")
    func filters() throws {
        let executor = try Chat.executor()
        func subscribe(_ arguments: String) throws -> PulledSubscription {
            try executor.subscribe("subscription { message(\(arguments)) { id } }")
        }
        let all = try subscribe(#"roomId: "1", kinds: null"#)
        let images = try subscribe(#"roomId: "1", kinds: [IMAGE]"#)
        let both = try subscribe(#"roomId: "1", kinds: [IMAGE, TEXT, IMAGE]"#)
        let none = try subscribe(#"roomId: "1", kinds: []"#)
        let byAda = try subscribe(#"roomId: "1", kinds: TEXT, author: "ada""#)
        try executor.publish("message", #"{"id":"a","roomId":"1","kind":"TEXT","author":{"id":"ada"}}"#)
        try executor.publish("message", #"{"id":"b","roomId":"1","kind":"IMAGE","author":null}"#)
        try executor.publish("message", #"{"id":"c","roomId":"1"}"#)
        try executor.publish("message", #"{"id":"d","roomId":"1","kind":"TEXT","author":{"id":"bob"}}"#)
        func ids(_ subscription: PulledSubscription) -> String {
            subscription.drain().map { String($0.dropFirst(#"{"data":{"message":{"id":""#.count).prefix(1)) }.joined()
        }
        #expect(ids(all) == "abcd")
        #expect(ids(images) == "b")
        #expect(ids(both) == "abd")
        #expect(ids(none) == "")
        #expect(ids(byAda) == "a")
    }

    @Test("An argument on a list field matches any element, and an event reaches a subscription once however often it matches")
    func listFields() throws {
        let executor = try Chat.executor()
        let swift = try executor.subscribe(#"subscription { tagged(tag: "swift") { id } }"#)
        let any = try executor.subscribe(#"subscription { tagged(tags: ["swift", "python"]) { id } }"#)
        try executor.publish("message", #"{"id":"a","roomId":"1","tags":["python","swift","swift"]}"#)
        try executor.publish("message", #"{"id":"b","roomId":"1","tags":[]}"#)
        try executor.publish("message", #"{"id":"c","roomId":"1","tags":["python"]}"#)
        #expect(swift.drain() == [#"{"data":{"tagged":{"id":"a"}}}"#])
        #expect(any.drain() == [#"{"data":{"tagged":{"id":"a"}}}"#, #"{"data":{"tagged":{"id":"c"}}}"#])
    }

    @Test("A topic with a brace is fed by the value of its argument")
    func topicTemplates() throws {
        let executor = try Chat.executor()
        let room = try executor.subscribe(#"subscription { posted(roomId: "a.b") { id } }"#)
        try executor.publish("chat.a%2Eb", #"{"id":"1","roomId":"a.b"}"#)
        try executor.publish("chat.ab", #"{"id":"2","roomId":"ab"}"#)
        #expect(room.drain() == [#"{"data":{"posted":{"id":"1"}}}"#])
        #expect(throws: PublishError.unknownTopic("chat.a.b")) { try executor.publish("chat.a.b", "null") }
        #expect(throws: PublishError.unknownTopic("chat")) { try executor.publish("chat", "null") }
    }

    @Test("Equal subscriptions share one projection; different selections of equal arguments do not")
    func groups() throws {
        let executor = try Chat.executor()
        let clients = try (0..<50).map { _ in try executor.subscribe("subscription { tick { n } }") }
        let other = try executor.subscribe("subscription { tick { number: n } }")
        #expect(executor.metrics[.groups] == 2)
        try executor.publish("tick", #"{"n":1}"#)
        #expect(executor.metrics[.groupsMatched] == 2)
        #expect(executor.metrics[.deliveries] == 51)
        for client in clients { #expect(client.drain() == [#"{"data":{"tick":{"n":1}}}"#]) }
        #expect(other.drain() == [#"{"data":{"tick":{"number":1}}}"#])
    }

    @Test("An event that is no JSON, has a key twice or goes to a topic that no field reads is refused, and nothing is delivered")
    func refusals() throws {
        let executor = try Chat.executor()
        let client = try executor.subscribe("subscription { tick { n } }")
        #expect { try executor.publish("tick", "{") } throws: { ($0 as? PublishError)?.isInvalidPayload == true }
        #expect { try executor.publish("tick", #"{"n":1,"n":2}"#) } throws: { ($0 as? PublishError)?.isInvalidPayload == true }
        #expect(throws: PublishError.unknownTopic("tock")) { try executor.publish("tock", "{}") }
        #expect(throws: PublishError.unknownTopic("tock")) { try executor.complete(topic: "tock") }
        for attributes in ["[", "[]"] {
            #expect {
                try executor.publish(topic: "tick", payload: Array(#"{"n":1}"#.utf8), attributes: Array(attributes.utf8))
            } throws: { ($0 as? PublishError)?.isInvalidAttributes == true }
        }
        try executor.publish(topic: "tick", payload: Array(#"{"n":3}"#.utf8), attributes: Array(#"{"traceparent":"00-1-2-01"}"#.utf8))
        #expect(client.drain() == [#"{"data":{"tick":{"n":3}}}"#])
        #expect(executor.metrics[.eventsPublished] == 1)
        #expect(executor.metrics[.eventsRejected] == 5)
    }

    @Test("A schema's mistakes are thrown with their places")
    func schemaErrors() {
        #expect { try SubscriptionExecutor(sdl: "type Subscription { a: B }", bus: MemoryBus()) } throws: { error in
            (error as? SchemaErrors)?.description.contains("schema:1:24: error: Unknown type \"B\".") == true
        }
        #expect(throws: SchemaErrors.self) { try SubscriptionExecutor(sdl: "type Query { a: Int }", bus: MemoryBus()) }
        #expect(throws: SchemaErrors.self) { try SubscriptionExecutor(sdl: "type {", bus: MemoryBus()) }
    }

    @Test("An operation that is refused leaves nothing behind and is counted")
    func refusedOperations() throws {
        let executor = try Chat.executor()
        for query in ["{", "subscription { nope }", "query { ok }", "{ __typename }", "subscription { message { id } }"] {
            #expect(throws: GraphQLErrors.self) { try executor.subscribe(query) }
        }
        #expect(throws: GraphQLErrors.self) { try executor.subscribe(query: "subscription { tick { n } }", variables: [0x7B]) }
        #expect(executor.metrics[.operationsRejected] == 6)
        #expect(executor.metrics[.subscriptions] == 0)
    }

    @Test("A completed subscription gets nothing more, and what nobody listens to is forgotten")
    func completion() throws {
        let executor = try Chat.executor()
        let clients = try (0..<3).map { try executor.subscribe(#"subscription { message(roomId: "\#($0 % 2)") { id } }"#) }
        #expect(executor.metrics[.subscriptions] == 3)
        #expect(executor.metrics[.groups] == 2)
        #expect(executor.metrics[.topics] == 1)
        try executor.publish("message", #"{"id":"a","roomId":"0"}"#)
        clients[0].complete()
        try executor.publish("message", #"{"id":"b","roomId":"0"}"#)
        #expect(clients[0].drain() == [])
        #expect(clients[0].ended)
        #expect(clients[2].drain().count == 2)
        for client in clients { client.complete() }
        clients[1].complete()
        let metrics = executor.metrics
        #expect(metrics[.subscriptions] == 0 && metrics[.groups] == 0 && metrics[.topics] == 0)
    }

    @Test("A subscription that is let go of is ended")
    func lettingGo() throws {
        let executor = try Chat.executor()
        do { _ = try executor.subscribe("subscription { tick { n } }") }
        #expect(executor.metrics[.subscriptions] == 0)
    }

    @Test("A runtime that is let go of goes, with results that nobody took and resolvers that have not answered")
    func nothingIsLeft() throws {
        weak var left: SubscriptionExecutor?
        do {
            let executor = try Chat.executor()
            left = executor
            try executor.setResolver(field: "message", FieldFunctions(resolve: .perArguments), host: Calls())
            let ticks = try executor.subscribe("subscription { tick { n } }")
            let messages = try executor.subscribe(#"subscription { message(roomId: "1") { id } }"#)
            try executor.publish("tick", #"{"n":1}"#)
            try executor.publish("message", #"{"id":"a","roomId":"1"}"#)
            #expect(!ticks.ended && !messages.ended)
        }
        #expect(left == nil)
    }

    @Test("A topic that completes ends its subscriptions after what was published before")
    func topicCompletion() throws {
        let executor = try Chat.executor()
        let clients = try (0..<2).map { _ in try executor.subscribe("subscription { tick { n } }") }
        let other = try executor.subscribe(#"subscription { message(roomId: "1") { id } }"#)
        try executor.publish("tick", #"{"n":1}"#)
        try executor.complete(topic: "tick")
        for client in clients {
            #expect(client.ended)
            #expect(client.drain() == [#"{"data":{"tick":{"n":1}}}"#])
        }
        #expect(!other.ended)
        #expect(executor.metrics[.subscriptions] == 1)
        #expect(executor.metrics[.topics] == 1)
    }

    @Test("A client that does not take its messages loses the subscription and is told; others are not held up")
    func slowClient() throws {
        let executor = try Chat.executor(limits: RuntimeLimits(outbox: Outbox.Limits(subscriptionMessages: 3)))
        let slow = try executor.subscribe("subscription { tick { n } }")
        let quick = try executor.subscribe("subscription { tick { n } }")
        for number in 0..<5 {
            try executor.publish("tick", #"{"n":\#(number)}"#)
            #expect(quick.drain() == [#"{"data":{"tick":{"n":\#(number)}}}"#])
        }
        let results = slow.drain()
        #expect(results.prefix(3) == (0..<3).map { #"{"data":{"tick":{"n":\#($0)}}}"# }[...])
        #expect(
            results.dropFirst(3) == [#"{"errors":[{"message":"The subscription was ended because more than 3 messages waited for the client."}]}"#])
        #expect(slow.ended && !quick.ended)
        #expect(executor.metrics.total("dropped") == 1)
        #expect(executor.metrics[.subscriptions] == 1)
    }

    @Test("An outbox whose bytes are used up ends the subscription")
    func byteLimit() throws {
        let executor = try Chat.executor(limits: RuntimeLimits(outbox: Outbox.Limits(connectionBytes: 200)))
        let slow = try executor.subscribe("subscription { tick { n } }")
        for number in 0..<9 { try executor.publish("tick", #"{"n":\#(number)}"#) }
        #expect(slow.ended)
        #expect(executor.metrics[.subscriptions] == 0)
        #expect(executor.metrics.total("dropped") == 1)
    }

    @Test("Subscribing, publishing and completing from many threads loses no event between a subscription's begin and end")
    func concurrency() async throws {
        let executor = try Chat.executor()
        let steady = try (0..<4).map { try executor.subscribe(#"subscription { message(roomId: "\#($0)") { id } }"#) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for room in 0..<4 {
                group.addTask {
                    for number in 0..<300 { try executor.publish("message", #"{"id":"\#(number)","roomId":"\#(room)"}"#) }
                }
                group.addTask {
                    for _ in 0..<200 {
                        let guest = try executor.subscribe(#"subscription { message(roomId: "\#(room)") { id } }"#)
                        await Task.yield()
                        let ids = guest.drain().compactMap { Int($0.filter(\.isNumber)) }
                        #expect(zip(ids, ids.dropFirst()).allSatisfy { $1 == $0 + 1 }, "in order and without a gap")
                        guest.complete()
                    }
                }
            }
            try await group.waitForAll()
        }
        for client in steady { #expect(client.drain() == (0..<300).map { #"{"data":{"message":{"id":"\#($0)"}}}"# }) }
        #expect(executor.metrics[.subscriptions] == 4)
        #expect(executor.metrics[.groups] == 4)
    }
}
