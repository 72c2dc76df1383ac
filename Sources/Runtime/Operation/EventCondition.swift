/// A filter with its value: what an event must have to reach a subscription.
public struct EventCondition: Sendable, Hashable {
    /// The names of the fields from the event to the value. Where the event or a field on the way is a list, the value of any
    /// element counts.
    public let path: [String]
    /// The values that satisfy the condition: one for EQ, any number for IN. When empty, no event satisfies it.
    public let keys: [MatchKey]

    public init(path: [String], keys: [MatchKey]) {
        self.path = path
        self.keys = keys
    }
}
