/// Canonical GraphQL text of a syntax tree: two spaces of indentation, descriptions as block strings, a blank line between
/// definitions, and comments only where `format` is asked for. What it prints parses to the same tree, places aside.
public struct Printer {
    /// The whole document; ends with a line feed.
    public static func print(_ document: DocumentSyntax) -> String {
        var printer = Printer()
        printer.document(document)
        return printer.text
    }

    /// The whole document with its comments, of a tree that was parsed without mistakes. What it gives stays as it is when it is
    /// formatted again.
    public static func format(_ tree: SyntaxTree) -> String {
        var printer = Printer()
        printer.comments = Comments(of: tree.source)
        printer.document(tree.document)
        return printer.text
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

    var text = ""
    private(set) var indentation = ""
    /// Those that are still to be printed.
    var comments = Comments()

    private mutating func document(_ document: DocumentSyntax) {
        for (position, definition) in document.definitions.enumerated() {
            if position > 0 { write("\n") }
            let before = commentsBefore(definition.node)
            lines(before)
            if before.last?.hasBlankLineAfter == true { write("\n") }
            newLine()
            item(definition.node) { $0.definition(definition) }
        }
        let rest = comments.take(before: .max)
        if !rest.isEmpty { write("\n") }
        lines(rest)
        write("\n")
    }

    // MARK: Layout

    mutating func write(_ part: String) {
        text += part
    }

    /// Ends the line and begins the next; at the beginning of the text there is one already.
    mutating func newLine() {
        if text.isEmpty { return }
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
    /// one before it. The closing token, if there is one, ends at `end` or before.
    mutating func block<Item>(
        _ open: String, _ items: [Item], _ close: String? = nil, end: UInt32, node: (Item) -> SyntaxNode,
        isDescribed: (Item) -> Bool = { _ in false }, _ print: (inout Printer, Item) -> Void
    ) {
        if items.isEmpty { return }
        let outer = indentation
        write(open)
        indentation += "  "
        for (position, item) in items.enumerated() {
            let before = commentsBefore(node(item))
            if position > 0, isDescribed(item) || before.first?.hasBlankLineBefore == true { write("\n") }
            lines(before)
            if before.last?.hasBlankLineAfter == true { write("\n") }
            newLine()
            self.item(node(item)) { print(&$0, item) }
        }
        let rest = comments.take(before: end)
        if rest.first?.hasBlankLineBefore == true { write("\n") }
        lines(rest)
        indentation = outer
        guard let close else { return }
        newLine()
        write(close)
    }

    /// ` { ... }` with an item on each line; `end` as in `block`.
    mutating func braces<Item: SyntaxView>(
        _ items: [Item], end: UInt32, isDescribed: (Item) -> Bool = { _ in false }, _ print: (inout Printer, Item) -> Void
    ) {
        block(" {", items, "}", end: end, node: { $0.node }, isDescribed: isDescribed, print)
    }

    /// `( ... )` on one line, or with an item on each line if one has a description or a comment stands among them, which is
    /// after the name of what they belong to and before `end`.
    mutating func parentheses<Item: SyntaxView>(
        _ items: [Item], of owner: SyntaxNode, end: UInt32, isDescribed: (Item) -> Bool, _ print: (inout Printer, Item) -> Void
    ) {
        if items.isEmpty { return }
        if items.contains(where: isDescribed) || comments.contain(from: owner.nameSpan.end, to: end) {
            block("(", items, ")", end: end, node: { $0.node }, isDescribed: isDescribed, print)
        } else {
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

    mutating func arguments(_ arguments: [ArgumentSyntax], of owner: SyntaxNode, end: UInt32) {
        parentheses(arguments, of: owner, end: end, isDescribed: { _ in false }) { printer, argument in
            printer.write(argument.name + ": ")
            printer.value(argument.value)
        }
    }

    mutating func directive(_ directive: DirectiveSyntax) {
        write("@" + directive.name)
        arguments(directive.arguments, of: directive.node, end: directive.span.end)
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
