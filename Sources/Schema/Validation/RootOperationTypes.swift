import SDLParser

/// "The query root operation type must be provided and must be an Object type"; mutation and subscription "must be an Object
/// type" where they are provided; "root operation types must all be different types" (spec section 3.3.1).
///
/// A schema without a query root is accepted with a warning, because many schemas of events have none.
enum RootOperationTypes {
    static let code = DiagnosticCode(1012)
    static let missingQuery = DiagnosticCode(1013)

    static func check(_ assembled: AssembledSchema, _ report: inout [Diagnostic]) {
        let schema = assembled.schema
        var first: [TypeID: AssembledSchema.RootType] = [:]
        for root in assembled.rootTypes where !assembled.isUnknown(root.type) {
            let type = schema[root.type]
            let keyword = root.operation.keyword.prefix(1).uppercased() + root.operation.keyword.dropFirst()
            if type.kind != .object {
                let provided = root.operation == .query ? "" : " if provided"
                report.append(
                    Diagnostic(
                        code: code, "\(keyword) root type must be Object type\(provided), it cannot be \(type.name).", at: root.syntax))
            }
            if let known = first[root.type], known.operation != root.operation {
                report.append(
                    Diagnostic(
                        code: code,
                        "All root types must be different, \"\(type.name)\" type is used as \(known.operation.keyword) and "
                            + "\(root.operation.keyword) root types.",
                        at: root.syntax, notes: [("It is the \(known.operation.keyword) root type here.", known.syntax)]))
            } else {
                first[root.type] = root
            }
        }
        guard schema.queryType == nil, !assembled.hasNoTypes else { return }
        let place =
            assembled.table.schemaDefinitions.first?.node ?? assembled.rootTypes.first?.syntax
            ?? assembled.table.types.first { !$0.isBuiltIn }?.definition.node
        guard let place else { return }
        report.append(
            Diagnostic(
                .warning, code: missingQuery, "Query root type must be provided.", at: place,
                hint: "subsgen works without one; other tools may refuse the schema."))
    }
}
