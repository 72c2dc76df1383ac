/// The types that a root type leads to.
public struct ReachableTypes: Sendable, Hashable {
    /// Types of events and of what is in them: scalars, enums and composite types, in the order of the schema. The possible types
    /// of an interface or union are among them; so are the types of `@internal` fields.
    public let outputs: [TypeID]
    /// Types of the arguments of the root's fields and of the payload fields that functions supply, and of what is in those, in the
    /// order of the schema.
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
        let arguments = (fields + suppliedFields(from: fields).map(\.field)).flatMap { $0.arguments.map(\.type.named) }
        return ReachableTypes(
            outputs: closure(of: fields.map(\.type.named)) { type in type.fields.map(\.type.named) + type.possibleTypes },
            inputs: closure(of: arguments) { type in type.inputFields.map(\.type.named) })
    }

    /// The payload fields that functions supply to the events of a root type's fields, in the order of the schema.
    ///
    /// Clients select them, so that what `@internal` hides has none. Nor has a root operation type, should a payload lead to it: its
    /// fields are answered elsewhere.
    public func suppliedFields(from fields: [FieldDefinition]) -> [(parent: TypeID, field: FieldDefinition)] {
        let visible = closure(of: fields.lazy.filter { !$0.isInternal }.map(\.type.named)) { type in
            type.fields.filter { !$0.isInternal }.map(\.type.named) + type.possibleTypes.filter { !self[$0].isInternal }
        }
        return visible.flatMap { id -> [(parent: TypeID, field: FieldDefinition)] in
            let type = self[id]
            guard type.kind == .object, !type.isBuiltIn, !isRoot(type) else { return [] }
            return type.fields.filter { !$0.isInternal && $0.isSupplied }.map { (id, $0) }
        }
    }

    /// Whether a type is the root of an operation.
    func isRoot(_ type: TypeDefinition) -> Bool {
        [queryType, mutationType, subscriptionType].contains { $0.map { self[$0] === type } ?? false }
    }

    private func closure(of first: some Sequence<TypeID>, _ next: (TypeDefinition) -> [TypeID]) -> [TypeID] {
        var reached = Set(first)
        var waiting = Array(reached)
        while let id = waiting.popLast() {
            for found in next(self[id]) where reached.insert(found).inserted { waiting.append(found) }
        }
        return reached.sorted { $0.index < $1.index }
    }
}
