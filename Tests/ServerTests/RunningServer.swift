import Foundation
import SubsgenRuntime
import Synchronization
import Testing

@testable import SubsgenServer

/// A server at a port of its own, for a test.
final class RunningServer {
    static let schema = """
        type Query { version: String! }
        type Message { id: ID! roomId: ID! text: String! }
        type Subscription { messageAdded(roomId: ID!): Message! presence: String }
        """

    let executor: SubscriptionExecutor
    let server: Server
    let port: Int
    let delegate: TellTale

    init(
        limits: RuntimeLimits = RuntimeLimits(), delegate: TellTale = TellTale(), _ configure: (inout ServerConfiguration) -> Void = { _ in }
    ) throws {
        executor = try SubscriptionExecutor(sdl: Self.schema, bus: MemoryBus(), limits: limits)
        self.delegate = delegate
        var configuration = ServerConfiguration()
        configuration.port = 0
        configuration.eventLoops = 1
        configure(&configuration)
        server = Server(executor: executor, configuration: configuration, delegate: delegate)
        port = try server.startAndWait().port
    }

    deinit { server.stopAndWait() }

    func publish(_ text: String, room: String = "1") throws {
        try executor.publish(topic: "messageAdded", payload: Array(#"{"id":"1","roomId":"\#(room)","text":"\#(text)"}"#.utf8))
    }

    /// A client that is subscribed to a room's messages.
    func subscriber(_ id: String = "s", room: String = "1", receiveBuffer: CInt? = nil) throws -> SocketClient {
        let client = try SocketClient(webSocketAt: port, receiveBuffer: receiveBuffer)
        try client.initialise()
        try client.say(#"{"id":"\#(id)","type":"subscribe","payload":{"query":"subscription { messageAdded(roomId: \"\#(room)\") { text } }"}}"#)
        try client.say(#"{"type":"ping"}"#)
        #expect(try client.frame() == .text(#"{"type":"pong"}"#))
        return client
    }

    static func next(_ text: String, _ id: String = "s") -> SocketClient.Frame {
        .text(#"{"id":"\#(id)","type":"next","payload":{"data":{"messageAdded":{"text":"\#(text)"}}}}"#)
    }
}

extension Server {
    func startAndWait() throws -> ServerAddress {
        let outcome = Answer<Result<ServerAddress, ServerError>>()
        start { outcome.give($0) }
        return try outcome.get().get()
    }

    func stopAndWait() {
        let semaphore = DispatchSemaphore(value: 0)
        stop { semaphore.signal() }
        semaphore.wait()
    }
}

/// What somebody gives later.
final class Answer<Value: Sendable>: Sendable {
    /// Guards what was given.
    private let given = Guarded<[Value]>([])
    private let news = DispatchSemaphore(value: 0)

    func give(_ value: Value) {
        given.withLock { $0.append(value) }
        news.signal()
    }

    /// Whether something has been given and not been taken.
    var isThere: Bool { given.withLock { !$0.isEmpty } }

    /// Waits for what was given first.
    func get() throws -> Value {
        try #require(news.wait(timeout: .now() + 60) == .success)
        return try #require(given.withLock { $0.isEmpty ? nil : $0.removeFirst() })
    }
}

/// A delegate that notes what it is told, and lets a test answer.
final class TellTale: ServerDelegate {
    enum Answer: Sendable { case accept, reject, nothing }

    private struct State: Sendable {
        var told: [String] = []
        var authentications: [ServerAuthentication] = []
        var exchanges: [ServerExchange] = []
    }

    /// Guards what was told.
    private let state = Guarded(State())
    private let news = DispatchSemaphore(value: 0)
    private let answer: Answer
    private let admission: ServerAdmission?

    /// Without an admission it is by the request's origin.
    init(_ answer: Answer = .accept, admission: ServerAdmission? = .accept()) {
        self.answer = answer
        self.admission = admission
    }

    private func tell(_ words: String) {
        state.withLock { $0.told.append(words) }
        news.signal()
    }

    /// Waits until so much has been told.
    func told(_ count: Int) throws -> [String] { try told { $0.count >= count } }

    /// Waits until something has been told.
    func told(until last: String) throws -> [String] { try told { $0.last == last } }

    /// Waits until what was told is enough.
    func told(_ isEnough: ([String]) -> Bool) throws -> [String] {
        while true {
            let told = state.withLock { $0.told }
            if isEnough(told) { return told }
            try #require(news.wait(timeout: .now() + 60) == .success, "told \(told)")
        }
    }

    /// Waits for a request that is the application's to answer.
    func exchange() throws -> ServerExchange {
        while true {
            if let exchange = state.withLock({ $0.exchanges.popLast() }) { return exchange }
            try #require(news.wait(timeout: .now() + 60) == .success)
        }
    }

    func admit(_ request: ServerRequest, _ answer: @escaping @Sendable (ServerAdmission) -> Void) {
        answer(admission ?? (request.isAllowed() ? .accept() : .refuse(status: 403, reason: "Forbidden")))
    }
    func connected(_ client: ServerClient) { tell("connected") }
    func disconnected(_ client: ServerClient) { tell("disconnected") }
    func began(_ client: ServerClient, _ subscription: SubscriptionInfo) { tell("began \(subscription.id)") }
    func ended(_ client: ServerClient, handle: UInt64) { tell("ended") }
    func closing(_ client: ServerClient, code: UInt16, reason: String) { tell("closing \(code)") }

    func certificateChanged(_ error: ServerError?) { tell(error.map { "certificate: \($0)" } ?? "certificate") }

    func authenticate(_ client: ServerClient, payload: [UInt8]?, _ authentication: ServerAuthentication) {
        switch answer {
        case .accept: authentication.accept(claims: nil)
        case .reject: authentication.reject()
        case .nothing: break
        }
        tell("authenticate \(payload.map { String(decoding: $0, as: UTF8.self) } ?? "nil")")
    }

    func respond(to exchange: ServerExchange) {
        state.withLock { $0.exchanges.append(exchange) }
        tell("\(exchange.request.method) \(exchange.request.target)")
    }
}
