import Testing

@testable import SubsgenRuntime

@Suite("Places for the calls of a function")
struct CallGateTests {
    private let executor: SubscriptionExecutor
    private let calls = Calls()

    init() throws {
        executor = try Chat.executor(limits: RuntimeLimits(resolversInFlight: 2))
        try serve(FieldFunctions(resolve: .perArguments))
    }

    private func serve(_ functions: FieldFunctions) throws {
        try executor.setResolver(field: "message", functions, host: calls)
    }

    private func message(_ room: Int = 1) throws -> PulledSubscription {
        try executor.subscribe(#"subscription { message(roomId: "\#(room)") { id } }"#)
    }

    private func publish(_ ids: Int..., room: Int = 1) throws {
        for id in ids { try executor.publish("message", #"{"id":"\#(id)","roomId":"\#(room)"}"#) }
    }

    private func expect(inFlight: Int, waiting: Int, _ location: SourceLocation = #_sourceLocation) {
        #expect(executor.metrics[.resolversInFlight] == inFlight, sourceLocation: location)
        #expect(executor.metrics[.resolversWaiting] == waiting, sourceLocation: location)
    }

    private func ids(_ calls: [ResolverCall]) -> [String] {
        calls.map { $0.eventText.split(separator: "\"").dropFirst(3).first.map(String.init) ?? "" }
    }

    @Test("So many calls are with the host as may be; those beyond wait, and follow in their order as others are answered")
    func bound() throws {
        let client = try message()
        try publish(1, 2, 3, 4, 5)
        var taken = calls.take()
        #expect(ids(taken) == ["1", "2"])
        expect(inFlight: 2, waiting: 3)
        taken[1].finish(taken[1].eventText)
        #expect(client.drain() == [], "the first event is still with the host")
        expect(inFlight: 2, waiting: 2)
        taken[0].fail("It failed.")
        taken = calls.take()
        #expect(ids(taken) == ["3", "4"])
        for call in taken { call.finish(call.eventText) }
        #expect(client.drain().count == 4)
        #expect(ids(calls.take()) == ["5"])
        #expect(executor.metrics[.resolverCalls] == 5)
    }

    @Test("Where a host answers as it is called, what waited is answered too, however much it is")
    func atOnce() throws {
        let client = try message()
        try publish(1, 2)
        let held = calls.take()
        for id in 3...1000 { try publish(id) }
        let echo = Echo()
        try executor.setResolver(field: "message", FieldFunctions(resolve: .perArguments), host: echo)
        // Those that wait are the first host's still.
        for call in held { call.finish(call.eventText) }
        var answered = 2
        while case let taken = calls.take(), !taken.isEmpty {
            for call in taken { call.finish(call.eventText) }
            answered += taken.count
        }
        try publish(1001)
        #expect(answered == 1000)
        #expect(client.drain().count == 1001)
        expect(inFlight: 0, waiting: 0)
    }

    @Test("A function that ran out of time keeps its place until it has returned")
    func expired() throws {
        let client = try message()
        try publish(1, 2, 3)
        let taken = calls.take()
        taken[0].expire("It took too long.")
        #expect(client.drain().first?.contains("It took too long.") == true)
        #expect(calls.take().isEmpty)
        taken[0].finish(taken[0].eventText)
        #expect(ids(calls.take()) == ["3"], "whatever it returned")
        taken[1].expire("So did this.")
        taken[1].release()
        taken[1].release()
        expect(inFlight: 0, waiting: 0)
    }

    @Test("A call that is thrown away gives its place to the next")
    func thrownAway() throws {
        let client = try message()
        try publish(1, 2, 3, 4)
        #expect(calls.take().count == 2)
        #expect(calls.take().count == 2)
        expect(inFlight: 0, waiting: 0)
        #expect(client.drain().count == 4)
    }

    @Test("What waited for subscribers who are gone is not begun")
    func unwanted() throws {
        let (leaver, stayer) = (try message(1), try message(2))
        try publish(1, 2)
        try publish(3, 4)
        try publish(5, room: 2)
        let taken = calls.take()
        leaver.complete()
        for call in taken { call.skip() }
        #expect(ids(calls.take()) == ["5"])
        expect(inFlight: 0, waiting: 0)
        #expect(executor.metrics[.resolverCalls] == 3)
        #expect(!stayer.ended)
    }

    @Test("Each function has places of its own, and may have another number of them")
    func ownLimits() throws {
        var functions = FieldFunctions(resolve: .perArguments, authorize: true)
        functions.inFlight = [.authorize: 1]
        try serve(functions)
        let clients = [try message(), try message()]
        let first = calls.take()
        #expect(first.map(\.kind) == [.authorize])
        first[0].finish("true")
        calls.take().first?.finish("true")
        #expect(clients.map(\.state) == [.running, .running])
        try publish(1, 2)
        #expect(calls.take().count == 2)
    }

    @Test("More places, given under way, are taken at once")
    func raised() throws {
        let client = try message()
        try publish(1, 2, 3, 4, 5)
        let taken = calls.take()
        var functions = FieldFunctions(resolve: .perArguments)
        functions.inFlight = [.resolve: 4]
        try serve(functions)
        #expect(ids(calls.take()) == ["3", "4"])
        #expect(taken.count == 2 && !client.ended)
    }

    @Test("Clients who come and go while authorisations wait leave nothing behind")
    func cancelledWhileWaiting() throws {
        try serve(FieldFunctions(authorize: true))
        let first = [try message(), try message()]
        let held = calls.take()
        for _ in 0..<1000 {
            try message().complete()
            #expect(executor.metrics[.resolversWaiting] <= 33)
        }
        let last = try message()
        for call in held { call.finish("true") }
        let begun = calls.take()
        #expect(begun.count == 1)
        begun.first?.finish("true")
        #expect((first + [last]).map(\.state) == [.running, .running, .running])
        expect(inFlight: 0, waiting: 0)
    }

    @Test("A host that answers many events at once gets all that waited together, in one place")
    func batches() throws {
        var functions = FieldFunctions(resolve: .perArguments)
        functions.resolvesBatches = true
        functions.inFlight = [.resolve: 1]
        try serve(functions)
        let client = try message()
        try publish(1, 2, 3, 4)
        calls.take().first?.skip()
        let taken = calls.take()
        #expect(ids(taken) == ["2", "3", "4"])
        try publish(5)
        taken[0].finish(taken[0].eventText)
        taken[2].finish(taken[2].eventText)
        #expect(calls.take().isEmpty, "one of them is under way")
        taken[1].finish(taken[1].eventText)
        #expect(ids(calls.take()) == ["5"])
        #expect(client.drain().count == 4)
    }

    @Test("Many threads that publish and answer keep the bound, and every event arrives in its order")
    func threads() async throws {
        let crowd = Crowd()
        try executor.setResolver(field: "message", FieldFunctions(resolve: .perArguments), host: crowd)
        let clients = try (0..<4).map { try message($0) }
        await withTaskGroup(of: Void.self) { group in
            for room in 0..<4 {
                group.addTask { [executor] in
                    for id in 0..<250 { _ = try? executor.publish("message", #"{"id":"\#(id)","roomId":"\#(room)"}"#) }
                }
            }
        }
        await crowd.finished(1000)
        for client in clients {
            #expect(client.drain() == (0..<250).map { #"{"data":{"message":{"id":"\#($0)"}}}"# })
        }
        #expect(crowd.most <= 2)
        expect(inFlight: 0, waiting: 0)
    }
}

/// Answers each call as it comes.
private final class Echo: ResolverHost {
    func start(_ call: ResolverCall) { call.finish(call.event) }
}

/// Answers each call on a task of its own, and counts how many there are at a time.
private final class Crowd: ResolverHost {
    private struct State: Sendable {
        var now = 0
        var most = 0
        var finished = 0
        var waiter: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    /// Guards the numbers and who waits for them.
    private let state = Guarded(State())

    var most: Int { state.withLock { $0.most } }

    func start(_ call: ResolverCall) {
        state.withLock { state in
            state.now += 1
            state.most = max(state.most, state.now)
        }
        Task { [self] in
            await Task.yield()
            state.withLock { $0.now -= 1 }
            call.finish(call.event)
            let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
                state.finished += 1
                guard let waiter = state.waiter, state.finished >= waiter.count else { return nil }
                state.waiter = nil
                return waiter.continuation
            }
            waiter?.resume()
        }
    }

    func finished(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isFinished = state.withLock { state in
                if state.finished >= count { return true }
                state.waiter = (count, continuation)
                return false
            }
            if isFinished { continuation.resume() }
        }
    }
}
