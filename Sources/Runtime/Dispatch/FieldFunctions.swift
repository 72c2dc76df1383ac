/// Which functions a host has for a subscription field. What it has not, the runtime does without asking.
public struct FieldFunctions: Sendable, Hashable {
    /// Whom one call of a function serves.
    public enum Sharing: Sendable, Hashable {
        /// Subscribers of equal arguments.
        case perArguments
        /// Subscribers of equal arguments and equal claims, which the function reads.
        case perClaims
    }

    /// Makes of each event what its subscribers get. Without it they get the event itself.
    public var resolve: Sharing?

    public init(resolve: Sharing? = nil) {
        self.resolve = resolve
    }
}
