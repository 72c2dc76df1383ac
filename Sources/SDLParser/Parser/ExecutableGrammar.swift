// Executable definitions, in the order of the specification's section 2.
extension DocumentParser {
    // MARK: 2.3 Operations

    ///     OperationDefinition :
    ///       - Description? OperationType Name? VariablesDefinition? Directives? SelectionSet
    ///       - SelectionSet
    ///
    ///     OperationType : one of query mutation subscription
    mutating func operationDefinition(_ operation: OperationType, _ description: Token?) throws(SyntaxError) {
        let node = openDefinition(.operationDefinition, description)
        nodes[node].flags = operation.rawValue
        try advance()
        if peek(.name) { try name(of: node) }
        try optionalMany(.parenLeft, .parenRight) { parser throws(SyntaxError) in try parser.variableDefinition() }
        try directives(.variable)
        try selectionSet()
        close(node)
    }

    /// The query shorthand: OperationDefinition : SelectionSet
    mutating func shorthandQuery() throws(SyntaxError) {
        let node = open(.operationDefinition)
        nodes[node].flags = OperationType.query.rawValue | SyntaxTree.Flag.shorthand
        try selectionSet()
        close(node)
    }

    // MARK: 2.4 Selection sets

    ///     SelectionSet : { Selection+ }
    mutating func selectionSet() throws(SyntaxError) {
        try descend()
        let node = open(.selectionSet)
        try many(.braceLeft, .braceRight) { parser throws(SyntaxError) in try parser.selection() }
        close(node)
        ascend()
    }

    ///     Selection : Field | FragmentSpread | InlineFragment
    mutating func selection() throws(SyntaxError) {
        if peek(.spread) { try fragment() } else { try field() }
    }

    // MARK: 2.5 Fields, 2.6 Arguments, 2.7 Field alias

    ///     Field : Alias? Name Arguments? Directives? SelectionSet?
    ///     Alias : Name :
    mutating func field() throws(SyntaxError) {
        let node = open(.field)
        try name(of: node)
        if peek(.colon) {
            let alias = open(.alias, at: nodes[node].start)
            nodes[alias].nameStart = nodes[node].nameStart
            nodes[alias].nameLength = nodes[node].nameLength
            close(alias)
            try advance()
            try name(of: node)
        }
        try arguments(.variable)
        try directives(.variable)
        if peek(.braceLeft) { try selectionSet() }
        close(node)
    }

    ///     Arguments[Const] : ( Argument[?Const]+ )
    mutating func arguments(_ context: ValueContext) throws(SyntaxError) {
        try optionalMany(.parenLeft, .parenRight) { parser throws(SyntaxError) in try parser.argument(context) }
    }

    ///     Argument[Const] : Name : Value[?Const]
    mutating func argument(_ context: ValueContext) throws(SyntaxError) {
        let node = open(.argument)
        try name(of: node)
        try expect(.colon)
        try value(context)
        close(node)
    }

    // MARK: 2.8 Fragments

    ///     FragmentSpread : ... FragmentName Directives?
    ///     InlineFragment : ... TypeCondition? Directives? SelectionSet
    mutating func fragment() throws(SyntaxError) {
        let node = open(.inlineFragment)
        try expect(.spread)
        if peek(.name), !peekKeyword("on") {
            nodes[node].kind = .fragmentSpread
            try fragmentName(of: node)
            try directives(.variable)
        } else {
            if peek(.name) { try typeCondition() }
            try directives(.variable)
            try selectionSet()
        }
        close(node)
    }

    ///     FragmentDefinition : Description? fragment FragmentName TypeCondition Directives? SelectionSet
    mutating func fragmentDefinition(_ description: Token?) throws(SyntaxError) {
        let node = openDefinition(.fragmentDefinition, description)
        try advance()
        try fragmentName(of: node)
        try typeCondition()
        try directives(.variable)
        try selectionSet()
        close(node)
    }

    ///     FragmentName : Name but not `on`
    private mutating func fragmentName(of node: Int) throws(SyntaxError) {
        if peekKeyword("on") { throw unexpected() }
        try name(of: node)
    }

    ///     TypeCondition : on NamedType
    private mutating func typeCondition() throws(SyntaxError) {
        let node = open(.typeCondition)
        try expectKeyword("on")
        try namedType()
        close(node)
    }

    // MARK: 2.10 Variables

    ///     VariablesDefinition : ( VariableDefinition+ )
    ///     VariableDefinition : Description? Variable : Type DefaultValue? Directives[Const]?
    private mutating func variableDefinition() throws(SyntaxError) {
        let node = open(.variableDefinition)
        try description()
        try expect(.dollar)
        try name(of: node)
        try expect(.colon)
        try type()
        try defaultValue()
        try directives(.constant)
        close(node)
    }
}
