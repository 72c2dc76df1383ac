import GraphQLSchema

/// The one authority for names in generated Python: legal, each once in its scope, and the same when the schema grows at its end.
///
/// Names in JSON are never changed; what differs from them is written beside the Python name.
struct PythonNames {
    /// Classes and aliases of types.py. Every type of the schema has a name, so that it doesn't depend on which are generated.
    let types: [TypeID: String]
    /// What a subscription field is called: its resolver module and its topic's variable, and the stem of its classes.
    let fields: [String: FieldNames]
    /// What a payload field that a function supplies is called, by its coordinate.
    let suppliedFields: [String: SuppliedFieldNames]
    /// The classes of a `@oneOf` input's variants, in the order of its fields.
    let variants: [TypeID: [String]]
    private let style: PythonStyle

    struct FieldNames {
        /// `message_added`
        let variable: String
        /// `MessageAddedArgs`, in types.py.
        let argumentsClass: String
        /// `MessageAddedResolver`, in contracts.py.
        let contract: String
        /// `MessageAddedTopic`, in topics.py.
        let topicClass: String
    }

    struct SuppliedFieldNames {
        /// `message_excerpt`, in field_resolvers/.
        let module: String
        /// The module in registry.py, where resolver modules have names too.
        let variable: String
        /// `MessageExcerptArgs`, in types.py.
        let argumentsClass: String
        /// `MessageExcerptResolver`, in contracts.py.
        let contract: String
    }

    /// The names for a schema; `reserved` are names that types.py imports besides its own.
    init(
        schema: Schema, fields: [PlannedField], suppliedFields: [PlannedSuppliedField], style: PythonStyle = .msgspec,
        reserved: Set<String> = []
    ) {
        let reserved =
            PythonReservedNames.importedClasses.union(PythonReservedNames.builtinValues)
                .union(style == .pydantic ? PythonReservedNames.builtinClasses : []).union(PythonReservedNames.keywords).union(reserved)
        // A class of arguments ends in `Args`, and no other does: a new type takes no name from an old field, nor a new field from a type.
        var classes = NameAllocator(reserved: reserved) { !$0.hasSuffix("Args") }
        var argumentStems = NameAllocator { !reserved.contains($0 + "Args") }
        let own = schema.types.indices.map { TypeID(index: $0) }.filter { !schema[$0].isBuiltIn }
        var types: [TypeID: String] = [:]
        for id in own { types[id] = classes.allocate(Self.className(schema[id].name)) }
        // Behind all types, so that a new field of an input renames none.
        var variants: [TypeID: [String]] = [:]
        for id in own where schema[id].isOneOf {
            variants[id] = schema[id].inputFields.map { classes.allocate((types[id] ?? "") + "By" + Self.className($0.name)) }
        }
        self.types = types
        self.variants = variants
        self.style = style

        var variables = NameAllocator(
            reserved: PythonReservedNames.packageVariables.union(PythonReservedNames.keywords)
                .union(PythonReservedNames.annotationBuiltins))
        var contracts = NameAllocator(reserved: PythonReservedNames.importedClasses)
        var topicClasses = NameAllocator(reserved: PythonReservedNames.importedClasses)
        var names: [String: FieldNames] = [:]
        for field in fields {
            let stem = Self.className(field.name)
            names[field.name] = FieldNames(
                variable: variables.allocate(Self.variable(field.name)), argumentsClass: argumentStems.allocate(stem) + "Args",
                contract: contracts.allocate(stem + "Resolver"), topicClass: topicClasses.allocate(stem + "Topic"))
        }
        self.fields = names

        var modules = NameAllocator(reserved: PythonReservedNames.keywords)
        var supplied: [String: SuppliedFieldNames] = [:]
        for field in suppliedFields {
            let module = modules.allocate(Self.variable(field.type) + "_" + Self.variable(field.name))
            let stem = Self.className(field.type) + NameWords.capitalised(field.name)
            supplied[field.coordinate] = SuppliedFieldNames(
                module: module, variable: variables.allocate(module), argumentsClass: argumentStems.allocate(stem) + "Args",
                contract: contracts.allocate(stem + "Resolver"))
        }
        self.suppliedFields = supplied
    }

    /// The attributes of a payload, input or arguments class for fields of these names, in their order.
    func attributes(_ names: [String]) -> [String] { Self.attributes(names, style: style) }

    /// The attributes of a class of a style. What a style's base class has is not taken from it.
    static func attributes(_ names: [String], style: PythonStyle) -> [String] {
        var scope = NameAllocator(reserved: style == .pydantic ? PythonReservedNames.inModels : PythonReservedNames.inPayloads)
        return names.map { scope.allocate(variable($0)) }
    }

    /// The parameters of a function for arguments of these names, beside its own `event` and `manager`.
    static func parameters(_ names: [String]) -> [String] {
        var scope = NameAllocator(reserved: PythonReservedNames.inParameters)
        return names.map { scope.allocate(variable($0)) }
    }

    /// The members of an enum for values of these names, in their order.
    static func members(_ names: [String]) -> [String] {
        var scope = NameAllocator(reserved: PythonReservedNames.inEnums)
        return names.map { scope.allocate(withoutLeadingUnderscores($0, orElse: "value")) }
    }

    /// A type's name in capitals at its start: attributes begin with small letters, so that none hides a class.
    private static func className(_ name: String) -> String {
        let visible = withoutLeadingUnderscores(name, orElse: "Type")
        let first = visible.utf8.first ?? 0
        return (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) ? visible : NameWords.pascalCase(visible)
    }

    private static func variable(_ name: String) -> String {
        withoutLeadingUnderscores(NameWords.snakeCase(name), orElse: "field")
    }

    /// Underscores from the front to the back: a name with one in front is private for type checkers, and Enum forbids some such.
    private static func withoutLeadingUnderscores(_ name: String, orElse prefix: String) -> String {
        let visible = name.drop { $0 == "_" }
        let underscores = String(name.prefix(name.count - visible.count))
        guard let first = visible.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return prefix + (underscores.isEmpty ? "_" : underscores) + visible
        }
        return visible + underscores
    }
}
