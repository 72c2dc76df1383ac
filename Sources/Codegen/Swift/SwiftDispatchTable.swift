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
            ])
    }

    private func values(of field: SubscriptionField, at position: Int) -> TemplateValues {
        [
            "position": .text(String(position)),
            "name": .text(SwiftText.literal(field.name)),
            "payloadType": .text(SwiftText.literal(field.payloadType)),
            "segments": .list(field.topic.segments.map { ["segment": .text(Self.expression($0))] }),
            "arguments": .list(
                field.arguments.map { argument in
                    [
                        "name": .text(SwiftText.literal(argument.name)),
                        "type": .text(SwiftText.literal(argument.type)),
                        "role": .text(Self.expression(argument.role)),
                        "publishPath": .text(argument.publishPath.map { SwiftText.literal($0) } ?? "nil"),
                    ]
                }),
        ]
    }

    private func values(of field: SuppliedField) -> TemplateValues {
        [
            "type": .text(SwiftText.literal(field.type)), "name": .text(SwiftText.literal(field.name)),
            "valueType": .text(SwiftText.literal(field.valueType)),
        ]
    }

    private static func expression(_ segment: TopicTemplate.Segment) -> String {
        switch segment {
        case .literal(let text): ".literal(\(SwiftText.literal(text)))"
        case .argument(let name): ".argument(\(SwiftText.literal(name)))"
        }
    }

    private static func expression(_ role: SubscriptionArgument.Role) -> String {
        switch role {
        case .topic: ".topic"
        case .filter(let path, .equal): ".filter(path: \(SwiftText.literal(path)), operator: .equal)"
        case .filter(let path, .isIn): ".filter(path: \(SwiftText.literal(path)), operator: .isIn)"
        case .resolver: ".resolver"
        case .undecided: ".undecided"
        }
    }
}
