/// Canonical GraphQL text of a syntax tree: two spaces of indentation, descriptions as block strings, a blank line between
/// definitions, no comments. What it prints parses to the same tree, places aside.
public struct Printer {
    /// The whole document; ends with a line feed.
    public static func print(_ document: DocumentSyntax) -> String {
        var printer = Printer()
        printer.separated(document.definitions, by: "\n\n") { $0.definition($1) }
        return printer.text + "\n"
    }

    /// One definition or extension, with its description and without a line feed at the end.
    public static func print(_ definition: DefinitionSyntax) -> String {
        var printer = Printer()
        printer.definition(definition)
        return printer.text
    }

    /// A value on one line; a block string takes several.
    public static func print(_ value: ValueSyntax) -> String {
        var printer = Printer()
        printer.value(value)
        return printer.text
    }

    /// A type reference, such as `[String!]!`.
    public static func print(_ type: TypeReferenceSyntax) -> String {
        var printer = Printer()
        printer.type(type)
        return printer.text
    }

    /// An applied directive, such as `@filter(field: "id")`.
    public static func print(_ directive: DirectiveSyntax) -> String {
        var printer = Printer()
        printer.directive(directive)
        return printer.text
    }

    private(set) var text = ""
    private var indentation = ""

    // MARK: Layout

    mutating func write(_ part: String) {
        text += part
    }

    mutating func newLine() {
        text += "\n"
        text += indentation
    }

    /// `items` with `separator` between them.
    mutating func separated<Item>(_ items: [Item], by separator: String, _ print: (inout Printer, Item) -> Void) {
        for (position, item) in items.enumerated() {
            if position > 0 { write(separator) }
            print(&self, item)
        }
    }

    /// `items` between two tokens, each on a line of its own; nothing for no items. A described item stands apart from the
    /// one before it.
    mutating func block<Item>(
        _ open: String, _ items: [Item], _ close: String, isDescribed: (Item) -> Bool = { _ in false },
        _ print: (inout Printer, Item) -> Void
    ) {
        if items.isEmpty { return }
        let outer = indentation
        write(open)
        indentation += "  "
        for (position, item) in items.enumerated() {
            if position > 0, isDescribed(item) { write("\n") }
            newLine()
            print(&self, item)
        }
        indentation = outer
        newLine()
        write(close)
    }

    /// ` { ... }` with an item on each line.
    mutating func braces<Item>(
        _ items: [Item], isDescribed: (Item) -> Bool = { _ in false }, _ print: (inout Printer, Item) -> Void
    ) {
        block(" {", items, "}", isDescribed: isDescribed, print)
    }

    /// `( ... )` on one line, or with an item on each line if one has a description.
    mutating func parentheses<Item>(_ items: [Item], isDescribed: (Item) -> Bool, _ print: (inout Printer, Item) -> Void) {
        if items.contains(where: isDescribed) {
            block("(", items, ")", isDescribed: isDescribed, print)
        } else if !items.isEmpty {
            write("(")
            separated(items, by: ", ", print)
            write(")")
        }
    }

    // MARK: What all definitions share

    mutating func description(_ description: StringValueSyntax?) {
        guard let description else { return }
        write(StringLiteral.block(description.value, indentation: indentation) ?? StringLiteral.quoted(description.value))
        newLine()
    }

    mutating func value(_ value: ValueSyntax) {
        switch value.content {
        case .variable(let name): write("$" + name)
        case .int(let digits), .float(let digits): write(digits)
        case .string(let string):
            let block = StringValueSyntax(node: value.node).isBlock ? StringLiteral.block(string, indentation: indentation) : nil
            write(block ?? StringLiteral.quoted(string))
        case .boolean(let isTrue): write(isTrue ? "true" : "false")
        case .null: write("null")
        case .enumeration(let name): write(name)
        case .list(let elements):
            write("[")
            separated(elements, by: ", ") { $0.value($1) }
            write("]")
        case .object(let fields):
            write("{")
            separated(fields, by: ", ") { printer, field in
                printer.write(field.name + ": ")
                printer.value(field.value)
            }
            write("}")
        }
    }

    mutating func type(_ type: TypeReferenceSyntax) {
        switch type.content {
        case .named(let name): write(name)
        case .list(let inner):
            write("[")
            self.type(inner)
            write("]")
        case .nonNull(let inner):
            self.type(inner)
            write("!")
        }
    }

    mutating func arguments(_ arguments: [ArgumentSyntax]) {
        parentheses(arguments, isDescribed: { _ in false }) { printer, argument in
            printer.write(argument.name + ": ")
            printer.value(argument.value)
        }
    }

    mutating func directive(_ directive: DirectiveSyntax) {
        write("@" + directive.name)
        arguments(directive.arguments)
    }

    /// The directives, each after a space.
    mutating func directives(_ directives: [DirectiveSyntax]) {
        for directive in directives {
            write(" ")
            self.directive(directive)
        }
    }

    mutating func defaultValue(_ value: ValueSyntax?) {
        guard let value else { return }
        write(" = ")
        self.value(value)
    }
}
