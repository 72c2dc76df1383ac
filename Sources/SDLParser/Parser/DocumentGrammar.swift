extension DiagnosticCode {
    /// A description where nothing is defined.
    public static let unexpectedDescription = DiagnosticCode(7)
}

// Documents and the choice of a definition, spec sections 2.2 and 3.1 to 3.4.
extension DocumentParser {
    ///     Document : Definition+
    mutating func document() {
        var isReading = true
        while isReading {
            // What was read of a faulty definition is given up.
            var complete = nodes.count
            do throws(SyntaxError) {
                try advance()
                repeat {
                    try definition()
                    complete = nodes.count
                } while !peek(.endOfFile)
                isReading = false
            } catch {
                nodes.removeLast(nodes.count - complete)
                isReading = recover(from: error)
            }
        }
        nodes[0].end = UInt32(truncatingIfNeeded: lexer.bytes.count)
        nodes[0].subtreeEnd = Int32(truncatingIfNeeded: nodes.count)
    }

    ///     Definition : ExecutableDefinition | TypeSystemDefinitionOrExtension
    ///     ExecutableDefinition : OperationDefinition | FragmentDefinition
    ///     TypeSystemDefinition : SchemaDefinition | TypeDefinition | DirectiveDefinition
    ///     TypeDefinition :
    ///       - ScalarTypeDefinition | ObjectTypeDefinition | InterfaceTypeDefinition
    ///       - UnionTypeDefinition | EnumTypeDefinition | InputObjectTypeDefinition
    private mutating func definition() throws(SyntaxError) {
        recoveryStart = Int(token.start)
        var description: Token?
        if peekString {
            description = token
            try advance()
            recoveryStart = Int(token.start)
        }
        if peek(.braceLeft) {
            recoveryStart = nil
            if let description {
                throw SyntaxError(
                    .unexpectedDescription,
                    "Unexpected description, descriptions are not supported on shorthand queries.", at: errorSpan(description))
            }
            return try shorthandQuery()
        }
        if let operation = peekOperationType {
            recoveryStart = nil
            return try operationDefinition(operation, description)
        }
        if peekKeyword("fragment") {
            recoveryStart = nil
            return try fragmentDefinition(description)
        }
        if peekKeyword("schema") {
            recoveryStart = Int(token.end)
            return try schemaDefinition(description)
        }
        if peekKeyword("directive") {
            recoveryStart = Int(token.end)
            return try directiveDefinition(description)
        }
        if let keyword = peekTypeKeyword {
            recoveryStart = Int(token.end)
            return try typeDefinition(keyword, .definition(description))
        }
        if let description, peek(.name) {
            throw SyntaxError(
                .unexpectedDescription, "Unexpected description, only GraphQL definitions support descriptions.",
                at: errorSpan(description))
        }
        guard peekKeyword("extend") else {
            // A definition without its last name, such as `union A =`, has taken the next one's keyword for it.
            if peek(.name) { recoveryStart = startOfPreviousName }
            throw unexpected()
        }
        recoveryStart = Int(token.end)
        try typeSystemExtension()
    }

    ///     TypeSystemExtension : SchemaExtension | TypeExtension
    ///     TypeExtension :
    ///       - ScalarTypeExtension | ObjectTypeExtension | InterfaceTypeExtension
    ///       - UnionTypeExtension | EnumTypeExtension | InputObjectTypeExtension
    private mutating func typeSystemExtension() throws(SyntaxError) {
        let start = token.start
        try advance()
        if peekKeyword("schema") { return try schemaExtension(at: start) }
        guard let keyword = peekTypeKeyword else { throw unexpected() }
        try typeDefinition(keyword, .extending(at: start))
    }

    private mutating func typeDefinition(_ keyword: TypeDefinitionSyntax.Kind, _ head: DefinitionHead) throws(SyntaxError) {
        switch keyword {
        case .scalar: try scalarType(head)
        case .object: try objectType(head)
        case .interface: try interfaceType(head)
        case .union: try unionType(head)
        case .enum: try enumType(head)
        case .inputObject: try inputObjectType(head)
        }
    }

    /// Where the token before the current one begins, if it is a name; else where the current one does.
    private var startOfPreviousName: Int {
        var start = Int(lexer.previousEnd)
        while start > 0, lexer.bytes[start - 1].isNameContinue { start -= 1 }
        return start < Int(lexer.previousEnd) ? start : Int(token.start)
    }

    /// The operation type whose keyword is the current token.
    ///
    ///     OperationType : one of query mutation subscription
    var peekOperationType: OperationType? {
        if peekKeyword("query") { return .query }
        if peekKeyword("mutation") { return .mutation }
        if peekKeyword("subscription") { return .subscription }
        return nil
    }

    /// The kind of type whose keyword is the current token.
    private var peekTypeKeyword: TypeDefinitionSyntax.Kind? {
        if peekKeyword("type") { return .object }
        if peekKeyword("input") { return .inputObject }
        if peekKeyword("enum") { return .enum }
        if peekKeyword("interface") { return .interface }
        if peekKeyword("union") { return .union }
        if peekKeyword("scalar") { return .scalar }
        return nil
    }
}
