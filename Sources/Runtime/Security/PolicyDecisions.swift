/// What a hook has said of the policies of one connection's subscriber, and who waits for what it will say.
///
/// Each policy is asked about once, until `forget`. Where the hook fails nothing is known: those who wait are denied, and the next is asked
/// about again.
struct PolicyDecisions<Waiter: Sendable>: Sendable {
    /// Policies to ask the hook about.
    struct Question: Sendable {
        let policies: [String]
        fileprivate let round: Int
    }

    /// How somebody comes by what it must know.
    enum Waiting: Sendable {
        /// It is known already: who asked was not put down, and looks again.
        case isKnown
        /// It is asked about already.
        case waits
        /// The hook is to be asked, then `answer` to be called.
        case ask(Question)
    }

    /// Which policies are granted, of those that are known.
    private(set) var known: [String: Bool] = [:]
    private var asked: Set<String> = []
    private var waiting: [(waiter: Waiter, policies: [String])] = []
    /// Of `forget`. An answer to a question of an earlier one is void.
    private var round = 0

    var waitingCount: Int { waiting.count }

    /// Lets somebody wait until policies are known.
    mutating func wait(_ waiter: Waiter, for policies: [String]) -> Waiting {
        let open = policies.filter { known[$0] == nil }
        if open.isEmpty { return .isKnown }
        waiting.append((waiter, open))
        let new = open.filter { asked.insert($0).inserted }
        return new.isEmpty ? .waits : .ask(Question(policies: new, round: round))
    }

    /// Takes what the hook grants of what it was asked, nil where it failed. Returns who waits no more, each with the policies that are
    /// denied to it for now.
    mutating func answer(_ question: Question, granted: Set<String>?) -> [(waiter: Waiter, denied: [String])] {
        guard question.round == round else { return [] }
        asked.subtract(question.policies)
        if let granted { for policy in question.policies { known[policy] = granted.contains(policy) } }
        let isOver = waiting.map { granted == nil ? $0.policies.contains(where: question.policies.contains) : $0.policies.allSatisfy { known[$0] != nil } }
        defer { waiting = zip(waiting, isOver).filter { !$0.1 }.map(\.0) }
        return zip(waiting, isOver).filter(\.1).map { ($0.0.waiter, granted == nil ? question.policies : []) }
    }

    /// What was said holds no more, as for another subscriber. Returns who waited, to look again.
    mutating func forget() -> [Waiter] {
        defer {
            round += 1
            known = [:]
            asked = []
            waiting = []
        }
        return waiting.map(\.waiter)
    }
}
