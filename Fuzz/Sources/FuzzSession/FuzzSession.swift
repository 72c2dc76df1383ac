import CLibFuzzer
import Glibc
import SubsgenRuntime

/// Any client of any wire format, while events come and functions answer: a connection sends what its format has and nothing after its
/// close, every subscription that began ends once, and nothing is left when the client has gone.
///
/// The input is steps with a NUL between them. The first byte says what happens, and the rest is what with.
@main
enum FuzzSession {
    static func main() {
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        var count = CommandLine.argc
        exit(LLVMFuzzerRunDriver(&count, &arguments) { fuzz($0, $1) })
    }
}

private func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var client = Client(.graphqlTransportWS)
    for step in UnsafeBufferPointer(start: start, count: count).split(separator: 0) {
        let rest = Array(step.dropFirst())
        switch step.first {
        case UInt8(ascii: "w"):
            client.leave()
            client = Client(WireFormat.allCases[Int((rest.first ?? 0) &- UInt8(ascii: "0")) % WireFormat.allCases.count])
            if !rest.isEmpty { client.session.authenticated(claims: rest.count == 1 ? nil : Array(rest.dropFirst())) }
        case UInt8(ascii: "m"): client.session.receive(rest)
        // An operation by a request, whose id is one byte; the capital stands for GET.
        case UInt8(ascii: "q"): client.session.request(String(decoding: rest.prefix(1), as: UTF8.self), Array(rest.dropFirst()))
        case UInt8(ascii: "Q"): client.session.request(String(decoding: rest.prefix(1), as: UTF8.self), Array(rest.dropFirst()), queriesOnly: true)
        case UInt8(ascii: "x"): client.session.cancel(String(decoding: rest, as: UTF8.self))
        case UInt8(ascii: "k"): client.session.keepAlive()
        case UInt8(ascii: "p"): client.session.pongTimedOut()
        case UInt8(ascii: "D"): client.session.drain()
        case UInt8(ascii: "e"): _ = try? target.executor.publish(topic: "message", payload: rest)
        case UInt8(ascii: "t"): _ = try? target.executor.publish(topic: "tick", payload: rest)
        case UInt8(ascii: "c"): try? target.executor.complete(topic: rest.first == UInt8(ascii: "t") ? "tick" : "message")
        case UInt8(ascii: "f"): target.host.answer(rest)
        case UInt8(ascii: "s"): target.host.emit(rest)
        case UInt8(ascii: "b"): client.session.receiveBinary()
        case UInt8(ascii: "d"): client.session.drainAndClose()
        case UInt8(ascii: "i"): client.session.initTimedOut()
        default: client.take(Int(step.first ?? 0))
        }
    }
    client.leave()
    return 0
}

private struct Client {
    let session: Session
    private var running: Set<UInt64> = []
    private var isAnswered = false
    private var isClosed = false

    init(_ format: WireFormat) { session = target.executor.connect(as: format) {} }

    /// The socket goes, and leaves nothing.
    mutating func leave() {
        session.disconnected()
        take(.max)
        target.host.forget()
        precondition(running.isEmpty, "a subscription has no end")
        let metrics = target.executor.metrics
        for gauge in [Metric.subscriptions, .groups, .topics, .sources, .connections] {
            precondition(metrics[gauge] == 0, "\(gauge) are left")
        }
    }

    mutating func take(_ limit: Int) {
        for output in session.take(limit) {
            precondition(!isClosed, "after the close: \(output)")
            switch output {
            case .frame, .extendedFrame:
                var frame: [UInt8] = []
                _ = output.appendText(to: &frame, in: session.format)
                precondition(isWellFormed(frame), "no message of \(session.format): \(String(decoding: frame, as: UTF8.self))")
            case .authenticate(let payload):
                if payload?.count == 2 { session.rejected(code: 4403, reason: "Forbidden") } else { session.authenticated(claims: payload) }
            case .expires: session.expired()
            case .started(let info): precondition(running.insert(info.handle).inserted, "began twice")
            case .ended(let handle): precondition(running.remove(handle) != nil, "ended without having begun")
            case .response(let body, _):
                precondition(session.format == .http && !isAnswered, "a response that nobody waits for")
                precondition((try? JSONDocument.parse(body)) != nil, "no JSON: \(String(decoding: body, as: UTF8.self))")
                isAnswered = true
            case .close: isClosed = true
            }
        }
    }

