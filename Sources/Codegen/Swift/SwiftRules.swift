import GraphQLSchema

/// The rules of a dispatch table as expressions of Swift.
enum SwiftRules {
    static func expression(_ rules: ProtectionRules) -> String {
        let parts = [
            rules.access.isEmpty ? nil : "access: \(list(rules.access.map(expression)))",
            rules.events.isEmpty ? nil : "events: \(list(rules.events.map(expression)))",
        ]
        return "ProtectionRules(\(parts.compactMap(\.self).joined(separator: ", ")))"
    }

    static func expression(_ access: [AccessRequirement]) -> String { list(access.map(expression)) }

    private static func expression(_ requirement: AccessRequirement) -> String {
        switch requirement {
        case .authenticated: ".authenticated"
        case .scopes(let lists): ".scopes(\(list(lists.map { SwiftText.literal($0) })))"
        case .roles(let roles): ".roles(\(SwiftText.literal(roles)))"
        case .policies(let lists): ".policies(\(list(lists.map { SwiftText.literal($0) })))"
        }
    }

    private static func expression(_ rule: EventRule) -> String {
        switch rule {
        case .row(let path, let claim): ".row(path: \(SwiftText.literal(path)), claim: \(SwiftText.literal(claim)))"
        case .tenant(let path, let claim): ".tenant(path: \(SwiftText.literal(path)), claim: \(SwiftText.literal(claim)))"
        case .federation(let path, let servicePath):
            ".federation(path: \(SwiftText.literal(path)), servicePath: \(SwiftText.literal(servicePath)))"
        }
    }

    static func expression(_ limits: [RateLimit]) -> String {
        list(
            limits.map { limit in
                let scope =
                    switch limit.scope {
                    case .user: ".user"
                    case .connection: ".connection"
                    case .subscription: ".subscription"
                    }
                return "RateLimit(limit: \(limit.limit), window: \(limit.window), burst: \(limit.burst), scope: \(scope))"
            })
    }

    /// The statements that fill a table's rules, each for one entry.
    static func statements(_ table: SecurityTable) -> [String] {
        table.types.map {
            "types.append(TypeRules(type: \(SwiftText.literal($0.type)), rules: \(expression($0.rules))))"
        }
            + table.fields.map {
                "fields.append(FieldRules(type: \(SwiftText.literal($0.type)), name: \(SwiftText.literal($0.name)), rules: \(expression($0.rules))))"
            }
            + table.ownInputFields.map {
                "ownInputFields.append(OwnInputField(type: \(SwiftText.literal($0.type)), name: \(SwiftText.literal($0.name)), "
                    + "claim: \(SwiftText.literal($0.claim))))"
            }
            + table.costs.map { "costs.append(CostRule(coordinate: \(SwiftText.literal($0.coordinate)), weight: \($0.weight)))" }
    }

    private static func list(_ expressions: [String]) -> String { "[\(expressions.joined(separator: ", "))]" }
}
