/// What rules demand of the events of a subscription field for one subscriber: tenant, federation, rows (design section 7, step 3).
///
/// Subscribers of whom the rules demand the same have equal rights; no others share an execution.
struct EventRights: Sendable, Hashable {
    /// The kinds of rules, in the order in which an event is denied by them.
    enum Kind: Int, Sendable, Hashable, CaseIterable {
        case tenant, federation, row

        var rule: DenialRule {
            switch self {
            case .tenant: .tenant
            case .federation: .federation
            case .row: .row
            }
        }

        /// What counts the pairs that are denied.
        var pairs: Metric {
            switch self {
            case .tenant: .deniedTenant
            case .federation: .deniedFederation
            case .row: .deniedRow
            }
        }

        /// What counts the objects in events that are masked.
        var maskedObjects: Metric {
            switch self {
            case .tenant: .maskedTenant
            case .federation: .maskedFederation
            case .row: .maskedRow
            }
        }
    }

    /// What an event must satisfy, by all rules of a kind.
    struct Demand: Sendable, Hashable {
        let kind: Kind
        let condition: EventCondition
    }

    /// At most one of each kind, in the order of the kinds.
    private(set) var demands: [Demand] = []

    /// None: every event may be seen.
    init() {}

    /// What rules demand, each of its kind.
    init(_ rules: [(kind: Kind, condition: EventCondition)]) {
        for kind in Kind.allCases {
            let conditions = rules.filter { $0.kind == kind }.map(\.condition)
            if !conditions.isEmpty { demands.append(Demand(kind: kind, condition: .each(.all(conditions)))) }
        }
    }

    /// A rule that no event can satisfy for the subscriber, who lacks the claim.
    struct Unmet: Error {
        let kind: Kind
    }
}

extension Metrics {
    func add(_ pairs: DeniedPairs) {
        if pairs.total == 0 { return }
        for kind in EventRights.Kind.allCases { add(kind.pairs, pairs[kind]) }
    }
}