    private func isWellFormed(_ frame: [UInt8]) -> Bool {
        switch session.format {
        case .graphqlTransportWS, .graphqlWS: (try? JSONDocument.parse(frame)) != nil
        case .sse, .sseSingle: frame.suffix(2).elementsEqual("\n\n".utf8) && frame.split(separator: UInt8(ascii: "\n")).allSatisfy(isLine)
        case .http: false
        }
    }

    /// A line of an event stream: a comment, the name of an event, or its data, JSON or nothing.
    private func isLine(_ line: ArraySlice<UInt8>) -> Bool {
        if line.contains(UInt8(ascii: "\r")) { return false }
        if [":", "event: next", "event: complete"].contains(where: { line.elementsEqual($0.utf8) }) { return true }
        guard line.starts(with: "data: ".utf8) else { return false }
        let data = line.dropFirst(6)
        return data.isEmpty || (try? JSONDocument.parse(Array(data))) != nil
    }
}

/// Holds what it is asked until the input answers.
private final class Host: ResolverHost {
    /// Guards the calls.
    private let calls = Guarded<[ResolverCall]>([])

    func start(_ call: ResolverCall) { calls.withLock { $0.append(call) } }
    func changed(_ call: ResolverCall) {}

    /// Answers a call that the first byte chooses.
    func answer(_ text: [UInt8]) {
        let call = calls.withLock { calls in calls.isEmpty ? nil : calls.remove(at: Int(text.first ?? 0) % calls.count) }
        guard let call else { return }
        switch text.count {
        case 0: call.fail("No.")
        case 1: call.skip()
        default: call.finish(Array(text.dropFirst()))
        }
    }

    func emit(_ event: [UInt8]) {
        for call in calls.withLock({ $0 }) where call.kind == .source { _ = call.emit(event) }
    }

    func forget() {
        // Thrown away outside of the lock: they fail, and who hears of it may ask for more.
        while !calls.withLock({ calls in
            defer { calls = [] }
            return calls
        }).isEmpty {}
    }
}

private struct Target: Sendable {
    let executor: SubscriptionExecutor
    let host = Host()
}

private let target: Target = {
    do {
        let limits = RuntimeLimits(outbox: Outbox.Limits(subscriptionMessages: 4, connectionBytes: 2048), resolverQueue: 3, resolversInFlight: 2)
        let target = Target(executor: try SubscriptionExecutor(sdl: schema, bus: MemoryBus(), limits: limits))
        try target.executor.setResolver(field: "resolved", FieldFunctions(resolve: .perClaims), host: target.host)
        try target.executor.setResolver(field: "guarded", FieldFunctions(authorize: true, initial: true), host: target.host)
        try target.executor.setResolver(field: "fed", FieldFunctions(source: .perArguments), host: target.host)
        try target.executor.setSupplier(type: "Message", field: "score", .perArguments, host: target.host)
        target.executor.setExecution(host: target.host)
        return target
    } catch {
        preconditionFailure("\(error)")
    }
}()

private let schema = """
    type Query { ok: Boolean }
    type Subscription {
      tick: Int!
      message(room: ID, kinds: [Kind!] @filter(field: "kind")): Message
      resolved(room: ID): Message @topic(name: "message")
      guarded(room: ID): Message @topic(name: "message")
      fed(n: Int @resolverArgument): Message
    }
    type Message { id: ID! room: ID kind: Kind replies: [Message!] score(of: Int): Int @resolver }
    enum Kind { A B }
    """
