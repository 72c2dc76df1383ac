import FeatureSchema
import Foundation
import SubsgenRuntime
import Testing

/// The runtime of the schema that the sources under test were generated from.
private func makeExecutor() throws -> SubscriptionExecutor { try SubscriptionExecutor(bus: MemoryBus()) }

private func text(_ payload: some EventPayload) -> String { String(decoding: payload.json, as: UTF8.self) }

extension PulledSubscription {
    fileprivate var nextText: String? { next().map { String(decoding: $0, as: UTF8.self) } }
}

private let ada = User(id: "1", name: "Ada")

private func message(_ id: ID, room: ID = "7", text: String? = "hi", author: User = ada) -> Message {
    Message(
        id: id, roomId: room, text: text, kind: .PLAIN, author: author, sentAt: "2026-01-01", labels: [],
        body: "hi")
}

@Suite("Generated Swift against the runtime")
struct FeatureTests {
    @Test("The dispatch table is the one that the runtime derives from the schema")
    func table() throws {
        #expect(try makeExecutor().dispatchTable == DispatchTable.generated)
        #expect(DispatchTable.generated.fields.count == 7)
        #expect(DispatchTable.generated.inputFilters.map(\.type) == ["MeasurementFilter"])
    }

    @Test("The schema is in the code, to the letter")
    func schema() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../../.build/generated/feature/schema.graphql")
        #expect(try SubscriptionExecutor.generatedSDL == String(contentsOf: file, encoding: .utf8))
    }

    @Test(
        "An event is read and written without a change",
        arguments: [
            #"{"id":"1","roomId":"7","kind":"PLAIN","sentAt":"2026","labels":["a"],"body":"x"}"#,
            #"{"id":"1","roomId":"7","kind":"LATER","author":{"id":"2","name":"Ada","lastMessage":{"id":"3","roomId":"7","kind":"OLD","sentAt":[2026,1],"labels":[],"body":"y"}},"sentAt":1.50,"mentions":[[null,{"id":"4","name":"Bob"}],null],"labels":[],"weights":[1.5,null],"moderation":{"score":2.0},"body":"é\n"}"#,
            #"{"id":"1","roomId":"7","kind":"PLAIN","sentAt":null,"reactions":[{"__typename":"Word","word":"a","reacted":{"__typename":"Emoji","code":"b"}},{"__typename":"Sticker","n": 1}],"labels":[],"body":"x"}"#,
        ])
    func roundTrip(json: String) throws {
        #expect(text(try Message(json: Array(json.utf8))) == json)
    }

    @Test("What an event must hold and does not is named")
    func missing() {
        let error = #expect(throws: PayloadError.self) {
            try [[SearchResult]](json: Array(#"[[{"__typename":"Message","id":"1"}]]"#.utf8))
        }
        #expect(error?.description == "[0][0].roomId: The field is missing.")
    }

    @Test("A typed publish reaches the subscriptions of its topic, filled from the event")
    func publish() throws {
        let executor = try makeExecutor()
        let query = "subscription ($room: ID!) { messageAdded(roomId: $room) { id text author { name } } }"
        let here = try executor.subscribe(query: query, variables: Array(#"{"room":7}"#.utf8))
        let elsewhere = try executor.subscribe(query: query, variables: Array(#"{"room":"8"}"#.utf8))
        try executor.publishMessageAdded(message("1"))
        #expect(here.nextText == #"{"data":{"messageAdded":{"id":"1","text":"hi","author":{"name":"Ada"}}}}"#)
        #expect(elsewhere.nextText == nil)
        try executor.completeMessageAdded(roomId: "7")
        #expect(here.ended)
        #expect(!elsewhere.ended)
    }

    @Test("A brace that no event fills is a parameter, and a value of any scalar is spelled as subscriptions spell it")
    func parameters() throws {
        let executor = try makeExecutor()
        let nodes = try executor.subscribe(query: #"subscription { nodeChanged(id: "a/b.c") { __typename id } }"#)
        try executor.publishNodeChanged(.Room(Room(id: "1", owner: ada)), id: "a/b.c")
        try executor.publishNodeChanged(nil, id: "a/b.c")
        #expect(nodes.nextText == #"{"data":{"nodeChanged":{"__typename":"Room","id":"1"}}}"#)
        #expect(nodes.nextText == #"{"data":{"nodeChanged":null}}"#)

        let measured = try executor.subscribe(
            query: #"subscription { measured(deviceId: "d 1", channel: 2, limit: 3, alarm: true, kind: OLD) { limit } }"#)
        try executor.publishMeasured(Measurement(deviceId: "d 1", channel: 2, limit: 3.0, alarm: true, kind: .OLD))
        #expect(measured.nextText == #"{"data":{"measured":{"limit":3.0}}}"#)
    }

    @Test("Lists, lists of lists and scalars are events too")
    func otherEvents() throws {
        let executor = try makeExecutor()
        let searched = try executor.subscribe(
            query: #"subscription { searched(key: {text: "x"}) { ... on User { name } ... on Room { id } } }"#)
        try executor.publishSearched([[.User(ada)], [], [.Room(Room(id: "1"))]])
        #expect(searched.nextText == #"{"data":{"searched":[[{"name":"Ada"}],[],[{"id":"1"}]]}}"#)
        let clients = try executor.subscribe(query: "subscription { clients }")
        try executor.publishClients(3)
        #expect(clients.nextText == #"{"data":{"clients":3}}"#)
    }

    @Test("An executor of another schema is refused")
    func otherSchema() throws {
        let executor = try SubscriptionExecutor(
            sdl: "type Query { a: Int } type Subscription { clients: Int! }", bus: MemoryBus())
        #expect(throws: ResolverError.self) { try executor.setResolvers(Upcasing(), onError: { _, _ in }) }
    }
}

/// Answers some fields and lets the others pass.
private struct Upcasing: SubscriptionResolvers {
    var messageAdded: FieldResolver<Message, MessageAddedArguments> {
        .resolvePerClaims { event, arguments, claims in
            guard event.text != nil else { return .skip }
            var event = event
            event.text = event.text.map { $0.uppercased() + (claims?["name"]?.string ?? "") }
            event.author = nil
            event.id = arguments.roomId
            return .event(event)
        }
    }

    var presence: FieldResolver<[Presence]?, PresenceArguments> {
        .resolve { events, arguments in
            let online = arguments.filter.value?.online
            guard arguments.since?.string == "1970-01-01", arguments.filter.value?.kind == .PLAIN else {
                throw GraphQLError("not since then")
            }
            return .event(events?.filter { online == nil || $0.online == online })
        }
    }

    var clients: FieldResolver<Int32, ClientsArguments> {
        .resolve { _, _ in throw CancellationError() }
    }
}

@Suite("Resolvers in Swift")
struct ResolverTests {
    private struct Failure: Sendable {
        let field: String
        let error: any Error
    }

    private let executor: SubscriptionExecutor
    private let failures: AsyncStream<Failure>

    init() throws {
        executor = try makeExecutor()
        let (failures, failed) = AsyncStream.makeStream(of: Failure.self)
        self.failures = failures
        try executor.setResolvers(Upcasing()) { field, error in failed.yield(Failure(field: field, error: error)) }
    }

    /// Subscribes; the stream has each result.
    private func results(_ query: String, claims: String? = nil) throws -> (PulledSubscription, AsyncStream<Void>.Iterator) {
        let (wakes, waker) = AsyncStream.makeStream(of: Void.self)
        let subscription = try executor.subscribe(query: query, claims: claims.map { Array($0.utf8) }, waker: { waker.yield() })
        return (subscription, wakes.makeAsyncIterator())
    }

    @Test("An event is answered with another, by arguments and claims, or not at all")
    func answers() async throws {
        var (ann, annWakes) = try results(#"subscription { messageAdded(roomId: "7") { id text } }"#, claims: #"{"name":"Ann"}"#)
        var (bob, bobWakes) = try results(#"subscription { messageAdded(roomId: "7") { text } }"#, claims: #"{"name":"Bob"}"#)
        try executor.publishMessageAdded(message("1", text: nil))
        try executor.publishMessageAdded(message("2"))
        await annWakes.next()
        await bobWakes.next()
        #expect(ann.nextText == #"{"data":{"messageAdded":{"id":"7","text":"HIAnn"}}}"#)
        #expect(bob.nextText == #"{"data":{"messageAdded":{"text":"HIBob"}}}"#)
    }

    @Test("Arguments have their defaults, and what is absent in them is told from null")
    func arguments() async throws {
        var (subscription, wakes) = try results("subscription { presence(filter: {online: false}) { online } }")
        try executor.publishPresence([Presence(user: ada, online: true), Presence(user: ada, online: false)])
        await wakes.next()
        #expect(subscription.nextText == #"{"data":{"presence":[{"online":false}]}}"#)
    }

    @Test("A GraphQL error that a resolver throws reaches the client")
    func graphQLErrors() async throws {
        var (subscription, wakes) = try results(#"subscription { presence(since: "2026") { online } }"#)
        try executor.publishPresence([])
        await wakes.next()
        #expect(subscription.nextText?.contains(#""message":"not since then""#) == true)
    }

    @Test("Another error reaches the server's developer, and the client hears only that there was one")
    func otherErrors() async throws {
        var (subscription, wakes) = try results("subscription { clients }")
        try executor.publishClients(1)
        await wakes.next()
        #expect(subscription.nextText?.contains(#""message":"The resolver of \"clients\" failed.""#) == true)
        var iterator = failures.makeAsyncIterator()
        let failure = await iterator.next()
        #expect(failure?.field == "clients")
        #expect(failure?.error is CancellationError)
    }

    @Test("An event that is not of its type never reaches the resolver's subscribers as it is")
    func wrongEvents() async throws {
        var (subscription, wakes) = try results("subscription { clients }")
        try await executor.publish(topic: "clients", payload: Array(#""three""#.utf8))
        await wakes.next()
        #expect(subscription.nextText?.contains("three") == false)
        var iterator = failures.makeAsyncIterator()
        #expect(await iterator.next()?.error is PayloadError)
    }
}
