/// The subscribers of a topic by what rules demand of events for them: a tree with the tenants, in them the federations, in these the
/// rows.
///
/// So an event is counted for those that it is denied to without looking at any: a class that it satisfies is found by a hash, and the
/// others of its kind are the rest.
final class RuleClasses {
    /// Of some kinds of rules, how many subscriptions are in the classes that stand here.
    private var members = DeniedPairs()
    private var index = ConditionIndex<RuleClass>()
    private var classes = SplitDictionary<EventRights.Demand, RuleClass>()
    private var lastID: UInt64 = 0
    /// The class in which these stand; nil for the outermost.
    fileprivate unowned let owner: RuleClass?

    init(in owner: RuleClass? = nil) {
        self.owner = owner
    }

    /// The class of subscribers with these rights, which has one audience more from now on; nil where no rule demands anything.
    func join(_ rights: EventRights, _ paths: inout EventPaths) -> RuleClass? {
        var last: RuleClass?
        for demand in rights.demands { last = (last.map { $0.makeInner() } ?? self).join(demand, &paths) }
        return last
    }

    private func join(_ demand: EventRights.Demand, _ paths: inout EventPaths) -> RuleClass {
        let found: RuleClass
        if let known = classes[demand] {
            found = known
        } else {
            lastID += 1
            found = RuleClass(id: lastID, demand, IndexedCondition(demand.condition, &paths), in: self)
            classes[demand] = found
            index.insert(found)
        }
        found.audiences += 1
        return found
    }

    /// How many of the subscriptions an event is denied to, by the first kind of rule that denies it. Marks the classes that it
    /// satisfies as concerned by it.
    func deny(_ event: UInt64, _ values: inout EventValues, _ text: borrowing EventText) -> DeniedPairs {
        if classes.isEmpty { return DeniedPairs() }
        var denied = members
        for found in index.matches(of: event, &values, text) {
            denied[found.kind] -= found.members
            if let inner = found.inner { denied += inner.deny(event, &values, text) }
        }
        return denied
    }

    fileprivate func count(_ change: Int, of kind: EventRights.Kind) { members[kind] += change }

    fileprivate func forget(_ leaving: RuleClass) {
        index.remove(leaving)
        classes[leaving.demand] = nil
    }
}

/// The subscriptions for which rules of one kind demand the same of events, among those for which the kinds before do.
final class RuleClass: ConditionIndexed {
    let id: UInt64
    fileprivate let demand: EventRights.Demand
    let condition: IndexedCondition
    var lastEvent: UInt64 = 0
    /// The subscriptions that are in it.
    fileprivate private(set) var members = 0
    /// The audiences that are in it.
    fileprivate var audiences = 0
    /// By what the next kinds demand; nil where they never did of anybody in it.
    fileprivate private(set) var inner: RuleClasses?
    private unowned let level: RuleClasses

    fileprivate init(id: UInt64, _ demand: EventRights.Demand, _ condition: IndexedCondition, in level: RuleClasses) {
        self.id = id
        self.demand = demand
        self.condition = condition
        self.level = level
    }

    var kind: EventRights.Kind { demand.kind }

    fileprivate func makeInner() -> RuleClasses {
        let made = inner ?? RuleClasses(in: self)
        inner = made
        return made
    }

    func isConcerned(by event: UInt64, _ values: inout EventValues, of text: borrowing EventText) -> Bool {
        condition.isSatisfied(by: &values, of: text)
    }

    /// So many subscriptions more are in it.
    func count(_ change: Int) {
        members += change
        level.count(change, of: kind)
        level.owner?.count(change)
    }

    /// An audience is gone that was in it.
    func leave() {
        let (level, owner) = (level, level.owner)
        audiences -= 1
        if audiences == 0 { level.forget(self) }
        owner?.leave()
    }
}

/// How many subscriptions an event is denied to, by the first kind of rule that denies it.
struct DeniedPairs: Sendable, Hashable {
    var tenant = 0
    var federation = 0
    var row = 0

    var total: Int { tenant + federation + row }

    subscript(_ kind: EventRights.Kind) -> Int {
        get {
            switch kind {
            case .tenant: tenant
            case .federation: federation
            case .row: row
            }
        }
        set {
            switch kind {
            case .tenant: tenant = newValue
            case .federation: federation = newValue
            case .row: row = newValue
            }
        }
    }

    static func += (pairs: inout DeniedPairs, others: DeniedPairs) {
        for kind in EventRights.Kind.allCases { pairs[kind] += others[kind] }
    }
}
