import SDLParser

/// Turns the syntax of a `DefinitionTable` into a `Schema`: names become type numbers, extensions are merged.
///
/// It never fails. A name that no type has gets a placeholder type, so that the rules can look at everything else; the
/// placeholders are in the schema only when `unknownTypes` is not empty, and such a schema is never handed out.
struct TypeAssembler {
    /// What a definition and its extensions hold, in the order of the documents.
    private struct Parts {
        var fields: [FieldDefinition] = []
        var inputFields: [InputValueDefinition] = []
        var values: [EnumValueDefinition] = []
        var interfaces: [TypeID] = []
        var members: [TypeID] = []
        var directives: [AppliedDirective] = []

        /// Adds directives to the type, or to the member of it, that the rest of a coordinate names. A coordinate that names nothing
        /// is reported by a rule.
        mutating func add(_ added: [AppliedDirective], at path: ArraySlice<String>) {
            guard let name = path.first else {
                directives += added
                return
            }
            if let index = fields.firstIndex(where: { $0.name == name }) {
                fields[index] = fields[index].adding(added, at: path.dropFirst())
            } else if path.count == 1, let index = inputFields.firstIndex(where: { $0.name == name }) {
                inputFields[index] = inputFields[index].adding(added)
            } else if path.count == 1, let index = values.firstIndex(where: { $0.name == name }) {
                values[index] = values[index].adding(added)
            }
        }
    }

    private let table: DefinitionTable
    /// References to types that are not defined, in the order in which they were met.
    private var unknownTypes: [SyntaxNode] = []
    private var placeholders: [String: TypeID] = [:]
    /// Names that only subsgen's directive definitions see.
    private var directiveTypeIDs: [String: TypeID] = [:]
    /// Wrappers by shape, so that ten thousand `String!` share one array.
    private var shapes: [UInt: [TypeReference.Wrapper]] = [1: []]

    private init(table: DefinitionTable) {
        self.table = table
    }

    static func assemble(_ table: DefinitionTable) -> AssembledSchema {
        var assembler = TypeAssembler(table: table)
        return assembler.assemble()
    }

    private mutating func assemble() -> AssembledSchema {
        var parts = table.types.map { _ in Parts() }
        var possibleTypes = [[TypeID]](repeating: [], count: table.types.count)
        for (index, entry) in table.types.enumerated() {
            read(entry.definition.node, isBuiltIn: entry.isBuiltIn, into: &parts[index])
            for syntax in entry.extensions {
                read(syntax.node, isBuiltIn: entry.isBuiltIn, into: &parts[index])
            }
            if !entry.isBuiltIn, !table.addedDirectives.isEmpty {
                for added in table.addedDirectives where added.path.first == entry.name {
                    parts[index].add(added.directives, at: added.path.dropFirst())
                }
            }
            if entry.definition.kind == .object {
                for interface in parts[index].interfaces where interface.index < possibleTypes.count {
                    possibleTypes[interface.index].append(TypeID(index: index))
                }
            } else if entry.definition.kind == .union {
                possibleTypes[index] = parts[index].members
            }
        }
        let ownDefinitions = table.directives.map { directive($0, isBuiltIn: false) }
        let roots = rootTypes()
        let schemaDirectives = (table.schemaDefinitions.prefix(1) + table.schemaExtensions).flatMap { schema in
            schema.directives.map { AppliedDirective($0.node) }
        }

        var types: [TypeDefinition] = []
        types.reserveCapacity(table.types.count + placeholders.count)
        for (index, entry) in table.types.enumerated() {
            types.append(
                type(entry, parts[index], possibleTypes: entry.definition.kind.isAbstract ? possibleTypes[index] : []))
        }
        types += placeholders.sorted { $0.value.index < $1.value.index }.map { TypeDefinition(name: $0.key, kind: .scalar) }

        // Last, because their types are numbered after all others.
        let subsgen = SubsgenDirectives.tree.document.definitions
        let directiveTypes = directiveTypes(subsgen, after: types.count)
        let redefined = Set(ownDefinitions.map(\.name))
        var directives: [DirectiveDefinition] = []
        for syntax in table.specifiedDirectives where !redefined.contains(syntax.name) {
            directives.append(directive(syntax, isBuiltIn: true))
        }
        for case .directive(let syntax) in subsgen where !redefined.contains(syntax.name) {
            directives.append(directive(syntax, isBuiltIn: true))
        }
        // Of several definitions of one name the first stands; the others are reported.
        var seen: Set<String> = []
        directives += ownDefinitions.filter { seen.insert($0.name).inserted }

        let schema = Schema(
            sources: table.documents.map(\.source), types: types, directiveTypes: directiveTypes, idsByName: table.ids, directives: directives,
            queryType: roots.first { $0.operation == .query }?.type,
            mutationType: roots.first { $0.operation == .mutation }?.type,
            subscriptionType: roots.first { $0.operation == .subscription }?.type,
            appliedDirectives: schemaDirectives, description: table.schemaDefinitions.first?.description?.value)
        return AssembledSchema(
            schema: schema, table: table, ownDirectives: ownDefinitions, rootTypes: roots, unknownTypes: unknownTypes,
            placeholders: Set(placeholders.values))
    }

