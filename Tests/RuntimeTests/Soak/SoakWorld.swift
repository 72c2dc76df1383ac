import Synchronization

@testable import SubsgenRuntime

/// What a soak runs on: an executor, who answers its calls, and what has been published.
final class SoakWorld: Sendable {
    static let publishers = 3
    static let rooms = 4

    private static let sdl = """
        type Query { ok: Boolean }
        type Subscription {
          tick(p: Int, room: Int): Tick
          resolved(p: Int, room: Int): Tick @topic(name: "tick")
          guarded(p: Int, room: Int): Tick @topic(name: "tick")
          snapshot(p: Int): Tick @topic(name: "tick")
          fed(p: Int @resolverArgument): Tick
          oldest(p: Int, room: Int): Tick @topic(name: "tick") @overflow(policy: DROP_OLDEST, capacity: 6)
          newest(p: Int, room: Int): Tick @topic(name: "tick") @overflow(policy: DROP_NEWEST, capacity: 6)
          latest(p: Int, room: Int): Tick @topic(name: "tick") @overflow(policy: LATEST, key: "p")
        }
        type Tick { p: Int! n: Int! room: Int square: Int @resolver }
        """

    let executor: SubscriptionExecutor
    let host: SoakHost
    /// How far each publisher has begun, and how far it has come: what it began may be seen already.
    private let begun = (0..<publishers).map { _ in Number() }
    private let published = (0..<publishers).map { _ in Number() }

    private final class Number: Sendable {
        let value = Atomic<Int>(0)
    }

    init() throws {
        var limits = RuntimeLimits(
            outbox: Outbox.Limits(subscriptionMessages: 48, connectionBytes: 24 * 1024), resolverQueue: 64, resolversInFlight: 16)
        limits.fanOutSplit = 24
        executor = try SubscriptionExecutor(sdl: Self.sdl, bus: MemoryBus(), limits: limits)
        host = SoakHost()
        try executor.setResolver(field: "resolved", FieldFunctions(resolve: .perArguments), host: host)
        try executor.setResolver(field: "guarded", FieldFunctions(authorize: true), host: host)
        try executor.setResolver(field: "snapshot", FieldFunctions(initial: true), host: host)
        try executor.setResolver(field: "fed", FieldFunctions(source: .perArguments), host: host)
        try executor.setSupplier(type: "Tick", field: "square", .perArguments, host: host)
        executor.setExecution(host: host)
        host.world.withLock { $0.world = self }
    }

    func begun(by publisher: Int) -> Int { begun[publisher].value.load(ordering: .sequentiallyConsistent) }
    func published(by publisher: Int) -> Int { published[publisher].value.load(ordering: .sequentiallyConsistent) }

    /// Publishes the next event of a publisher, which one thread at a time does.
    func publish(by publisher: Int) {
        let n = begun[publisher].value.add(1, ordering: .sequentiallyConsistent).newValue
        let event = Array(#"{"p":\#(publisher),"n":\#(n),"room":\#(n % Self.rooms)}"#.utf8)
        // Where there is no room now, it is not published: nobody may miss it, so it is tried again.
        while (try? executor.publish(topic: "tick", payload: event)) == nil { host.answer(64, seed: UInt64(n)) }
        published[publisher].value.store(n, ordering: .sequentiallyConsistent)
    }
}

/// What becomes of an event on its way through a resolver: by its number, so that who listens knows it.
enum SoakOutcome {
    case event, error, skipped

    init(of n: Int) {
        switch n % 11 {
        case 3: self = .skipped
        case 5, 7: self = .error
        default: self = .event
        }
    }
}

/// Answers calls: some at once, some later in any order, some never.
final class SoakHost: ResolverHost {
    struct Content: Sendable {
        weak var world: SoakWorld?
    }

    private struct Sources: Sendable {
        var running: [(call: ResolverCall, n: Int)] = []
        var waiting: Set<UInt64> = []
    }

    /// Guards whom the host answers from.
    let world = Guarded(Content())
    /// Guards the calls that wait for an answer.
    private let waiting = Guarded<[ResolverCall]>([])
    /// Guards the sources that run.
    private let sources = Guarded(Sources())

    var isIdle: Bool { waiting.withLock { $0.isEmpty } }

    func start(_ call: ResolverCall) {
        if call.kind == .source { return sources.withLock { $0.running.append((call, 0)) } }
        // Some functions have their answer ready.
        if call.kind == .resolve, call.handle % 3 == 0 { answer(call) } else { waiting.withLock { $0.append(call) } }
    }

    func changed(_ call: ResolverCall) {
        sources.withLock { sources in
            sources.waiting.remove(call.handle)
            if call.isCancelled { sources.running.removeAll { $0.call === call } }
        }
        if call.isCancelled { waiting.withLock { calls in calls.removeAll { $0 === call } } }
    }

    /// Answers so many of the calls, any of them.
    func answer(_ count: Int, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<count {
            let call = waiting.withLock { calls in
                calls.isEmpty ? nil : calls.remove(at: Int.random(in: 0..<min(calls.count, 8), using: &random))
            }
            guard let call else { return }
            answer(call)
        }
    }

    /// Lets every source that may give its next event, and ends some.
    func feed(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let given = sources.withLock { sources in
            for place in sources.running.indices { sources.running[place].n += 1 }
            return sources.running.filter { !sources.waiting.contains($0.call.handle) }
        }
        for (call, n) in given {
            let p = (try? JSONDocument.parse(call.arguments).root["p"]?.integer) ?? 0
            switch Int.random(in: 0..<200, using: &random) {
            case 0:
                forget(call)
                call.complete()
            case 1:
                forget(call)
                call.fail("It broke.")
            // Thrown away.
            case 2: forget(call)
            default:
                if !call.emit(Array(#"{"p":\#(p),"n":\#(n),"room":0}"#.utf8)) { sources.withLock { _ = $0.waiting.insert(call.handle) } }
            }
        }
    }

    private func forget(_ call: ResolverCall) {
        sources.withLock { sources in sources.running.removeAll { $0.call === call } }
    }

    private func answer(_ call: ResolverCall) {
        let event = try? JSONDocument.parse(call.event).root
        switch call.kind {
        case .resolve:
            let n = event?["n"]?.integer ?? 0
            switch SoakOutcome(of: n) {
            case .event: call.finish(call.event)
            case .skipped: call.skip()
            case .error where n.isMultiple(of: 2): call.fail("It failed.")
            // Thrown away, which is a failure too.
            case .error: break
            }
        case .field:
            let values = event.map { $0.elements.map { "\(($0["n"]?.integer ?? 0) % 100)" } } ?? []
            call.finish(#"{"values":[\#(values.joined(separator: ","))]}"#)
        case .authorize: call.handle % 64 < 48 ? call.finish("true") : call.fail("No.")
        case .initial:
            let p = (try? JSONDocument.parse(call.arguments).root["p"]?.integer) ?? 0
            // Who publishes has done what it tells of: a snapshot that is taken after that holds it.
            call.finish(#"{"p":\#(p),"n":\#(world.withLock { $0.world }?.begun(by: p) ?? 0),"room":0}"#)
        case .execute: call.finish(#"{"data":{"ok":true}}"#)
        case .policies: call.finish("[]")
        case .handle: call.skip()
        case .source: break
        }
    }
}
