import SDLParser

/// The map of schema validation: which rule looks at what. Each rule is a file of its own, beside its sentence of the spec.
///
/// The types are walked once; every rule is handed the element that it speaks of. Rules skip what names an unknown type,
/// because that is reported already and nothing else can be said of it.
enum SchemaValidator {
    static func validate(_ assembled: AssembledSchema) -> [Diagnostic] {
        var report: [Diagnostic] = []

        ExecutableDefinitions.check(assembled, &report)
        LoneSchemaDefinition.check(assembled, &report)
        UniqueOperationTypes.check(assembled, &report)
        UniqueTypeNames.check(assembled, &report)
        UniqueDirectiveNames.check(assembled, &report)
        PossibleTypeExtensions.check(assembled, &report)
        AddedDirectiveCoordinates.check(assembled, &report)
        KnownTypeNames.check(assembled, &report)
        RootOperationTypes.check(assembled, &report)
        TypesDefined.check(assembled, &report)
        InputObjectCycles.check(assembled, &report)
        DefaultValueCycles.check(assembled, &report)

        DirectiveUses.check(assembled.schema.appliedDirectives, on: .schema, assembled, &report)
        for directive in assembled.ownDirectives { check(directive, assembled, &report) }
        for type in assembled.schema.types where !type.isBuiltIn && type.syntax != nil { check(type, assembled, &report) }

        return report.inOrder(of: assembled.schema.sources)
    }

    private static func check(_ type: TypeDefinition, _ assembled: AssembledSchema, _ report: inout [Diagnostic]) {
        ReservedNames.check(type.name, type.syntax, &report)
        NonEmptyTypes.check(type, &report)
        DirectiveUses.check(type.appliedDirectives, on: type.kind.directiveLocation, assembled, &report)
        switch type.kind {
        case .scalar: break
        case .object, .interface:
            UniqueFieldDefinitionNames.check(type, &report)
            InterfaceImplementations.check(type, assembled, &report)
            for field in type.fields { check(field, of: type, assembled, &report) }
        case .union: UnionMembers.check(type, assembled, &report)
        case .enum:
            UniqueEnumValueNames.check(type, &report)
            for value in type.values {
                ReservedNames.check(value.name, value.syntax, &report)
                DirectiveUses.check(value.appliedDirectives, on: .enumValue, assembled, &report)
            }
        case .inputObject:
            UniqueFieldDefinitionNames.check(type, &report)
            OneOfInputObjects.check(type, &report)
            for field in type.inputFields {
                check(field, .inputField(of: type.name), on: .inputFieldDefinition, assembled, &report)
            }
        }
    }

    private static func check(
        _ field: FieldDefinition, of type: TypeDefinition, _ assembled: AssembledSchema, _ report: inout [Diagnostic]
    ) {
        ReservedNames.check(field.name, field.syntax, &report)
        OutputTypes.check(field, of: type, assembled, &report)
        DirectiveUses.check(field.appliedDirectives, on: .fieldDefinition, assembled, &report)
        if field.arguments.isEmpty { return }
        UniqueArgumentDefinitionNames.check(field.arguments, of: type.name + "." + field.name, &report)
        for argument in field.arguments {
            check(argument, .argument(of: type.name, field: field.name), on: .argumentDefinition, assembled, &report)
        }
    }

    private static func check(_ directive: DirectiveDefinition, _ assembled: AssembledSchema, _ report: inout [Diagnostic]) {
        ReservedNames.check(directive.name, directive.syntax, &report)
        SubsgenDirectiveSignatures.check(directive, assembled, &report)
        UniqueArgumentDefinitionNames.check(directive.arguments, of: "@" + directive.name, &report)
        for argument in directive.arguments {
            check(argument, .directiveArgument(of: directive.name), on: .argumentDefinition, assembled, &report)
        }
    }

    private static func check(
        _ input: InputValueDefinition, _ owner: InputOwner, on location: DirectiveLocation, _ assembled: AssembledSchema,
        _ report: inout [Diagnostic]
    ) {
        ReservedNames.check(input.name, input.syntax, &report)
        InputTypes.check(input, owner, assembled, &report)
        RequiredInputsNotDeprecated.check(input, owner, &report)
        DefaultValues.check(input, assembled, &report)
        DirectiveUses.check(input.appliedDirectives, on: location, assembled, &report)
    }
}

/// What an input value belongs to, for messages; a string is made of it only when there is something to say.
enum InputOwner {
    case argument(of: String, field: String)
    case directiveArgument(of: String)
    case inputField(of: String)

    /// `Type.field(argument:)`, `@directive(argument:)` or `Input.field`.
    func coordinate(of input: InputValueDefinition) -> String {
        switch self {
        case .argument(let type, let field): "\(type).\(field)(\(input.name):)"
        case .directiveArgument(let directive): "@\(directive)(\(input.name):)"
        case .inputField(let type): "\(type).\(input.name)"
        }
    }
}
