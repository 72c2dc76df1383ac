import GraphQLSchema

/// A generated structure: an object type, an input object type, or the arguments of a subscription field.
struct SwiftStructure {
    /// A property, and how its value is kept, read and written.
    struct Property {
        /// How a value that may be missing is dealt with; the name is that of the runtime's functions that read and write it.
        enum Presence: String {
            /// Always there.
            case required
            /// Missing and null are the same.
            case optional
            /// The same, and kept outside of the structure, which may lead back to itself through it.
            case boxed
            /// Missing and null differ.
            case nullable
        }

        let key: String
        let documentation: TemplateValues.Value
        let presence: Presence
        /// Without the mark of a value that may be missing.
        let type: String

        var values: TemplateValues {
            let name = SwiftNames.member(key)
            let isBoxed = presence == .boxed
            let box = isBoxed ? SwiftNames.box(ofField: key) : name
            return [
                "docs": documentation,
                "key": .text(key),
                "name": .text(name),
                "type": .text(fullType),
                "isBoxed": .flag(isBoxed),
                "boxedType": .text(type),
                "storage": .text(box),
                "initial": .text(isBoxed ? ".init(\(name))" : name),
                "presence": .text(presence.rawValue),
            ]
        }

        private var fullType: String {
            switch presence {
            case .required: type
            case .optional, .boxed: type + "?"
            case .nullable: "GraphQLNullable<\(type)>"
            }
        }

        var parameter: String {
            let name = SwiftNames.member(key)
            return switch presence {
            case .required: "\(name): \(fullType)"
            case .optional, .boxed: "\(name): \(fullType) = nil"
            case .nullable: "\(name): \(fullType) = .absent"
            }
        }
    }

    let name: String
    let documentation: TemplateValues.Value
    let properties: [Property]

    func render(_ templates: TemplateLibrary) throws(CodegenError) -> String {
        let lead = "    public init() {".utf8.count
        let values = properties.map(\.values)
        return try templates.render(
            "swift_struct",
            [
                "docs": documentation,
                "name": .text(name),
                "parameters": .text(SwiftText.parameters(properties.map(\.parameter), lead: lead, indentation: "    ")),
                "hasProperties": .flag(!properties.isEmpty),
                "properties": .list(values),
                "boxes": .list(zip(properties, values).compactMap { $0.presence == .boxed ? $1 : nil }),
            ])
    }
}

extension SwiftStructure {
    /// The structure of an object type, as events hold it.
    init(object type: TypeDefinition, _ types: SwiftTypes) {
        name = types.name(of: type)
        documentation = SwiftText.documentation(type.description)
        properties = type.eventFields.map { field in
            let named = types.schema[field.type.named]
            // Events need not hold objects and what a function supplies (design section 5); what is left out and selected all the same is an error by the spec.
            let presence: Property.Presence =
                if field.type.isNonNull && named.isLeaf && !field.isSupplied {
                    .required
                } else if named.kind == .object && !field.type.isList {
                    .boxed
                } else {
                    // Values of abstract types and lists have their own memory already.
                    .optional
                }
            return Property(
                key: field.name,
                documentation: SwiftText.documentation(
                    field.description, deprecated: field.deprecationReason, indentation: "    "),
                presence: presence, type: types.present(field.type))
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
            let presence: Property.Presence =
                if input.type.isNonNull {
                    .required
                } else if input.defaultValue == nil {
                    .nullable
                } else {
                    // Never missing once it is coerced.
                    named.kind == .inputObject && !named.isOneOf && !input.type.isList ? .boxed : .optional
                }
            return Property(
                key: input.name,
                documentation: SwiftText.documentation(
                    input.description, deprecated: input.deprecationReason, indentation: "    "),
                presence: presence, type: types.present(input.type))
        }
    }
}
