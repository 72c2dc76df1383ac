import SDLParser

/// A type system: what the documents of a schema, with their extensions merged, declare (spec section 3).
///
/// Built once by `SchemaBuilder`, then immutable. Types are numbered in the order of their definitions; the built-in scalars
/// and the introspection types come first.
public final class Schema: Sendable {
    /// The schema's types, the specified scalars and introspection types among them. Look a `TypeID` up by `subscript`, which
    /// also knows the types of subsgen's directives.
    public let types: [TypeDefinition]
    /// The enums of subsgen's own directives. They are no part of the schema's namespace: no name finds them, and a type of the
    /// user's may have the same name. Only the arguments of subsgen's directive definitions refer to them.
    public let directiveTypes: [TypeDefinition]
    /// Directive definitions by name: the specified ones, subsgen's own and the schema's.
    public let directives: [String: DirectiveDefinition]
    public let queryType: TypeID?
    public let mutationType: TypeID?
    public let subscriptionType: TypeID?
    /// Directives on `schema` itself and its extensions.
    public let appliedDirectives: [AppliedDirective]
    /// The description of the `schema` definition.
    public let description: String?
    /// The names of the user's directive definitions, in the order of definition.
    public let directiveOrder: [String]
    /// The documents that it was built of, in their order.
    let sources: [Source]
    private let idsByName: [String: TypeID]

    init(
        sources: [Source], types: [TypeDefinition], directiveTypes: [TypeDefinition], idsByName: [String: TypeID],
        directives: [DirectiveDefinition], queryType: TypeID?, mutationType: TypeID?, subscriptionType: TypeID?,
        appliedDirectives: [AppliedDirective], description: String?
    ) {
        self.sources = sources
        self.types = types
        self.directiveTypes = directiveTypes
        self.idsByName = idsByName
        self.directives = Dictionary(directives.map { ($0.name, $0) }, uniquingKeysWith: { _, later in later })
        directiveOrder = directives.lazy.filter { !$0.isBuiltIn }.map(\.name)
        self.queryType = queryType
        self.mutationType = mutationType
        self.subscriptionType = subscriptionType
        self.appliedDirectives = appliedDirectives
        self.description = description
    }

    public subscript(_ id: TypeID) -> TypeDefinition {
        id.index < types.count ? types[id.index] : directiveTypes[id.index - types.count]
    }

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

    /// Whether every value of `type` is a value of `other`: the same type, or an implementation or member of it, with
    /// wrappers that promise at least as much (spec section 3.6, IsSubType).
    public func isSubtype(_ type: TypeReference, of other: TypeReference) -> Bool {
        if type == other { return true }
        if other.isNonNull {
            return type.isNonNull && isSubtype(type.nullable, of: other.nullable)
        }
        if type.isNonNull { return isSubtype(type.nullable, of: other) }
        if let otherElement = other.element {
            guard let element = type.element else { return false }
            return isSubtype(element, of: otherElement)
        }
        guard type.element == nil else { return false }
        return self[other.named].possibleTypeSet.contains(type.named) || self[type.named].interfaces.contains(other.named)
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
    /// How many lists are around the named type: 2 for `[[T!]]!`.
    public var listDepth: Int { wrappers.count { $0 == .list } }
}
