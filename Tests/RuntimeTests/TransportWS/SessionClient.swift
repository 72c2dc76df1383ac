import Synchronization

@testable import SubsgenRuntime

/// A client at the other end of a session: says messages, and reads what the host would do.
final class SessionClient: Sendable {
    let session: Session
    let wakes: Wakes
    /// Gives an element after the session has called its waker.
    private let woken: AsyncStream<Void>

    init(_ executor: SubscriptionExecutor, as format: WireFormat = .graphqlTransportWS) {
        let wakes = Wakes()
        let (woken, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.wakes = wakes
        self.woken = woken
        session = executor.connect(as: format) {
            wakes.add()
            wake.yield()
        }
    }

    /// A client that has been acknowledged.
    static func acknowledged(_ executor: SubscriptionExecutor, claims: String? = nil) -> SessionClient {
        let client = SessionClient(executor)
        client.say(#"{"type":"connection_init"}"#)
        client.session.authenticated(claims: claims.map { Array($0.utf8) })
        _ = client.heard()
        return client
    }

    func say(_ message: String) {
        session.receive(Array(message.utf8))
    }

    func subscribe(_ id: String, _ query: String, variables: String? = nil) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("id")
        writer.string(id)
        writer.key("type")
        writer.string("subscribe")
        writer.key("payload")
        writer.beginObject()
        writer.key("query")
        writer.string(query)
        if let variables {
            writer.key("variables")
            writer.raw(variables.utf8)
        }
        writer.endObject()
        writer.endObject()
        session.receive(writer.bytes)
    }

    func complete(_ id: String) {
        session.receive(ServerMessage(.graphqlTransportWS).complete(OperationID(text: id)))
    }

    /// What there is to do, in words, when it has become so many things.
    func heard(_ count: Int) async -> [String] {
        var words = heard()
        while words.count < count {
            _ = await woken.first { true }
            words += heard()
        }
        return words
    }

    /// Everything that there is to do, in words.
    func heard() -> [String] {
        var words: [String] = []
        while true {
            let outputs = session.take(64)
            if outputs.isEmpty { return words }
            words += outputs.map { self.words($0) }
        }
    }

    private func words(_ output: Outbox.Output) -> String {
        switch output {
        case .frame, .extendedFrame:
            var text: [UInt8] = []
            return output.appendText(to: &text, in: session.format) ? String(decoding: text, as: UTF8.self) : "no text"
        case .authenticate(let payload?): return "authenticate " + String(decoding: payload, as: UTF8.self)
        case .authenticate(nil): return "authenticate"
        case .expires(let time): return "expires " + (time.map { "at \($0)" } ?? "never")
        case .started(let info): return "started \(info.id) \(info.field)\(String(decoding: info.arguments, as: UTF8.self))"
        case .ended(let handle): return "ended \(handle)"
        case .response(let body, let kind): return "\(kind.rawValue) " + String(decoding: body, as: UTF8.self)
        case .close(let code, let reason): return "close \(code) \(reason)"
        }
    }
}
