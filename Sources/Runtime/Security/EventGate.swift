/// Holds rights against single values, where no index does: what `initial` gives, what resolvers answer, objects inside of events.
struct EventGate: Sendable {
    private struct Test: Sendable {
        let kind: EventRights.Kind
        let condition: IndexedCondition
    }

    private var paths = EventPaths()
    private let tests: [Test]

    init(_ rights: EventRights) {
        var paths = EventPaths()
        tests = rights.demands.map { Test(kind: $0.kind, condition: IndexedCondition($0.condition, &paths)) }
        self.paths = paths
    }

    /// The kind of the first rule that denies a value; nil where none does.
    func denial(of value: JSONValue) -> EventRights.Kind? {
        if tests.isEmpty { return nil }
        var values = EventValues()
        return EventText.withText(of: value, paths) { denial($0, &values) }
    }

    /// The same of a value on a tape that is lent. `values` is memory that is used again.
    func denial(
        of value: Int, _ json: UnsafeRawBufferPointer, _ tape: UnsafeBufferPointer<JSONNode>, _ values: inout EventValues
    ) -> EventRights.Kind? {
        EventText.withText(json, tape, root: value, paths) { denial($0, &values) }
    }

    private func denial(_ text: borrowing EventText, _ values: inout EventValues) -> EventRights.Kind? {
        values.reset(paths)
        for test in tests where !test.condition.isSatisfied(by: &values, of: text) { return test.kind }
        return nil
    }
}
