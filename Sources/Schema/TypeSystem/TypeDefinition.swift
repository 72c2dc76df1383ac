import SDLParser

/// A type of any kind. Parts that its kind does not have are empty.
public final class TypeDefinition: Sendable {
    public typealias Kind = TypeDefinitionSyntax.Kind

    public let name: String
    public let kind: Kind
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
    /// `@internal` (objects): in events, not in the public schema.
    public let isInternal: Bool
    /// The URL of `@specifiedBy` (scalars).
    public let specifiedByURL: String?
    /// The definition in the user's document, for messages; nil for built-in types.
    public let syntax: SyntaxNode?
    /// The extensions that were merged into it, in the order of the documents.
    public let extensions: [SyntaxNode]
    let fieldIndex: [String: Int]
    let inputFieldIndex: [String: Int]
    private let ownDescription: String?

    /// A type; `description` is needed only where there is no `syntax` to read it from.
    public init(
        name: String, kind: Kind, description: String? = nil, fields: [FieldDefinition] = [],
        inputFields: [InputValueDefinition] = [], values: [EnumValueDefinition] = [], interfaces: [TypeID] = [],
        members: [TypeID] = [], possibleTypes: [TypeID] = [], appliedDirectives: [AppliedDirective] = [],
        isBuiltIn: Bool = false, syntax: SyntaxNode? = nil, extensions: [SyntaxNode] = []
    ) {
        self.name = name
        self.kind = kind
        ownDescription = description
        self.fields = fields
        self.inputFields = inputFields
        self.values = values
        self.interfaces = interfaces
        self.members = members
        self.possibleTypes = possibleTypes
        possibleTypeSet = Set(possibleTypes)
        self.appliedDirectives = appliedDirectives
        self.isBuiltIn = isBuiltIn
        isOneOf = appliedDirectives.first(named: "oneOf") != nil
        isInternal = appliedDirectives.first(named: "internal") != nil
        specifiedByURL = appliedDirectives.first(named: "specifiedBy")?.argument("url")?.stringValue
        self.syntax = syntax
        self.extensions = extensions
        fieldIndex = Dictionary(fields.enumerated().lazy.map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        inputFieldIndex = Dictionary(inputFields.enumerated().lazy.map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The description, decoded from the document at each call.
    public var description: String? {
        ownDescription ?? syntax.flatMap { TypeDefinitionSyntax(node: $0).description?.value }
    }

    public func field(named name: String) -> FieldDefinition? { fieldIndex[name].map { fields[$0] } }
    /// The field of a name as clients see the type: nil for `@internal` fields too.
    public func publicField(named name: String) -> FieldDefinition? {
        field(named: name).flatMap { $0.isInternal ? nil : $0 }
    }
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

/// A field of an object or interface.
public struct FieldDefinition: Sendable {
    public let name: String
    public let arguments: [InputValueDefinition]
    public let type: TypeReference
    public let appliedDirectives: [AppliedDirective]
    public let syntax: SyntaxNode?
    private let ownDescription: String?

    /// A field; `description` is needed only where there is no `syntax` to read it from.
    public init(
        name: String, description: String? = nil, arguments: [InputValueDefinition] = [], type: TypeReference,
        appliedDirectives: [AppliedDirective] = [], syntax: SyntaxNode? = nil
    ) {
        self.name = name
        ownDescription = description
        self.arguments = arguments
        self.type = type
        self.appliedDirectives = appliedDirectives
        self.syntax = syntax
    }

    /// The description, decoded from the document at each call.
    public var description: String? {
        ownDescription ?? syntax.flatMap { FieldDefinitionSyntax(node: $0).description?.value }
    }
    /// The reason of `@deprecated`, where it is applied.
    public var deprecationReason: String? { appliedDirectives.deprecationReason }
    /// `@internal`: in events, usable by filters; not in the public schema.
    public var isInternal: Bool { appliedDirectives.first(named: "internal") != nil }
    /// Of a payload: a function supplies it and events need not hold it. `@resolver` says so, and arguments do.
    public var isSupplied: Bool { !arguments.isEmpty || appliedDirectives.first(named: "resolver") != nil }

    public func argument(named name: String) -> InputValueDefinition? { arguments.first { $0.name == name } }
}

/// An argument of a field or directive, or a field of an input object.
public struct InputValueDefinition: Sendable {
    public let name: String
    public let type: TypeReference
    public let defaultValue: ConstantValue?
    public let appliedDirectives: [AppliedDirective]
    public let syntax: SyntaxNode?
    private let ownDescription: String?

    /// An input value; `description` is needed only where there is no `syntax` to read it from.
    public init(
        name: String, description: String? = nil, type: TypeReference, defaultValue: ConstantValue? = nil,
        appliedDirectives: [AppliedDirective] = [], syntax: SyntaxNode? = nil
    ) {
        self.name = name
        ownDescription = description
        self.type = type
        self.defaultValue = defaultValue
        self.appliedDirectives = appliedDirectives
        self.syntax = syntax
    }

    /// The description, decoded from the document at each call.
    public var description: String? {
        ownDescription ?? syntax.flatMap { InputValueDefinitionSyntax(node: $0).description?.value }
    }
    /// The reason of `@deprecated`, where it is applied.
    public var deprecationReason: String? { appliedDirectives.deprecationReason }
    /// Non-null without a default: must be given (spec section 5.4.3).
    public var isRequired: Bool { type.isNonNull && defaultValue == nil }
}

/// A value of an enum.
public struct EnumValueDefinition: Sendable {
    public let name: String
    public let appliedDirectives: [AppliedDirective]
    public let syntax: SyntaxNode?
    private let ownDescription: String?

    /// A value; `description` is needed only where there is no `syntax` to read it from.
    public init(
        name: String, description: String? = nil, appliedDirectives: [AppliedDirective] = [], syntax: SyntaxNode? = nil
    ) {
        self.name = name
        ownDescription = description
        self.appliedDirectives = appliedDirectives
        self.syntax = syntax
    }

    /// The description, decoded from the document at each call.
    public var description: String? {
        ownDescription ?? syntax.flatMap { EnumValueDefinitionSyntax(node: $0).description?.value }
    }
    /// The reason of `@deprecated`, where it is applied.
    public var deprecationReason: String? { appliedDirectives.deprecationReason }
}

// MARK: Directives from beside the documents

extension FieldDefinition {
    /// The field with more directives on it, or on the argument that the path names.
    func adding(_ directives: [AppliedDirective], at path: ArraySlice<String>) -> FieldDefinition {
        let arguments = arguments.map { path.count == 1 && path.first == $0.name ? $0.adding(directives) : $0 }
        return FieldDefinition(
            name: name, description: ownDescription, arguments: arguments, type: type,
            appliedDirectives: appliedDirectives + (path.isEmpty ? directives : []), syntax: syntax)
    }
}

extension InputValueDefinition {
    /// The argument or input field with more directives on it.
    func adding(_ directives: [AppliedDirective]) -> InputValueDefinition {
        InputValueDefinition(
            name: name, description: ownDescription, type: type, defaultValue: defaultValue,
            appliedDirectives: appliedDirectives + directives, syntax: syntax)
    }
}

extension EnumValueDefinition {
    /// The value with more directives on it.
    func adding(_ directives: [AppliedDirective]) -> EnumValueDefinition {
        EnumValueDefinition(
            name: name, description: ownDescription, appliedDirectives: appliedDirectives + directives, syntax: syntax)
    }
}
