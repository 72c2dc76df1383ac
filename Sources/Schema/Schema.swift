import SDLParser

/// A type system: what the documents of a schema, with their extensions merged, declare (spec section 3).
///
/// Built once by `SchemaBuilder`, then immutable. Types are numbered in the order of their definitions; the built-in scalars
/// and the introspection types come first.
public final class Schema: Sendable {
    /// The schema's types; index with `TypeID.index` or use `subscript`.
    public let types: [TypeDefinition]
    /// Directive definitions by name: the specified ones, subsgen's own and the schema's.
    public let directives: [String: DirectiveDefinition]
    public let queryType: TypeID?
    public let mutationType: TypeID?
    public let subscriptionType: TypeID?
    /// Directives on `schema` itself and its extensions.
    public let appliedDirectives: [AppliedDirective]
    /// The description of the `schema` definition.
    public let description: String?
    private let idsByName: [String: TypeID]

    init(
        types: [TypeDefinition], directives: [String: DirectiveDefinition], queryType: TypeID?, mutationType: TypeID?,
        subscriptionType: TypeID?, appliedDirectives: [AppliedDirective], description: String?
    ) {
        self.types = types
        self.directives = directives
        self.queryType = queryType
        self.mutationType = mutationType
        self.subscriptionType = subscriptionType
        self.appliedDirectives = appliedDirectives
        self.description = description
        idsByName = Dictionary(types.enumerated().map { ($1.name, TypeID(index: $0)) }, uniquingKeysWith: { first, _ in first })
    }

    public subscript(_ id: TypeID) -> TypeDefinition { types[id.index] }

    /// The type of a name, if the schema has one.
    public func typeID(named name: String) -> TypeID? { idsByName[name] }
    public func type(named name: String) -> TypeDefinition? { idsByName[name].map { types[$0.index] } }

    /// The root type of an operation, if the schema supports it.
    public func rootType(for operation: OperationType) -> TypeID? {
        switch operation {
        case .query: queryType
        case .mutation: mutationType
        case .subscription: subscriptionType
        }
    }

    /// The object types that a value of a composite type can have: itself for an object, its implementations or members
    /// for an interface or union (spec section 5.5.2.3, GetPossibleTypes).
    public func possibleTypes(of id: TypeID) -> [TypeID] {
        let type = self[id]
        return type.kind == .object ? [id] : type.possibleTypes
    }

    /// Whether a value of `type` may be an object of type `object`.
    public func isPossibleType(_ object: TypeID, of type: TypeID) -> Bool {
        object == type || self[type].possibleTypeSet.contains(object)
    }

    /// A type reference in SDL: `[Message!]!`.
    public func name(of type: TypeReference) -> String {
        type.wrappers.reduce(self[type.named].name) { inner, wrapper in
            switch wrapper {
            case .list: "[" + inner + "]"
            case .nonNull: inner + "!"
            }
        }
    }
}

/// A type's number in its schema.
public struct TypeID: Hashable, Sendable {
    public let index: Int
    public init(index: Int) { self.index = index }
}

/// A named type with its list and non-null wrappers.
public struct TypeReference: Hashable, Sendable {
    public enum Wrapper: Hashable, Sendable { case list, nonNull }

    public let named: TypeID
    /// From the inside out: `[T!]!` is nonNull, list, nonNull.
    public let wrappers: [Wrapper]

    public init(_ named: TypeID, wrappers: [Wrapper] = []) {
        self.named = named
        self.wrappers = wrappers
    }

    public var isNonNull: Bool { wrappers.last == .nonNull }
    /// The type without its outermost `!`.
    public var nullable: TypeReference {
        isNonNull ? TypeReference(named, wrappers: wrappers.dropLast()) : self
    }
    public var isList: Bool { nullable.wrappers.last == .list }
    /// The type of a list's elements; nil for a type that is no list.
    public var element: TypeReference? {
        let type = nullable
        return type.wrappers.last == .list ? TypeReference(named, wrappers: type.wrappers.dropLast()) : nil
    }
}

