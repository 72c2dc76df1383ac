import SDLParser

/// A tree as text, with all that the typed views tell of it; Fixtures/Reference/generate.py writes the same of graphql-core's trees.
///
/// Without places and kinds of string two documents have the same text exactly where they mean the same.
struct TreeText {
    /// Whether the bytes that each production covers, and whether a string is a block string, are part of the text.
    var hasPlaces: Bool

    static func withPlaces(_ tree: SyntaxTree) -> String { TreeText(hasPlaces: true).document(tree.document) }
    static func meaning(_ tree: SyntaxTree) -> String { TreeText(hasPlaces: false).document(tree.document) }

    private func document(_ document: DocumentSyntax) -> String {
        document.definitions.map(definition).joined(separator: "\n")
    }

    private func place(_ view: some SyntaxView) -> String {
        hasPlaces ? "\(view.span.start)-\(view.span.end) " : ""
    }

    private func list<View>(_ views: [View], _ text: (View) -> String) -> String {
        "[" + views.map(text).joined(separator: "; ") + "]"
    }

    private func list(_ directives: [DirectiveSyntax]) -> String { list(directives, directive) }

    private func description(_ description: StringValueSyntax?) -> String {
        description.map { string($0) + " " } ?? ""
    }

    // MARK: Definitions

    private func definition(_ definition: DefinitionSyntax) -> String {
        switch definition {
        case .operation(let operation):
            let head = place(operation) + description(operation.description) + "\(operation.operation.keyword) \(operation.name) "
            let shorthand = hasPlaces || !operation.isShorthand ? "" : "shorthand "
            return head + shorthand + "\(list(operation.variableDefinitions, variable)) \(list(operation.directives)) "
                + selections(operation.selectionSet)
        case .fragment(let fragment):
            return place(fragment) + description(fragment.description) + "fragment \(fragment.name) \(type(fragment.typeCondition)) "
                + "\(list(fragment.directives)) \(selections(fragment.selectionSet))"
        case .directive(let directive):
            return place(directive) + description(directive.description) + "directive \(directive.name) "
                + list(directive.arguments, inputValue) + (directive.isRepeatable ? " repeatable " : " ")
                + list(directive.locations, type)
        case .schema(let schema):
            return place(schema) + description(schema.description) + (schema.isExtension ? "extend " : "")
                + "schema \(list(schema.directives)) "
                + list(schema.rootOperationTypes) { "\(place($0))\($0.operation.keyword) \(type($0.type))" }
        case .type(let type):
            return typeDefinition(type)
        }
    }

    private func typeDefinition(_ definition: TypeDefinitionSyntax) -> String {
        let directives = list(definition.directives)
        let rest =
            switch definition.kind {
            case .scalar: "scalar \(definition.name) \(directives)"
            case .object: "object \(definition.name) \(list(definition.interfaces, type)) \(directives) \(list(definition.fields, field))"
            case .interface:
                "interface \(definition.name) \(list(definition.interfaces, type)) \(directives) \(list(definition.fields, field))"
            case .union: "union \(definition.name) \(directives) \(list(definition.memberTypes, type))"
            case .enum: "enum \(definition.name) \(directives) \(list(definition.values, enumValue))"
            case .inputObject: "input \(definition.name) \(directives) \(list(definition.inputFields, inputValue))"
            }
        return place(definition) + description(definition.description) + (definition.isExtension ? "extend " : "") + rest
    }

    private func field(_ field: FieldDefinitionSyntax) -> String {
        place(field) + description(field.description)
            + "\(field.name) \(list(field.arguments, inputValue)) \(type(field.type)) \(list(field.directives))"
    }

    private func inputValue(_ value: InputValueDefinitionSyntax) -> String {
        place(value) + description(value.description)
            + "\(value.name) \(type(value.type))\(defaultValue(value.defaultValue)) \(list(value.directives))"
    }

    private func enumValue(_ value: EnumValueDefinitionSyntax) -> String {
        place(value) + description(value.description) + "\(value.name) \(list(value.directives))"
    }

    private func variable(_ variable: VariableDefinitionSyntax) -> String {
        place(variable) + description(variable.description)
            + "\(variable.name) \(type(variable.type))\(defaultValue(variable.defaultValue)) \(list(variable.directives))"
    }

    private func defaultValue(_ value: ValueSyntax?) -> String {
        value.map { " = " + self.value($0) } ?? ""
    }

    // MARK: Selections

    private func selections(_ set: SelectionSetSyntax?) -> String {
        guard let set else { return "none" }
        return "{" + set.selections.map(selection).joined(separator: "; ") + "}"
    }

    private func selection(_ selection: SelectionSyntax) -> String {
        switch selection {
        case .field(let field):
            place(field) + (field.alias.map { $0 + ": " } ?? "")
                + "\(field.name) \(list(field.arguments, argument)) \(list(field.directives)) \(selections(field.selectionSet))"
        case .fragmentSpread(let spread):
            place(spread) + "...\(spread.name) \(list(spread.directives))"
        case .inlineFragment(let fragment):
            place(fragment) + "... \(fragment.typeCondition.map(type) ?? "") \(list(fragment.directives)) "
                + selections(fragment.selectionSet)
        }
    }

    // MARK: Types, directives and values

    private func type(_ type: TypeReferenceSyntax) -> String {
        switch type.content {
        case .named(let name): place(type) + name
        case .list(let inner): place(type) + "[\(self.type(inner))]"
        case .nonNull(let inner): place(type) + "(\(self.type(inner)))!"
        }
    }

    private func directive(_ directive: DirectiveSyntax) -> String {
        place(directive) + "@\(directive.name) \(list(directive.arguments, argument))"
    }

    private func argument(_ argument: ArgumentSyntax) -> String {
        place(argument) + "\(argument.name) \(value(argument.value))"
    }

    private func value(_ value: ValueSyntax) -> String {
        switch value.content {
        case .variable(let name): place(value) + "$\(name)"
        case .int(let digits): place(value) + "int \(digits)"
        case .float(let digits): place(value) + "float \(digits)"
        case .string: string(StringValueSyntax(node: value.node))
        case .boolean(let isTrue): place(value) + "\(isTrue)"
        case .null: place(value) + "null"
        case .enumeration(let name): place(value) + "enum \(name)"
        case .list(let elements): place(value) + list(elements, self.value)
        case .object(let fields): place(value) + "object " + list(fields) { "\(place($0))\($0.name) \(self.value($0.value))" }
        }
    }

    /// In quotation marks, with a code point for whatever is no letter, digit or the like.
    private func string(_ string: StringValueSyntax) -> String {
        var text = place(string) + (hasPlaces && string.isBlock ? "block \"" : "string \"")
        for scalar in string.value.unicodeScalars {
            if (0x20..<0x7F).contains(scalar.value), scalar != "\"", scalar != "\\" {
                text.unicodeScalars.append(scalar)
            } else {
                text += "\\" + String(scalar.value, radix: 16, uppercase: true) + ";"
            }
        }
        return text + "\""
    }
}
