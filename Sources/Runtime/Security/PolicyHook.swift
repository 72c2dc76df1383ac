/// Who says which policies a subscriber is granted, if anybody does.
final class PolicyHook: Sendable {
    fileprivate let place = ExecutionHost()
    /// Where calls wait until there is room for them.
    fileprivate let gate: CallGate

    init(inFlight: Int, _ metrics: Metrics) {
        gate = CallGate(limit: inFlight, metrics)
    }

    /// Whether policies are decided by somebody. Without, nobody is granted any.
    var isThere: Bool { place.host != nil }
}

/// The questions about policies that one subscriber waits for. Weak: the host holds the calls, and one that it throws away has failed.
struct PolicyQuestions: Sendable {
    private struct Entry: Sendable {
        weak var call: ResolverCall?
    }

    private var entries: [Entry] = []

    mutating func add(_ call: ResolverCall) {
        entries.removeAll { $0.call?.isAnswered != false }
        entries.append(Entry(call: call))
    }

    /// Nobody waits for the answers any more.
    func cancel() {
        for entry in entries { entry.call?.cancel() }
    }
}

extension SubscriptionExecutor {
    /// Lets a host decide policies, in place of the one that did: a `ResolverCall` of the kind `policies` asks about some that a subscriber
    /// needs. What it says is kept as long as the connection and its claims last, or until it is revoked.
    ///
    /// Where there is no host any more, as between two event loops, every policy is denied; and so it is before this is called.
    public func setPolicies(host: (any ResolverHost)?) {
        policies.place.host = host ?? ResolverTable.Nobody()
    }

    /// Makes the call that asks which of some policies a subscriber is granted. `answer` is called once, on any thread; with nil where the
    /// hook failed.
    func ask(
        about names: [String], claims: Claims?, connection: UInt64?, answer: @escaping @Sendable (Set<String>?) -> Void
    ) -> ResolverCall {
        var writer = JSONWriter()
        writer.beginArray()
        for name in names { writer.string(name) }
        writer.endArray()
        return ResolverCall(
            .policies, field: "policies", event: writer.bytes, arguments: Array("{}".utf8), claims: claims?.json,
            subscriber: ResolverCall.Subscriber(subscription: "", connection: connection), host: policies.place.host ?? ResolverTable.Nobody(),
            gate: policies.gate
        ) { [metrics = context.metrics] given in
            if case .event(let value) = given, value.root.kind == .array {
                let granted = value.root.elements.map(\.string)
                if !granted.contains(nil) { return answer(Set(granted.compactMap { $0 })) }
            }
            metrics.add(.resolverErrors)
            answer(nil)
        }
    }
}
