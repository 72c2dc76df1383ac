extension DiagnosticCode {
    /// `true`, `false` or `null` as a value of an enum.
    public static let reservedEnumValue = DiagnosticCode(8)
    /// A directive location that the specification does not have.
    public static let unknownDirectiveLocation = DiagnosticCode(9)
}

// The type system, in the order of the specification's section 3. Definitions and extensions of a kind differ in their
// keyword, in the description, and in that an extension must add something; so one method reads both.
extension DocumentParser {
    // MARK: 3.3 Schema

    ///     SchemaDefinition : Description? schema Directives[Const]? { RootOperationTypeDefinition+ }
    mutating func schemaDefinition(_ description: Token?) throws(SyntaxError) {
        let node = openDefinition(.schemaDefinition, description)
        try advance()
        try directives(.constant)
        try many(.braceLeft, .braceRight) { parser throws(SyntaxError) in try parser.rootOperationTypeDefinition() }
        close(node)
    }

    ///     SchemaExtension :
    ///       - extend schema Directives[Const]? { RootOperationTypeDefinition+ }
    ///       - extend schema Directives[Const] [lookahead != `{`]
    mutating func schemaExtension(at start: UInt32) throws(SyntaxError) {
        let node = open(.schemaExtension, at: start)
        try advance()
        let parts = nodes.count
        try directives(.constant)
        try optionalMany(.braceLeft, .braceRight) { parser throws(SyntaxError) in
            try parser.rootOperationTypeDefinition()
        }
        try closeExtension(node, parts: parts)
    }

    ///     RootOperationTypeDefinition : OperationType : NamedType
    private mutating func rootOperationTypeDefinition() throws(SyntaxError) {
        let node = open(.rootOperationTypeDefinition)
        guard peek(.name) else { throw expected(TokenKind.name.description) }
        guard let operation = peekOperationType else { throw unexpected() }
        nodes[node].flags = operation.rawValue
        try advance()
        try expect(.colon)
        try namedType()
        close(node)
    }

    // MARK: 3.4 Types

    /// The node of a type definition or extension, from its keyword to its parts.
    private mutating func typeDefinition(
        _ head: DefinitionHead, _ definition: SyntaxKind, _ extending: SyntaxKind,
        _ parts: (inout DocumentParser) throws(SyntaxError) -> Void
    ) throws(SyntaxError) {
        switch head {
        case .definition(let description):
            let node = openDefinition(definition, description)
            try advance()
            try name(of: node)
            try parts(&self)
            close(node)
        case .extending(let start):
            let node = open(extending, at: start)
            try advance()
            try name(of: node)
            let firstPart = nodes.count
            try parts(&self)
            try closeExtension(node, parts: firstPart)
        }
    }

    /// An extension without parts is not in the grammar.
    private mutating func closeExtension(_ node: Int, parts: Int) throws(SyntaxError) {
        if nodes.count == parts { throw unexpected() }
        close(node)
    }

    // MARK: 3.5 Scalars

    ///     ScalarTypeDefinition : Description? scalar Name Directives[Const]?
    ///     ScalarTypeExtension : extend scalar Name Directives[Const]
    mutating func scalarType(_ head: DefinitionHead) throws(SyntaxError) {
        try typeDefinition(head, .scalarTypeDefinition, .scalarTypeExtension) { parser throws(SyntaxError) in
            try parser.directives(.constant)
        }
    }

    // MARK: 3.6 Objects

    ///     ObjectTypeDefinition : Description? type Name ImplementsInterfaces? Directives[Const]? FieldsDefinition?
    ///     ObjectTypeExtension : extend type Name ImplementsInterfaces? Directives[Const]? FieldsDefinition?
    mutating func objectType(_ head: DefinitionHead) throws(SyntaxError) {
        try typeDefinition(head, .objectTypeDefinition, .objectTypeExtension) { parser throws(SyntaxError) in
            try parser.fieldedType()
        }
    }

    private mutating func fieldedType() throws(SyntaxError) {
        try implementsInterfaces()
        try directives(.constant)
        try fieldsDefinition()
    }

    ///     ImplementsInterfaces :
    ///       - ImplementsInterfaces & NamedType
    ///       - implements `&`? NamedType
    private mutating func implementsInterfaces() throws(SyntaxError) {
        guard peekKeyword("implements") else { return }
        let node = open(.implementsInterfaces)
        try advance()
        try delimited(.ampersand) { parser throws(SyntaxError) in try parser.namedType() }
        close(node)
    }

    ///     FieldsDefinition : { FieldDefinition+ }
    private mutating func fieldsDefinition() throws(SyntaxError) {
        try optionalMany(.braceLeft, .braceRight) { parser throws(SyntaxError) in try parser.fieldDefinition() }
    }

    ///     FieldDefinition : Description? Name ArgumentsDefinition? : Type Directives[Const]?
    private mutating func fieldDefinition() throws(SyntaxError) {
        let node = open(.fieldDefinition)
        try description()
        try name(of: node)
        try argumentsDefinition()
        try expect(.colon)
        try type()
        try directives(.constant)
        close(node)
    }

    ///     ArgumentsDefinition : ( InputValueDefinition+ )
    private mutating func argumentsDefinition() throws(SyntaxError) {
        try optionalMany(.parenLeft, .parenRight) { parser throws(SyntaxError) in try parser.inputValueDefinition() }
    }

