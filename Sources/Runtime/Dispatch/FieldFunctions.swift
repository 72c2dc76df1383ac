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
    /// Says of each subscription whether it may begin. Without it all may.
    public var authorize: Bool
    /// Gives each subscription an event of its own before the first one of its topic.
    public var initial: Bool
    /// Feeds the field, in place of its topic, for as long as somebody listens.
    public var source: Sharing?
    /// Whether the host answers many events at once: those that wait for a place are handed over together, and take up one.
    public var resolvesBatches = false
    /// How many calls of a function may be with the host; of one that is not named, `RuntimeLimits.resolversInFlight`. Of a source
    /// there is one for all that it feeds, whatever this says.
    public var inFlight: [ResolverCall.Kind: Int] = [:]

    public init(resolve: Sharing? = nil, authorize: Bool = false, initial: Bool = false, source: Sharing? = nil) {
        self.resolve = resolve
        self.authorize = authorize
        self.initial = initial
        self.source = source
    }

    /// Whether subscribers of different claims do not share events.
    var tellsClaimsApart: Bool { resolve == .perClaims || source == .perClaims }
}
