/// The types that a root type leads to.
public struct ReachableTypes: Sendable, Hashable {
    /// Types of events and of what is in them: scalars, enums and composite types, in the order of the schema. The possible types
    /// of an interface or union are among them; so are the types of `@internal` fields.
    public let outputs: [TypeID]
    /// Types of the arguments of the root's fields and of what is in those, in the order of the schema. Arguments of payload fields
    /// are not followed: no event gives them.
    public let inputs: [TypeID]
}

extension Schema {
    /// The types that the fields of a root type lead to; the root itself is among them only where a field leads back to it.
    public func reachableTypes(from root: TypeID) -> ReachableTypes {
        reachableTypes(from: self[root].fields)
    }

    /// The types that one field of a root type leads to.
    public func reachableTypes(from field: FieldDefinition) -> ReachableTypes { reachableTypes(from: [field]) }

    private func reachableTypes(from fields: [FieldDefinition]) -> ReachableTypes {
        ReachableTypes(
            outputs: closure(of: fields.map(\.type.named)) { type in type.fields.map(\.type.named) + type.possibleTypes },
            inputs: closure(of: fields.flatMap { $0.arguments.map(\.type.named) }) { type in type.inputFields.map(\.type.named) })
    }

    private func closure(of first: [TypeID], _ next: (TypeDefinition) -> [TypeID]) -> [TypeID] {
        var reached = Set(first)
        var waiting = Array(reached)
        while let id = waiting.popLast() {
            for found in next(self[id]) where reached.insert(found).inserted { waiting.append(found) }
        }
        return reached.sorted { $0.index < $1.index }
    }
}