/// A type of any kind. Parts that its kind does not have are empty.
public struct TypeDefinition: Sendable {
    public typealias Kind = TypeDefinitionSyntax.Kind

    public let name: String
    public let kind: Kind
    public let description: String?
    /// Fields of an object or interface, in the order of definition, those of extensions last.
    public let fields: [FieldDefinition]
    /// Fields of an input object.
    public let inputFields: [InputValueDefinition]
    public let values: [EnumValueDefinition]
    /// The interfaces that an object or interface declares to implement.
    public let interfaces: [TypeID]
    /// The members of a union, in the order of definition.
    public let members: [TypeID]
    /// The object types of an interface or union, in the order of the schema; empty for other kinds.
    public let possibleTypes: [TypeID]
    public let possibleTypeSet: Set<TypeID>
    public let appliedDirectives: [AppliedDirective]
    /// A scalar of the spec or an introspection type: not part of the user's document.
    public let isBuiltIn: Bool
    /// `@oneOf` (input objects).
    public let isOneOf: Bool
    /// The URL of `@specifiedBy` (scalars).
    public let specifiedByURL: String?
    /// The definition in the user's document, for messages; nil for built-in types.
    public let syntax: SyntaxNode?
    let fieldIndex: [String: Int]
    let inputFieldIndex: [String: Int]