    ///     InputValueDefinition : Description? Name : Type DefaultValue? Directives[Const]?
    private mutating func inputValueDefinition() throws(SyntaxError) {
        let node = open(.inputValueDefinition)
        try description()
        try name(of: node)
        try expect(.colon)
        try type()
        try defaultValue()
        try directives(.constant)
        close(node)
    }

    // MARK: 3.7 Interfaces

    ///     InterfaceTypeDefinition :
    ///       Description? interface Name ImplementsInterfaces? Directives[Const]? FieldsDefinition?
    ///     InterfaceTypeExtension : extend interface Name ImplementsInterfaces? Directives[Const]? FieldsDefinition?
    mutating func interfaceType(_ head: DefinitionHead) throws(SyntaxError) {
        try typeDefinition(head, .interfaceTypeDefinition, .interfaceTypeExtension) { parser throws(SyntaxError) in
            try parser.fieldedType()
        }
    }

    // MARK: 3.8 Unions

    ///     UnionTypeDefinition : Description? union Name Directives[Const]? UnionMemberTypes?
    ///     UnionTypeExtension : extend union Name Directives[Const]? UnionMemberTypes?
    mutating func unionType(_ head: DefinitionHead) throws(SyntaxError) {
        try typeDefinition(head, .unionTypeDefinition, .unionTypeExtension) { parser throws(SyntaxError) in
            try parser.directives(.constant)
            try parser.unionMemberTypes()
        }
    }

    ///     UnionMemberTypes :
    ///       - UnionMemberTypes | NamedType
    ///       - = `|`? NamedType
    private mutating func unionMemberTypes() throws(SyntaxError) {
        guard peek(.equals) else { return }
        let node = open(.unionMemberTypes)
        try advance()
        try delimited(.pipe) { parser throws(SyntaxError) in try parser.namedType() }
        close(node)
    }

    // MARK: 3.9 Enums

    ///     EnumTypeDefinition : Description? enum Name Directives[Const]? EnumValuesDefinition?
    ///     EnumTypeExtension : extend enum Name Directives[Const]? EnumValuesDefinition?
    ///     EnumValuesDefinition : { EnumValueDefinition+ }
    mutating func enumType(_ head: DefinitionHead) throws(SyntaxError) {
        try typeDefinition(head, .enumTypeDefinition, .enumTypeExtension) { parser throws(SyntaxError) in
            try parser.directives(.constant)
            try parser.optionalMany(.braceLeft, .braceRight) { parser throws(SyntaxError) in
                try parser.enumValueDefinition()
            }
        }
    }

    ///     EnumValueDefinition : Description? EnumValue Directives[Const]?
    ///     EnumValue : Name but not true or false or null
    private mutating func enumValueDefinition() throws(SyntaxError) {
        let node = open(.enumValueDefinition)
        try description()
        if peekKeyword("true") || peekKeyword("false") || peekKeyword("null") {
            throw SyntaxError(
                .reservedEnumValue, "\(description(of: token)) is reserved and cannot be used for an enum value.",
                at: token.span)
        }
        try name(of: node)
        try directives(.constant)
        close(node)
    }

    // MARK: 3.10 Input objects

    ///     InputObjectTypeDefinition : Description? input Name Directives[Const]? InputFieldsDefinition?
    ///     InputObjectTypeExtension : extend input Name Directives[Const]? InputFieldsDefinition?
    ///     InputFieldsDefinition : { InputValueDefinition+ }
    mutating func inputObjectType(_ head: DefinitionHead) throws(SyntaxError) {
        try typeDefinition(head, .inputObjectTypeDefinition, .inputObjectTypeExtension) { parser throws(SyntaxError) in
            try parser.directives(.constant)
            try parser.optionalMany(.braceLeft, .braceRight) { parser throws(SyntaxError) in
                try parser.inputValueDefinition()
            }
        }
    }

    // MARK: 3.13 Directives

    ///     DirectiveDefinition :
    ///       Description? directive @ Name ArgumentsDefinition? `repeatable`? on DirectiveLocations
    mutating func directiveDefinition(_ description: Token?) throws(SyntaxError) {
        let node = openDefinition(.directiveDefinition, description)
        try advance()
        try expect(.at)
        try name(of: node)
        try argumentsDefinition()
        if try skipKeyword("repeatable") { nodes[node].flags = SyntaxTree.Flag.repeatable }
        try expectKeyword("on")
        try directiveLocations()
        close(node)
    }

    ///     DirectiveLocations :
    ///       - DirectiveLocations | DirectiveLocation
    ///       - `|`? DirectiveLocation
    private mutating func directiveLocations() throws(SyntaxError) {
        let node = open(.directiveLocations)
        try delimited(.pipe) { parser throws(SyntaxError) in try parser.directiveLocation() }
        close(node)
    }

    ///     DirectiveLocation : ExecutableDirectiveLocation | TypeSystemDirectiveLocation
    private mutating func directiveLocation() throws(SyntaxError) {
        if peek(.name), !DirectiveLocation.allCases.contains(where: { $0.rawValue == source.text(token.span) }) {
            throw SyntaxError(
                .unknownDirectiveLocation, "Unexpected \(description(of: token)).", at: token.span,
                hint: "Directive locations are \(DirectiveLocation.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        try namedType()
    }
}

/// What stands before the keyword of a type definition.
enum DefinitionHead {
    /// A definition, with its description if there is one.
    case definition(Token?)
    /// An extension, with the place of the word `extend`.
    case extending(at: UInt32)
}