    // MARK: Types

    /// Reads one definition or extension; one walk over its children.
    private mutating func read(_ node: SyntaxNode, isBuiltIn: Bool, into parts: inout Parts) {
        for child in node.children {
            switch child.kind {
            case .fieldDefinition: parts.fields.append(field(child, isBuiltIn: isBuiltIn))
            case .inputValueDefinition: parts.inputFields.append(inputValue(child, isBuiltIn: isBuiltIn))
            case .enumValueDefinition: parts.values.append(enumValue(child, isBuiltIn: isBuiltIn))
            case .implementsInterfaces:
                for name in child.children where name.kind == .namedType { parts.interfaces.append(named(name)) }
            case .unionMemberTypes:
                for name in child.children where name.kind == .namedType { parts.members.append(named(name)) }
            case .directive: parts.directives.append(AppliedDirective(child))
            default: break
            }
        }
    }

    private func type(_ entry: DefinitionTable.TypeEntry, _ parts: Parts, possibleTypes: [TypeID]) -> TypeDefinition {
        TypeDefinition(
            name: entry.name, kind: entry.definition.kind, description: entry.isBuiltIn ? entry.definition.description?.value : nil,
            fields: parts.fields, inputFields: parts.inputFields, values: parts.values, interfaces: parts.interfaces,
            members: parts.members, possibleTypes: possibleTypes, appliedDirectives: parts.directives,
            isBuiltIn: entry.isBuiltIn, syntax: entry.isBuiltIn ? nil : entry.definition.node,
            extensions: entry.extensions.map(\.node))
    }

    private mutating func field(_ node: SyntaxNode, isBuiltIn: Bool) -> FieldDefinition {
        var arguments: [InputValueDefinition] = []
        var directives: [AppliedDirective] = []
        var type = TypeReference(TypeID(index: 0))
        for child in node.children {
            switch child.kind {
            case .inputValueDefinition: arguments.append(inputValue(child, isBuiltIn: isBuiltIn))
            case .namedType, .listType, .nonNullType: type = reference(child)
            case .directive: directives.append(AppliedDirective(child))
            default: break
            }
        }
        return FieldDefinition(
            name: node.name, description: isBuiltIn ? FieldDefinitionSyntax(node: node).description?.value : nil,
            arguments: arguments, type: type, appliedDirectives: directives, syntax: isBuiltIn ? nil : node)
    }

    private mutating func inputValue(_ node: SyntaxNode, isBuiltIn: Bool) -> InputValueDefinition {
        var directives: [AppliedDirective] = []
        var type = TypeReference(TypeID(index: 0))
        var defaultValue: ConstantValue?
        for child in node.children {
            switch child.kind {
            case .namedType, .listType, .nonNullType: type = reference(child)
            case .directive: directives.append(AppliedDirective(child))
            case .defaultValue: defaultValue = InputValueDefinitionSyntax(node: node).defaultValue.flatMap { ConstantValue($0) }
            default: break
            }
        }
        return InputValueDefinition(
            name: node.name, description: isBuiltIn ? InputValueDefinitionSyntax(node: node).description?.value : nil,
            type: type, defaultValue: defaultValue, appliedDirectives: directives, syntax: isBuiltIn ? nil : node)
    }

    private func enumValue(_ node: SyntaxNode, isBuiltIn: Bool) -> EnumValueDefinition {
        EnumValueDefinition(
            name: node.name, description: isBuiltIn ? EnumValueDefinitionSyntax(node: node).description?.value : nil,
            appliedDirectives: EnumValueDefinitionSyntax(node: node).directives.map { AppliedDirective($0.node) },
            syntax: isBuiltIn ? nil : node)
    }

    // MARK: Directives

