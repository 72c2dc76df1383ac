import SDLParser

/// An executable document as the rules see it: its definitions, which fragment a name means, and the schema that its client sees.
struct OperationDocument {
    /// `...Name` somewhere in a definition, and the fragment that it means, if there is one.
    struct Spread {
        let syntax: FragmentSpreadSyntax
        let fragment: Int?
    }

    /// An index into the operations or the fragments.
    enum Definition {
        case operation(Int)
        case fragment(Int)
    }

    let schema: Schema
    let source: Source
    /// The operations and fragments in the order of the document.
    let definitions: [Definition]
    /// Definitions that are no operations or fragments.
    let others: [DefinitionSyntax]
    let operations: [OperationDefinitionSyntax]
    /// Indices into it are how fragments are called here.
    let fragments: [FragmentDefinitionSyntax]
    /// The spreads of each operation and each fragment, nested ones included, in the order in which graphql-js finds them.
    let operationSpreads: [[Spread]]
    let fragmentSpreads: [[Spread]]
    /// The fragments that each fragment spreads itself, each once.
    private let targets: [[Int]]
    private let fragmentsByName: [String: Int]
    private let metaFields: MetaFields

    init(_ tree: SyntaxTree, _ schema: Schema) {
        self.schema = schema
        source = tree.source
        var definitions: [Definition] = []
        var others: [DefinitionSyntax] = []
        var operations: [OperationDefinitionSyntax] = []
        var fragments: [FragmentDefinitionSyntax] = []
        for definition in tree.document.definitions {
            switch definition {
            case .operation(let operation):
                definitions.append(.operation(operations.count))
                operations.append(operation)
            case .fragment(let fragment):
                definitions.append(.fragment(fragments.count))
                fragments.append(fragment)
            case .schema, .type, .directive: others.append(definition)
            }
        }
        self.definitions = definitions
        self.others = others
        self.operations = operations
        self.fragments = fragments
        // As in graphql-js, the last of several fragments of one name counts; that there are several is an error of its own.
        let names = Dictionary(fragments.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { _, later in later })
        fragmentsByName = names
        operationSpreads = operations.map { Self.spreads(in: $0.selectionSet, names) }
        let spreads = fragments.map { Self.spreads(in: $0.selectionSet, names) }
        fragmentSpreads = spreads
        targets = spreads.map { Self.targets(of: $0) }
        metaFields = MetaFields(schema)
    }

    func fragment(named name: String) -> Int? { fragmentsByName[name] }

    /// The field that a selection on a type means, meta fields included; nil where clients see none.
    func field(named name: String, of parent: TypeID) -> FieldDefinition? {
        if name.utf8.starts(with: "__".utf8), let field = metaFields.field(named: name, of: parent, schema) { return field }
        return schema[parent].publicField(named: name)
    }

    /// The type that a reference in the document means; nil where clients see no type of its name.
    func type(_ syntax: TypeReferenceSyntax) -> TypeReference? {
        var wrappers: [TypeReference.Wrapper] = []
        var syntax = syntax
        while true {
            switch syntax.content {
            case .named(let name):
                return schema.publicTypeID(named: name).map { TypeReference($0, wrappers: wrappers.reversed()) }
            case .list(let inner):
                wrappers.append(.list)
                syntax = inner
            case .nonNull(let inner):
                wrappers.append(.nonNull)
                syntax = inner
            }
        }
    }

    /// The type of a condition if something can be selected on it.
    func compositeType(_ condition: TypeReferenceSyntax) -> TypeID? {
        schema.publicTypeID(named: condition.name).flatMap { schema[$0].isComposite ? $0 : nil }
    }

    /// The fragments that an operation spreads, and those that they spread, each once.
    func fragments(spreadBy operation: Int) -> [Int] {
        var reached = [Bool](repeating: false, count: fragments.count)
        var found: [Int] = []
        var waiting = [Self.targets(of: operationSpreads[operation])]
        while let targets = waiting.popLast() {
            for fragment in targets where !reached[fragment] {
                reached[fragment] = true
                found.append(fragment)
                waiting.append(self.targets[fragment])
            }
        }
        return found
    }

    private static func targets(of spreads: [Spread]) -> [Int] {
        var seen: Set<Int> = []
        return spreads.compactMap(\.fragment).filter { seen.insert($0).inserted }
    }

    private static func spreads(in set: SelectionSetSyntax?, _ names: [String: Int]) -> [Spread] {
        var found: [Spread] = []
        var waiting = set.map { [$0] } ?? []
        while let set = waiting.popLast() {
            for selection in set.selections {
                switch selection {
                case .field(let field):
                    if let inner = field.selectionSet { waiting.append(inner) }
                case .inlineFragment(let fragment):
                    if let inner = fragment.selectionSet { waiting.append(inner) }
                case .fragmentSpread(let spread):
                    found.append(Spread(syntax: spread, fragment: names[spread.name]))
                }
            }
        }
        return found
    }
}
