import GraphQLSchema
import Testing

@testable import SubsgenRuntime

/// A server that adds up what processes take, by a clock of its own, and answers when it is told to.
private final class Adder: Sendable {
    private struct Question: Sendable {
        let takings: [RateTaking]
        let completion: BusCompletion<[UInt64], PublishError>
    }

    private struct State: Sendable {
        var marks: [String: UInt64] = [:]
        var questions: [Question] = []
        var isHolding = false
        var isDown = false
        var asked = 0
    }

    private let state = Guarded(State())
    private let clock: MonotonicClock

    init(_ clock: MonotonicClock) { self.clock = clock }

    /// How many questions came.
    var asked: Int { state.withLock { $0.asked } }
    var keys: [String] { state.withLock { $0.marks.keys.sorted() } }
    func setDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }
    func hold() { state.withLock { $0.isHolding = true } }

    func release() {
        state.withLock { $0.isHolding = false }
        while let question = state.withLock({ $0.questions.isEmpty ? nil : $0.questions.removeFirst() }) { answer(question) }
    }

    func ask(_ takings: [RateTaking], _ completion: @escaping BusCompletion<[UInt64], PublishError>) {
        let question = Question(takings: takings, completion: completion)
        let isHeld = state.withLock { state in
            state.asked += 1
            if state.isHolding { state.questions.append(question) }
            return state.isHolding
        }
        if !isHeld { answer(question) }
    }

    private func answer(_ question: Question) {
        if state.withLock({ $0.isDown }) { return question.completion(.failure(.unavailable("it is down"))) }
        let now = clock.now()
        let leads = state.withLock { state in
            question.takings.map { taking -> UInt64 in
                let mark = Int(max(state.marks[taking.key] ?? 0, now)) + taking.count * Int(taking.nanoseconds)
                state.marks[taking.key] = UInt64(max(0, mark))
                return UInt64(max(0, mark - Int(now)))
            }
        }
        question.completion(.success(leads))
    }
}

/// A process's bus: its events are its own, its rates are everybody's.
private final class AddingBus: LocalEventBus, RateSharingBus {
    private let memory = MemoryBus()
    private let adder: Adder

    init(_ adder: Adder) { self.adder = adder }

    func start(_ receiver: any BusReceiver) { memory.start(receiver) }
    func publish(_ event: BusEvent) throws(PublishError) -> Cursor { try memory.publish(event) }
    func complete(_ topic: BusTopic) throws(PublishError) -> Cursor { try memory.complete(topic) }
    func history(of topic: BusTopic, after cursor: Cursor, limit: Int, _ completion: @escaping BusCompletion<BusHistory, BusHistoryError>) {
        memory.history(of: topic, after: cursor, limit: limit, completion)
    }
    var health: BusHealth { memory.health }
    func share(_ takings: [RateTaking], _ completion: @escaping BusCompletion<[UInt64], PublishError>) { adder.ask(takings, completion) }
}

@Suite("@rateLimit across processes")
struct SharedRateTests {
    private let hand = Hand()
    private let adder: Adder
    private static let second: UInt64 = 1_000_000_000

    init() { adder = Adder(hand.clock) }

    /// A process, with four a second and two at once.
    private func process(burst: Int = 2, per scope: RateLimitScope = .user) -> RateLimits {
        RateLimits(Metrics(clock: hand.clock), sharing: AddingBus(adder))
    }

