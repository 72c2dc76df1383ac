import ProtocolConversations
import Testing

@testable import SubsgenRuntime

@Suite("graphql-transport-ws, spoken by sessions")
struct ProtocolTests {
    @Test("Every conversation of Tests/Protocol", arguments: try Conversation.all())
    func conversation(_ conversation: Conversation) throws {
        let executor = try SubscriptionExecutor(sdl: Conversation.schema(), bus: MemoryBus())
        let client = SessionClient(executor)
        let host = ExecutionInWords()
        executor.setExecution(host: host)
        for step in conversation.steps {
            try perform(step.line, client, executor, host)
            #expect(client.heard().map(line) + host.heard().map { "* \($0)" } == step.expected, "after \(step.line)")
        }
        client.session.disconnected()
        #expect(executor.metrics[.subscriptions] == 0)
        #expect(executor.metrics[.topics] == 0)
        #expect(executor.metrics[.connections] == 0)
    }

    private func perform(
        _ step: String, _ client: SessionClient, _ executor: SubscriptionExecutor, _ host: ExecutionInWords
    ) throws {
        if step == ">>" { return client.session.receiveBinary() }
        if step.hasPrefix("> ") { return client.say(String(step.dropFirst(2))) }
        let words = step.dropFirst(2).split(separator: " ", maxSplits: 2).map(String.init)
        if words.first == "executed" { return try host.first().finish(String(step.dropFirst("! executed ".count))) }
        switch (words.first, words.dropFirst().first, words.dropFirst(2).first) {
        case ("acknowledged", nil, nil):
            client.say(#"{"type":"connection_init"}"#)
            client.session.authenticated(claims: nil)
            #expect(client.heard() == ["authenticate", #"{"type":"connection_ack"}"#])
        case ("authenticated", let claims, nil): client.session.authenticated(claims: claims.map { Array($0.utf8) })
        case ("rejected", nil, nil): client.session.rejected(code: 4403, reason: "Forbidden")
        case ("timeout", nil, nil): client.session.initTimedOut()
        case ("publish", let topic?, let payload?): try executor.publish(topic: topic, payload: Array(payload.utf8))
        case ("complete", let topic?, nil): try executor.complete(topic: topic)
        case ("failed", nil, nil):
            let call = try host.first()
            call.fail("The \(call.field) failed.")
        case ("drain", nil, nil): client.session.drainAndClose()
        case ("gone", nil, nil): client.session.disconnected()
        default: throw Conversation.Malformed(line: step)
        }
    }

    /// What a client gets begins with `<`, what the host hears with `*`.
    private func line(_ words: String) -> String {
        words.hasPrefix("{") || words.hasPrefix("close ") ? "< \(words)" : "* \(words)"
    }
}

/// A host that executes queries and mutations when the conversation says so, and tells what it hears.
private final class ExecutionInWords: ResolverHost {
    private struct State: Sendable {
        /// In the order in which they came.
        var calls: [ResolverCall] = []
        var heard: [String] = []
    }

    /// Guards what is executed and what was heard.
    private let state = Guarded(State())

    func start(_ call: ResolverCall) {
        state.withLock { state in
            state.calls.append(call)
            state.heard.append("execute \(call.field) \(call.eventText)")
        }
    }

    func changed(_ call: ResolverCall) {
        state.withLock { $0.heard.append("cancelled \(call.field)") }
    }

    func heard() -> [String] {
        state.withLock { state in
            defer { state.heard = [] }
            return state.heard
        }
    }

    /// The call that came first of those that have not been taken.
    func first() throws -> ResolverCall {
        let call = state.withLock { state in state.calls.isEmpty ? nil : state.calls.removeFirst() }
        return try #require(call)
    }
}
