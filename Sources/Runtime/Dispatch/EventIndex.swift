/// Finds the audiences of a topic that an event concerns, and says to how many subscriptions rules deny it.
///
/// An event touches those that match it (`ConditionIndex`): first the classes of subscribers whose rules it satisfies, then the audiences
/// of these classes whose filters it satisfies. Rules are compared once for a class, however many audiences are of it, and as parts of
/// the audiences' keys.
struct EventIndex {
    private var paths = EventPaths()
    private var values = EventValues()
    private var event: UInt64 = 0
    private var audiences = ConditionIndex<Audience>()
    private var classes = RuleClasses()

    /// Puts an audience in for what its rules and conditions say; one that no event can satisfy is never found.
    mutating func insert(_ audience: Audience, _ conditions: [EventCondition]) {
        audience.ruleClass = classes.join(audience.key.rights, &paths)
        audience.filters = IndexedCondition(all: conditions, &paths)
        audience.condition = IndexedCondition(all: audience.key.rights.demands.map(\.condition) + conditions, &paths)
        audiences.insert(audience)
    }

    mutating func remove(_ audience: Audience) {
        audiences.remove(audience)
        audience.ruleClass?.leave()
        audience.ruleClass = nil
    }

    /// The audiences that an event concerns, each once, in no particular order, and the subscriptions that it is denied to.
    mutating func matches(of event: JSONValue) -> (audiences: [Audience], denied: DeniedPairs) {
        self.event += 1
        values.reset(paths)
        var values = EventValues()
        swap(&values, &self.values)
        defer { swap(&values, &self.values) }
        return EventText.withText(of: event, paths) { text in
            let denied = classes.deny(self.event, &values, text)
            return (audiences.matches(of: self.event, &values, text), denied)
        }
    }
}
