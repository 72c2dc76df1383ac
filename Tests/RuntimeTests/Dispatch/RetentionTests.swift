import Testing

@testable import SubsgenRuntime

/// How connections and subscriptions come to an end, each with calls of functions open, and what must be gone then.
@Suite("What is left when subscriptions are over")
struct RetentionTests {
    /// Watches what must go away, without holding it. A subscription holds its outbox, and that its waker.
    private struct Traces {
        weak var executor: SubscriptionExecutor?
        weak var session: Session?
        weak var pulled: PulledSubscription?
        weak var wakes: Wakes?
        weak var pulledWakes: Wakes?
        weak var topic: Topic?
        weak var source: Topic?
        weak var call: ResolverCall?

        /// What still holds the server together.
        var server: [String] {
            [("executor", executor as AnyObject?), ("session", session), ("pulled subscription", pulled)].filter { $0.1 != nil }.map(\.0)
        }

        var all: [String] {
            let rest: [(String, AnyObject?)] = [
                ("outbox", wakes), ("pulled outbox", pulledWakes), ("topic", topic), ("source", source), ("call", call),
            ]
            return server + rest.filter { $0.1 != nil }.map(\.0)
        }
    }

    private struct Scene {
        let executor: SubscriptionExecutor
        let client: SessionClient
        let pulled: PulledSubscription
        let calls: Calls

        func tick(_ n: Int) throws { try executor.publish("tick", #"{"n":\#(n)}"#) }
        /// Lets whoever is asked answer with an event.
        func answer() { for call in calls.take() { call.finish(#"{"n":0}"#) } }
        func authorize() { for call in calls.take() { call.finish("true") } }
    }

    private enum Exit: String, CaseIterable {
        case clientCompletes, serverDrains, socketVanishes, sessionIsThrownAway, topicCompletes, protocolError
        case messageOverflow, byteOverflow, byteOverflowOfAnswer, closeAfterOverflow
    }

    private static let functions: [(String, FieldFunctions)] = [
        ("none", FieldFunctions()), ("resolve", FieldFunctions(resolve: .perArguments)),
        ("authorize", FieldFunctions(authorize: true)), ("initial", FieldFunctions(initial: true)),
        ("source", FieldFunctions(source: .perClaims)), ("all", FieldFunctions(resolve: .perClaims, authorize: true, initial: true)),
    ]

    private static let selections = ["{ n }", "{ n square }"]

    @Test(
        "Nothing is, however they end, whatever was asked meanwhile",
        arguments: functions.flatMap { function in selections.map { (function.0, function.1, $0) } })
    private func exits(name: String, functions: FieldFunctions, selection: String) throws {
        for exit in Exit.allCases {
            for answers in [false, true] {
                var calls: Calls? = Calls()
                let traces = try traces(of: exit, functions, selection, answers, #require(calls))
                #expect(traces.server == [], "\(exit), answered: \(answers), while the host lives")
                calls = nil
                #expect(traces.all == [], "\(exit), answered: \(answers)")
            }
        }
    }

    /// Plays a server from its beginning to its end, in a function of its own so that nothing of it is held after that.
    private func traces(
        of exit: Exit, _ functions: FieldFunctions, _ selection: String, _ answers: Bool, _ calls: Calls
    ) throws -> Traces {
        var limits = RuntimeLimits()
        switch exit {
        case .messageOverflow: limits.outbox.subscriptionMessages = 2
        case .byteOverflow, .byteOverflowOfAnswer, .closeAfterOverflow: limits.outbox.connectionBytes = 300
        case .clientCompletes, .serverDrains, .socketVanishes, .sessionIsThrownAway, .topicCompletes, .protocolError: break
        }
        let executor = try SubscriptionExecutor(
            sdl: "type Query { ok: Boolean } type Subscription { tick: Tick } type Tick { n: Int! square: Int @resolver }", bus: MemoryBus(),
            limits: limits)
        try executor.setResolver(field: "tick", functions, host: calls)
        try executor.setSupplier(type: "Tick", field: "square", .perArguments, host: calls)
        executor.setExecution(host: calls)
        let client = SessionClient.acknowledged(executor, claims: #"{"sub":"ann"}"#)
        let pulledWakes = Wakes()
        client.subscribe("s", "subscription { tick \(selection) }")
        client.subscribe("q", "query { ok }")
        let pulled = try executor.subscribe(query: "subscription { tick \(selection) }") { pulledWakes.add() }
        let scene = Scene(executor: executor, client: client, pulled: pulled, calls: calls)
        if answers, functions.authorize { scene.authorize() }
        let held = calls.take()
        let traces = Traces(
            executor: executor, session: client.session, pulled: pulled, wakes: client.wakes, pulledWakes: pulledWakes,
            topic: executor.topics.topic(named: "tick"), source: executor.sources.topic(named: "tick\0{}\0{\"sub\":\"ann\"}"),
            call: held.last)
        for call in held { calls.start(call) }
        if functions.source != nil {
            for call in held where call.kind == .source { for n in 1...4 { _ = call.emit(Array(#"{"n":\#(n)}"#.utf8)) } }
        } else {
            for n in 1...4 { try scene.tick(n) }
        }
        if answers { scene.answer() }
        try play(exit, scene)
        return traces
    }

    private func play(_ exit: Exit, _ scene: Scene) throws {
        switch exit {
        case .clientCompletes:
            scene.client.complete("s")
            scene.client.complete("q")
        case .serverDrains: scene.client.session.drainAndClose()
        case .socketVanishes: scene.client.session.disconnected()
        case .protocolError: scene.client.say("{")
        case .topicCompletes:
            if scene.executor.topics.topic(named: "tick") != nil { try scene.executor.complete(topic: "tick") }
        // The subscriptions have had too much, or go with the session.
        case .sessionIsThrownAway, .messageOverflow, .byteOverflow: break
        case .byteOverflowOfAnswer: scene.answer()
        case .closeAfterOverflow:
            scene.client.session.disconnected()
            scene.answer()
        }
    }

    @Test("A topic that its subscriptions have left holds none of them, though they are held")
    func held() throws {
        let executor = try Chat.executor(limits: RuntimeLimits(outbox: Outbox.Limits(subscriptionMessages: 2)))
        let client = SessionClient.acknowledged(executor)
        let pulled = try executor.subscribe("subscription { tick { n } }")
        client.subscribe("s", "subscription { tick { n } }")
        weak let topic = executor.topics.topic(named: "tick")
        #expect(topic != nil)
        for n in 1...3 { try executor.publish("tick", #"{"n":\#(n)}"#) }
        #expect(pulled.ended)
        #expect(topic == nil, "given up, though the messages of its subscriptions wait")
        #expect(client.heard().count == 5)
    }
}