    private func gate(_ process: RateLimits, _ user: String? = "ada", burst: Int = 2, per scope: RateLimitScope = .user) throws -> RateGate {
        let claims = try user.map { try Claims(json: Array(#"{"user_id":"\#($0)"}"#.utf8)) }
        let limit = RateLimit(limit: 4, window: 1000, burst: burst, scope: scope)
        return try #require(process.gate(0, "price", [limit], of: claims, on: RateCells()))
    }

    /// How many of so many at once come through.
    private func take(_ gate: RateGate, _ count: Int = 10) -> Int { (0..<count).count { _ in gate.take(at: hand.clock.now()) } }

    @Test("what one process took, the others cannot take")
    func together() throws {
        let (here, there) = (try gate(process()), try gate(process()))
        #expect(take(here, 1) == 1)
        #expect(take(there, 1) == 1)
        // One of the other's first is not known until something of its own was told.
        #expect(take(here) + take(there) <= 1)
        hand.turn(10 * Self.second)
        var taken = 0
        for _ in 0..<400 {
            taken += take(here, 1) + take(there, 1)
            hand.turn(Self.second / 40)
        }
        // Ten seconds of four, and what two processes can be ahead.
        #expect((40...44).contains(taken), "\(taken)")
    }

    @Test("users, fields and those who have no user are apart, and so are connections and subscriptions")
    func apart() throws {
        let (here, there) = (process(), process())
        #expect(take(try gate(here)) == 2)
        #expect(take(try gate(there, "bob")) == 2)
        #expect(take(try gate(there, nil)) == 2)
        #expect(adder.keys == ["price:0:ada", "price:0:bob"])
        for scope in [RateLimitScope.connection, .subscription] {
            #expect(take(try gate(here, per: scope)) == 2)
            #expect(take(try gate(there, per: scope)) == 2)
        }
        #expect(adder.keys.count == 2)
    }

    @Test("who comes to another process has what was taken in the first")
    func moving() throws {
        #expect(take(try gate(process())) == 2)
        #expect(take(try gate(process())) == 0)
        hand.turn(Self.second / 4)
        #expect(take(try gate(process())) == 1)
    }

    @Test("nobody waits for an answer: until it is there each process holds the limit, and what was too much is taken off what comes next")
    func late() throws {
        let (here, there) = (try gate(process()), try gate(process()))
        adder.hold()
        #expect(take(here) == 2)
        #expect(take(there) == 2)
        adder.release()
        // Four came where two may.
        var taken = 4
        for _ in 0..<200 {
            hand.turn(Self.second / 40)
            taken += take(here, 1) + take(there, 1)
        }
        #expect((20...24).contains(taken), "\(taken)")
    }

    @Test("many deliveries are one question, and what is taken while it is on its way is told by the next")
    func batches() throws {
        let process = process()
        let gate = try gate(process, burst: 1000)
        let before = adder.asked
        adder.hold()
        #expect(take(gate, 500) == 500)
        #expect(adder.asked == before + 1)
        adder.release()
        #expect(adder.asked == before + 2)
        let other = try self.gate(self.process(), burst: 1000)
        #expect(take(other, 1000) == 500)
    }

    @Test("what was given back because another limit did not allow it is nobody's")
    func givenBack() throws {
        let claims = try Claims(json: Array(#"{"user_id":"ada"}"#.utf8))
        let limits = [RateLimit(limit: 10, window: 1000, burst: 10, scope: .user), RateLimit(limit: 1, window: 1000, burst: 1, scope: .subscription)]
        let narrow = try #require(process().gate(0, "price", limits, of: claims, on: RateCells()))
        #expect(take(narrow) == 1)
        let wide = try #require(process().gate(0, "price", [limits[0]], of: claims, on: RateCells()))
        #expect(take(wide, 20) == 9)
    }

    @Test("where the others cannot be reached a process holds the limit by itself, and tells nothing of it later")
    func down() throws {
        let (here, there) = (try gate(process()), try gate(process()))
        adder.setDown(true)
        #expect(take(here) == 2)
        let asked = adder.asked
        hand.turn(Self.second / 20)
        _ = take(here)
        #expect(adder.asked == asked, "it is left in peace for a while")
        adder.setDown(false)
        #expect(take(there) == 2, "nobody was told what came here")
        hand.turn(Self.second)
        #expect(take(here, 1) == 1)
        #expect(adder.asked > asked)
        #expect(take(there) == 1)
    }

    @Test("a runtime of such a bus holds its fields' limits with the others")
    func runtimes() throws {
        let sdl = """
            type Query { ok: Boolean }
            type Subscription { price: Int @rateLimit(limit: 2, window: "1h") @overflow(policy: DROP_NEWEST) }
            """
        func runtime() throws -> SubscriptionExecutor {
            try SubscriptionExecutor(sdl: sdl, bus: AddingBus(adder))
        }
        let (here, there) = (try runtime(), try runtime())
        let subscriptions = try [here, there].map { try $0.subscribe(query: "subscription { price }", claims: Array(#"{"user_id":"ada"}"#.utf8)) {} }
        for value in 1...3 { try here.publish("price", "\(value)") }
        for value in 4...6 { try there.publish("price", "\(value)") }
        #expect((0..<6).count { _ in subscriptions[0].next() != nil } == 2)
        // One came before it was known that the user had had two.
        #expect((0..<6).count { _ in subscriptions[1].next() != nil } <= 1)
        #expect(there.metrics[.droppedRateLimit] >= 2)
    }
}
