import SDLParser

/// "fieldName must be defined on type in scope" (spec section 5.3.1).
enum FieldsOnCorrectTypeRule {
    static let code = DiagnosticCode(3014)

    /// Reports a field that its type does not have.
    static func refuse(_ field: FieldSyntax, of parent: TypeID, _ document: OperationDocument, _ report: inout OperationReport) {
        if report.isFull { return }
        let type = document.schema[parent]
        // The field may well exist on a type that the value can have; else it may be misspelt.
        var sentence = DidYouMean.sentence(
            suggesting: typesWithField(named: field.name, below: type, document.schema), prefix: "to use an inline fragment on")
        if sentence.isEmpty {
            sentence = DidYouMean.sentence(for: field.name, among: type.fields.lazy.filter { !$0.isInternal }.map(\.name))
        }
        report.add(code, "Cannot query field \"\(field.name)\" on type \"\(type.name)\".\(sentence)", at: field.span)
    }

    /// The possible types of an abstract type that have a field, and their interfaces that have it: first what covers most of the
    /// possible types, then interfaces before their implementations, then by name.
    private static func typesWithField(named name: String, below type: TypeDefinition, _ schema: Schema) -> [String] {
        guard type.isAbstract else { return [] }
        var found: [TypeID] = []
        var counts: [TypeID: Int] = [:]
        func count(_ id: TypeID) {
            guard schema[id].publicField(named: name) != nil else { return }
            if counts[id] == nil { found.append(id) }
            counts[id, default: 0] += 1
        }
        for possible in type.possibleTypes where schema[possible].publicField(named: name) != nil {
            count(possible)
            for interface in schema[possible].interfaces { count(interface) }
        }
        return found.sorted { left, right in
            let (leftCount, rightCount) = (counts[left, default: 0], counts[right, default: 0])
            if leftCount != rightCount { return leftCount > rightCount }
            if schema[right].interfaces.contains(left) || schema[left].possibleTypeSet.contains(right) { return true }
            if schema[left].interfaces.contains(right) || schema[right].possibleTypeSet.contains(left) { return false }
            return DidYouMean.naturallyPrecedes(schema[left].name, schema[right].name)
        }.map { schema[$0].name }
    }
}
