import Foundation
import SubsgenRuntime
import Testing

@testable import SubsgenServer

@Suite("GraphQL over HTTP")
struct RequestTests {
    private static let version = #"{"query":"{ version }"}"#
    private static let tick = #"{"query":"subscription { presence }"}"#

    private static let host = Executing()

    /// A server that executes queries and mutations: the answer names the operation, and who asks.
    private func serving(
        _ delegate: TellTale = TellTale(admission: nil), _ configure: (inout ServerConfiguration) -> Void = { _ in }
    ) throws -> RunningServer {
        let server = try RunningServer(delegate: delegate, configure)
        server.executor.setExecution(host: Self.host)
        return server
    }

    @Test("Queries and mutations are answered, on one connection, and leave nothing")
    func answers() throws {
        let server = try serving()
        let client = try SocketClient(port: server.port)
        let posted = try client.ask("POST", "/graphql", body: Self.version)
        #expect(posted.status == 200)
        #expect(posted.head.contains("content-type: application/json; charset=utf-8\r\n"))
        #expect(posted.head.contains("cache-control: no-store\r\n"))
        #expect(posted.body == #"{"data":{"version":"query by nobody"}}"#)
        let got = try client.ask("GET", "/graphql?query=%7B+version%20}&variables={}", "accept: application/graphql-response+json\r\n")
        #expect(got.head.contains("content-type: application/graphql-response+json; charset=utf-8\r\n"))
        #expect(got.body == #"{"data":{"version":"query by nobody"}}"#)
        #expect(try client.ask("POST", "/graphql", body: #"{"query":"mutation { post }"}"#).body == #"{"data":{"version":"mutation by nobody"}}"#)
        let asked = try client.ask("POST", "/graphql", body: #"{"query":"{ __schema { queryType { name } } }"}"#)
        #expect(asked.body == #"{"data":{"__schema":{"queryType":{"name":"Query"}}}}"#)
        #expect(try server.delegate.told(12) == (0..<4).flatMap { _ in ["connected", "authenticate nil", "disconnected"] })
        #expect(server.executor.metrics[.connections] == 0)
    }

    @Test("A server that executes nothing answers questions about the schema alone")
    func introspectionAlone() throws {
        let server = try RunningServer()
        let client = try SocketClient(port: server.port)
        #expect(try client.ask("POST", "/graphql", body: #"{"query":"{ __typename }"}"#).body == #"{"data":{"__typename":"Query"}}"#)
        #expect(try client.ask("POST", "/graphql", body: Self.version).body.hasPrefix(#"{"errors":[{"message":"#))
    }

    @Test("A request error has a status where the media type says that it is GraphQL's", arguments: ["application/json", "application/graphql-response+json"])
    func requestErrors(_ accept: String) throws {
        let server = try serving()
        let client = try SocketClient(port: server.port)
        for query in ["{", "{ __schema { nope } }"] {
            let answer = try client.ask("POST", "/graphql", "accept: \(accept)\r\n", body: #"{"query":"\#(query)"}"#)
            #expect(answer.status == (accept == "application/json" ? 200 : 400))
            #expect(answer.body.hasPrefix(#"{"errors":"#))
        }
    }

    @Test("What is no request is refused with its status, and the connection goes on")
    func refusals() throws {
        let server = try serving()
        let client = try SocketClient(port: server.port)
        let mutation = try client.ask("GET", "/graphql?query=mutation%7Bpost%7D")
        #expect(mutation.status == 405)
        #expect(mutation.head.contains("allow: POST\r\n"))
        let patched = try client.ask("PATCH", "/graphql")
        #expect(patched.status == 405)
        #expect(patched.head.contains("allow: GET, POST, PUT, DELETE\r\n"))
        #expect(try client.ask("POST", "/graphql", "content-type: text/plain\r\ncontent-length: 0\r\n").status == 415)
        #expect(try client.ask("POST", "/graphql", "content-type: application/json; charset=latin1\r\ncontent-length: 0\r\n").status == 415)
        for body in ["", "{", "[]", "{}", #"{"query":7}"#, #"{"query":"{a}","variables":[]}"#, String(repeating: "[", count: 5000)] {
            let answer = try client.ask("POST", "/graphql", body: body)
            #expect(answer.status == 400, "\(body.prefix(40))")
            #expect(answer.body.hasPrefix(#"{"errors":[{"message":"#))
        }
        for target in ["", "?query=%ff", "?query={a}&query={b}", "?query={a}&variables={", "?" + String(repeating: "a&", count: 101)] {
            #expect(try client.ask("GET", "/graphql\(target)").status == 400, "\(target.prefix(40))")
        }
        #expect(try client.ask("POST", "/graphql", "accept: application/json\r\n", body: Self.tick).status == 406)
        #expect(try client.ask("POST", "/graphql", "accept: image/png\r\n", body: Self.version).status == 406)
        #expect(try client.ask("DELETE", "/graphql").status == 405)
        #expect(try client.ask("GET", "/healthz").status == 200)
    }

    @Test("A body that is too large is answered with 413")
    func tooLarge() throws {
        let server = try serving { $0.limits.bodyBytes = 100 }
        let client = try SocketClient(port: server.port)
        #expect(try client.ask("POST", "/graphql", body: String(repeating: " ", count: 101)).status == 413)
        try client.rest()
    }

    @Test("Pages of other sites are refused, whether they say whose they are or not")
    func origins() throws {
        let server = try serving()
        let client = try SocketClient(port: server.port)
        let elsewhere = "origin: https://evil.example\r\n"
        #expect(try client.ask("POST", "/graphql", elsewhere, body: Self.version).status == 403)
        #expect(try client.ask("POST", "/graphql", elsewhere, body: Self.tick).status == 403)
        #expect(try client.ask("GET", "/graphql?query={version}", "sec-fetch-site: cross-site\r\n").status == 403)
        #expect(try client.ask("GET", "/graphql?query={version}", "sec-fetch-site: cross-site\r\n" + elsewhere).status == 403)
        #expect(try client.ask("GET", "/graphql?query={version}", "sec-fetch-site: same-origin\r\n").status == 200)
        #expect(try client.ask("POST", "/graphql", "origin: http://a\r\n", body: Self.version).status == 200)
    }

    @Test("The application is asked with the request who the client is")
    func authentication() throws {
        let delegate = ByHeader()
        let executor = try SubscriptionExecutor(sdl: RunningServer.schema, bus: MemoryBus())
        executor.setExecution(host: Self.host)
        var configuration = ServerConfiguration()
        configuration.port = 0
        let server = Server(executor: executor, configuration: configuration, delegate: delegate)
        let client = try SocketClient(port: try server.startAndWait().port)
        defer { server.stopAndWait() }
        #expect(try client.ask("POST", "/graphql", "authorization: ada\r\n", body: Self.version).body == #"{"data":{"version":"query by ada"}}"#)
        for accept in ["application/json", "text/event-stream"] {
            let refused = try client.ask("POST", "/graphql", "accept: \(accept)\r\n", body: Self.version)
            #expect(refused.status == 403)
            #expect(refused.body == #"{"errors":[{"message":"Forbidden"}]}"#)
        }
        #expect(try client.ask("PUT", "/graphql").status == 403)
        // Claims that are none let nobody in.
        #expect(try client.ask("POST", "/graphql", "authorization: \"\r\n", body: Self.version).status == 403)
    }

    @Test("A delegate that lets in nobody without credentials lets in no request; one that does not answer lets none in either")
    func closedByDefault() throws {
        let closed = try serving(TellTale(.reject))
        let client = try SocketClient(port: closed.port)
        #expect(try client.ask("POST", "/graphql", body: Self.version).status == 403)
        #expect(try client.ask("GET", "/graphql?query=subscription%7Bpresence%7D").status == 403)
        let silent = try serving(TellTale(.nothing))
        let waiting = try SocketClient(port: silent.port)
        try waiting.request("POST", "/graphql", body: Self.version)
        #expect(try silent.delegate.told(2) == ["connected", "authenticate nil"])
        waiting.hangUp()
        #expect(try silent.delegate.told(3).last == "disconnected")
    }

    @Test("An operation whose client goes is cancelled, and leaves nothing")
    func gone() throws {
        let server = try RunningServer()
        let host = Executing(isPatient: true)
        server.executor.setExecution(host: host)
        let client = try SocketClient(port: server.port)
        try client.request("POST", "/graphql", body: Self.version)
        let call = try host.calls.get()
        client.hangUp()
        try host.cancelled.get()
        #expect(call.isCancelled)
        #expect(try server.delegate.told(3).last == "disconnected")
    }

    @Test("A server that goes away finishes what it executes, and takes nothing new")
    func draining() throws {
        let server = try RunningServer()
        let host = Executing(isPatient: true)
        server.executor.setExecution(host: host)
        let client = try SocketClient(port: server.port)
        try client.request("POST", "/graphql", body: Self.version)
        let call = try host.calls.get()
        let (late, gone) = (try SocketClient(port: server.port), Answer<Void>())
        // It has begun to send: so it is not cut off as one that is idle.
        try late.send("POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: \(Self.version.utf8.count)\r\nexpect: 100-continue\r\n\r\n")
        #expect(try late.head() == "HTTP/1.1 100 Continue\r\n\r\n")
        server.server.drain(within: 20) { gone.give(()) }
        try late.send(Self.version)
        #expect(try late.response().status == 503)
        Executing.answer(call)
        #expect(try client.response().body == #"{"data":{"version":"query by nobody"}}"#)
        try gone.get()
    }
}

/// Lets in who names itself.
final class ByHeader: ServerDelegate {
    func authenticate(_ client: ServerClient, request: ServerRequest, _ authentication: ServerAuthentication) {
        guard let name = request.header("authorization") else { return authentication.reject() }
        authentication.accept(claims: Array(#"{"sub":"\#(name)"}"#.utf8))
    }
}

/// Executes queries and mutations: the answer names the operation, and who asks. A patient one leaves the answer to the test.
private final class Executing: ResolverHost {
    let calls = Answer<ResolverCall>()
    let cancelled = Answer<Void>()
    private let isPatient: Bool

    init(isPatient: Bool = false) { self.isPatient = isPatient }

    func start(_ call: ResolverCall) { if isPatient { calls.give(call) } else { Self.answer(call) } }
    func changed(_ call: ResolverCall) { cancelled.give(()) }

    static func answer(_ call: ResolverCall) {
        let user = call.claims.flatMap { try? JSONDocument.parse($0).root["sub"]?.string }
        call.finish(Array(#"{"data":{"version":"\#(call.field) by \#(user ?? "nobody")"}}"#.utf8))
    }
}
