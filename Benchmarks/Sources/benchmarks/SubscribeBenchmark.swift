import CMallocCounter
import SubsgenRuntime

/// What clients cost that subscribe, each to events of its own.
enum SubscribeBenchmark {
    /// How a client says which events it wants.
    enum Style: String, CaseIterable {
        /// It writes the id into the document.
        case inline
        /// It sends it in a variable.
        case variables

        func subscribe(_ session: Session, _ number: Int) {
            let room = 1_000_000 + number
            switch self {
            case .inline:
                DispatchBenchmark.subscribe(
                    session, "\(number)", #"subscription { message(roomId: \"\#(room)\") { id body ts author { id name } } }"#)
            case .variables:
                DispatchBenchmark.subscribe(
                    session, "\(number)", "subscription($r: ID!) { message(roomId: $r) { id body ts author { id name } } }",
                    variables: "{\"r\":\"\(room)\"}")
            }
        }
    }

    static func run() {
        for style in Style.allCases { distinct(style) }
        shapes()
    }

    /// A hundred thousand clients, no two with the same argument.
    private static func distinct(_ style: Style) {
        let (executor, sessions) = DispatchBenchmark.connected(sessions: 1)
        let count = 100_000
        style.subscribe(sessions[0], count)
        drain(sessions[0])
        let (bytes, allocations, start) = (subsgen_live_bytes(), subsgen_allocations(), ContinuousClock.now)
        for number in 0..<count { style.subscribe(sessions[0], number) }
        let elapsed = ContinuousClock.now - start
        let allocated = subsgen_allocations() - allocations
        drain(sessions[0])
        let after = subsgen_live_bytes()
        withExtendedLifetime(sessions) {
            guard executor.metrics[.subscriptions] == count + 1 else { fail("error: \(executor.metrics)\n") }
        }
        print(
            "a subscription with an argument of its own, \(style.rawValue): \(fixed(Double(after - bytes) / Double(count), 0)) bytes, "
                + "\(fixed(Double(allocated) / Double(count), 1)) allocations, "
                + "\(fixed(Double(elapsed.components.attoseconds) / 1e12 / Double(count) + Double(elapsed.components.seconds) * 1e6 / Double(count), 1)) us")
    }

    /// What is left of a hundred thousand documents of which no two have the same shape.
    private static func shapes() {
        let (executor, sessions) = DispatchBenchmark.connected(sessions: 1)
        let before = subsgen_live_bytes()
        var most: UInt64 = 0
        for number in 0..<100_000 {
            DispatchBenchmark.subscribe(
                sessions[0], "1", #"subscription { message(roomId: \"\#(number)\") { id a\#(number): body ts author { id name } } }"#)
            sessions[0].receive(Array(#"{"type":"complete","id":"1"}"#.utf8))
            drain(sessions[0])
            if number % 100 == 0 { most = max(most, subsgen_live_bytes()) }
        }
        guard executor.metrics[.subscriptions] == 0 else { fail("error: \(executor.metrics)\n") }
        print("operations of 100,000 shapes: at most \(fixed(Double(most - before) / 1_048_576, 1)) MiB kept")
    }

    /// So many subscriptions in one style, for callgrind.
    static func subscribeOnce(_ style: Style, count: Int) {
        let (executor, sessions) = DispatchBenchmark.connected(sessions: 1)
        for number in 0..<count { style.subscribe(sessions[0], number) }
        withExtendedLifetime(sessions) {
            guard executor.metrics[.subscriptions] == count else { fail("error: \(executor.metrics)\n") }
        }
    }

    private static func drain(_ session: Session) {
        while !session.take(1 << 16).isEmpty {}
    }
}
