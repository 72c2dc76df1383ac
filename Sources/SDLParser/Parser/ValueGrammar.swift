extension DiagnosticCode {
    /// A variable where only a constant may stand.
    public static let variableInConstant = DiagnosticCode(10)
}

/// The grammar's parameter `Const`: whether a value may hold variables.
enum ValueContext {
    case variable, constant
}

// What executable and type system definitions share, in the order of the specification's section 2.
extension DocumentParser {
    // MARK: 2.9 Input values

    ///     Value[Const] :
    ///       - [if not Const] Variable
    ///       - IntValue | FloatValue | StringValue | BooleanValue | NullValue | EnumValue
    ///       - ListValue[?Const] | ObjectValue[?Const]
    mutating func value(_ context: ValueContext) throws(SyntaxError) {
        switch token.kind {
        case .bracketLeft: try listValue(context)
        case .braceLeft: try objectValue(context)
        case .int: try leaf(.intValue)
        case .float: try leaf(.floatValue)
        case .string, .blockString: try stringValue()
        case .name: try namedValue()
        case .dollar: try variable(context)
        case .endOfFile, .bang, .ampersand, .parenLeft, .parenRight, .spread, .colon, .equals, .at, .bracketRight, .pipe,
            .braceRight:
            throw unexpected()
        }
    }

    /// A production that is the current token alone.
    private mutating func leaf(_ kind: SyntaxKind) throws(SyntaxError) {
        let node = open(kind)
        try advance()
        close(node)
    }

    ///     BooleanValue : one of true false
    ///     NullValue : null
    ///     EnumValue : Name but not true or false or null
    private mutating func namedValue() throws(SyntaxError) {
        if peekKeyword("true") {
            let node = nodes.count
            try leaf(.booleanValue)
            nodes[node].flags = SyntaxTree.Flag.isTrue
        } else if peekKeyword("false") {
            try leaf(.booleanValue)
        } else if peekKeyword("null") {
            try leaf(.nullValue)
        } else {
            let node = open(.enumValue)
            try name(of: node)
            close(node)
        }
    }

    mutating func stringValue() throws(SyntaxError) {
        let node = open(.stringValue)
        nodes[node].flags = stringFlags(token)
        try advance()
        close(node)
    }

    /// What a string literal's node keeps of its token.
    private func stringFlags(_ token: Token) -> UInt8 {
        (token.kind == .blockString ? SyntaxTree.Flag.block : 0) | (token.hasEscapes ? SyntaxTree.Flag.escaped : 0)
    }

    ///     ListValue[Const] : [ ] | [ Value[?Const]+ ]
    private mutating func listValue(_ context: ValueContext) throws(SyntaxError) {
        try descend()
        let node = open(.listValue)
        try any(.bracketLeft, .bracketRight) { parser throws(SyntaxError) in try parser.value(context) }
        close(node)
        ascend()
    }

    ///     ObjectValue[Const] : { } | { ObjectField[?Const]+ }
    private mutating func objectValue(_ context: ValueContext) throws(SyntaxError) {
        try descend()
        let node = open(.objectValue)
        try any(.braceLeft, .braceRight) { parser throws(SyntaxError) in try parser.objectField(context) }
        close(node)
        ascend()
    }

    ///     ObjectField[Const] : Name : Value[?Const]
    private mutating func objectField(_ context: ValueContext) throws(SyntaxError) {
        let node = open(.objectField)
        try name(of: node)
        try expect(.colon)
        try value(context)
        close(node)
    }

    // MARK: 2.10 Variables

    ///     Variable : $ Name
    private mutating func variable(_ context: ValueContext) throws(SyntaxError) {
        let dollar = token
        let node = open(.variable)
        try advance()
        switch context {
        case .variable:
            try name(of: node)
            close(node)
        case .constant:
            guard peek(.name) else {
                throw SyntaxError(.unexpectedToken, "Unexpected \(description(of: dollar)).", at: errorSpan(dollar))
            }
            throw SyntaxError(
                .variableInConstant, "Unexpected variable '$\(source.text(token.span))' in constant value.",
                at: SourceSpan(start: dollar.start, end: token.end))
        }
    }

    ///     DefaultValue : = Value[Const]
    mutating func defaultValue() throws(SyntaxError) {
        guard peek(.equals) else { return }
        let node = open(.defaultValue)
        try advance()
        try value(.constant)
        close(node)
    }

    // MARK: 2.11 Type references

    ///     Type : NamedType | ListType | NonNullType
    ///     NonNullType : NamedType ! | ListType !
    mutating func type() throws(SyntaxError) {
        let node = nodes.count
        if peek(.bracketLeft) { try listType() } else { try namedType() }
        if peek(.bang) {
            // Only here is it known that a node must go around the one that is there.
            let start = nodes[node].start
            for index in node..<nodes.count { nodes[index].subtreeEnd &+= 1 }
            nodes.insert(
                SyntaxTree.Node(
                    kind: .nonNullType, flags: 0, nameLength: 0, nameStart: 0, start: start, end: 0, subtreeEnd: 0),
                at: node)
            try advance()
            close(node)
        }
    }

    ///     ListType : [ Type ]
    private mutating func listType() throws(SyntaxError) {
        try descend()
        let node = open(.listType)
        try expect(.bracketLeft)
        try type()
        try expect(.bracketRight)
        close(node)
        ascend()
    }

    ///     NamedType : Name
    mutating func namedType() throws(SyntaxError) {
        let node = open(.namedType)
        try name(of: node)
        close(node)
    }

    // MARK: 2.12 Directives

    ///     Directives[Const] : Directive[?Const]+
    ///     Directive[Const] : @ Name Arguments[?Const]?
    mutating func directives(_ context: ValueContext) throws(SyntaxError) {
        while peek(.at) {
            let node = open(.directive)
            try advance()
            try name(of: node)
            try arguments(context)
            close(node)
        }
    }

    // MARK: 2.13 Descriptions

    ///     Description : StringValue
    mutating func description() throws(SyntaxError) {
        guard peekString else { return }
        let node = open(.description)
        try stringValue()
        close(node)
    }

    /// Begins the node of a definition whose description, if it has one, has been read already: only after it stands the
    /// keyword that says what is being defined.
    mutating func openDefinition(_ kind: SyntaxKind, _ text: Token?) -> Int {
        let node = open(kind, at: text?.start)
        guard let text else { return node }
        for kind in [SyntaxKind.description, .stringValue] {
            let part = open(kind, at: text.start)
            nodes[part].end = text.end
            nodes[part].subtreeEnd = Int32(truncatingIfNeeded: node + 3)
        }
        nodes[node + 2].flags = stringFlags(text)
        return node
    }
}
