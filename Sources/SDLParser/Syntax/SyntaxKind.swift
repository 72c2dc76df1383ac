/// What a node of the syntax tree is; one case for each production of the GraphQL grammar (September 2025, appendix C)
/// that later stages ask about.
public enum SyntaxKind: UInt8, Sendable {
    case document
    case description

    // Executable definitions (spec section 2.3)
    case operationDefinition, variableDefinition, selectionSet, field, argument, alias
    case fragmentSpread, inlineFragment, fragmentDefinition, typeCondition

    // Values (2.9)
    case variable, intValue, floatValue, stringValue, booleanValue, nullValue, enumValue, listValue, objectValue, objectField
    case defaultValue

    // Type references (2.11) and directives (2.12)
    case namedType, listType, nonNullType
    case directive

    // Type system (3)
    case schemaDefinition, rootOperationTypeDefinition
    case scalarTypeDefinition, objectTypeDefinition, interfaceTypeDefinition, unionTypeDefinition, enumTypeDefinition,
        inputObjectTypeDefinition
    case schemaExtension
    case scalarTypeExtension, objectTypeExtension, interfaceTypeExtension, unionTypeExtension, enumTypeExtension,
        inputObjectTypeExtension
    case implementsInterfaces, fieldDefinition, inputValueDefinition, unionMemberTypes, enumValueDefinition
    case directiveDefinition, directiveLocations
}
