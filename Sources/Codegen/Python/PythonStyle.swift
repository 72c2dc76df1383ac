/// What generated Python classes are made with. Resolvers are written the same in every style.
public enum PythonStyle: String, Sendable, CaseIterable {
    /// Structs of msgspec, decoded and encoded in C.
    case msgspec
    /// Dataclasses of the standard library.
    case dataclass
    /// Models of pydantic 2.
    case pydantic
}

/// How a style writes a class and its attributes.
extension PythonStyle {
    /// The lines of a class before its docstring. `tag` is the `__typename` of a type that belongs to an interface or union.
    func header(_ name: String, tag: String?) -> String {
        switch self {
        case .msgspec:
            let options = tag.map { ["tag_field=\"__typename\"", "tag=\"\($0)\""] } ?? []
            return PythonLayout.call("class \(name)(", ["Payload", "kw_only=True"] + options, "):")
        case .dataclass:
            return "@dataclass(slots=True, kw_only=True)\n" + PythonLayout.call("class \(name)(", ["Payload"], "):")
        case .pydantic: return PythonLayout.call("class \(name)(", ["Payload"], "):")
        }
    }

    /// The attribute that holds a class's `__typename`, where the class's header does not tell it.
    func typename(_ tag: String) -> String? {
        let name = PythonReservedNames.typename
        return switch self {
        case .msgspec: nil
        case .dataclass: PythonLayout.skippingIfTooLong("    \(name) = \"\(tag)\"")
        case .pydantic:
            PythonLayout.call(
                "\(name): Literal[\"\(tag)\"] = _field(", ["default=\"\(tag)\""] + aliases("__typename"), ")", indent: 4)
        }
    }

    /// An attribute, `room_id: ID`, with its default and, where it does not follow from the attribute's, its name in JSON.
    func attribute(_ declaration: String, default standard: String?, wire: String?) -> String {
        guard let wire else { return PythonLayout.skippingIfTooLong("    " + declaration + (standard.map { " = " + $0 } ?? "")) }
        let naming =
            switch self {
            case .msgspec: ["name=\"\(wire)\""]
            case .dataclass: ["metadata={\"name\": \"\(wire)\"}"]
            case .pydantic: aliases(wire)
            }
        return PythonLayout.call(declaration + " = _field(", (standard.map { ["default=\($0)"] } ?? []) + naming, ")", indent: 4)
    }

    /// Not `alias`, by which type checkers would call the parameter of the constructor.
    private func aliases(_ name: String) -> [String] { ["validation_alias=\"\(name)\"", "serialization_alias=\"\(name)\""] }
}

/// What a style imports, and how it writes interfaces and unions.
extension PythonStyle {
    /// The import statements of types.py for what is used of subsgen and of the style's own library, in the order of isort; those of the
    /// standard library apart.
    func imports(_ used: Set<String>) -> (standard: [String], subsgen: [String]) {
        let field = "field as _field"
        let typing = used.intersection(["Annotated", "Any", "Final", "Literal", "TypeAlias"])
        let usesField = used.contains(field)
        let own = used.intersection(ownNames)
        let common = used.subtracting(typing).subtracting(own).subtracting([field])
        var standard = typing.isEmpty ? [] : [PythonLayout.importing(typing, from: "typing")]
        var subsgen = common.isEmpty ? [] : [PythonLayout.importing(common, from: "subsgen")]
        switch self {
        case .msgspec:
            if usesField { subsgen.append("from subsgen import \(field)") }
        case .dataclass:
            if usesField { standard.insert("from dataclasses import \(field)", at: 0) }
            if !own.isEmpty {
                standard.insert("from dataclasses import dataclass", at: 0)
                subsgen.append(PythonLayout.importing(own, from: "subsgen.dataclasses"))
            }
        case .pydantic:
            if !own.isEmpty { subsgen.append(PythonLayout.importing(own, from: "subsgen.pydantic")) }
            if usesField { subsgen.append("from subsgen.pydantic import \(field)") }
        }
        return (standard, subsgen)
    }

    /// The names that the style has for itself, where the others take those of subsgen.
    private var ownNames: Set<String> {
        switch self {
        case .msgspec: []
        case .dataclass: ["Payload"]
        case .pydantic: ["BY_TYPENAME", "Int", "Payload", "UnsetType"]
        }
    }

    /// What a class imports besides its attributes' types.
    func namesOfClass(hasTag: Bool) -> Set<String> {
        self == .pydantic && hasTag ? ["Payload", "Literal", "field as _field"] : ["Payload"]
    }

    /// An interface or union of several classes, with what it imports.
    func union(_ name: String, _ alternatives: [String]) -> (statement: String, names: Set<String>) {
        guard self == .pydantic, alternatives.count > 1 else { return (PythonLayout.alias(name, alternatives), ["TypeAlias"]) }
        return (PythonLayout.annotatedAlias(name, alternatives, "BY_TYPENAME"), ["Annotated", "BY_TYPENAME", "TypeAlias"])
    }
}
