/// Why a host let a client not connect. The raw value is what metrics and logs call it.
public enum ConnectionRefusal: String, Sendable, Hashable, CaseIterable {
    /// A page of another site wanted to.
    case origin
    /// Its address has as many connections as it may have.
    case address
    /// Its user has.
    case user
    /// Its credentials were not taken.
    case authentication

    fileprivate var metric: Metric {
        switch self {
        case .origin: .connectionsOfOtherOrigins
        case .address: .connectionsBeyondAddress
        case .user: .connectionsBeyondUser
        case .authentication: .connectionsUnauthenticated
        }
    }
}

extension SubscriptionExecutor {
    /// Counts that a client may not connect, or no longer. The host, which decides that, says so once.
    public func countRefusal(_ refusal: ConnectionRefusal) { context.metrics.add(refusal.metric) }
}
