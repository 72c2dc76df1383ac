/// Who asks for something, as far as rules of access want to know.
public struct Subscriber: Sendable {
    /// Nil for an anonymous one.
    public var claims: Claims?
    /// Of the policies that were asked about it, which are granted.
    public var policies: [String: Bool]

    public init(claims: Claims? = nil, policies: [String: Bool] = [:]) {
        self.claims = claims
        self.policies = policies
    }
}
