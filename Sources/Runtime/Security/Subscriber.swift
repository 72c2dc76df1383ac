/// Who asks for something, as far as rules of access want to know.
public struct Subscriber: Sendable {
    /// Nil for an anonymous one.
    public var claims: Claims?
    /// Of the policies that were asked about it, which are granted.
    public var policies: [String: Bool]
    /// The `Session.handle` of its connection; nil where it has none.
    public var connection: UInt64?

    public init(claims: Claims? = nil, policies: [String: Bool] = [:], connection: UInt64? = nil) {
        self.claims = claims
        self.policies = policies
        self.connection = connection
    }
}
