@testable import SubsgenRuntime

/// What the machine's user runs for a subscription.
final class Running: Sendable {}

/// What the machine's user runs for a query or mutation.
final class Executing: Sendable {}

/// A machine whose actions are told in words. A class, since `#expect` cannot look into a call that mutates.
final class MachineInWords {
    typealias Machine = TransportMachine<Running, Executing>
    typealias Ticket = Machine.Ticket

    private var machine = Machine()

    /// A client that has been acknowledged.
    static func acknowledged() -> MachineInWords {
        let machine = MachineInWords()
        _ = machine.receive(#"{"type":"connection_init"}"#)
        _ = machine.authenticated()
        return machine
    }

    func receive(_ message: String) -> String {
        switch machine.receive(text: Array(message.utf8)) {
        case .ignore: "ignore"
        case .send(let frame): text(frame)
        case .authenticate(let payload): payload.map { "authenticate \(text($0))" } ?? "authenticate"
        case .compile(let payload, let ticket):
            "compile \(ticket.id.text): \(payload.query) \(payload.operationName ?? "-") "
                + (payload.variables.map { text(Array($0.rawBytes)) } ?? "-")
        case .restart(_, let ticket, let stopping): "\(words(stopping)), compile \(ticket.id.text)"
        case .stop(let stopping): words(stopping)
        case .close(let closing): words(closing)
        }
    }

    /// What the client's `complete` stops.
    func stopped(_ id: String) -> Running? {
        guard case .stop(.running(let running)) = machine.receive(text: ServerMessage(.graphqlTransportWS).complete(OperationID(text: id))) else { return nil }
        return running
    }

    /// The ticket of an operation that is to be compiled; nil where there is none.
    func ticket(_ id: String) -> Ticket? {
        guard case .compile(_, let ticket) = machine.receive(text: Array(Self.subscribe(id).utf8)) else { return nil }
        return ticket
    }

    /// A subscription that has started; nil where it may not.
    func running(_ id: String) -> Running? {
        guard let ticket = ticket(id) else { return nil }
        let running = Running()
        return start(running, ticket) == "start" ? running : nil
    }

    static func subscribe(_ id: String) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("id")
        writer.string(id)
        writer.key("type")
        writer.string("subscribe")
        writer.key("payload")
        writer.raw(#"{"query":"{a}"}"#.utf8)
        writer.endObject()
        return text(writer.bytes)
    }

    func receiveBinary() -> String {
        switch machine.receiveBinary() {
        case .ignore: "ignore"
        case .close(let closing): words(closing)
        }
    }

    func authenticated() -> String {
        switch machine.authenticated() {
        case .ignore: "ignore"
        case .acknowledge(let frames, let operations): (frames.map(text) + operations.map { "compile \($1.id.text)" }).joined(separator: " ")
        case .renewed(let frame, let count, let next):
            "\(count) × \(text(frame))" + (next.map { ", authenticate \(text($0))" } ?? "")
        }
    }

    func rejected(_ code: UInt16, _ reason: String) -> String {
        switch machine.rejected(TransportClose(code: code, reason: reason)) {
        case .ignore: "ignore"
        case .close(let closing): words(closing)
        }
    }

    func expelled() -> String {
        switch machine.expelled(.expired) {
        case .ignore: "ignore"
        case .close(let closing): words(closing)
        }
    }

    func initTimedOut() -> String {
        switch machine.initTimedOut() {
        case .ignore: "ignore"
        case .close(let closing): words(closing)
        }
    }

    func authorize(_ running: Running, _ ticket: Ticket) -> String {
        switch machine.authorize(running, for: ticket) {
        case .ask: "ask"
        case .discard: "discard"
        }
    }

    func start(_ running: Running, _ ticket: Ticket) -> String {
        switch machine.start(running, for: ticket) {
        case .start: "start"
        case .discard: "discard"
        case .refuse(let frame): text(frame)
        }
    }

    func execute(_ executing: Executing, _ ticket: Ticket, limit: Int = 10) -> String {
        switch machine.execute(executing, for: ticket, limit: limit) {
        case .begin: "begin"
        case .discard: "discard"
        case .refuse(let errors):
            switch machine.refuse(errors, for: ticket) {
            case .ignore: "ignore"
            case .send(let frame): text(frame)
            case .respond(let body, let kind): "\(kind.rawValue) \(text(body))"
            }
        }
    }

    func answer(_ payload: String, _ ticket: Ticket) -> String { answer(.response(Array(payload.utf8)), ticket) }

    func answer(_ result: ExecutionResult, _ ticket: Ticket) -> String {
        switch machine.answer(result, for: ticket) {
        case .ignore: "ignore"
        case .send(let frames): frames.map(text).joined(separator: " ")
        case .respond(let body, let kind): "\(kind.rawValue) \(text(body))"
        }
    }

    func refuse(_ message: String, _ ticket: Ticket) -> String {
        switch machine.refuse(GraphQLErrors(GraphQLError(message)), for: ticket) {
        case .ignore: "ignore"
        case .send(let frame): text(frame)
        case .respond(let body, let kind): "\(kind.rawValue) \(text(body))"
        }
    }

    func ended(_ running: Running, _ id: String, error: String? = nil) -> String {
        switch machine.ended(running, OperationID(text: id), errors: error.map { GraphQLErrors(GraphQLError($0)) }) {
        case .ignore: "ignore"
        case .send(let frame): text(frame)
        }
    }

    func drain(resumed: Bool = false) -> String {
        switch machine.drain(resumed: { _ in resumed }) {
        case .ignore: "ignore"
        case .complete(let completing, let close):
            (completing.map { $0.frame.map(text) ?? words($0.stopping) } + ["close \(close.code) \(close.reason)"]).joined(separator: " ")
        }
    }

    func overflowed() -> String {
        switch machine.overflowed() {
        case .ignore: "ignore"
        case .close(let closing): words(closing)
        }
    }

    /// What must be stopped when the socket is gone: what runs, and what is executed.
    func disconnected() -> [AnyObject] {
        machine.disconnected().map { stopping in
            switch stopping {
            case .running(let running), .opening(let running): running
            case .executing(let executing): executing
            }
        }
    }
}

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

private func words(_ stopping: MachineInWords.Machine.Stopping) -> String {
    switch stopping {
    case .running: "stop"
    case .opening: "stop opening"
    case .executing: "stop executing"
    }
}

private func words(_ closing: MachineInWords.Machine.Closing) -> String {
    "close \(closing.close.code) \(closing.close.reason)" + (closing.stopping.isEmpty ? "" : ", stops \(closing.stopping.count)")
}
