import SDLParser

/// "If an Input Object references itself either directly or through referenced Input Objects, at least one of the fields in
/// the chain of references must be either a nullable or a List type" (spec section 3.10).
enum InputObjectCycles {
    static let code = DiagnosticCode(1022)

    /// A type on the way, and the field of it that is being followed.
    private struct Step {
        let type: TypeID
        var field = 0
    }

    static func check(_ assembled: AssembledSchema, _ report: inout [Diagnostic]) {
        let schema = assembled.schema
        var done = [Bool](repeating: false, count: schema.types.count)
        var depths: [TypeID: Int] = [:]
        for (index, type) in schema.types.enumerated() where type.kind == .inputObject && !done[index] {
            // A stack of its own: the chain may be as long as the schema is large.
            var path = [Step(type: TypeID(index: index))]
            depths[TypeID(index: index)] = 0
            while let step = path.last {
                let fields = schema[step.type].inputFields
                guard step.field < fields.count else {
                    done[step.type.index] = true
                    depths[step.type] = nil
                    path.removeLast()
                    continue
                }
                let field = fields[step.field]
                if field.type.isNonNull, !field.type.isList, schema[field.type.named].kind == .inputObject {
                    if let start = depths[field.type.named] {
                        append(path[start...].map { schema[$0.type].inputFields[$0.field] }, schema[field.type.named], &report)
                    } else if !done[field.type.named.index] {
                        depths[field.type.named] = path.count
                        path.append(Step(type: field.type.named))
                        continue
                    }
                }
                // Also the way on after a field's type has been finished: it is done now.
                path[path.count - 1].field += 1
            }
        }
    }

    private static func append(_ fields: [InputValueDefinition], _ type: TypeDefinition, _ report: inout [Diagnostic]) {
        let nodes = fields.compactMap(\.syntax)
        guard let first = nodes.first else { return }
        let names = fields.map(\.name).joined(separator: ".")
        report.append(
            Diagnostic(
                code: code,
                "Cannot reference Input Object \"\(type.name)\" within itself through a series of non-null fields: \"\(names)\".",
                at: first, notes: nodes.dropFirst().map { ("The series goes on here.", $0) },
                hint: "Make one of the fields nullable or a list."))
    }
}