    private mutating func directive(_ syntax: DirectiveDefinitionSyntax, isBuiltIn: Bool) -> DirectiveDefinition {
        DirectiveDefinition(
            name: syntax.name, description: isBuiltIn ? syntax.description?.value : nil,
            arguments: syntax.arguments.map { inputValue($0.node, isBuiltIn: isBuiltIn) },
            isRepeatable: syntax.isRepeatable, locations: syntax.locations.map(\.name), isBuiltIn: isBuiltIn,
            syntax: isBuiltIn ? nil : syntax.node)
    }

    /// The enums of subsgen's directives, which from here on `named` finds too.
    private mutating func directiveTypes(_ definitions: [DefinitionSyntax], after count: Int) -> [TypeDefinition] {
        var types: [TypeDefinition] = []
        for case .type(let syntax) in definitions {
            directiveTypeIDs[syntax.name] = TypeID(index: count + types.count)
            types.append(
                TypeDefinition(
                    name: syntax.name, kind: syntax.kind, description: syntax.description?.value,
                    values: syntax.values.map { enumValue($0.node, isBuiltIn: true) }, isBuiltIn: true))
        }
        return types
    }

    // MARK: Names

    /// The roots of `schema { }`; without one, the types of the default names (spec section 3.3.1).
    private mutating func rootTypes() -> [AssembledSchema.RootType] {
        var roots: [AssembledSchema.RootType] = []
        if table.schemaDefinitions.isEmpty {
            for operation in OperationType.allCases {
                let name = operation.keyword.prefix(1).uppercased() + operation.keyword.dropFirst()
                guard let id = table.ids[name] else { continue }
                roots.append(.init(operation: operation, type: id, syntax: table.types[id.index].definition.node))
            }
        }
        for schema in table.schemaDefinitions + table.schemaExtensions {
            for root in schema.rootOperationTypes {
                roots.append(.init(operation: root.operation, type: named(root.type.named.node), syntax: root.type.named.node))
            }
        }
        return roots
    }

    private mutating func named(_ node: SyntaxNode) -> TypeID {
        let name = node.name
        // Subsgen's own enums come first where they are known at all: while its directive definitions are read.
        if let id = directiveTypeIDs[name] ?? table.ids[name] { return id }
        unknownTypes.append(node)
        if let id = placeholders[name] { return id }
        let id = TypeID(index: table.types.count + placeholders.count)
        placeholders[name] = id
        return id
    }

    private mutating func reference(_ node: SyntaxNode) -> TypeReference {
        var node = node
        // One bit a wrapper after a leading one, the innermost last; deeper types than fit are rebuilt without the cache.
        var shape: UInt = 1
        var wrappers: [TypeReference.Wrapper] = []
        while node.kind != .namedType {
            if node.kind == .nonNullType {
                shape = shape << 1 | 1
                wrappers.append(.nonNull)
            } else {
                shape = shape << 1
                wrappers.append(.list)
            }
            guard let inner = node.children.first(where: { _ in true }) else { break }
            node = inner
        }
        let type = named(node)
        if wrappers.isEmpty { return TypeReference(type) }
        if wrappers.count >= UInt.bitWidth { return TypeReference(type, wrappers: wrappers.reversed()) }
        if let known = shapes[shape] { return TypeReference(type, wrappers: known) }
        wrappers.reverse()
        shapes[shape] = wrappers
        return TypeReference(type, wrappers: wrappers)
    }
}

/// A schema as the rules see it, before anybody knows that it is sound.
struct AssembledSchema {
    /// Where a document says which type an operation starts at: in `schema { }`, or the type of a default name itself.
    struct RootType {
        let operation: OperationType
        let type: TypeID
        let syntax: SyntaxNode
    }

    let schema: Schema
    let table: DefinitionTable
    /// The documents' own directive definitions, repeated ones included.
    let ownDirectives: [DirectiveDefinition]
    let rootTypes: [RootType]
    let unknownTypes: [SyntaxNode]
    private let placeholders: Set<TypeID>

    init(
        schema: Schema, table: DefinitionTable, ownDirectives: [DirectiveDefinition], rootTypes: [RootType],
        unknownTypes: [SyntaxNode], placeholders: Set<TypeID>
    ) {
        self.schema = schema
        self.table = table
        self.ownDirectives = ownDirectives
        self.rootTypes = rootTypes
        self.unknownTypes = unknownTypes
        self.placeholders = placeholders
    }

    /// Whether a type stands for a name that nobody defined; what it is cannot be judged.
    func isUnknown(_ id: TypeID) -> Bool { !placeholders.isEmpty && placeholders.contains(id) }
}

extension TypeDefinitionSyntax.Kind {
    var isAbstract: Bool { self == .interface || self == .union }
}
