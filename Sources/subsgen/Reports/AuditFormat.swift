import ArgumentParser
import GraphQLSchema

/// In which words `subsgen audit` reports.
enum AuditFormat: String, ExpressibleByArgument, CaseIterable {
    /// A table for people.
    case text
    /// For programs: docs/reference/cli.md.
    case json

    func report(_ audit: AccessAudit) -> String {
        switch self {
        case .text: Self.text(audit)
        case .json: Self.json(audit)
        }
    }

    // MARK: Text

    private static func text(_ audit: AccessAudit) -> String {
        audit.entries.map { entry in
            var rows = [(entry.coordinate, who(entry.rules))]
            rows[0].1 += entry.rateLimits.map(\.text)
            for argument in entry.arguments {
                let own = argument.ownClaim.map { ["@ownArgument claim \($0)"] } ?? []
                rows.append(("  (\(argument.name):)", own + argument.access.map(\.text)))
            }
            rows += entry.payload.map { ("  \($0.coordinate)", who($0.rules)) }
            let width = rows.map(\.0.count).max() ?? 0
            return rows.map { name, rules in
                let padding = String(repeating: " ", count: width - name.count)
                return "\(name)\(padding)  \(rules.joined(separator: "; "))\n"
            }.joined()
        }.joined(separator: "\n")
    }

    private static func who(_ rules: ProtectionRules) -> [String] {
        rules.isEmpty ? ["everyone"] : rules.access.map(\.text) + rules.events.map(\.text)
    }

    // MARK: JSON

    private static func json(_ audit: AccessAudit) -> String {
        JSONText.array(
            audit.entries.map { entry in
                .object([
                    ("field", .string(entry.coordinate)), ("rules", rules(entry.rules)),
                    ("rateLimits", .array(entry.rateLimits.map(limit))),
                    (
                        "arguments",
                        .array(
                            entry.arguments.map { argument in
                                .object([
                                    ("name", .string(argument.name)),
                                    ("ownClaim", argument.ownClaim.map { .string($0) } ?? .null),
                                    ("rules", rules(ProtectionRules(access: argument.access))),
                                ])
                            })
                    ),
                    (
                        "payload",
                        .array(entry.payload.map { .object([("field", .string($0.coordinate)), ("rules", rules($0.rules))]) })
                    ),
                ])
            }
        ).text
    }

    private static func rules(_ rules: ProtectionRules) -> JSONText {
        .array(rules.access.map(json) + rules.events.map(json))
    }

    private static func json(_ requirement: AccessRequirement) -> JSONText {
        switch requirement {
        case .authenticated: .object([("rule", .string("authenticated"))])
        case .scopes(let lists): .object([("rule", .string("requiresScopes")), ("anyOf", .array(lists.map(texts)))])
        case .roles(let roles): .object([("rule", .string("requiresRole")), ("anyOf", texts(roles))])
        case .policies(let lists): .object([("rule", .string("policy")), ("anyOf", .array(lists.map(texts)))])
        }
    }

    private static func json(_ rule: EventRule) -> JSONText {
        switch rule {
        case .row(let path, let claim): compared("rowFilter", path, claim)
        case .tenant(let path, let claim): compared("tenant", path, claim)
        case .federation(let path, let servicePath):
            .object([
                ("rule", .string("federation")), ("field", .string(path.joined(separator: "."))),
                ("service", .string(servicePath.joined(separator: "."))),
            ])
        }
    }

    private static func compared(_ rule: String, _ path: [String], _ claim: String) -> JSONText {
        .object([("rule", .string(rule)), ("field", .string(path.joined(separator: "."))), ("claim", .string(claim))])
    }

    private static func limit(_ limit: RateLimit) -> JSONText {
        .object([
            ("limit", .number(limit.limit)), ("windowMilliseconds", .number(limit.window)), ("burst", .number(limit.burst)),
            ("per", .string(limit.scope.rawValue)),
        ])
    }

    private static func texts(_ texts: [String]) -> JSONText { .array(texts.map { .string($0) }) }
}
