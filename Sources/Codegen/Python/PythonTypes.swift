import GraphQLSchema

/// GraphQL types as Python annotations.
struct PythonTypes {
    let schema: Schema
    let names: PythonNames
    /// What stands before a class of types.py: nothing in that file, `types.` elsewhere.
    var qualifier = ""

    /// A value of a type, or one of `alternatives`: `list[Message] | Skip | None`. Ruff wants `None` at the end.
    func annotation(_ type: TypeReference, or alternatives: String...) -> String {
        ([element(type)] + alternatives + (type.isNonNull ? [] : ["None"])).joined(separator: " | ")
    }

    /// A value that may be absent too.
    func optionalAnnotation(_ type: TypeReference) -> String { annotation(type, or: "UnsetType") }

    /// The type without its outermost `None`.
    private func element(_ type: TypeReference) -> String {
        if let element = type.element { return "list[" + annotation(element) + "]" }
        return named(type.named)
    }

    private func named(_ id: TypeID) -> String {
        let type = schema[id]
        guard type.isBuiltIn else { return qualifier + (names.types[id] ?? "Any") }
        return switch type.name {
        case "String": "str"
        case "Boolean": "bool"
        case "Float": "float"
        case "ID", "Int": type.name
        // Introspection types are no part of events.
        default: "Any"
        }
    }

    /// The names that an annotation of the type takes from subsgen or from typing, where it is a bare `ID`, `Int` or `Any`.
    func imports(_ type: TypeReference) -> [String] {
        let named = schema[type.named]
        guard named.isBuiltIn else { return [] }
        switch named.name {
        case "ID", "Int": return [named.name]
        case "String", "Boolean", "Float": return []
        default: return ["Any"]
        }
    }

    /// The classes of types.py that an annotation of the type takes.
    func classes(_ type: TypeReference) -> [String] {
        schema[type.named].isBuiltIn ? [] : names.types[type.named].map { [$0] } ?? []
    }
}
