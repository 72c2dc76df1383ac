import SDLParser

/// A schema as introspection tells of it: objects of the introspection types and their members (spec section 4.2).
///
/// Types refer to each other in circles, so nothing is expanded here: whoever writes a document decides how far to follow.
public struct IntrospectedSchema: Sendable {
    /// An object of one of the introspection types.
    public enum Object: Sendable {
        case schema
        case type(TypeDefinition)
        case field(FieldDefinition)
        case inputValue(InputValueDefinition)
        case enumValue(EnumValueDefinition)
        case directive(DirectiveDefinition)
    }

    /// The value of a member.
    public enum Value: Sendable {
        case null
        case boolean(Bool)
        case string(String)
        case strings([String])
        /// A type in the place of another object's: with wrappers, as `__Type` writes them around it.
        case type(TypeReference)
        case types([TypeID])
        /// A type at which an operation starts.
        case root(TypeID)
        case objects([Object])
        /// A list that leaves out what is deprecated, unless `includeDeprecated` asks for it.
        case deprecatable([Object])
    }

    public let schema: Schema
    /// The types that it lists, in the order of the schema.
    public let types: [TypeID]
    /// The directives that it lists: the specified ones first.
    public let directives: [DirectiveDefinition]
    private let includesInternal: Bool
    private let listed: Set<TypeID>

    /// The schema that clients see; with `includingInternal` also what is `@internal`, and definitions of subsgen's directives that the
    /// schema brought.
    public init(_ schema: Schema, includingInternal: Bool = false) {
        self.schema = schema
        includesInternal = includingInternal
        let specified = SpecifiedDefinitions.directiveNames.filter { !schema.directiveOrder.contains($0) }
        let own = schema.directiveOrder.filter { includingInternal || !SubsgenDirectives.contains($0) }
        directives = (specified + own).compactMap { schema.directives[$0] }
        let visible = schema.types.indices.filter { includingInternal || !schema.types[$0].isInternal }.map { TypeID(index: $0) }
        let referenced = Self.referenced(from: visible, directives, in: schema, includingInternal)
        // A built-in scalar that nothing refers to is no part of the schema (spec section 3.5).
        types = visible.filter { !(schema[$0].isBuiltIn && schema[$0].kind == .scalar) || referenced.contains($0) }
        listed = Set(types)
    }

    private static func referenced(
        from types: [TypeID], _ directives: [DirectiveDefinition], in schema: Schema, _ includesInternal: Bool
    ) -> Set<TypeID> {
        var referenced = Set(directives.flatMap { $0.arguments.map(\.type.named) })
        for type in types.map({ schema[$0] }) {
            for field in type.fields where includesInternal || !field.isInternal {
                referenced.insert(field.type.named)
                referenced.formUnion(field.arguments.map(\.type.named))
            }
            referenced.formUnion(type.inputFields.map(\.type.named))
        }
        return referenced
    }

    /// What leads from the public parts of a schema to its `@internal` ones: mistakes with which a schema has no public view.
    public static func leaks(of schema: Schema) -> [Diagnostic] {
        var report: [Diagnostic] = []
        InternalVisibility.check(schema, &report)
        return report.inOrder(of: schema.sources)
    }

    // MARK: What is listed

    public func contains(_ type: TypeID) -> Bool { listed.contains(type) }

    /// The fields of an object or interface that are listed.
    public func fields(of type: TypeDefinition) -> [FieldDefinition] {
        includesInternal ? type.fields : type.fields.filter { !$0.isInternal }
    }

    // MARK: Members

    /// The members of an object in the order in which the usual query asks for them, those that are null for its kind included.
    public func members(of object: Object) -> [(name: String, value: Value)] {
        switch object {
        case .schema:
            [
                ("description", Self.optional(schema.description)), ("queryType", root(schema.queryType)),
                ("mutationType", root(schema.mutationType)), ("subscriptionType", root(schema.subscriptionType)),
                ("types", .objects(types.map { .type(schema[$0]) })), ("directives", .objects(directives.map { .directive($0) })),
            ]
        case .type(let type): members(of: type)
        case .field(let field):
            named(field.name, field.description) + [arguments(field.arguments), ("type", .type(field.type))]
                + deprecation(field.deprecationReason)
        case .inputValue(let value):
            named(value.name, value.description)
                + [("type", .type(value.type)), ("defaultValue", Self.optional(value.defaultValue?.sdl))]
                + deprecation(value.deprecationReason)
        case .enumValue(let value): named(value.name, value.description) + deprecation(value.deprecationReason)
        case .directive(let directive):
            named(directive.name, directive.description)
                + [
                    ("isRepeatable", .boolean(directive.isRepeatable)), ("locations", .strings(directive.locations)),
                    arguments(directive.arguments),
                ]
        }
    }

    private func members(of type: TypeDefinition) -> [(name: String, value: Value)] {
        let isFielded = type.kind == .object || type.kind == .interface
        return [("kind", .string(Self.name(of: type.kind)))] + named(type.name, type.description) + [
            ("specifiedByURL", Self.optional(type.specifiedByURL)),
            ("isOneOf", type.kind == .inputObject ? .boolean(type.isOneOf) : .null),
            ("fields", isFielded ? .deprecatable(fields(of: type).map { .field($0) }) : .null),
            ("inputFields", type.kind == .inputObject ? .deprecatable(type.inputFields.map { .inputValue($0) }) : .null),
            ("interfaces", isFielded ? .types(type.interfaces.filter(contains)) : .null),
            ("enumValues", type.kind == .enum ? .deprecatable(type.values.map { .enumValue($0) }) : .null),
            ("possibleTypes", type.isAbstract ? .types(type.possibleTypes.filter(contains)) : .null),
        ]
    }

    /// The name of a kind among the values of `__TypeKind`.
    public static func name(of kind: TypeDefinition.Kind) -> String {
        switch kind {
        case .scalar: "SCALAR"
        case .object: "OBJECT"
        case .interface: "INTERFACE"
        case .union: "UNION"
        case .enum: "ENUM"
        case .inputObject: "INPUT_OBJECT"
        }
    }

    private func named(_ name: String, _ description: String?) -> [(name: String, value: Value)] {
        [("name", .string(name)), ("description", Self.optional(description))]
    }

    private func arguments(_ arguments: [InputValueDefinition]) -> (name: String, value: Value) {
        ("args", .deprecatable(arguments.map { .inputValue($0) }))
    }

    private func deprecation(_ reason: String?) -> [(name: String, value: Value)] {
        [("isDeprecated", .boolean(reason != nil)), ("deprecationReason", Self.optional(reason))]
    }

    private func root(_ type: TypeID?) -> Value { type.flatMap { contains($0) ? .root($0) : nil } ?? .null }

    private static func optional(_ text: String?) -> Value { text.map { .string($0) } ?? .null }
}

extension IntrospectedSchema.Object {
    /// Whether lists leave it out unless they are asked for what is deprecated.
    public var isDeprecated: Bool {
        switch self {
        case .field(let field): field.deprecationReason != nil
        case .inputValue(let value): value.deprecationReason != nil
        case .enumValue(let value): value.deprecationReason != nil
        case .schema, .type, .directive: false
        }
    }
}
