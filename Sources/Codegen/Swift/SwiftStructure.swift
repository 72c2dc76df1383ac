import GraphQLSchema

/// A generated structure: an object type, an input object type, or the arguments of a subscription field.
struct SwiftStructure {
    /// A property and how it is read and written.
    struct Property {
        /// How a value that may be missing is dealt with; the name is that of the runtime's function.
        enum Presence: String {
            /// Always there.
            case required
            /// Missing and null are the same.
            case optional
            /// Missing and null differ.
            case nullable
        }

        let key: String
        let documentation: TemplateValues.Value
        let presence: Presence
        /// Without the mark of a value that may be missing.
        let type: String
        /// Whether the value is kept outside of the structure, which may lead back to itself through it.
        let isBoxed: Bool

        var name: String { SwiftNames.member(key) }

        var fullType: String {
            switch presence {
            case .required: type
            case .optional: type + "?"
            case .nullable: "GraphQLNullable<\(type)>"
            }
        }

        var parameter: String {
            switch presence {
            case .required: "\(name): \(fullType)"
            case .optional: "\(name): \(fullType) = nil"
            case .nullable: "\(name): \(fullType) = .absent"
            }
        }
    }

    let name: String
    let documentation: TemplateValues.Value
    let properties: [Property]

    func render(_ templates: TemplateLibrary) throws(CodegenError) -> String {
        let lead = "    public init() {".utf8.count
        return try templates.declaration(
            "swift_struct",
            [
                "docs": documentation,
                "name": .text(name),
                "parameters": .text(SwiftText.parameters(properties.map(\.parameter), lead: lead, indentation: "    ")),
                "hasProperties": .flag(!properties.isEmpty),
                "properties": .list(properties.map(values)),
                "boxes": .list(properties.filter(\.isBoxed).map(values)),
            ])
    }

    private func values(of property: Property) -> TemplateValues {
        [
            "docs": property.documentation,
            "key": .text(property.key),
            "name": .text(property.name),
            "type": .text(property.fullType),
            "boxedType": .text(property.type),
            "box": .text(SwiftNames.box(ofField: property.key)),
            "isBoxed": .flag(property.isBoxed),
            "presence": .text(property.presence.rawValue),
        ]
    }
}

extension SwiftStructure {
    /// The structure of an object type, as events hold it.
    init(object type: TypeDefinition, _ types: SwiftTypes) {
        name = types.name(of: type)
        documentation = SwiftText.documentation(type.description)
        properties = type.eventFields.map { field in
            let named = types.schema[field.type.named]
            // Events need not hold objects (design section 5); what is left out and selected all the same is an error by the spec.
            return Property(
                key: field.name, documentation: SwiftText.documentation(field.description, deprecated: field.deprecationReason),
                presence: field.type.isNonNull && named.isLeaf ? .required : .optional, type: types.present(field.type),
                // Values of abstract types and lists have their own memory already.
                isBoxed: named.kind == .object && !field.type.isList)
        }
    }

    /// The structure of an input object type that is no `@oneOf`.
    init(input type: TypeDefinition, _ types: SwiftTypes) {
        self.init(
            name: types.name(of: type), documentation: SwiftText.documentation(type.description), inputs: type.inputFields, types)
    }

    /// The arguments of a subscription field.
    init(argumentsOf field: FieldDefinition, _ types: SwiftTypes) {
        self.init(
            name: SwiftNames.arguments(ofField: field.name),
            documentation: SwiftText.documentation("The arguments of `\(field.name)`."), inputs: field.arguments, types)
    }

    private init(name: String, documentation: TemplateValues.Value, inputs: [InputValueDefinition], _ types: SwiftTypes) {
        self.name = name
        self.documentation = documentation
        properties = inputs.map { input in
            let named = types.schema[input.type.named]
            // One with a default is never missing once it is coerced.
            let presence: Property.Presence = input.type.isNonNull ? .required : input.defaultValue == nil ? .nullable : .optional
            return Property(
                key: input.name, documentation: SwiftText.documentation(input.description, deprecated: input.deprecationReason),
                presence: presence, type: types.present(input.type),
                isBoxed: presence == .optional && named.kind == .inputObject && !named.isOneOf && !input.type.isList)
        }
    }
}
