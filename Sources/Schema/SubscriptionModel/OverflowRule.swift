/// What becomes of a message when as many wait for a subscription as may (`@overflow(policy:)`).
public enum OverflowPolicy: String, Sendable, Hashable, CaseIterable {
    /// The oldest one that waits is dropped for it.
    case dropOldest = "DROP_OLDEST"
    /// It is dropped itself.
    case dropNewest = "DROP_NEWEST"
    /// Only the newest one waits at any time, or the newest of each key.
    case latest = "LATEST"
    /// The subscription ends with an error.
    case disconnect = "DISCONNECT"
}

/// How many messages of a subscription may wait, and what becomes of one too many.
public struct OverflowRule: Sendable, Hashable {
    public var policy: OverflowPolicy
    /// Nil: as many as the runtime's limits say.
    public var capacity: Int?
    /// For LATEST, the path to the field of the event whose values are told apart; else empty.
    public var key: [String]

    public init(policy: OverflowPolicy = .disconnect, capacity: Int? = nil, key: [String] = []) {
        self.policy = policy
        self.capacity = capacity
        self.key = key
    }
}
