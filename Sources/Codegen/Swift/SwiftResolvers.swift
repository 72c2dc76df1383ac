import GraphQLSchema

/// Resolvers.swift: the arguments of each subscription field, and the protocol by which a server answers in Swift.
struct SwiftResolvers {
    let types: SwiftTypes
    let table: DispatchTable
    let templates: TemplateLibrary

    func file() throws(CodegenError) -> String {
        let root = types.schema.subscriptionType.map { types.schema[$0] }
        let fields = table.fields.compactMap { root?.field(named: $0.name) }
        var declarations: [TemplateValues] = []
        for field in fields {
            declarations.append(["text": .text(try SwiftStructure(argumentsOf: field, types).render(templates))])
        }
        return try templates.render(
            "swift_resolvers", ["arguments": .list(declarations), "fields": .list(fields.map(values))])
    }

    private func values(of field: FieldDefinition) -> TemplateValues {
        [
            "docs": SwiftText.documentation(field.description, deprecated: field.deprecationReason, indentation: "    "),
            "key": .text(field.name),
            "name": .text(SwiftNames.member(field.name)),
            "arguments": .text(SwiftNames.arguments(ofField: field.name)),
            "event": .text(types.full(field.type)),
        ]
    }
}
