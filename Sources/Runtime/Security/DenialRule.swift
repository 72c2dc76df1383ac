/// What denied something to a subscriber. The raw value is what metrics and records call it.
enum DenialRule: String, Sendable, Hashable, CaseIterable {
    case authenticated
    case scopes
    case role
    case policy
    case ownArgument = "own_argument"
    case authorize
    case tenant
    case federation
    case row

    /// What counts the subscriptions that it denied.
    var subscriptions: Metric {
        switch self {
        case .authenticated: .subscriptionsUnauthenticated
        case .scopes: .subscriptionsWithoutScopes
        case .role: .subscriptionsWithoutRole
        case .policy: .subscriptionsWithoutPolicy
        case .ownArgument: .subscriptionsOfOtherArguments
        case .authorize: .subscriptionsUnauthorized
        case .tenant: .subscriptionsWithoutTenant
        case .federation: .subscriptionsWithoutFederation
        case .row: .subscriptionsWithoutRow
        }
    }
}
