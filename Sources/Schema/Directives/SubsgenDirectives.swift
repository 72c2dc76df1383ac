import SDLParser

/// The directives that subsgen adds to GraphQL (design section 4). Every schema has them without a definition.
public enum SubsgenDirectives {
    /// Their definitions as SDL, with the enums that their arguments use.
    ///
    /// The enums exist for these definitions only: a schema may have types of the same names, and does not see these.
    public static let sdl = #"""
        """
        Names the topic whose events feed a field of `Subscription`: "chat.{roomId}". Arguments of the field fill the braces.
        `event` names another type that the topic carries.
        """
        directive @topic(name: String!, event: String) on FIELD_DEFINITION

        """
        Selects events by the payload field at `field`, a dotted path; without one, by the field of the argument's own name.
        """
        directive @filter(field: String, op: FilterOperator! = EQ) on ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION

        "The argument selects no events; the resolver reads it."
        directive @resolverArgument on ARGUMENT_DEFINITION

        "Present in events, for filters, rules and resolvers; absent from the public schema."
        directive @internal on FIELD_DEFINITION | OBJECT

        "A Python function supplies this payload field, called with a batch of parents."
        directive @resolver on FIELD_DEFINITION

        "Only subscribers that have authenticated see it."
        directive @authenticated on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM

        "Only subscribers with all scopes of one of the lists see it."
        directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM

        "Only subscribers for whom a Python hook grants all policies of one of the lists see it."
        directive @policy(policies: [[String!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM

        "Only subscribers with one of the roles see it."
        directive @requiresRole(roles: [String!]!) on FIELD_DEFINITION | OBJECT

        "The event's field must equal the subscriber's claim, or one of its values where the claim is a list."
        directive @rowFilter(field: String!, claim: String!) repeatable on FIELD_DEFINITION | OBJECT

        "The event must belong to the subscriber's tenant."
        directive @tenant(field: String! = "tenantId", claim: String! = "tenant_id") on FIELD_DEFINITION | OBJECT | SCHEMA

        "The event must come from the subscriber's federation and service, or both must be standalone."
        directive @federation(field: String! = "federationId", service: String! = "serviceName") on FIELD_DEFINITION | OBJECT | SCHEMA

        """
        The argument must equal the subscriber's claim; absent or null it takes the claim's value; without the claim the
        subscription is denied.
        """
        directive @ownArgument(claim: String!) on ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION

        "Bounds how many events reach a subscriber within a window of time."
        directive @rateLimit(limit: Int!, window: String! = "1s", burst: Int, per: RateLimitScope! = USER) repeatable on FIELD_DEFINITION

        "What happens when a subscriber is too slow for its events; `key` names the field of `LATEST`."
        directive @overflow(policy: OverflowPolicy! = DISCONNECT, capacity: Int, key: String) on FIELD_DEFINITION

        "How much it adds to the cost of an operation."
        directive @cost(weight: Int!) on FIELD_DEFINITION | ARGUMENT_DEFINITION | OBJECT

        "How an argument's value is compared with the event's field."
        enum FilterOperator {
          EQ
          NE
          IN
          NOT_IN
          LT
          LTE
          GT
          GTE
          BETWEEN
          PREFIX
          CONTAINS
        }

        "What a full outbox does with the next event."
        enum OverflowPolicy {
          DROP_OLDEST
          DROP_NEWEST
          LATEST
          DISCONNECT
        }

        "What shares one rate limit."
        enum RateLimitScope {
          USER
          CONNECTION
          SUBSCRIPTION
        }

        """#

    static let tree = Parser.parse(Source(name: "subsgen's directives", text: sdl)).tree

    /// The definitions by name.
    static let definitions: [String: DirectiveDefinitionSyntax] = {
        var definitions: [String: DirectiveDefinitionSyntax] = [:]
        for case .directive(let directive) in tree.document.definitions { definitions[directive.name] = directive }
        return definitions
    }()

    /// The values of the enums that the definitions use, by the enum's name.
    static let enumValues: [String: Set<String>] = {
        var values: [String: Set<String>] = [:]
        for case .type(let type) in tree.document.definitions { values[type.name] = Set(type.values.map(\.name)) }
        return values
    }()

    /// Whether a directive is one of subsgen's.
    public static func contains(_ name: String) -> Bool { definitions[name] != nil }
}
