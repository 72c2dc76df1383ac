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
    /// possible types, then by name, but an interface before what implements it. No more than a message names.
    private static func typesWithField(named name: String, below type: TypeDefinition, _ schema: Schema) -> [String] {
        guard type.isAbstract else { return [] }
        var counts: [TypeID: Int] = [:]
        for possible in type.possibleTypes where schema[possible].publicField(named: name) != nil {
            counts[possible] = 1
            for interface in schema[possible].interfaces where schema[interface].publicField(named: name) != nil {
                counts[interface, default: 0] += 1
            }
        }
        var names: [String] = []
        while let most = counts.values.max(), names.count < DidYouMean.limit {
            let next = counts.keys.filter { id in
                counts[id] == most && !schema[id].interfaces.contains { counts[$0] == most }
            }.min { DidYouMean.naturallyPrecedes(schema[$0].name, schema[$1].name) }
            guard let next else { break }
            names.append(schema[next].name)
            counts[next] = nil
        }
        return names
    }
}
