import GraphQLSchema

/// DispatchTable.swift: the dispatch table as statements, none of which gives the compiler much to infer.
struct SwiftDispatchTable {
    let table: DispatchTable
    let templates: TemplateLibrary

    func file() throws(CodegenError) -> String {
        try templates.render(
            "swift_table",
            [
                "fields": .list(table.fields.enumerated().map { values(of: $1, at: $0) }),
                "suppliedFields": .list(table.suppliedFields.map(values)),
                "inputFilters": .list(table.inputFilters.enumerated().map { values(of: $1, at: $0) }),
                "rules": .list(SwiftRules.statements(table.security).map { ["statement": .text($0)] }),
            ])
    }

    private func values(of field: SubscriptionField, at position: Int) -> TemplateValues {
        [
            "position": .text(String(position)),
            "name": .text(SwiftText.literal(field.name)),
            "payloadType": .text(SwiftText.literal(field.payloadType)),
            "options": .text(Self.options(of: field)),
            "segments": .list(field.topic.segments.map { ["segment": .text(Self.expression($0))] }),
            "arguments": .list(
                field.arguments.map { argument in
                    [
                        "name": .text(SwiftText.literal(argument.name)),
                        "type": .text(SwiftText.literal(argument.type)),
                        "role": .text(Self.expression(argument.role)),
                        "publishPath": .text(argument.publishPath.map { SwiftText.literal($0) } ?? "nil"),
                        "options": .text(Self.options(of: argument)),
                    ]
                }),
        ]
    }

    /// What most fields have none of.
    private static func options(of field: SubscriptionField) -> String {
        let options = [
            field.overflow == OverflowRule() ? nil : "overflow: \(expression(field.overflow))",
            field.rules.isEmpty ? nil : "rules: \(SwiftRules.expression(field.rules))",
            field.rateLimits.isEmpty ? nil : "rateLimits: \(SwiftRules.expression(field.rateLimits))",
        ]
        return options.compactMap(\.self).map { ",\n            \($0)" }.joined()
    }

    private static func options(of argument: SubscriptionArgument) -> String {
        (argument.ownClaim.map { ", ownClaim: \(SwiftText.literal($0))" } ?? "") + access(argument.access)
    }

    private static func access(_ requirements: [AccessRequirement]) -> String {
        requirements.isEmpty ? "" : ", access: \(SwiftRules.expression(requirements))"
    }

    private func values(of field: SuppliedField) -> TemplateValues {
        [
            "type": .text(SwiftText.literal(field.type)), "name": .text(SwiftText.literal(field.name)),
            "valueType": .text(SwiftText.literal(field.valueType)),
        ]
    }

    private func values(of filter: InputFilter, at position: Int) -> TemplateValues {
        [
            "position": .text(String(position)),
            "type": .text(SwiftText.literal(filter.type)), "payload": .text(SwiftText.literal(filter.payload)),
            "inputFields": .list(
                filter.fields.map { ["position": .text(String(position)), "name": .text(SwiftText.literal($0.name)), "role": .text(Self.expression($0.role) + Self.access($0.access))] }),
        ]
    }

    private static func expression(_ segment: TopicTemplate.Segment) -> String {
        switch segment {
        case .tenant: ".tenant"
        case .literal(let text): ".literal(\(SwiftText.literal(text)))"
        case .argument(let name): ".argument(\(SwiftText.literal(name)))"
        }
    }

    private static func expression(_ rule: OverflowRule) -> String {
        let policy =
            switch rule.policy {
            case .dropOldest: ".dropOldest"
            case .dropNewest: ".dropNewest"
            case .latest: ".latest"
            case .disconnect: ".disconnect"
            }
        let capacity = rule.capacity.map(String.init) ?? "nil"
        return "OverflowRule(policy: \(policy), capacity: \(capacity), key: \(SwiftText.literal(rule.key)))"
    }

    private static func expression(_ role: SubscriptionArgument.Role) -> String {
        switch role {
        case .topic: ".topic"
        case .filter(let path, let comparison): filter(path, comparison)
        case .composed(let path, let filter): composed(path, filter)
        case .resolver: ".resolver"
        case .undecided: ".undecided"
        }
    }

    private static func expression(_ role: InputFilterField.Role) -> String {
        switch role {
        case .filter(let path, let comparison): filter(path, comparison)
        case .composed(let path, let filter): composed(path, filter)
        case .and(let filter): ".and(\(filter))"
        case .or(let filter): ".or(\(filter))"
        case .not(let filter): ".not(\(filter))"
        case .undecided: ".undecided"
        }
    }

    private static func filter(_ path: [String], _ comparison: FilterOperator) -> String {
        ".filter(path: \(SwiftText.literal(path)), operator: .\(comparison))"
    }

    private static func composed(_ path: [String], _ filter: Int) -> String {
        ".composed(path: \(SwiftText.literal(path)), filter: \(filter))"
    }
}
