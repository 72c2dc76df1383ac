import SDLParser

/// What in a document a plan depends on, found in one walk.
struct DocumentReading {
    /// The variables of `@skip` and `@include`.
    private(set) var conditionVariables: Set<String> = []
    /// The variables in arguments of fields that are none of the root's.
    private(set) var payloadVariables: Set<String> = []
    /// The numbers and strings there, by their nodes.
    private(set) var payloadLiterals: [Int] = []
    /// The numbers and strings in arguments of fields of one response key, by key.
    private var literals: [String: [[Int]]] = [:]

    /// `root` is the name of the subscription root type.
    init(_ tree: SyntaxTree, root: String?) {
        for operation in tree.document.operations { read(operation.selectionSet, isRoot: true) }
        for fragment in tree.document.fragments { read(fragment.selectionSet, isRoot: fragment.typeCondition.name == root) }
    }

    /// The literals of fields that others have the response key of, in the order of the document.
    var mergedLiterals: [Int] { literals.values.filter { $0.count > 1 }.flatMap { $0.joined() }.sorted() }

    private mutating func read(_ selectionSet: SelectionSetSyntax?, isRoot: Bool) {
        for selection in selectionSet?.selections ?? [] {
            switch selection {
            case .field(let field):
                read(field.directives)
                read(field.arguments, of: field, isRoot: isRoot)
                read(field.selectionSet, isRoot: false)
            case .inlineFragment(let fragment):
                read(fragment.directives)
                read(fragment.selectionSet, isRoot: isRoot)
            case .fragmentSpread(let spread): read(spread.directives)
            }
        }
    }

    private mutating func read(_ directives: [DirectiveSyntax]) {
        for directive in directives where directive.name == "skip" || directive.name == "include" {
            if case .variable(let name)? = directive.argument("if")?.value.content { conditionVariables.insert(name) }
        }
    }

    private mutating func read(_ arguments: [ArgumentSyntax], of field: FieldSyntax, isRoot: Bool) {
        var found: [Int] = []
        for argument in arguments { read(argument.value, isRoot: isRoot, &found) }
        guard !found.isEmpty else { return }
        literals[field.responseKey, default: []].append(found)
        if !isRoot { payloadLiterals += found }
    }

    private mutating func read(_ value: ValueSyntax, isRoot: Bool, _ found: inout [Int]) {
        switch value.content {
        case .variable(let name): if !isRoot { payloadVariables.insert(name) }
        case .int, .float, .string: found.append(value.node.id)
        case .list(let items): for item in items { read(item, isRoot: isRoot, &found) }
        case .object(let fields): for field in fields { read(field.value, isRoot: isRoot, &found) }
        case .boolean, .null, .enumeration: break
        }
    }
}
