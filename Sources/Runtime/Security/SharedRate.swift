import Synchronization

/// A limit that processes hold together: what is taken of it here, the others are told.
final class SharedRate: Sendable {
    /// Names the field, the limit and the user: the same in every process.
    let key: String
    private let exchange: RateExchange
    /// What was taken, less what was given back, since the others were told.
    private let untold = Atomic<Int>(0)
    /// Whether the exchange knows that there is something to tell, so that it is told once for many.
    private let isNoted = Atomic<Bool>(false)

    init(_ exchange: RateExchange, key: String) {
        self.exchange = exchange
        self.key = key
    }

    /// So many were taken of a cell, whose this is. May be called under the locks of a topic and a mailbox.
    func took(_ count: Int, of cell: RateCell) {
        if count != 0 { untold.wrappingAdd(count, ordering: .relaxed) }
        if isNoted.load(ordering: .relaxed) || isNoted.exchange(true, ordering: .relaxed) { return }
        exchange.note(cell)
    }

    /// What is to be told now; what is taken from here on is told the next time.
    func tell() -> Int {
        isNoted.store(false, ordering: .relaxed)
        return untold.exchange(0, ordering: .relaxed)
    }

    /// What was taken since `tell`, so that nobody else knows of it.
    var secret: Int { untold.load(ordering: .relaxed) }
}

/// Tells other processes what is taken of limits, many at a time, and moves the marks here to where they are with what the others took.
///
/// Nobody waits for it: a delivery is measured by what is known here. So what comes can exceed a limit by what several processes let
/// through before they heard of each other, which is a burst for each at most; it is taken off what comes next. Nothing is denied that the limit allows.
final class RateExchange: Sendable {
    private struct State: Sendable {
        /// Of which something is to be told.
        var noted: [RateCell] = []
        /// Whether an answer is still to come.
        var isAsking = false
        /// There was no answer: until then nobody is asked.
        var silentUntil: UInt64 = 0
    }

    /// How many limits one question is about.
    private static let limitsAtOnce = 512
    /// For how long nobody is asked when there was no answer.
    private static let silence: UInt64 = 100_000_000

    private let bus: any RateSharingBus
    private let clock: MonotonicClock
    /// Guards what is to be told. A leaf: the bus is called when it is released.
    private let state = Guarded(State())

    init(_ bus: any RateSharingBus, _ clock: MonotonicClock) {
        self.bus = bus
        self.clock = clock
    }

    /// There is something to tell of a cell.
    func note(_ cell: RateCell) {
        let now = clock.now()
        let (isForgotten, mustAsk) = state.withLock { state in
            if now < state.silentUntil { return (true, false) }
            state.noted.append(cell)
            defer { state.isAsking = true }
            return (false, !state.isAsking)
        }
        // What is told when the bus is there again would be taken off a later time than it was taken in.
        if isForgotten { _ = cell.shared?.tell() }
        if mustAsk { ask() }
    }

    private func ask() {
        let cells = state.withLock { state in
            let first = Array(state.noted.prefix(Self.limitsAtOnce))
            state.noted.removeFirst(first.count)
            return first
        }
        let asked = clock.now()
        let takings = cells.compactMap { cell in
            cell.shared.map { RateTaking(key: $0.key, nanoseconds: cell.rule.interval, count: $0.tell()) }
        }
        bus.share(takings) { [weak self] result in self?.learned(cells, asked, result) }
    }

    private func learned(_ cells: [RateCell], _ asked: UInt64, _ result: Result<[UInt64], PublishError>) {
        guard case .success(let leads) = result else {
            let now = clock.now()
            let forgotten = state.withLock { state in
                state.silentUntil = now &+ Self.silence
                state.isAsking = false
                defer { state.noted = [] }
                return state.noted
            }
            for cell in forgotten { _ = cell.shared?.tell() }
            return
        }
        for (cell, lead) in zip(cells, leads) {
            // By the instant of the question, which was before that of the answer: rather too early than too late.
            let mark = asked.addingReportingOverflow(lead)
            let secret = UInt64(max(0, cell.shared?.secret ?? 0)).multipliedReportingOverflow(by: cell.rule.interval)
            let learned = mark.partialValue.addingReportingOverflow(secret.partialValue)
            cell.learn(mark.overflow || secret.overflow || learned.overflow ? .max : learned.partialValue)
        }
        let mustAsk = state.withLock { state in
            state.isAsking = !state.noted.isEmpty
            return state.isAsking
        }
        if mustAsk { ask() }
    }
}
