import SDLParser

/// The definitions of all documents, found by what they define; each extension beside the type that it extends.
///
/// Definitions that contradict each other are kept apart here, and reported by the rule that forbids them.
struct DefinitionTable {
    /// A type with everything that the documents say about it.
    struct TypeEntry {
        let name: String
        let definition: TypeDefinitionSyntax
        var extensions: [TypeDefinitionSyntax] = []
        let isBuiltIn: Bool
    }

    private(set) var types: [TypeEntry] = []
    private(set) var ids: [String: TypeID] = [:]
    private(set) var specifiedDirectives: [DirectiveDefinitionSyntax] = []
    private(set) var directives: [DirectiveDefinitionSyntax] = []
    private(set) var schemaDefinitions: [SchemaDefinitionSyntax] = []
    private(set) var schemaExtensions: [SchemaDefinitionSyntax] = []
    /// Operations and fragments, which a schema has no place for.
    private(set) var executables: [SyntaxNode] = []
    /// Definitions of a name that was defined before.
    private(set) var redefinitions: [(first: SyntaxNode, again: SyntaxNode)] = []
    /// Definitions of a built-in name as something else.
    private(set) var builtInRedefinitions: [TypeDefinitionSyntax] = []
    /// Extensions of a type that is not defined, that is of another kind, or that is built in.
    private(set) var unmatchedExtensions: [TypeDefinitionSyntax] = []

    let documents: [SyntaxTree]
    /// What stands beside the documents, in the order in which it was given.
    let addedDirectives: [AddedDirectives]

    init(builtIn: SyntaxTree, documents: [SyntaxTree], adding addedDirectives: [AddedDirectives] = []) {
        self.documents = documents
        self.addedDirectives = addedDirectives
        let definitions = documents.map(\.document.definitions)
        let expected = 16 + definitions.reduce(0) { $0 + $1.count }
        types.reserveCapacity(expected)
        ids.reserveCapacity(expected)

        for definition in builtIn.document.definitions {
            switch definition {
            case .type(let type): add(type, isBuiltIn: true)
            case .directive(let directive): specifiedDirectives.append(directive)
            case .schema, .operation, .fragment: break
            }
        }
        var extensions: [TypeDefinitionSyntax] = []
        for definition in definitions.joined() {
            switch definition {
            case .type(let type) where type.isExtension: extensions.append(type)
            case .type(let type): add(type, isBuiltIn: false)
            case .directive(let directive): directives.append(directive)
            case .schema(let schema) where schema.isExtension: schemaExtensions.append(schema)
            case .schema(let schema): schemaDefinitions.append(schema)
            case .operation(let operation): executables.append(operation.node)
            case .fragment(let fragment): executables.append(fragment.node)
            }
        }
        // An extension may stand before what it extends, also in another document.
        for syntax in extensions {
            if let id = ids[syntax.name], types[id.index].definition.kind == syntax.kind, !types[id.index].isBuiltIn {
                types[id.index].extensions.append(syntax)
            } else {
                unmatchedExtensions.append(syntax)
            }
        }
    }

    private mutating func add(_ type: TypeDefinitionSyntax, isBuiltIn: Bool) {
        let name = type.name
        if let known = ids[name] {
            let first = types[known.index]
            if !first.isBuiltIn {
                redefinitions.append((first.definition.node, type.node))
            } else if type.kind != .scalar || first.definition.kind != .scalar {
                builtInRedefinitions.append(type)
            }
            // `scalar ID` and the like say what is so anyway; printed schemas often hold them.
            return
        }
        ids[name] = TypeID(index: types.count)
        types.append(TypeEntry(name: name, definition: type, isBuiltIn: isBuiltIn))
    }
}
