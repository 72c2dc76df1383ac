import Testing

@testable import SubsgenRuntime

@Suite("A subscription that goes on after a cursor")
struct ResumeTests {
    private static let sdl = """
        type Query { ok: Boolean }
        type Subscription {
          tick: Tick!
          posted(roomId: ID!, author: ID): Message @topic(name: "chat.{roomId}")
          secret(tag: String): Secret
        }
        type Tick { n: Int! }
        type Message { id: ID! author: ID! }
        type Secret @rowFilter(field: "owner", claim: "user_id") { n: Int! owner: ID! tag: String }
        """

    private func runtime(events: Int = 10_000, _ change: (inout RuntimeLimits) -> Void = { _ in }) throws -> SubscriptionExecutor {
        var limits = RuntimeLimits()
        change(&limits)
        return try SubscriptionExecutor(sdl: Self.sdl, bus: MemoryBus(keepingEvents: events), limits: limits)
    }

    @Test("Who asks for it is told each event's place in the bus; who does not gets the result alone", arguments: [2048, 1])
    func cursors(_ split: Int) throws {
        let runtime = try runtime { ($0.fanOutThreads, $0.fanOutSplit) = (1, split) }
        let (told, other) = (try runtime.follow("subscription { tick { n } }", after: nil), try runtime.subscribe("subscription { tick { n } }"))
        let cursor = try runtime.publish(topic: "tick", payload: Array(#"{"n":1}"#.utf8))
        #expect(told.drain() == [#"{"data":{"tick":{"n":1}},"extensions":{"cursor":"\#(cursor)"}}"#])
        #expect(other.drain() == [#"{"data":{"tick":{"n":1}}}"#])
    }

    @Test("It gets what came after the cursor, in order, then what comes, each once", arguments: [0, 1, 63, 64, 65, 128, 1000])
    func missed(_ count: Int) throws {
        let runtime = try runtime()
        let cursor = try runtime.tick(0)
        for number in 1..<count + 1 { try runtime.tick(number) }
        let subscription = try runtime.follow("subscription { tick { n } }", after: cursor)
        var got = subscription.numbers()
        for number in count + 1..<count + 5 { try runtime.tick(number) }
        got += subscription.numbers()
        #expect(got == Array(1..<count + 5))
        #expect(runtime.metrics[.replays] == 0 && runtime.metrics[.subscriptions] == 1 && runtime.metrics[.eventsReplayed] == count)
        subscription.complete()
        #expect(runtime.metrics[.subscriptions] == 0 && runtime.metrics[.topics] == 0 && runtime.metrics[.groups] == 0)
    }

    @Test("Arguments choose among missed events, and other topics are not read")
    func chosen() throws {
        let runtime = try runtime()
        let cursor = try runtime.post("a", 0, by: "x")
        for number in 1..<200 { try runtime.post(number % 2 == 0 ? "a" : "b", number, by: number % 3 == 0 ? "x" : "y") }
        let subscription = try runtime.follow(#"subscription { posted(roomId: "a", author: "x") { id } }"#, after: cursor)
        #expect(subscription.numbers() == (1..<200).filter { $0 % 6 == 0 })
    }

    @Test("Missed events are held against the claims of now")
    func claims() throws {
        let runtime = try runtime()
        let cursor = try runtime.secret(0, of: "ada")
        for number in 1..<10 { try runtime.secret(number, of: number % 2 == 0 ? "ada" : "bob") }
        let subscription = try runtime.follow("subscription { secret { n } }", after: cursor, claims: #"{"user_id":"bob"}"#)
        #expect(subscription.numbers() == [1, 3, 5, 7, 9])
    }

    @Test("Where some of it is gone the client is told the oldest cursor, and nothing else")
    func tooOld() throws {
        let runtime = try runtime(events: 3)
        let cursor = try runtime.tick(0)
        let cursors = try (1..<6).map { try runtime.tick($0) }
        let subscription = try runtime.follow("subscription { tick { n } }", after: cursor)
        let told = subscription.drain()
        #expect(told.count == 1 && told[0].contains(#""extensions":{"code":"CURSOR_TOO_OLD","oldest":"\#(cursors[1])"}"#))
        #expect(subscription.ended && runtime.metrics[.resumesRefused] == 1 && runtime.metrics[.subscriptions] == 0)
        #expect(try runtime.follow("subscription { tick { n } }", after: cursors[1]).numbers() == [3, 4, 5])
    }

    @Test("A cursor of another bus is too old")
    func foreign() throws {
        let cursor = try runtime().tick(0)
        let other = try runtime()
        let told = try other.follow("subscription { tick { n } }", after: cursor).drain()
        #expect(told.count == 1 && told[0].contains("CURSOR_TOO_OLD"))
    }

    @Test("A bus that keeps nothing says so")
    func notKept() throws {
        let runtime = try SubscriptionExecutor(sdl: Self.sdl, bus: MemoryBus())
        let cursor = try runtime.tick(0)
        let told = try runtime.follow("subscription { tick { n } }", after: cursor).drain()
        #expect(told.count == 1 && told[0].contains("NO_HISTORY"))
    }

    @Test(
        "What is no cursor is refused", arguments: [#"{"after":1}"#, #"{"after":"x"}"#, #"{"after":"2.0.0.0"}"#, #"{"resume":1}"#])
    func malformed(_ extensions: String) throws {
        let runtime = try runtime()
        let error = #expect(throws: GraphQLErrors.self) {
            _ = try runtime.subscribe(query: "subscription { tick { n } }", extensions: Array(extensions.utf8))
        }
        #expect(error.map { "\($0)".contains("extensions.") } == true)
    }

    @Test("A topic that ended meanwhile completes the subscription after what came before")
    func ended() throws {
        let runtime = try runtime()
        let cursor = try runtime.tick(0)
        try runtime.tick(1)
        try runtime.complete(topic: "tick")
        try runtime.tick(2)
        let subscription = try runtime.follow("subscription { tick { n } }", after: cursor)
        #expect(subscription.numbers() == [1] && subscription.ended)
        #expect(runtime.metrics[.subscriptions] == 0 && runtime.metrics[.replays] == 0)
    }

    @Test("A long history waits for its client, and loses nothing")
    func pressure() throws {
        let runtime = try runtime { $0.outbox = Outbox.Limits(subscriptionMessages: 8, connectionBytes: 4000) }
        let cursor = try runtime.tick(0)
        for number in 1...500 { try runtime.tick(number) }
        let subscription = try runtime.follow("subscription { tick { n } }", after: cursor)
        var got: [Int] = []
        while let result = subscription.next() { got.append(Self.number(result)) }
        #expect(got == Array(1...500) && !subscription.ended)
    }

    @Test("Resolvers answer for missed events, and what comes live waits for them")
    func resolvers() throws {
        let runtime = try runtime()
        let calls = Calls()
        try runtime.setResolver(field: "tick", FieldFunctions(resolve: .perArguments), host: calls)
        let cursor = try runtime.tick(0)
        for number in 1...100 { try runtime.tick(number) }
        let subscription = try runtime.follow("subscription { tick { n } }", after: cursor)
        var got: [Int] = []
        var next = 101
        while got.count < 110 {
            got += subscription.numbers()
            var open = calls.take()
            if next <= 110 {
                try runtime.tick(next)
                next += 1
            }
            // The newest first: order is the runtime's.
            open += calls.take()
            for call in open.reversed() { call.finish(call.eventText) }
        }
        #expect(got == Array(1...110))
        #expect(runtime.metrics[.eventsInLanes] == 0)
    }

    @Test("Whoever leaves while it is given its history leaves nothing behind")
    func left() throws {
        let runtime = try runtime { $0.outbox = Outbox.Limits(subscriptionMessages: 8) }
        let cursor = try runtime.tick(0)
        for number in 1...50 { try runtime.tick(number) }
        let subscription = try runtime.follow("subscription { tick { n } }", after: cursor)
        #expect(subscription.next().map(Self.number) == 1 && runtime.metrics[.replays] == 1)
        subscription.complete()
        #expect(runtime.metrics[.replays] == 0 && runtime.metrics[.subscriptions] == 0 && runtime.metrics[.groups] == 0)
        #expect(!subscription.outbox.isFed)
    }

    @Test("Rights that change while it is given its history hold for what is left of it")
    func changed() throws {
        let runtime = try runtime { $0.outbox = Outbox.Limits(subscriptionMessages: 8) }
        let cursor = try runtime.secret(0, of: "ada")
        for number in 1...60 { try runtime.secret(number, of: number % 2 == 0 ? "ada" : "bob") }
        let client = SessionClient.acknowledged(runtime, claims: #"{"user_id":"ada"}"#)
        client.say(#"{"id":"1","type":"subscribe","payload":{"query":"subscription { secret { n } }","extensions":{"after":"\#(cursor)"}}}"#)
        // The host takes one thing, and three pages find room behind it.
        #expect(client.session.take(1).count == 1)
        client.say(#"{"type":"ping","payload":{"auth":{}}}"#)
        client.session.authenticated(claims: Array(#"{"user_id":"bob"}"#.utf8))
        try runtime.secret(61, of: "bob")
        let heard = client.results()
        for number in 62...65 { try runtime.secret(number, of: number % 2 == 0 ? "ada" : "bob") }
        #expect(heard + client.results() == [2, 4, 6, 8, 10, 12] + (13...65).filter { $0 % 2 == 1 })
        client.session.disconnected()
        #expect(runtime.metrics[.subscriptions] == 0 && runtime.metrics[.replays] == 0 && runtime.metrics[.topics] == 0)
    }

    @Test("A host that is asleep is woken where there is a history to read: of one that begins, and of one whose rights have changed")
    func woken() throws {
        let bus = LateHistory()
        let runtime = try SubscriptionExecutor(sdl: Self.sdl, bus: bus)
        let cursor = try runtime.secret(0, of: "ada")
        for number in 1...9 { try runtime.secret(number, of: number % 2 == 0 ? "ada" : "bob") }
        let host = EagerHost(runtime, claims: #"{"user_id":"ada"}"#)
        host.say(#"{"id":"1","type":"subscribe","payload":{"query":"subscription { secret { n } }","extensions":{"after":"\#(cursor)"}}}"#)
        #expect(bus.waiting == 1)
        host.say(#"{"type":"ping","payload":{"auth":{}}}"#)
        host.session.authenticated(claims: Array(#"{"user_id":"bob"}"#.utf8))
        #expect(bus.waiting == 2)
        bus.answer()
        try runtime.secret(11, of: "bob")
        #expect(host.results == [1, 3, 5, 7, 9, 11])
        host.session.disconnected()
        #expect(runtime.metrics[.subscriptions] == 0 && runtime.metrics[.replays] == 0 && runtime.metrics[.topics] == 0)
    }

    @Test("However often rights change while the client takes nothing, everything of it is in order, and goes at once when it leaves", arguments: [true, false])
    func oftenChanged(_ resumes: Bool) throws {
        let runtime = try runtime()
        let first = try runtime.secret(0, of: "all")
        let client = SessionClient.acknowledged(runtime, claims: #"{"user_id":["all","ada"]}"#)
        let extensions = resumes ? #"{"after":"\#(first)"}"# : "{}"
        let count = 300
        for leaves in [false, true] {
            client.say(#"{"id":"1","type":"subscribe","payload":{"query":"subscription { secret { n } }","extensions":\#(extensions)}}"#)
            _ = client.session.take(1)
            for turn in 1...count {
                client.say(#"{"type":"ping","payload":{"auth":{}}}"#)
                client.session.authenticated(claims: Array(#"{"user_id":["all","\#(turn % 2 == 0 ? "bob" : "ada")"]}"#.utf8))
                try runtime.secret(turn, of: "all")
            }
            if !leaves { #expect(client.results() == Array(1...count)) }
            client.say(#"{"id":"1","type":"complete"}"#)
            #expect(client.results() == [])
            #expect(runtime.metrics[.subscriptions] == 0 && runtime.metrics[.replays] == 0 && runtime.metrics[.topics] == 0)
        }
    }

    @Test("Rights that change at any moment of it lose nothing and double nothing", arguments: [0, 2])
    func changing(_ workers: Int) async throws {
        let count = 300
        for _ in 0..<8 {
            let runtime = try runtime { $0.workers = workers }
            let first = try runtime.secret(0, of: "all")
            for number in 1...count / 2 { try runtime.secret(number, of: "all") }
            let client = SessionClient.acknowledged(runtime, claims: #"{"user_id":["all","ada"]}"#)
            client.say(#"{"id":"1","type":"subscribe","payload":{"query":"subscription { secret { n } }","extensions":{"after":"\#(first)"}}}"#)
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for number in count / 2 + 1...count {
                        _ = try await runtime.publish(topic: "secret", payload: Array(#"{"n":\#(number),"owner":"all"}"#.utf8))
                        await Task.yield()
                    }
                }
                group.addTask {
                    for turn in 0..<count / 4 {
                        client.say(#"{"type":"ping","payload":{"auth":{}}}"#)
                        client.session.authenticated(claims: Array(#"{"user_id":["all","\#(turn % 2 == 0 ? "bob" : "ada")"]}"#.utf8))
                        await Task.yield()
                    }
                }
                group.addTask {
                    var got: [Int] = []
                    while got.last != count {
                        let heard = client.heard()
                        try #require(!heard.contains { $0.hasPrefix("close") || $0.hasPrefix("ended") })
                        got += Self.results(heard)
                        await Task.yield()
                    }
                    #expect(got == Array(1...count))
                }
                do { try await group.waitForAll() } catch { Issue.record(error) }
            }
            client.session.disconnected()
            runtime.flush()
            #expect(runtime.metrics[.subscriptions] == 0 && runtime.metrics[.replays] == 0 && runtime.metrics[.topics] == 0)
        }
    }

    @Test(
        "A server that goes away completes no subscription that goes on elsewhere: the connection alone ends, after what waits",
        arguments: [WireFormat.graphqlTransportWS, .sse], [false, true])
    func drained(_ format: WireFormat, _ atOnce: Bool) throws {
        let runtime = try runtime()
        for resumes in [true, false] {
            let client = format == .sse ? SessionClient(runtime, as: .sse) : SessionClient.acknowledged(runtime)
            let request = #"{"query":"subscription { tick { n } }","extensions":{"resume":\#(resumes)}}"#
            if format == .sse {
                client.session.authenticated(claims: nil)
                #expect(client.session.request("1", Array(request.utf8)) == nil)
            } else {
                client.say(#"{"id":"1","type":"subscribe","payload":\#(request)}"#)
            }
            _ = client.heard()
            try runtime.tick(1)
            if atOnce { client.session.drainAndClose() } else { client.session.drain() }
            let heard = client.heard()
            #expect(heard.first?.contains(#""tick":{"n":1}"#) == true && heard.last?.hasPrefix("close") == true)
            #expect(heard.contains { $0.contains("complete") } != resumes)
            client.session.disconnected()
            #expect(runtime.metrics[.subscriptions] == 0)
        }
    }

    @Test("A stream of one operation gives each event's place as the event's id")
    func stream() throws {
        let runtime = try runtime()
        let client = SessionClient(runtime, as: .sse)
        client.session.authenticated(claims: nil)
        #expect(client.session.request("1", Array(#"{"query":"subscription { tick { n } }","extensions":{"resume":true}}"#.utf8)) == nil)
        _ = client.heard()
        let cursor = try runtime.tick(1)
        #expect(client.heard() == ["id: \(cursor)\nevent: next\ndata: {\"data\":{\"tick\":{\"n\":1}},\"extensions\":{\"cursor\":\"\(cursor)\"}}\n\n"])
    }

    @Test("Random schedules of publishing, reading, leaving and coming back: everybody gets every event once, in order", arguments: [0, 2])
    func oracle(_ workers: Int) throws {
        let seed = UInt64.random(in: .min ... .max)
        print("ResumeTests.oracle: seed \(seed), \(workers) workers")
        var random = SeededRandom(seed: seed)
        for _ in 0..<60 {
            let runtime = try runtime { limits in
                limits.workers = workers
                limits.outbox = Outbox.Limits(subscriptionMessages: Int.random(in: 300...400, using: &random))
            }
            var (last, clients) = (0, [Follower]())
            let first = try runtime.tick(0)
            clients = (0..<3).map { _ in Follower(cursor: first) }
            for _ in 0..<Int.random(in: 10...200, using: &random) {
                let position = Int.random(in: 0..<3, using: &random)
                switch Int.random(in: 0..<10, using: &random) {
                case 0..<4:
                    for _ in 0..<Int.random(in: 1...4, using: &random) {
                        last += 1
                        try runtime.tick(last)
                    }
                case 4..<6: clients[position].leave()
                case 6..<8: try clients[position].follow(runtime)
                default: clients[position].read(atMost: Int.random(in: 0...100, using: &random))
                }
            }
            runtime.flush()
            for position in clients.indices {
                try clients[position].follow(runtime)
                clients[position].read(atMost: .max)
                #expect(clients[position].got == Array(1..<last + 1), "seed \(seed)")
                clients[position].leave()
            }
            #expect(runtime.metrics[.subscriptions] == 0 && runtime.metrics[.replays] == 0 && runtime.metrics[.topics] == 0, "seed \(seed)")
            #expect(Self.isAccountedFor(runtime.metrics), "seed \(seed)")
        }
    }

    @Test("Who comes back while others publish gets every event once, in order", arguments: [0, 2])
    func concurrently(_ workers: Int) async throws {
        let count = 3000
        let runtime = try runtime { limits in
            limits.workers = workers
            // Nobody is to be too slow, however long a follower has to wait for a thread.
            limits.outbox = Outbox.Limits(subscriptionMessages: count)
        }
        let first = try runtime.tick(0)
        await withThrowingTaskGroup(of: [Int].self) { group in
            group.addTask {
                for number in 1...count {
                    try await runtime.publish(topic: "tick", payload: Array(#"{"n":\#(number)}"#.utf8))
                    if number % 50 == 0 { await Task.yield() }
                }
                return Array(1...count)
            }
            for turn in 1...3 {
                group.addTask {
                    var follower = Follower(cursor: first)
                    while follower.got.last != count {
                        try follower.follow(runtime)
                        follower.read(atMost: 37 * turn)
                        await Task.yield()
                        follower.read(atMost: 11 * turn)
                        try follower.mustRun()
                        if follower.got.count % 3 == 0 { follower.leave() }
                        await Task.yield()
                    }
                    return follower.got
                }
            }
            do { for try await got in group { #expect(got == Array(1...count)) } } catch { Issue.record(error) }
        }
        #expect(runtime.metrics[.subscriptions] == 0 && runtime.metrics[.replays] == 0)
        #expect(Self.isAccountedFor(runtime.metrics))
    }

    @Test("Who comes back to another process gets there what it missed, then what comes, each once, also where the bus answers late")
    func elsewhere() async throws {
        let hub = Hub()
        let runtimes = try (0..<2).map { _ in try SubscriptionExecutor(sdl: Self.sdl, bus: hub.bus()) }
        let first = try runtimes[0].tick(0)
        let count = 600
        await withThrowingTaskGroup(of: [Int].self) { group in
            group.addTask {
                for number in 1...count { try await runtimes[0].publish(topic: "tick", payload: Array(#"{"n":\#(number)}"#.utf8)) }
                return Array(1...count)
            }
            for start in 0..<2 {
                group.addTask {
                    var (follower, turn) = (Follower(cursor: first), start)
                    while follower.got.last != count {
                        try follower.mustRun()
                        try follower.follow(runtimes[turn % 2])
                        let aim = min(follower.got.count + 40, count)
                        while follower.got.count < aim {
                            follower.read(atMost: aim - follower.got.count)
                            try follower.mustRun()
                            await Task.yield()
                        }
                        follower.leave()
                        turn += 1
                    }
                    return follower.got
                }
            }
            do { for try await got in group { #expect(got == Array(1...count)) } } catch { Issue.record(error) }
        }
        await hub.settle()
        for runtime in runtimes {
            #expect(runtime.metrics[.subscriptions] == 0 && runtime.metrics[.replays] == 0 && runtime.metrics[.topics] == 0)
            #expect(Self.isAccountedFor(runtime.metrics))
        }
    }

    @Test("A field with a source has no history")
    func sources() throws {
        let runtime = try runtime()
        let cursor = try runtime.tick(0)
        let calls = Calls()
        try runtime.setResolver(field: "tick", FieldFunctions(source: .perArguments), host: calls)
        let error = #expect(throws: GraphQLErrors.self) { _ = try runtime.follow("subscription { tick { n } }", after: cursor) }
        #expect(error.map { "\($0)".contains("No history") } == true)
        #expect(runtime.quota.userCount == 0 && runtime.metrics[.subscriptions] == 0)
    }

    @Test("The same is said where policies are asked first, and whoever is refused has no slot any more")
    func policies() throws {
        let executor = try secured("type Query { ok: Boolean } type Subscription { order: Order } type Order { id: ID! }") {
            $0.protect("Subscription.order", .policies([["boss"]]))
        }
        let (hook, source) = (Calls(), Calls())
        executor.setPolicies(host: hook)
        let cursor = try executor.publish(topic: "order", payload: Array(#"{"id":"1"}"#.utf8))
        try executor.setResolver(field: "order", FieldFunctions(source: .perArguments), host: source)
        for (granted, said) in [(#"["boss"]"#, "No history"), ("[]", "may not subscribe")] {
            let subscription = try executor.follow("subscription { order { id } }", after: cursor, claims: #"{"user_id":"ada"}"#)
            try #require(hook.take().first).finish(granted)
            guard case .refused(let errors) = subscription.state else {
                Issue.record("it was not refused: \(subscription.state)")
                continue
            }
            #expect("\(errors)".contains(said))
            #expect(executor.quota.userCount == 0)
        }
    }

    /// Whether each pair of an event and a subscription has ended once.
    private static func isAccountedFor(_ metrics: MetricsSnapshot) -> Bool {
        metrics[.considered] == metrics[.deliveries] + metrics[.filtered] + metrics.total("dropped") + metrics.total("denied") + metrics[.abandoned]
    }

    /// A client that remembers the last cursor.
    private struct Follower {
        var cursor: Cursor
        var got: [Int] = []
        var subscription: PulledSubscription?

        mutating func follow(_ runtime: SubscriptionExecutor) throws {
            if subscription == nil { subscription = try runtime.follow("subscription { tick { n } }", after: cursor) }
        }

        mutating func leave() {
            subscription?.complete()
            subscription = nil
        }

        /// Whoever waits for more gets more, or fails.
        func mustRun() throws {
            struct Ended: Error {
                let got: Int
            }
            if subscription?.ended == true { throw Ended(got: got.count) }
            if let first = got.first, first != 1 { throw Ended(got: 0) }
            if let place = got.indices.dropFirst().first(where: { got[$0] != got[$0 - 1] + 1 }) { throw Ended(got: place) }
        }

        mutating func read(atMost count: Int) {
            var left = count
            while left > 0, let result = subscription?.next() {
                left -= 1
                got.append(ResumeTests.number(result))
                let text = String(decoding: result, as: UTF8.self)
                let told = text.split(separator: "\"").last { $0.hasPrefix("1.") }
                if let told, let next = Cursor(String(told)) { cursor = next }
            }
        }
    }

    /// A host that takes what there is whenever it is woken, and only then.
    private final class EagerHost: Sendable {
        let session: Session
        /// Guards what it heard.
        private let heard = Guarded<[String]>([])

        init(_ executor: SubscriptionExecutor, claims: String) {
            let state = Reference()
            session = executor.connect(as: .graphqlTransportWS) { state.host.withLock { $0.value }?.take() }
            state.host.withLock { $0.value = self }
            say(#"{"type":"connection_init"}"#)
            session.authenticated(claims: Array(claims.utf8))
        }

        private final class Reference: Sendable {
            struct Host: Sendable {
                weak var value: EagerHost?
            }

            /// Guards whose waker it is.
            let host = Guarded(Host())
        }

        func say(_ message: String) { session.receive(Array(message.utf8)) }

        private func take() {
            while true {
                let outputs = session.take(64)
                if outputs.isEmpty { return }
                var texts: [String] = []
                for output in outputs {
                    var text: [UInt8] = []
                    if output.appendText(to: &text, in: session.format) { texts.append(String(decoding: text, as: UTF8.self)) }
                }
                heard.withLock { $0 += texts }
            }
        }

        var results: [Int] { ResumeTests.results(heard.withLock { $0 }) }
    }

    /// The memory bus, which answers who asks for its history when it is told to.
    private final class LateHistory: LocalEventBus {
        private struct Answer: Sendable {
            let give: @Sendable () -> Void
        }

        private let bus = MemoryBus(keepingEvents: 1000)
        /// Guards the answers that are still to be given.
        private let answers = Guarded<[Answer]>([])

        var waiting: Int { answers.withLock { $0.count } }
        var health: BusHealth { bus.health }

        func start(_ receiver: any BusReceiver) { bus.start(receiver) }
        func publish(_ event: BusEvent) throws(PublishError) -> Cursor { try bus.publish(event) }
        func complete(_ topic: BusTopic) throws(PublishError) -> Cursor { try bus.complete(topic) }

        func history(of topic: BusTopic, after cursor: Cursor, limit: Int, _ completion: @escaping BusCompletion<BusHistory, BusHistoryError>) {
            let answer = Answer { [bus] in bus.history(of: topic, after: cursor, limit: limit, completion) }
            answers.withLock { $0.append(answer) }
        }

        /// Answers everybody, the first who asked first, until nobody asks.
        func answer() {
            while let answer = answers.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { answer.give() }
        }
    }

    /// The first number of every result among messages.
    fileprivate static func results(_ messages: [String]) -> [Int] {
        messages.filter { $0.contains("\"next\"") }.map { message in
            // Behind the operation's id, which is a number too.
            number(Array((message.split(separator: ":", maxSplits: 3).last ?? "").utf8))
        }
    }

    fileprivate static func number(_ result: [UInt8]) -> Int {
        let text = String(decoding: result, as: UTF8.self)
        let digits = text.drop { !$0.isNumber }.prefix { $0.isNumber }
        return Int(digits) ?? -1
    }
}

extension SubscriptionExecutor {
    fileprivate func follow(_ query: String, after cursor: Cursor?, claims: String? = nil) throws -> PulledSubscription {
        let extensions = cursor.map { #"{"after":"\#($0)"}"# } ?? #"{"resume":true}"#
        return try subscribe(query: query, claims: claims.map { Array($0.utf8) }, extensions: Array(extensions.utf8))
    }

    @discardableResult
    fileprivate func tick(_ number: Int) throws -> Cursor { try publish(topic: "tick", payload: Array(#"{"n":\#(number)}"#.utf8)) }

    @discardableResult
    fileprivate func post(_ room: String, _ number: Int, by author: String) throws -> Cursor {
        try publish(topic: "chat.\(room)", payload: Array(#"{"id":"\#(number)","author":"\#(author)"}"#.utf8))
    }

    @discardableResult
    fileprivate func secret(_ number: Int, of owner: String) throws -> Cursor {
        try publish(topic: "secret", payload: Array(#"{"n":\#(number),"owner":"\#(owner)"}"#.utf8))
    }
}

extension PulledSubscription {
    /// The first number of every result that waits.
    fileprivate func numbers() -> [Int] {
        var numbers: [Int] = []
        while let result = next() { numbers.append(ResumeTests.number(result)) }
        return numbers
    }
}

extension SessionClient {
    /// The first number of every result that waits.
    fileprivate func results() -> [Int] {
        ResumeTests.results(heard())
    }
}
