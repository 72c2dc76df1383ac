import GraphQLSchema

/// Payloads.swift: a declaration for each type that events and arguments are made of.
struct SwiftPayloads {
    let types: SwiftTypes
    let hasAllTypes: Bool
    let templates: TemplateLibrary

    func file() throws(CodegenError) -> String {
        var declarations: [TemplateValues] = []
        for type in SwiftDeclaredTypes(of: types.schema, hasAllTypes: hasAllTypes).types {
            declarations.append(["text": .text(try declaration(of: type))])
        }
        return try templates.render("swift_payloads", ["declarations": .list(declarations)])
    }

    private func declaration(of type: TypeDefinition) throws(CodegenError) -> String {
        switch type.kind {
        case .object: try SwiftStructure(object: type, types).render(templates)
        case .inputObject where type.isOneOf: try choice("swift_one_of", type, type.inputFields.map(alternative))
        case .inputObject: try SwiftStructure(input: type, types).render(templates)
        case .interface, .union: try choice("swift_abstract", type, type.possibleTypes.map { alternative(types.schema[$0]) })
        case .enum: try choice("swift_enum", type, type.values.map(alternative))
        case .scalar: try choice("swift_scalar", type, [])
        }
    }

    private func choice(_ template: String, _ type: TypeDefinition, _ cases: [TemplateValues]) throws(CodegenError) -> String {
        try templates.render(
            template,
            [
                "docs": SwiftText.documentation(type.description), "name": .text(types.name(of: type)),
                "cases": .list(cases),
            ])
    }

    private func alternative(_ value: EnumValueDefinition) -> TemplateValues {
        [
            "docs": SwiftText.documentation(value.description, deprecated: value.deprecationReason, indentation: "    "),
            "key": .text(value.name), "name": .text(SwiftNames.enumCase(value.name)),
        ]
    }

    private func alternative(_ object: TypeDefinition) -> TemplateValues {
        [
            "key": .text(object.name), "name": .text(SwiftNames.enumCase(object.name)), "type": .text(types.name(of: object)),
        ]
    }

    private func alternative(_ field: InputValueDefinition) -> TemplateValues {
        [
            "docs": SwiftText.documentation(field.description, deprecated: field.deprecationReason, indentation: "    "),
            "key": .text(field.name), "name": .text(SwiftNames.enumCase(field.name)), "type": .text(types.present(field.type)),
        ]
    }
}
