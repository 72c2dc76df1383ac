import Foundation
import ProtocolConversations
import SubsgenRuntime
import Testing

@testable import SubsgenServer

@Suite("graphql-transport-ws, spoken by the server")
struct ConversationTests {
    @Test("Every conversation of Tests/Protocol", arguments: try Conversation.all())
    func conversation(_ conversation: Conversation) throws {
        let executor = try SubscriptionExecutor(sdl: Conversation.schema(), bus: MemoryBus())
        let application = Application()
        executor.setExecution(host: application)
        var configuration = ServerConfiguration()
        configuration.port = 0
        configuration.eventLoops = 1
        if conversation.steps.contains(where: { $0.line == "! timeout" }) { configuration.connectionInitTimeout = 0.05 }
        let server = Server(executor: executor, configuration: configuration, delegate: application)
        let client = try SocketClient(webSocketAt: try server.startAndWait().port)
        defer { server.stopAndWait() }
        var isOver = false
        for step in conversation.steps {
            try perform(step.line, client, executor, application)
            let frames = step.expected.filter { $0.hasPrefix("< ") }
            for expected in frames {
                let frame = try client.frame()
                #expect((frame.opcode == 8 ? "< \(frame)" : "< \(frame.text)") == expected, "after \(step.line)")
                isOver = isOver || frame.opcode == 8
            }
            if step.line == "! gone" { isOver = true }
            // Nothing more: who is asked now answers next.
            if !isOver {
                try client.say(#"{"type":"ping"}"#)
                #expect(try client.frame() == .text(#"{"type":"pong"}"#), "after \(step.line)")
            }
            let told = step.expected.filter { $0.hasPrefix("* ") }
            #expect(try application.told(told.count) == told, "after \(step.line)")
        }
        client.hangUp()
        try application.waitUntilGone()
        #expect(executor.metrics[.subscriptions] == 0)
        #expect(executor.metrics[.topics] == 0)
        #expect(executor.metrics[.connections] == 0)
        // A call that no step took knows the executor, and the application keeps it.
        executor.setExecution(host: nil)
    }

    private func perform(_ step: String, _ client: SocketClient, _ executor: SubscriptionExecutor, _ application: Application) throws {
        if step == ">>" { return try client.send(SocketClient.frame(2)) }
        if step.hasPrefix("> ") { return try client.say(String(step.dropFirst(2))) }
        let words = step.dropFirst(2).split(separator: " ", maxSplits: 2).map(String.init)
        if words.first == "executed" { return try application.call().finish(Array(step.dropFirst("! executed ".count).utf8)) }
        switch (words.first, words.dropFirst().first, words.dropFirst(2).first) {
        case ("acknowledged", nil, nil):
            try client.say(#"{"type":"connection_init"}"#)
            #expect(try application.told(1) == ["* authenticate"])
            try application.authentication().accept(claims: nil)
            #expect(try client.frame() == .text(#"{"type":"connection_ack"}"#))
        case ("authenticated", let claims, nil): try application.authentication().accept(claims: claims.map { Array($0.utf8) })
        case ("rejected", nil, nil): try application.authentication().reject()
        case ("publish", let topic?, let payload?): try executor.publish(topic: topic, payload: Array(payload.utf8))
        case ("complete", let topic?, nil): try executor.complete(topic: topic)
        case ("failed", nil, nil):
            let call = try application.call()
            call.fail("The \(call.field) failed.")
        case ("drain", nil, nil): try application.client().session.drainAndClose()
        case ("gone", nil, nil): client.hangUp()
        // It comes by itself.
        case ("timeout", nil, nil): break
        default: throw Conversation.Malformed(line: step)
        }
    }
}

/// An application that does what the conversation says, and tells what it hears.
private final class Application: ServerDelegate, ResolverHost {
    private struct State: Sendable {
        var told: [String] = []
        var client: ServerClient?
        var isGone = false
        var authentications: [ServerAuthentication] = []
        var calls: [ResolverCall] = []
    }

    /// Guards what was told.
    private let state = Guarded(State())
    private let news = DispatchSemaphore(value: 0)

    private func note(_ change: (inout State) -> Void) {
        state.withLock { change(&$0) }
        news.signal()
    }

    /// Waits until something is there.
    private func wait<Value: Sendable>(_ take: (inout State) -> Value?) throws -> Value {
        while true {
            if let found = state.withLock({ take(&$0) }) { return found }
            try #require(news.wait(timeout: .now() + 60) == .success)
        }
    }

    /// What was told, when it has become so much.
    func told(_ count: Int) throws -> [String] {
        try wait { state in
            guard state.told.count >= count else { return nil }
            defer { state.told = [] }
            return state.told.map { "* \($0)" }
        }
    }

    func authentication() throws -> ServerAuthentication { try wait { $0.authentications.popLast() } }
    func call() throws -> ResolverCall { try wait { $0.calls.isEmpty ? nil : $0.calls.removeFirst() } }
    func client() throws -> ServerClient { try wait { $0.client } }
    func waitUntilGone() throws { _ = try wait { $0.isGone ? true : nil } }

    func connected(_ client: ServerClient) { note { $0.client = client } }

    func disconnected(_ client: ServerClient) {
        note { state in
            state.client = nil
            state.isGone = true
        }
    }

    func authenticate(_ client: ServerClient, payload: [UInt8]?, _ authentication: ServerAuthentication) {
        note { state in
            state.told.append("authenticate" + (payload.map { " " + String(decoding: $0, as: UTF8.self) } ?? ""))
            state.authentications.append(authentication)
        }
    }

    func began(_ client: ServerClient, _ subscription: SubscriptionInfo) {
        note { $0.told.append("started \(subscription.id) \(subscription.field)\(String(decoding: subscription.arguments, as: UTF8.self))") }
    }

    func ended(_ client: ServerClient, handle: UInt64) { note { $0.told.append("ended \(handle)") } }

    func start(_ call: ResolverCall) {
        note { state in
            state.calls.append(call)
            state.told.append("execute \(call.field) \(String(decoding: call.event, as: UTF8.self))")
        }
    }

    func changed(_ call: ResolverCall) { note { $0.told.append("cancelled \(call.field)") } }
}
