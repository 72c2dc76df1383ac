import Testing

@testable import SubsgenRuntime

@Suite("Queries and mutations")
struct ExecutionTests {
    private let calls = Calls()

    private func client(limits: RuntimeLimits = RuntimeLimits(), claims: String? = nil) throws -> (SubscriptionExecutor, SessionClient) {
        let executor = try Chat.executor(limits: limits)
        executor.setExecution(host: calls)
        return (executor, SessionClient.acknowledged(executor, claims: claims))
    }

    private func failure(_ message: String, id: String = "q") -> [String] { [#"{"id":"\#(id)","type":"error","payload":[{"message":"\#(message)"}]}"#] }

    @Test("The host is called with what the client sent, its claims, its connection and the operation's id")
    func call() throws {
        let (executor, client) = try client(claims: #"{"sub":"ann"}"#)
        client.subscribe("q", "mutation($t: String) { post(text: $t) }", variables: #"{"t":"x"}"#)
        let call = try #require(calls.take().first)
        #expect((call.kind, call.field) == (.execute, "mutation"))
        #expect(call.eventText == #"{"query":"mutation($t: String) { post(text: $t) }","variables":{"t":"x"}}"#)
        #expect((call.argumentText, call.claimText) == ("{}", #"{"sub":"ann"}"#))
        #expect(call.subscriber == ResolverCall.Subscriber(subscription: "q", connection: client.session.handle))
        call.finish(#"{"data":{"post":true}}"#)
        #expect(client.heard() == [#"{"id":"q","type":"next","payload":{"data":{"post":true}}}"#, #"{"id":"q","type":"complete"}"#])
        #expect(executor.metrics[.operationsExecuted] == 1)
        #expect((executor.metrics[.resolverErrors], executor.metrics[.operationsRejected]) == (0, 0))
    }

    @Test("Without a host, mutations and queries are refused with the reason")
    func nobody() throws {
        let executor = try Chat.executor()
        let client = SessionClient.acknowledged(executor)
        client.subscribe("q", "{ ok }")
        let reason = #"This server answers subscriptions only: it has no \"execute\" hook for \"Query.ok\"."#
        #expect(client.heard() == [#"{"id":"q","type":"error","payload":[{"message":"\#(reason)","locations":[{"line":1,"column":3}]}]}"#])
        #expect(executor.metrics[.operationsRejected] == 1)
    }

    @Test("A host that has gone, that throws calls away, and answers that are no response, are failures")
    func failures() throws {
        let (executor, client) = try client()
        executor.setExecution(host: nil)
        client.subscribe("q", "{ ok }")
        #expect(client.heard() == failure("The query did not answer."))
        executor.setExecution(host: calls)
        client.subscribe("q", "{ ok }")
        _ = calls.take()
        #expect(client.heard() == failure("The query did not answer."))
        client.subscribe("q", "{ ok }")
        try #require(calls.take().first).finish("no JSON")
        #expect(client.heard() == failure("The query gave no valid result."))
        client.subscribe("q", "{ ok }")
        try #require(calls.take().first).skip()
        #expect(client.heard() == failure("The query gave no result."))
        client.subscribe("q", "{ ok }")
        try #require(calls.take().first).finish("7")
        #expect(client.heard() == failure("The result of the query is no GraphQL response: it is no JSON object."))
        #expect(executor.metrics[.resolverErrors] == 5)
        #expect(executor.metrics[.operationsExecuted] == 5)
    }

    @Test("A response that is too large is a failure, and the connection lives")
    func tooLarge() throws {
        var limits = RuntimeLimits()
        limits.operation.responseBytes = 20
        let (_, client) = try client(limits: limits)
        client.subscribe("q", "{ ok }")
        try #require(calls.take().first).finish(#"{"data":{"ok":"12345678"}}"#)
        #expect(client.heard() == failure("The result of the query has more bytes than the limit of 20."))
    }

    @Test("A connection may have so many under way, and others have their own")
    func limit() throws {
        var limits = RuntimeLimits()
        limits.executions = 1
        let (executor, client) = try client(limits: limits)
        let other = SessionClient.acknowledged(executor)
        client.subscribe("q", "{ ok }")
        client.subscribe("r", "{ ok }")
        other.subscribe("q", "{ ok }")
        #expect(client.heard() == failure("This connection has 1 queries and mutations under way, and may not have more.", id: "r"))
        let waiting = calls.take()
        #expect(waiting.count == 2)
        waiting[0].finish(#"{"data":{}}"#)
        client.subscribe("r", "{ ok }")
        #expect(calls.take().count == 1)
        #expect(executor.metrics[.operationsRejected] == 1)
    }

    @Test("What a client has completed keeps its place until the host has returned: others of the connection wait for it")
    func completedKeepsItsPlace() throws {
        var limits = RuntimeLimits()
        limits.executions = 1
        let (executor, client) = try client(limits: limits)
        client.subscribe("a", "{ ok }")
        client.complete("a")
        let first = try #require(calls.take().first)
        #expect(first.isCancelled)
        client.subscribe("b", "{ ok }")
        client.complete("b")
        client.subscribe("c", "mutation { post }")
        #expect(calls.take().isEmpty)
        first.release()
        let second = try #require(calls.take().first)
        #expect(second.field == "mutation")
        second.finish(#"{"data":{"post":true}}"#)
        #expect(client.heard().first == #"{"id":"c","type":"next","payload":{"data":{"post":true}}}"#)
        #expect(executor.metrics[.resolversInFlight] == 0)
    }

    @Test("A function executes them, each in a task, and may throw")
    func function() async throws {
        let executor = try Chat.executor()
        let (errors, error) = AsyncStream.makeStream(of: String.self)
        executor.setExecution(onError: { error.yield("\($0)") }) { request, claims in
            switch request.variables?["do"]?.string {
            case "fail": throw Secret()
            case "tell": throw GraphQLError("Not today.")
            default: break
            }
            let parts = [request.operation.rawValue, request.operationName ?? "-", claims?["sub"]?.string ?? "-", "\(request.extensions == nil)"]
            return Array(#"{"data":{"ok":"\#(parts.joined(separator: " "))"}}"#.utf8)
        }
        let client = SessionClient.acknowledged(executor, claims: #"{"sub":"ann"}"#)
        client.subscribe("a", "query Q { ok }")
        #expect(await client.heard(2) == [#"{"id":"a","type":"next","payload":{"data":{"ok":"query - ann true"}}}"#, #"{"id":"a","type":"complete"}"#])
        client.subscribe("b", "mutation { post }", variables: #"{"do":"tell"}"#)
        #expect(await client.heard(1) == failure("Not today.", id: "b"))
        client.subscribe("c", "mutation { post }", variables: #"{"do":"fail"}"#)
        #expect(await client.heard(1) == failure("The mutation failed.", id: "c"))
        #expect(await errors.first { _ in true } == "Secret()")
    }

    private struct Secret: Error {}

    @Test("The task of a function is cancelled when the client completes, or is gone", arguments: [true, false])
    func cancelledFunction(vanishes: Bool) async throws {
        let executor = try Chat.executor()
        let (steps, step) = AsyncStream.makeStream(of: String.self)
        let (forever, end) = AsyncStream.makeStream(of: Never.self)
        executor.setExecution(onError: { _ in step.yield("error") }) { _, _ in
            step.yield("began")
            // Until the task is cancelled, which ends the stream.
            for await _ in forever {}
            step.yield(Task.isCancelled ? "cancelled" : "not cancelled")
            throw CancellationError()
        }
        let client = SessionClient.acknowledged(executor)
        client.subscribe("a", "{ ok }")
        var heard = steps.makeAsyncIterator()
        #expect(await heard.next() == "began")
        if vanishes { client.session.disconnected() } else { client.complete("a") }
        #expect(await heard.next() == "cancelled")
        end.finish()
        #expect(client.heard() == [])
    }

    @Test("A query cannot be pulled")
    func pulled() throws {
        let (executor, _) = try client()
        for query in ["{ ok }", "{ __typename }", "mutation { post }"] {
            #expect(throws: GraphQLErrors(GraphQLError("Only a subscription can be subscribed to."))) { try executor.subscribe(query) }
        }
        #expect(calls.take().isEmpty)
    }
}
