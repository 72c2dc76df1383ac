/// What an event must have to reach a subscription.
public enum EventCondition: Sendable, Hashable {
    /// A value that the event has at the path passes the test. The path names the fields from the event to the value; where the event
    /// or a field on the way is a list, the value of any element counts. What is missing or null passes no test.
    case value(path: [String], ValueTest)
    /// The event has something at the path, whatever it is but null: any element of a list counts, and an empty list is nothing.
    case isThere(path: [String])
    /// All are satisfied; so none at all restricts nothing.
    case all([EventCondition])
    /// One of them is satisfied; so none at all is satisfied by no event.
    case any([EventCondition])
    /// It is not satisfied: plain negation, which an event without the value passes.
    indirect case not(EventCondition)
    /// Where the event is a list, each element of it, and of the lists in it, satisfies the condition by itself, and there is one at least.
    /// Any other event does.
    indirect case each(EventCondition)
}

/// A test of one leaf value of an event.
public enum ValueTest: Sendable, Hashable {
    case equals(MatchKey)
    /// It is one of several, in order and each once; of none, nothing is.
    case isIn([MatchKey])
    /// It is none of several, in order and each once.
    case isNotIn([MatchKey])
    /// It lies in an order behind the lower bound and before the upper one, where they are given.
    indirect case lies(from: OrderBound?, to: OrderBound?)
    case hasPrefix(MatchKey)
    case contains(MatchKey)

    /// Whether it is one of the values; in the form in which equal tests are equal.
    public static func isAny(of keys: some Sequence<MatchKey>) -> ValueTest {
        let keys = Array(Set(keys)).sorted()
        return keys.count == 1 ? .equals(keys[0]) : .isIn(keys)
    }

    /// Whether it is none of the values; in the form in which equal tests are equal.
    public static func isNone(of keys: some Sequence<MatchKey>) -> ValueTest { .isNotIn(Array(Set(keys)).sorted()) }
}

/// One end of what LT, LTE, GT, GTE and BETWEEN let through.
public struct OrderBound: Sendable, Hashable {
    public let value: OrderedValue
    /// Whether the value itself is let through.
    public let isIncluded: Bool

    public init(_ value: OrderedValue, isIncluded: Bool) {
        self.value = value
        self.isIncluded = isIncluded
    }
}

/// A value that has an order. Numbers and texts have none between them.
public enum OrderedValue: Sendable, Hashable {
    case number(ExactNumber)
    /// Ordered by its bytes, which is the order of its code points.
    case text([UInt8])

    /// Whether it comes before the other one, is it, or comes after it: less than zero, zero, more; nil where there is no order.
    func order(to other: OrderedValue) -> Int? {
        switch (self, other) {
        case (.number(let number), .number(let other)): number.order(to: other)
        case (.text(let text), .text(let other)):
            text == other ? 0 : text.lexicographicallyPrecedes(other) ? -1 : 1
        case (.number, .text), (.text, .number): nil
        }
    }
}
