import Testing

@testable import SubsgenRuntime

@Suite("Wire formats")
struct WireFormatTests {
    private let executor: SubscriptionExecutor
    private let added = "subscription { messageAdded(roomId: 1) { text } }"

    init() throws {
        executor = try SubscriptionExecutor(sdl: chatSDL, bus: MemoryBus())
    }

    private func client(_ format: WireFormat, claims: String? = nil) -> SessionClient {
        let client = SessionClient(executor, as: format)
        client.session.authenticated(claims: claims.map { Array($0.utf8) })
        return client
    }

    private func ask(_ client: SessionClient, _ id: String, _ query: String, queriesOnly: Bool = false) -> RequestRefusal? {
        client.session.request(id, Array(#"{"query":"\#(query)"}"#.utf8), queriesOnly: queriesOnly)
    }

    private func publish(_ text: String) throws {
        try executor.publish("messageAdded", #"{"id":"1","roomId":"1","text":"\#(text)"}"#)
    }

    /// Without the handles, which are unique in the process.
    private func heard(_ client: SessionClient) -> [String] { client.heard().map { $0.hasPrefix("ended ") ? "ended" : $0 } }

    // MARK: graphql-ws

    @Test("The older subprotocol has its own words for the same")
    func legacy() throws {
        let client = SessionClient(executor, as: .graphqlWS)
        client.say(#"{"type":"connection_init"}"#)
        client.session.authenticated(claims: nil)
        #expect(client.heard() == ["authenticate", #"{"type":"connection_ack"}"#, #"{"type":"ka"}"#])
        client.say(#"{"id":"a","type":"start","payload":{"query":"\#(added)"}}"#)
        try publish("x")
        client.session.keepAlive()
        #expect(
            client.heard() == [
                #"started a messageAdded{"roomId":"1"}"#, #"{"id":"a","type":"data","payload":{"data":{"messageAdded":{"text":"x"}}}}"#,
                #"{"type":"ka"}"#,
            ])
        client.say(#"{"id":"a","type":"stop"}"#)
        #expect(heard(client) == ["ended"])
        client.say(#"{"type":"connection_terminate"}"#)
        #expect(client.heard() == ["close 1000 "])
    }

    @Test("Its clients ask before they are acknowledged, and are served then")
    func early() throws {
        let client = SessionClient(executor, as: .graphqlWS)
        client.say(#"{"type":"connection_init"}"#)
        for id in ["a", "b"] { client.say(#"{"id":"\#(id)","type":"start","payload":{"query":"\#(added)"}}"#) }
        client.say(#"{"id":"a","type":"stop"}"#)
        #expect(client.heard() == ["authenticate"])
        client.session.authenticated(claims: nil)
        #expect(client.heard().last == #"started b messageAdded{"roomId":"1"}"#)
    }

    @Test("What they ask before is bounded, and nobody is served who did not begin")
    func earlyBounds() {
        let client = SessionClient(executor, as: .graphqlWS)
        client.say(#"{"type":"connection_init"}"#)
        let long = String(repeating: " ", count: 600_000)
        for id in ["a", "b"] { client.say(#"{"id":"\#(id)","type":"start","payload":{"query":"\#(long)"}}"#) }
        #expect(client.heard() == ["authenticate", "close 4429 Too many operations before connection_ack"])
        let many = SessionClient(executor, as: .graphqlWS)
        many.say(#"{"type":"connection_init"}"#)
        for id in 0..<3000 { many.say(#"{"id":"\#(id)","type":"start","payload":{"query":"{a}"}}"#) }
        #expect(many.heard() == ["authenticate", "close 4429 Too many operations before connection_ack"])
        let stranger = SessionClient(executor, as: .graphqlWS)
        stranger.say(#"{"id":"a","type":"start","payload":{"query":"\#(added)"}}"#)
        #expect(stranger.heard() == ["close 4401 Unauthorized"])
    }

    @Test("They may take an id again that runs, and read errors as an object and as a list")
    func legacyErrors() throws {
        let client = SessionClient(executor, as: .graphqlWS)
        client.say(#"{"type":"connection_init"}"#)
        client.session.authenticated(claims: nil)
        for _ in 0..<2 { client.say(#"{"id":"a","type":"start","payload":{"query":"\#(added)"}}"#) }
        let started = #"started a messageAdded{"roomId":"1"}"#
        #expect(heard(client).suffix(3) == [started, "ended", started])
        client.say(#"{"id":"b","type":"start","payload":{"query":"{"}}"#)
        let error = try #require(client.heard().first)
        #expect(error.hasPrefix(#"{"id":"b","type":"error","payload":{"message":""#) && error.contains(#","errors":[{"message":""#))
    }

    @Test("Who may not connect is told before the socket is closed")
    func legacyRejection() {
        let client = SessionClient(executor, as: .graphqlWS)
        client.say(#"{"type":"connection_init"}"#)
        client.session.rejected(code: 4403, reason: "Forbidden")
        #expect(client.heard() == ["authenticate", #"{"type":"connection_error","payload":{"message":"Forbidden"}}"#, "close 4403 Forbidden"])
    }

    // MARK: SSE

    @Test("A stream for one operation ends with it")
    func distinct() throws {
        let client = client(.sse)
        #expect(ask(client, "1", added) == nil)
        #expect(ask(client, "2", added) == .exists)
        try publish("x")
        client.session.keepAlive()
        try executor.complete(topic: "messageAdded")
        #expect(
            heard(client) == [
                #"started 1 messageAdded{"roomId":"1"}"#, "event: next\ndata: {\"data\":{\"messageAdded\":{\"text\":\"x\"}}}\n\n", ":\n\n", "ended",
                "event: complete\ndata: \n\n", "close 1000 ",
            ])
        #expect(ask(client, "3", added) == .goingAway)
    }

    @Test("A stream for many names each, and lives on")
    func single() throws {
        let client = client(.sseSingle)
        #expect(ask(client, "a", added) == nil && ask(client, "b", added) == nil)
        #expect(ask(client, "a", added) == .exists)
        client.session.cancel("b")
        try publish("x")
        let texts = client.heard().filter { $0.hasPrefix("event") }
        #expect(texts == ["event: next\ndata: {\"id\":\"a\",\"payload\":{\"data\":{\"messageAdded\":{\"text\":\"x\"}}}}\n\n"])
        #expect(ask(client, "b", "{ __typename }") == nil)
        #expect(client.heard() == ["event: next\ndata: {\"id\":\"b\",\"payload\":{\"data\":{\"__typename\":\"Query\"}}}\n\n", "event: complete\ndata: {\"id\":\"b\"}\n\n"])
    }

    @Test("What is wrong with an operation of a stream for many is said to who asked, and its name is free again")
    func invalid() throws {
        let client = client(.sseSingle)
        for query in ["{", "{ nothing }", "mutation { post }"] {
            guard case .invalid(let response)? = ask(client, "a", query) else {
                Issue.record("\(query) was taken")
                continue
            }
            #expect(String(decoding: response, as: UTF8.self).hasPrefix(#"{"errors":[{"message":""#))
        }
        #expect(client.heard() == [])
        #expect(ask(client, "a", added) == nil)
        #expect(executor.metrics[.subscriptions] == 1)
    }

    @Test("A request by GET has no mutation executed, in whatever words that is said")
    func queriesOnly() {
        let calls = Calls()
        executor.setExecution(host: calls)
        let one = client(.http)
        #expect(ask(one, "1", "mutation { post }", queriesOnly: true) == nil)
        let answer = #"{"errors":[{"message":"A request by GET may have queries and subscriptions only."}]}"#
        #expect(one.heard() == ["not-allowed " + answer, "close 1000 "])
        let stream = client(.sse)
        #expect(ask(stream, "1", "mutation { post }", queriesOnly: true) == nil)
        #expect(stream.heard() == ["event: next\ndata: \(answer)\n\nevent: complete\ndata: \n\n", "close 1000 "])
        #expect(ask(client(.sseSingle), "1", "mutation { post }", queriesOnly: true) == .invalid(Array(answer.utf8)))
        #expect(calls.take().isEmpty)
        let others = [client(.http), client(.sse)]
        #expect(ask(others[0], "1", "{ version }", queriesOnly: true) == nil)
        #expect(ask(others[1], "1", "mutation { post }") == nil)
        #expect(calls.take().map(\.field) == ["query", "mutation"])
    }

    @Test("The type of an operation is known before it is validated, and none where it cannot be known")
    func types() throws {
        func type(_ request: String) throws -> String? { try executor.operationType(ofRequest: Array(request.utf8))?.keyword }
        #expect(try type(#"{"query":"{ nothing }"}"#) == "query")
        #expect(try type(#"{"query":"query A { a } mutation B { b }","operationName":"B"}"#) == "mutation")
        #expect(try type(##"{"query":"# mutation { a }\nsubscription { a(t: \"} mutation { b }\") }"}"##) == "subscription")
        for request in [
            #"{"query":"{"}"#, #"{"query":"query A { a } mutation B { b }"}"#, #"{"query":"{ a }","operationName":"B"}"#,
            #"{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"ab"}}}"#,
        ] { #expect(try type(request) == nil, "\(request)") }
        #expect(throws: MalformedRequest.self) { try type("{}") }
    }

    @Test("A line break in an event ends no message too early")
    func lines() throws {
        let client = client(.sse)
        _ = ask(client, "1", "subscription { presence }")
        try executor.publish("presence", "\n\"x\"\r\n")
        let text = try #require(client.heard().last)
        #expect(text.dropFirst("event: next\n".count).dropLast(2).allSatisfy { !$0.isNewline }, "\(text)")
        var bytes = Array("a\n{\r\n}\r".utf8)
        bytes.joinLines(from: 2)
        #expect(bytes == Array("a\n{  } ".utf8))
    }

    // MARK: HTTP

    @Test("A request has one response, and says whether anything was executed")
    func http() {
        let one = client(.http)
        #expect(ask(one, "1", "{ __typename }") == nil)
        #expect(one.heard() == [#"result {"data":{"__typename":"Query"}}"#, "close 1000 "])
        let two = client(.http)
        #expect(ask(two, "1", "{ nothing }") == nil)
        let heard = two.heard()
        #expect(heard.first?.hasPrefix(#"request-error {"errors":[{"message":""#) == true && heard.last == "close 1000 ")
    }

    @Test("A subscription has no single response")
    func subscriptionOverHTTP() {
        let client = client(.http)
        #expect(ask(client, "1", added) == nil)
        #expect(client.heard().first?.hasPrefix(#"request-error {"errors":[{"message":"A subscription has no single response."#) == true)
        #expect(executor.metrics[.subscriptions] == 0)
    }

    @Test("Nobody is answered before the host has said who it is, and a malformed request is none", arguments: [WireFormat.sse, .sseSingle, .http])
    func unauthenticated(format: WireFormat) {
        let client = SessionClient(executor, as: format)
        #expect(ask(client, "1", "{ __typename }") == .unauthenticated)
        for body in ["", "[]", "{}", #"{"query":1}"#, #"{"query":"{a}","variables":[]}"#] {
            guard case .malformed? = client.session.request("1", Array(body.utf8)) else {
                Issue.record("\(body) was taken")
                continue
            }
        }
        #expect(client.heard() == [])
        client.session.authenticated(claims: Array(#"{"exp":1}"#.utf8))
        #expect(client.heard() == ["close 4403 Forbidden"])
    }

    @Test("Claims are revoked over SSE as they are over sockets")
    func revoked() {
        let client = client(.sse, claims: #"{"sub":"u"}"#)
        _ = ask(client, "1", added)
        #expect(executor.revoke(.user("u"), recheck: false) == 1)
        #expect(heard(client).suffix(2) == ["ended", "close 4403 Credentials revoked"])
    }

    @Test("A WebSocket takes no requests")
    func requestsOverSockets() {
        let client = SessionClient.acknowledged(executor)
        guard case .malformed? = ask(client, "1", added) else {
            Issue.record("it was taken")
            return
        }
        #expect(client.heard() == [])
    }

    // MARK: Silence and the end

    @Test("Who does not answer a ping is closed with 4408; who does is not, nor who was asked nothing")
    func pings() {
        let client = SessionClient(executor)
        client.session.keepAlive()
        client.session.pongTimedOut()
        #expect(client.heard() == [])
        let other = SessionClient.acknowledged(executor)
        other.session.keepAlive()
        other.say(#"{"type":"pong"}"#)
        other.session.pongTimedOut()
        #expect(other.heard() == [#"{"type":"ping"}"#])
        other.session.keepAlive()
        other.session.pongTimedOut()
        #expect(other.heard() == [#"{"type":"ping"}"#, "close 4408 Request Timeout"])
    }

    @Test("A server that goes away completes what runs after what waits, and begins nothing new")
    func drain() throws {
        let client = SessionClient.acknowledged(executor)
        client.subscribe("a", added)
        try publish("x")
        client.session.drain()
        client.subscribe("b", added)
        #expect(
            heard(client) == [
                #"started a messageAdded{"roomId":"1"}"#, #"{"id":"a","type":"next","payload":{"data":{"messageAdded":{"text":"x"}}}}"#, "ended",
                #"{"id":"a","type":"complete"}"#, "close 1001 Going away",
            ])
        let silent = SessionClient(executor)
        silent.session.drain()
        #expect(silent.heard() == ["close 1001 Going away"])
        #expect(executor.metrics[.subscriptions] == 0)
    }

    @Test("It waits for what is being executed, and who waits no longer closes at once")
    func drainWhileExecuting() throws {
        let calls = Calls()
        executor.setExecution(host: calls)
        let client = SessionClient.acknowledged(executor)
        client.subscribe("q", "{ version }")
        client.subscribe("a", added)
        client.session.drain()
        #expect(heard(client) == [#"started a messageAdded{"roomId":"1"}"#, "ended", #"{"id":"a","type":"complete"}"#])
        client.session.drain()
        #expect(client.heard() == [])
        try #require(calls.take().first).finish(#"{"data":{"version":"1"}}"#)
        #expect(
            client.heard() == [
                #"{"id":"q","type":"next","payload":{"data":{"version":"1"}}}"#, #"{"id":"q","type":"complete"}"#, "close 1001 Going away",
            ])
        let impatient = SessionClient.acknowledged(executor)
        impatient.subscribe("q", "{ version }")
        let call = try #require(calls.take().first)
        impatient.session.drain()
        impatient.session.drainAndClose()
        call.finish(#"{"data":{"version":"1"}}"#)
        #expect(impatient.heard() == ["close 1001 Going away"])
    }
}