    public init(
        name: String, kind: Kind, description: String? = nil, fields: [FieldDefinition] = [],
        inputFields: [InputValueDefinition] = [], values: [EnumValueDefinition] = [], interfaces: [TypeID] = [],
        members: [TypeID] = [], possibleTypes: [TypeID] = [], appliedDirectives: [AppliedDirective] = [],
        isBuiltIn: Bool = false, isOneOf: Bool = false, specifiedByURL: String? = nil, syntax: SyntaxNode? = nil
    ) {
        self.name = name
        self.kind = kind
        self.description = description
        self.fields = fields
        self.inputFields = inputFields
        self.values = values
        self.interfaces = interfaces
        self.members = members
        self.possibleTypes = possibleTypes
        possibleTypeSet = Set(possibleTypes)
        self.appliedDirectives = appliedDirectives
        self.isBuiltIn = isBuiltIn
        self.isOneOf = isOneOf
        self.specifiedByURL = specifiedByURL
        self.syntax = syntax
        fieldIndex = Dictionary(fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        inputFieldIndex = Dictionary(inputFields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    public func field(named name: String) -> FieldDefinition? { fieldIndex[name].map { fields[$0] } }
    public func inputField(named name: String) -> InputValueDefinition? { inputFieldIndex[name].map { inputFields[$0] } }
    public func value(named name: String) -> EnumValueDefinition? { values.first { $0.name == name } }

    /// Object, interface or union: has a selection set (spec section 3.4.3).
    public var isComposite: Bool { kind == .object || kind == .interface || kind == .union }
    /// Scalar or enum: has none.
    public var isLeaf: Bool { kind == .scalar || kind == .enum }
    public var isAbstract: Bool { kind == .interface || kind == .union }
    /// Whether it may be the type of an argument or variable.
    public var isInput: Bool { isLeaf || kind == .inputObject }
    /// Whether it may be the type of a field.
    public var isOutput: Bool { kind != .inputObject }
}

public struct FieldDefinition: Sendable {
    public let name: String
    public let description: String?
    public let arguments: [InputValueDefinition]
    public let type: TypeReference
    public let appliedDirectives: [AppliedDirective]
    /// The reason of `@deprecated`, where it is applied.
    public let deprecationReason: String?
    public let syntax: SyntaxNode?

    public init(
        name: String, description: String? = nil, arguments: [InputValueDefinition] = [], type: TypeReference,
        appliedDirectives: [AppliedDirective] = [], deprecationReason: String? = nil, syntax: SyntaxNode? = nil
    ) {
        self.name = name
        self.description = description
        self.arguments = arguments
        self.type = type
        self.appliedDirectives = appliedDirectives
        self.deprecationReason = deprecationReason
        self.syntax = syntax
    }

    public func argument(named name: String) -> InputValueDefinition? { arguments.first { $0.name == name } }
}

/// An argument of a field or directive, or a field of an input object.
public struct InputValueDefinition: Sendable {
    public let name: String
    public let description: String?
    public let type: TypeReference
    public let defaultValue: ConstantValue?
    public let appliedDirectives: [AppliedDirective]
    public let deprecationReason: String?
    public let syntax: SyntaxNode?

    public init(
        name: String, description: String? = nil, type: TypeReference, defaultValue: ConstantValue? = nil,
        appliedDirectives: [AppliedDirective] = [], deprecationReason: String? = nil, syntax: SyntaxNode? = nil
    ) {
        self.name = name
        self.description = description
        self.type = type
        self.defaultValue = defaultValue
        self.appliedDirectives = appliedDirectives
        self.deprecationReason = deprecationReason
        self.syntax = syntax
    }

    /// Non-null without a default: must be given (spec section 5.4.3).
    public var isRequired: Bool { type.isNonNull && defaultValue == nil }
}

public struct EnumValueDefinition: Sendable {
    public let name: String
    public let description: String?
    public let appliedDirectives: [AppliedDirective]
    public let deprecationReason: String?

    public init(
        name: String, description: String? = nil, appliedDirectives: [AppliedDirective] = [], deprecationReason: String? = nil
    ) {
        self.name = name
        self.description = description
        self.appliedDirectives = appliedDirectives
        self.deprecationReason = deprecationReason
    }
}

public struct DirectiveDefinition: Sendable {
    public let name: String
    public let description: String?
    public let arguments: [InputValueDefinition]
    public let isRepeatable: Bool
    public let locations: [String]
    /// Specified by GraphQL or by subsgen: not part of the user's document.
    public let isBuiltIn: Bool
    public let syntax: SyntaxNode?

    public init(
        name: String, description: String? = nil, arguments: [InputValueDefinition], isRepeatable: Bool, locations: [String],
        isBuiltIn: Bool, syntax: SyntaxNode? = nil
    ) {
        self.name = name
        self.description = description
        self.arguments = arguments
        self.isRepeatable = isRepeatable
        self.locations = locations
        self.isBuiltIn = isBuiltIn
        self.syntax = syntax
    }

    public func argument(named name: String) -> InputValueDefinition? { arguments.first { $0.name == name } }
}

/// A directive where it stands, with the arguments that were written; defaults are not filled in.
public struct AppliedDirective: Sendable {
    public let name: String
    public let arguments: [(name: String, value: ConstantValue)]
    public let syntax: SyntaxNode

    public init(name: String, arguments: [(name: String, value: ConstantValue)], syntax: SyntaxNode) {
        self.name = name
        self.arguments = arguments
        self.syntax = syntax
    }

    public func argument(_ name: String) -> ConstantValue? { arguments.first { $0.name == name }?.value }
}

extension Sequence<AppliedDirective> {
    /// The first application of a directive.
    public func first(named name: String) -> AppliedDirective? { first { $0.name == name } }
}

/// A constant in SDL. Numbers keep their text, so that no digit is lost.
public indirect enum ConstantValue: Sendable, Hashable {
    case null
    case int(String)
    case float(String)
    case string(String)
    case boolean(Bool)
    case enumeration(String)
    case list([ConstantValue])
    case object([Field])

    /// A field of an input object literal.
    public struct Field: Sendable, Hashable {
        public let name: String
        public let value: ConstantValue
        public init(name: String, value: ConstantValue) {
            self.name = name
            self.value = value
        }
    }
}
