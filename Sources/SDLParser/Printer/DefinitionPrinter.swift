extension Printer {
    mutating func definition(_ definition: DefinitionSyntax) {
        switch definition {
        case .operation(let operation): self.operation(operation)
        case .fragment(let fragment): self.fragment(fragment)
        case .schema(let schema): self.schema(schema)
        case .type(let type): typeDefinition(type)
        case .directive(let directive): directiveDefinition(directive)
        }
    }

    // MARK: Executable definitions

    private mutating func operation(_ operation: OperationDefinitionSyntax) {
        if operation.isShorthand { return selectionSet(operation.selectionSet) }
        description(operation.description)
        write(operation.operation.keyword)
        if !operation.name.isEmpty { write(" " + operation.name) }
        let end = operation.directives.first?.span.start ?? operation.selectionSet?.span.start ?? operation.span.end
        parentheses(operation.variableDefinitions, of: operation.node, end: end, isDescribed: { $0.description != nil }) {
            printer, variable in
            printer.description(variable.description)
            printer.write("$\(variable.name): ")
            printer.type(variable.type)
            printer.defaultValue(variable.defaultValue)
            printer.directives(variable.directives)
        }
        directives(operation.directives)
        write(" ")
        selectionSet(operation.selectionSet)
    }

    private mutating func fragment(_ fragment: FragmentDefinitionSyntax) {
        description(fragment.description)
        write("fragment \(fragment.name) on \(fragment.typeCondition.name)")
        directives(fragment.directives)
        write(" ")
        selectionSet(fragment.selectionSet)
    }

    private mutating func selectionSet(_ set: SelectionSetSyntax?) {
        guard let set else { return }
        block("{", set.selections, "}", end: set.span.end, node: { $0.node }) { $0.selection($1) }
    }

    private mutating func selection(_ selection: SelectionSyntax) {
        switch selection {
        case .field(let field):
            if let alias = field.alias { write(alias + ": ") }
            write(field.name)
            let end = field.directives.first?.span.start ?? field.selectionSet?.span.start ?? field.span.end
            arguments(field.arguments, of: field.node, end: end)
            directives(field.directives)
            if field.selectionSet != nil { write(" ") }
            selectionSet(field.selectionSet)
        case .fragmentSpread(let spread):
            write("..." + spread.name)
            directives(spread.directives)
        case .inlineFragment(let fragment):
            write("...")
            if let type = fragment.typeCondition { write(" on " + type.name) }
            directives(fragment.directives)
            write(" ")
            selectionSet(fragment.selectionSet)
        }
    }

    // MARK: Type system definitions

    private mutating func schema(_ schema: SchemaDefinitionSyntax) {
        description(schema.description)
        write(schema.isExtension ? "extend schema" : "schema")
        directives(schema.directives)
        braces(schema.rootOperationTypes, end: schema.span.end) { printer, root in
            printer.write("\(root.operation.keyword): \(root.type.name)")
        }
    }

    private mutating func typeDefinition(_ type: TypeDefinitionSyntax) {
        description(type.description)
        if type.isExtension { write("extend ") }
        write("\(type.kind.keyword) \(type.name)")
        let interfaces = type.interfaces
        if !interfaces.isEmpty {
            write(" implements ")
            separated(interfaces, by: " & ") { $0.type($1) }
        }
        directives(type.directives)
        switch type.kind {
        case .scalar: break
        case .object, .interface:
            braces(type.fields, end: type.span.end, isDescribed: { $0.description != nil }) { $0.field($1) }
        case .union:
            unionMembers(of: type)
        case .enum:
            braces(type.values, end: type.span.end, isDescribed: { $0.description != nil }) { printer, value in
                printer.description(value.description)
                printer.write(value.name)
                printer.directives(value.directives)
            }
        case .inputObject:
            braces(type.inputFields, end: type.span.end, isDescribed: { $0.description != nil }) { $0.inputValue($1) }
        }
    }

    /// ` = A | B`, or a line for each member if a comment stands among them.
    private mutating func unionMembers(of union: TypeDefinitionSyntax) {
        let members = union.memberTypes
        if members.isEmpty { return }
        guard comments.contain(from: union.nameSpan.end, to: union.span.end) else {
            write(" = ")
            return separated(members, by: " | ") { $0.type($1) }
        }
        block(" =", members, end: union.span.end, node: { $0.node }) { printer, member in
            printer.write("| ")
            printer.type(member)
        }
    }

    private mutating func field(_ field: FieldDefinitionSyntax) {
        description(field.description)
        write(field.name)
        argumentDefinitions(field.arguments, of: field.node, end: field.type.span.start)
        write(": ")
        type(field.type)
        directives(field.directives)
    }

    private mutating func argumentDefinitions(_ arguments: [InputValueDefinitionSyntax], of owner: SyntaxNode, end: UInt32) {
        parentheses(arguments, of: owner, end: end, isDescribed: { $0.description != nil }) { $0.inputValue($1) }
    }

    private mutating func inputValue(_ value: InputValueDefinitionSyntax) {
        description(value.description)
        write(value.name + ": ")
        type(value.type)
        defaultValue(value.defaultValue)
        directives(value.directives)
    }

    private mutating func directiveDefinition(_ directive: DirectiveDefinitionSyntax) {
        description(directive.description)
        write("directive @" + directive.name)
        argumentDefinitions(
            directive.arguments, of: directive.node, end: directive.locations.first?.span.start ?? directive.span.end)
        if directive.isRepeatable { write(" repeatable") }
        write(" on ")
        separated(directive.locations, by: " | ") { $0.type($1) }
    }
}

extension DefinitionSyntax {
    var node: SyntaxNode {
        switch self {
        case .operation(let operation): operation.node
        case .fragment(let fragment): fragment.node
        case .schema(let schema): schema.node
        case .type(let type): type.node
        case .directive(let directive): directive.node
        }
    }
}

extension SelectionSyntax {
    var node: SyntaxNode {
        switch self {
        case .field(let field): field.node
        case .fragmentSpread(let spread): spread.node
        case .inlineFragment(let fragment): fragment.node
        }
    }
}

extension TypeDefinitionSyntax.Kind {
    /// The keyword, as the grammar spells it.
    public var keyword: String {
        switch self {
        case .scalar: "scalar"
        case .object: "type"
        case .interface: "interface"
        case .union: "union"
        case .enum: "enum"
        case .inputObject: "input"
        }
    }
}
