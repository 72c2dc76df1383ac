/// The one authority on names in generated Swift.
///
/// A GraphQL name is kept exactly wherever Swift allows it: keywords get back-ticks, and a name that would be legal but mean something
/// else gets an underscore behind it. Each rule looks at the name alone, never at its neighbours, so a name in Swift does not change
/// when the schema grows. And each rule is injective: whether a name is reserved is decided without the underscores at its end, so
/// `Error` becomes `Error_`, and a schema's own `Error_` becomes `Error__`.
enum SwiftNames {
    /// The type that a GraphQL type becomes.
    static func type(_ name: String) -> String {
        escape(name) { reservedTypes.contains($0) || $0.hasSuffix("Arguments") }
    }

    /// The property that a field or argument becomes, and the parameter of an initialiser.
    static func member(_ name: String) -> String {
        escape(name) { reservedMembers.contains($0) }
    }

    /// The case that an enum value, a member of an abstract type or a field of a `@oneOf` input becomes.
    static func enumCase(_ name: String) -> String {
        escape(name) { reservedCases.contains($0) }
    }

    /// A parameter of a publishing function, which has parameters of its own.
    static func topicParameter(_ name: String) -> String {
        escape(name) { reservedMembers.contains($0) || $0 == "event" || $0 == "attributes" || $0 == "topic" }
    }

    /// The structure of a subscription field's arguments. No type of the schema ends so, see `type`.
    static func arguments(ofField name: String) -> String { capitalized(name) + "Arguments" }

    /// The function that publishes an event of a subscription field.
    static func publisher(ofField name: String) -> String { "publish" + capitalized(name) }

    /// The function that completes a topic of a subscription field.
    static func completer(ofField name: String) -> String { "complete" + capitalized(name) }

    /// Where the value of a boxed property is kept. No GraphQL name has a space in it.
    static func box(ofField name: String) -> String { "`\(name) box`" }

    /// A field's name inside a longer one: `messageAdded` is `MessageAdded`. One that begins with a capital or an underscore already
    /// gets an underscore before it, so that the two differ.
    private static func capitalized(_ name: String) -> String {
        guard let first = name.utf8.first, first >= UInt8(ascii: "a"), first <= UInt8(ascii: "z") else { return "_" + name }
        return name.prefix(1).uppercased() + name.dropFirst()
    }

    private static func escape(_ name: String, isReserved: (String) -> Bool) -> String {
        var base = Substring(name)
        while base.last == "_" { base.removeLast() }
        // Underscores alone are no identifier, or one that nobody can tell from a discarded value.
        let renamed = base.isEmpty || isReserved(String(base)) ? name + "_" : name
        return keywords.contains(renamed) ? "`\(renamed)`" : renamed
    }
}

extension SwiftNames {
    /// Names that are no identifiers without back-ticks, or only in some places.
    private static let keywords: Set<String> = [
        // In declarations, statements, expressions and patterns.
        "Any", "Self",
        "associatedtype", "class", "deinit", "enum", "extension", "fileprivate", "func", "import", "init", "inout", "internal", "let",
        "open", "operator", "precedencegroup", "private", "protocol", "public", "rethrows", "static", "struct", "subscript",
        "typealias", "var", "break", "case", "catch", "continue", "default", "defer", "do", "else", "fallthrough", "for", "guard", "if",
        "in", "repeat", "return", "switch", "throw", "where", "while", "as", "false", "is", "nil", "self", "super", "throws", "true",
        "try",
        // Where the compiler expects them; back-ticks make them names everywhere.
        "actor", "any", "async", "await", "borrowing", "consume", "consuming", "convenience", "copy", "didSet", "discard",
        "distributed", "dynamic", "each", "final", "get", "indirect", "infix", "isolated", "lazy", "left", "macro", "mutating",
        "nonisolated", "nonmutating", "none", "of", "optional", "override", "package", "postfix", "prefix", "required", "right",
        "sending", "set", "some", "then", "unowned", "unsafe", "weak", "willSet", "yield",
    ]

    /// What generated code calls types by, and what hardly a Swift file does without: a type of the same name would hide it from
    /// everybody who imports the module.
    private static let reservedTypes: Set<String> = [
        // The language's own.
        "Any", "AnyObject", "Protocol", "Self", "Swift", "Type", "init", "self",
        // The standard library's.
        "Actor", "Array", "Bool", "Character", "Codable", "Decodable", "Dictionary", "Double", "Encodable", "Equatable", "Error",
        "Float", "Hashable", "Hasher", "Identifiable", "Int", "Int16", "Int32", "Int64", "Int8", "MainActor", "Never", "Optional",
        "RawRepresentable", "Result", "Sendable", "Set", "StaticString", "String", "Substring", "Task", "UInt", "UInt16", "UInt32",
        "UInt64", "UInt8", "Void",
        // The runtime's that generated code refers to.
        "ApplicationExtension", "Boxed", "CostRule", "Cursor", "DispatchTable", "EventBus", "EventPayload", "FieldResolver", "FieldRules", "GraphQLEnum", "GraphQLNullable", "ID", "InputFilter",
        "InputFilterField", "JSONValue",
        "JSONWriter", "ObjectPayload", "OverflowRule", "OwnInputField", "PayloadError", "PayloadFields", "ProtectionRules", "PublishError",
        "RateLimit", "ResolverError", "RuntimeLimits", "SchemaErrors", "SubscriptionArgument",
        "SubscriptionExecutor", "SubscriptionField", "SubsgenRuntime", "SuppliedField", "SubsgenRuntimeVersion", "TopicName", "TopicTemplate", "TypeRules",
        // Generated code's own.
        "SubscriptionResolvers", SwiftPackage.module,
    ]

    /// What means something else behind a dot.
    private static let reservedMembers: Set<String> = ["Protocol", "Type", "init", "self", "decoding", "hashValue"]

    /// What means something else behind a dot, what every generated enum has, and what `Optional` has: `value == .none` would be
    /// true of no value at all.
    private static let reservedCases: Set<String> = ["Protocol", "Type", "init", "self", "none", "some", "unrecognized", "allCases"]
}
