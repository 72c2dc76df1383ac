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
