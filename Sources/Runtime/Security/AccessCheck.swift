import GraphQLSchema

/// Holds what a schema requires against one subscriber, and notes which policies somebody has to be asked about first.
struct AccessCheck {
    let subscriber: Subscriber
    /// The policies that decide and are not known.
    private(set) var openPolicies: Set<String> = []

    init(_ subscriber: Subscriber) {
        self.subscriber = subscriber
    }

    /// The first of some requirements that the subscriber does not meet. One that policies decide which are not known denies nothing
    /// yet: whoever asks must not act on the answer while there are `openPolicies`.
    mutating func denial(_ requirements: [AccessRequirement]) -> AccessRequirement? {
        requirements.sorted { $0.rank < $1.rank }.first { denies($0) }
    }

    /// Whether the subscriber does not meet a requirement; see `denial`.
    mutating func denies(_ requirement: AccessRequirement) -> Bool {
        switch requirement {
        case .authenticated: return subscriber.claims?.isAuthenticated != true
        case .scopes(let lists):
            let scopes = subscriber.claims?.scopes ?? []
            return !lists.contains { $0.allSatisfy(scopes.contains) }
        case .roles(let roles):
            let own = subscriber.claims?.roles ?? []
            return !roles.contains(where: own.contains)
        case .policies(let lists):
            if lists.contains(where: { $0.allSatisfy { subscriber.policies[$0] == true } }) { return false }
            let open = lists.filter { !$0.contains { subscriber.policies[$0] == false } }
            for policy in open.joined() where subscriber.policies[policy] == nil { openPolicies.insert(policy) }
            return open.isEmpty
        }
    }
}

extension AccessRequirement {
    /// What a denial by it is counted as.
    var rule: DenialRule {
        switch self {
        case .authenticated: .authenticated
        case .scopes: .scopes
        case .roles: .role
        case .policies: .policy
        }
    }

    /// Of several that are not met, the one of the lowest rank is told of.
    fileprivate var rank: Int {
        switch self {
        case .authenticated: 0
        case .scopes: 1
        case .roles: 2
        case .policies: 3
        }
    }
}
