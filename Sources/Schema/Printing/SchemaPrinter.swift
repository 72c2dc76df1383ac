import SDLParser

/// Writes a schema as one canonical SDL document: extensions merged, definitions in the order of the schema, one layout.
///
/// The same schema gives the same bytes. What is built in is left out, as the spec asks (section 3.5); so are the definitions of
/// subsgen's directives unless the schema brought its own.
public enum SchemaPrinter {
    /// The SDL of a schema.
    ///
    /// With `includeInternal` it is all that the documents said: building it again gives an equal schema and dispatch table. Without, it
    /// is the schema that clients see: no `@internal` field or type and none of subsgen's directives, but every other directive.
    public static func print(_ schema: Schema, includeInternal: Bool) -> String {
        var printer = TypeSystemPrinter(schema: schema, view: includeInternal ? .all : .public)
        printer.printSchema()
        return printer.text
    }

    /// The SDL of a schema, with and without what is internal. Most schemas have nothing that is, and are written once for both.
    public static func printBoth(_ schema: Schema) -> (all: String, public: String) {
        var printer = TypeSystemPrinter(schema: schema, view: .all)
        printer.printSchema()
        return (printer.text, printer.hasInternal ? print(schema, includeInternal: false) : printer.text)
    }
}

struct TypeSystemPrinter {
    /// Who reads the document.
    enum View {
        case all, `public`
    }

    let schema: Schema
    let view: View
    private(set) var text = ""
    /// Whether something was met that the public view leaves out.
    private(set) var hasInternal = false

    init(schema: Schema, view: View) {
        self.schema = schema
        self.view = view
    }

    mutating func printSchema() {
        printSchemaDefinition()
        for name in schema.directiveOrder {
            guard let directive = schema.directives[name], shows(internal: SubsgenDirectives.contains(name)) else { continue }
            printDirective(directive)
        }
        for type in schema.types where !type.isBuiltIn && shows(internal: type.isInternal) {
            printType(type)
        }
    }

    // MARK: Definitions

    private mutating func startDefinition(_ description: String?) {
        if !text.isEmpty { text += "\n" }
        printDescription(description, indent: "")
    }

    /// `schema { }` is left out where it says what holds without it (spec section 3.3.1).
    private mutating func printSchemaDefinition() {
        let roots = OperationType.allCases.compactMap { operation in
            schema.rootType(for: operation).map { (operation: operation, type: schema[$0].name) }
        }
        let isDefault = OperationType.allCases.allSatisfy { operation in
            let name = operation.keyword.prefix(1).uppercased() + operation.keyword.dropFirst()
            return schema.rootType(for: operation) == schema.typeID(named: name)
        }
        let directives = shown(schema.appliedDirectives)
        if isDefault, directives.isEmpty, schema.description == nil { return }

        startDefinition(schema.description)
        text += roots.isEmpty ? "extend schema" : "schema"
        printDirectives(directives)
        if !roots.isEmpty {
            text += " {\n"
            for root in roots { text += "  \(root.operation.keyword): \(root.type)\n" }
            text += "}"
        }
        text += "\n"
    }

    private mutating func printDirective(_ directive: DirectiveDefinition) {
        startDefinition(directive.description)
        text += "directive @\(directive.name)"
        printArguments(directive.arguments, indent: "")
        if directive.isRepeatable { text += " repeatable" }
        text += " on " + directive.locations.joined(separator: " | ") + "\n"
    }

    private mutating func printType(_ type: TypeDefinition) {
        startDefinition(type.description)
        switch type.kind {
        case .scalar: text += "scalar \(type.name)"
        case .object: text += "type \(type.name)"
        case .interface: text += "interface \(type.name)"
        case .union: text += "union \(type.name)"
        case .enum: text += "enum \(type.name)"
        case .inputObject: text += "input \(type.name)"
        }
        if !type.interfaces.isEmpty {
            text += " implements " + type.interfaces.map { schema[$0].name }.joined(separator: " & ")
        }
        printDirectives(shown(type.appliedDirectives))
        if !type.members.isEmpty { text += " = " + type.members.map { schema[$0].name }.joined(separator: " | ") }

        let fields = type.fields.filter { shows(internal: $0.isInternal) }
        if !fields.isEmpty || !type.inputFields.isEmpty || !type.values.isEmpty {
            text += " {\n"
            for (position, field) in fields.enumerated() { printField(field, isFirst: position == 0) }
            for (position, field) in type.inputFields.enumerated() {
                startMember(field.description, isFirst: position == 0)
                printInputValue(field)
                text += "\n"
            }
            for (position, value) in type.values.enumerated() {
                startMember(value.description, isFirst: position == 0)
                text += value.name
                printDirectives(shown(value.appliedDirectives))
                text += "\n"
            }
            text += "}"
        }
        text += "\n"
    }

    // MARK: Members

    private mutating func startMember(_ description: String?, isFirst: Bool) {
        if description != nil, !isFirst { text += "\n" }
        printDescription(description, indent: "  ")
        text += "  "
    }

    private mutating func printField(_ field: FieldDefinition, isFirst: Bool) {
        startMember(field.description, isFirst: isFirst)
        text += field.name
        printArguments(field.arguments, indent: "  ")
        text += ": " + schema.name(of: field.type)
        printDirectives(shown(field.appliedDirectives))
        text += "\n"
    }

    /// On one line, unless one of them has a description.
    private mutating func printArguments(_ arguments: [InputValueDefinition], indent: String) {
        if arguments.isEmpty { return }
        let isOneLine = arguments.allSatisfy { $0.description == nil }
        text += isOneLine ? "(" : "(\n"
        for (position, argument) in arguments.enumerated() {
            if isOneLine {
                if position > 0 { text += ", " }
            } else {
                if position > 0, argument.description != nil { text += "\n" }
                printDescription(argument.description, indent: indent + "  ")
                text += indent + "  "
            }
            printInputValue(argument)
            if !isOneLine { text += "\n" }
        }
        text += isOneLine ? ")" : indent + ")"
    }

    private mutating func printInputValue(_ value: InputValueDefinition) {
        text += value.name + ": " + schema.name(of: value.type)
        if let defaultValue = value.defaultValue { text += " = " + defaultValue.sdl }
        printDirectives(shown(value.appliedDirectives))
    }

    // MARK: Directives and descriptions

    private mutating func shown(_ directives: [AppliedDirective]) -> [AppliedDirective] {
        directives.filter { shows(internal: SubsgenDirectives.contains($0.name)) }
    }

    private mutating func shows(internal isInternal: Bool) -> Bool {
        if isInternal { hasInternal = true }
        return view == .all || !isInternal
    }

    private mutating func printDirectives(_ directives: [AppliedDirective]) {
        for directive in directives {
            text += " @" + directive.name
            if directive.arguments.isEmpty { continue }
            text += "(" + directive.arguments.map { "\($0.name): \($0.value.sdl)" }.joined(separator: ", ") + ")"
        }
    }

    private mutating func printDescription(_ description: String?, indent: String) {
        guard let description else { return }
        text += indent + (StringLiteral.block(description, indentation: indent) ?? StringLiteral.quoted(description)) + "\n"
    }
}
