import Foundation
import SubsgenRuntime
import Testing

@testable import SubsgenServer

@Suite("GraphQL over SSE, a stream for an operation")
struct EventStreamTests {
    private static let presence = #"{"query":"subscription { presence }"}"#

    /// A stream of the subscription to `presence`, which has begun.
    private func subscribed(_ server: RunningServer, _ headers: String = "", extensions: String = "{}") throws -> SocketClient {
        let client = try SocketClient(port: server.port)
        try client.request("POST", "/graphql", headers, body: #"{"query":"subscription { presence }","extensions":\#(extensions)}"#)
        let head = try client.head()
        #expect(head.hasPrefix("HTTP/1.1 200 "))
        #expect(head.contains("content-type: text/event-stream\r\n"))
        #expect(head.contains("transfer-encoding: chunked\r\n"))
        _ = try server.delegate.told { $0.contains("began 1") }
        return client
    }

    @Test("A subscription is an event stream, by POST and by GET, and the connection goes on after it")
    func stream() throws {
        let server = try RunningServer()
        let client = try subscribed(server)
        try server.executor.publish(topic: "presence", payload: Array("\"here\"".utf8))
        #expect(try client.event() == "event: next\ndata: {\"data\":{\"presence\":\"here\"}}")
        try server.executor.complete(topic: "presence")
        #expect(try client.event() == "event: complete\ndata: ")
        #expect(try client.event() == nil)
        #expect(try server.delegate.told(until: "disconnected") == ["connected", "authenticate nil", "began 1", "ended", "disconnected"])
        try client.request("GET", "/graphql?query=subscription%7Bpresence%7D", "accept: text/event-stream\r\n")
        #expect(try client.head().hasPrefix("HTTP/1.1 200 "))
        _ = try server.delegate.told(8)
        try server.executor.complete(topic: "presence")
        #expect(try client.event() == "event: complete\ndata: ")
        #expect(try client.event() == nil)
        #expect(server.executor.metrics[.subscriptions] == 0)
    }

    @Test("A stream tells what is wrong with its operation, and answers queries")
    func wrong() throws {
        let server = try RunningServer()
        let client = try SocketClient(port: server.port)
        try client.request("POST", "/graphql", body: #"{"query":"subscription { presense }"}"#)
        #expect(try client.head().hasPrefix("HTTP/1.1 200 "))
        #expect(try client.event()?.hasPrefix("event: next\ndata: {\"errors\":[{\"message\":\"Cannot query field") == true)
        #expect(try client.event() == "event: complete\ndata: ")
        #expect(try client.event() == nil)
        try client.request("POST", "/graphql", "accept: text/event-stream\r\n", body: #"{"query":"{ __typename }"}"#)
        _ = try client.head()
        #expect(try client.event() == "event: next\ndata: {\"data\":{\"__typename\":\"Query\"}}")
        #expect(try client.event() == "event: complete\ndata: ")
    }

    @Test("Who connects again with Last-Event-ID gets what it missed, whatever its request said by itself")
    func resume() throws {
        let executor = try SubscriptionExecutor(sdl: RunningServer.schema, bus: MemoryBus(keepingEvents: 100))
        let delegate = TellTale()
        var configuration = ServerConfiguration()
        configuration.port = 0
        let server = Server(executor: executor, configuration: configuration, delegate: delegate)
        let port = try server.startAndWait().port
        defer { server.stopAndWait() }
        func connect(_ headers: String = "") throws -> SocketClient {
            let client = try SocketClient(port: port)
            let extensions = "%7B%22resume%22:true%7D"
            try client.request("GET", "/graphql?query=subscription%7Bpresence%7D&extensions=\(extensions)", "accept: text/event-stream\r\n\(headers)")
            #expect(try client.head().hasPrefix("HTTP/1.1 200 "))
            return client
        }
        let first = try connect()
        _ = try delegate.told { $0.contains("began 1") }
        try executor.publish(topic: "presence", payload: Array("\"one\"".utf8))
        let event = try #require(try first.event())
        let id = try #require(event.split(separator: "\n").first { $0.hasPrefix("id: ") }?.dropFirst(4))
        first.hangUp()
        _ = try delegate.told(until: "disconnected")
        try executor.publish(topic: "presence", payload: Array("\"two\"".utf8))
        let second = try connect("last-event-id: \(id)\r\n")
        #expect(try second.event()?.contains("\"two\"") == true)
        #expect(try connect("last-event-id: x\r\n").event()?.contains("BAD_CURSOR") == true)
        // Empty as where an `EventSource` has had no event.
        let third = try connect("last-event-id: \r\n")
        _ = try delegate.told { $0.count { $0 == "began 1" } == 3 }
        try executor.publish(topic: "presence", payload: Array("\"three\"".utf8))
        #expect(try third.event()?.contains("\"three\"") == true)
    }

    @Test("A client that goes leaves nothing")
    func gone() throws {
        let server = try RunningServer()
        try subscribed(server).hangUp()
        #expect(try server.delegate.told(until: "disconnected").suffix(2) == ["ended", "disconnected"])
        #expect(server.executor.metrics[.connections] == 0)
    }

    @Test("Comments keep a stream open")
    func comments() throws {
        let server = try RunningServer { $0.pingInterval = 0.01 }
        let client = try subscribed(server)
        var comments = ""
        while comments.utf8.count < 12 { comments += try client.chunk() }
        #expect(comments.split(separator: "\n\n").allSatisfy { $0 == ":" })
    }

    @Test("Revoked claims and the server's going away end a stream; only the second completes it")
    func ends() throws {
        let delegate = ByHeader()
        let executor = try SubscriptionExecutor(sdl: RunningServer.schema, bus: MemoryBus())
        var configuration = ServerConfiguration()
        configuration.port = 0
        let server = Server(executor: executor, configuration: configuration, delegate: delegate)
        let port = try server.startAndWait().port
        defer { server.stopAndWait() }
        let clients = try ["ada", "bob"].map { name in
            let client = try SocketClient(port: port)
            try client.request("POST", "/graphql", "authorization: \(name)\r\n", body: Self.presence)
            #expect(try client.head().hasPrefix("HTTP/1.1 200 "))
            #expect(try client.chunk() == ":\n\n")
            return client
        }
        #expect(executor.revoke(.user("ada")) == 1)
        #expect(try clients[0].event() == nil)
        let gone = Answer<Void>()
        server.drain(within: 20) { gone.give(()) }
        #expect(try clients[1].event() == "event: complete\ndata: ")
        #expect(try clients[1].event() == nil)
        try gone.get()
    }

    @Test("A client that does not read is not written to without bounds, and is cut off")
    func slow() throws {
        var limits = RuntimeLimits()
        limits.outbox.connectionBytes = 1 << 20
        let server = try RunningServer(limits: limits) { $0.limits.writeTimeout = 0.2 }
        let client = try SocketClient(port: server.port, receiveBuffer: 4096)
        try client.request("POST", "/graphql", body: Self.presence)
        _ = try server.delegate.told { $0.contains("began 1") }
        let text = Array("\"\(String(repeating: "x", count: 10_000))\"".utf8)
        while server.executor.metrics[.subscriptions] == 1 { try server.executor.publish(topic: "presence", payload: text) }
        #expect(try server.delegate.told(until: "disconnected").contains("ended"))
    }
}

@Suite("GraphQL over SSE, a stream for many operations")
struct SharedStreamTests {
    private func reserve(_ server: RunningServer) throws -> (client: SocketClient, token: String) {
        let client = try SocketClient(port: server.port)
        let reservation = try client.ask("PUT", "/graphql")
        #expect(reservation.status == 201)
        #expect(reservation.head.contains("content-type: text/plain; charset=utf-8\r\n"))
        #expect(reservation.body.utf8.count == 64)
        return (client, reservation.body)
    }

    private func open(_ server: RunningServer, _ token: String) throws -> SocketClient {
        let client = try SocketClient(port: server.port)
        try client.request("GET", "/graphql?token=\(token)", "accept: text/event-stream\r\n")
        #expect(try client.head().hasPrefix("HTTP/1.1 200 "))
        return client
    }

    private func ask(_ client: SocketClient, _ token: String, _ id: String?, _ query: String, _ headers: String = "") throws -> (status: Int, head: String, body: String) {
        let extensions = id.map { #"{"operationId":"\#($0)"}"# } ?? "{}"
        return try client.ask(
            "POST", "/graphql", "x-graphql-event-stream-token: \(token)\r\n\(headers)", body: #"{"query":"\#(query)","extensions":\#(extensions)}"#)
    }

    private func cancel(_ client: SocketClient, _ token: String, _ id: String) throws -> Int {
        try client.ask("DELETE", "/graphql?operationId=\(id)", "x-graphql-event-stream-token: \(token)\r\n").status
    }

    private static let presence = "subscription { presence }"

    private static func next(_ id: String, _ text: String) -> String {
        "event: next\ndata: {\"id\":\"\(id)\",\"payload\":{\"data\":{\"presence\":\"\(text)\"}}}"
    }

    private func publish(_ text: String, _ server: RunningServer) throws {
        try server.executor.publish(topic: "presence", payload: Array("\"\(text)\"".utf8))
    }

    @Test("Many operations share a stream, whichever event loop their requests come to", arguments: [1, 4])
    func many(_ loops: Int) throws {
        let server = try RunningServer { $0.eventLoops = loops }
        let (client, token) = try reserve(server)
        let stream = try open(server, token)
        let other = try SocketClient(port: server.port)
        for (client, id) in [(client, "a"), (other, "b")] {
            let accepted = try ask(client, token, id, Self.presence)
            #expect(accepted.status == 202)
            #expect(accepted.body.isEmpty)
        }
        try publish("1", server)
        #expect(Set([try stream.event(), try stream.event()]) == [Self.next("a", "1"), Self.next("b", "1")])
        #expect(try cancel(other, token, "a") == 200)
        try publish("2", server)
        #expect(try stream.event() == Self.next("b", "2"))
        try server.executor.complete(topic: "presence")
        #expect(try stream.event() == "event: complete\ndata: {\"id\":\"b\"}")
        #expect(try ask(client, token, "b", "{ __typename }").status == 202)
        #expect(try stream.event() == "event: next\ndata: {\"id\":\"b\",\"payload\":{\"data\":{\"__typename\":\"Query\"}}}")
        #expect(try stream.event() == "event: complete\ndata: {\"id\":\"b\"}")
        stream.hangUp()
        _ = try server.delegate.told { $0.filter { $0 == "connected" }.count == $0.filter { $0 == "disconnected" }.count }
        #expect(try ask(client, token, "a", Self.presence).status == 404)
        #expect(server.executor.metrics[.connections] == 0)
    }

    @Test("What comes before the stream is opened waits")
    func early() throws {
        let server = try RunningServer()
        let (client, token) = try reserve(server)
        #expect(try ask(client, token, "a", Self.presence).status == 202)
        _ = try server.delegate.told { $0.contains("began a") }
        for text in ["1", "2", "3"] { try publish(text, server) }
        let stream = try open(server, token)
        for text in ["1", "2", "3"] { #expect(try stream.event() == Self.next("a", text)) }
        try publish("4", server)
        #expect(try stream.event() == Self.next("a", "4"))
    }

    @Test("What is wrong is said where it was asked")
    func wrong() throws {
        let server = try RunningServer()
        let (client, token) = try reserve(server)
        let stream = try open(server, token)
        for query in ["{", "subscription { presense }"] {
            let answer = try ask(client, token, "a", query)
            #expect(answer.status == 400)
            #expect(answer.body.hasPrefix(#"{"errors":"#))
        }
        let answer = try ask(client, token, "a", "{", "accept: application/graphql-response+json\r\n")
        #expect(answer.head.contains("content-type: application/graphql-response+json; charset=utf-8\r\n"))
        #expect(try ask(client, token, nil, Self.presence).status == 400)
        #expect(try ask(client, token, "a", Self.presence).status == 202)
        #expect(try ask(client, token, "a", Self.presence).status == 409)
        try publish("1", server)
        #expect(try stream.event() == Self.next("a", "1"))
    }

    @Test("A token is of one stream with one listener")
    func tokens() throws {
        let server = try RunningServer(delegate: TellTale(admission: nil))
        let (client, token) = try reserve(server)
        #expect(try ask(client, "nobody's", "a", Self.presence).status == 404)
        #expect(try cancel(client, "nobody's", "a") == 404)
        #expect(try client.ask("GET", "/graphql?token=nobody's", "accept: text/event-stream\r\n").status == 404)
        #expect(try client.ask("DELETE", "/graphql", "x-graphql-event-stream-token: \(token)\r\n").status == 400)
        #expect(try cancel(client, token, "nothing") == 200)
        #expect(try ask(client, token, "a", Self.presence, "origin: https://evil.example\r\n").status == 403)
        #expect(try client.ask("PUT", "/graphql", "origin: https://evil.example\r\n").status == 403)
        #expect(try client.ask("PUT", "/graphql", "accept: application/json\r\n").status == 406)
        let stream = try open(server, token)
        #expect(try client.ask("GET", "/graphql?token=\(token)", "accept: text/event-stream\r\n").status == 409)
        #expect(try client.ask("GET", "/graphql?token=\(token)&query=mutation%7Ba%7D").status == 405)
        stream.hangUp()
    }

    @Test("A stream that nobody opens in time is over, and one that is reserved holds up no drain and counts as a connection")
    func reserved() throws {
        let hasty = try RunningServer { $0.connectionInitTimeout = 0.05 }
        let (client, token) = try reserve(hasty)
        _ = try hasty.delegate.told(until: "disconnected")
        #expect(try client.ask("GET", "/graphql?token=\(token)", "accept: text/event-stream\r\n").status == 404)
        let server = try RunningServer {
            $0.connectionInitTimeout = 1000
            $0.limits.connections = 2
        }
        let (other, _) = try reserve(server)
        #expect(try other.ask("PUT", "/graphql").status == 503)
        #expect(server.server.connections == 2)
        let gone = Answer<Void>()
        server.server.drain(within: 1000) { gone.give(()) }
        try gone.get()
    }

    @Test("A server that goes away completes operations and ends the stream")
    func drain() throws {
        let server = try RunningServer { $0.eventLoops = 2 }
        let (client, token) = try reserve(server)
        let stream = try open(server, token)
        #expect(try ask(client, token, "a", Self.presence).status == 202)
        try publish("1", server)
        let gone = Answer<Void>()
        server.server.drain(within: 20) { gone.give(()) }
        #expect(try stream.event() == Self.next("a", "1"))
        #expect(try stream.event() == "event: complete\ndata: {\"id\":\"a\"}")
        #expect(try stream.event() == nil)
        try gone.get()
        #expect(server.executor.metrics[.connections] == 0)
    }
}
