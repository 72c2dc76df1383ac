import SDLParser

/// `@internal` takes fields and object types out of the public schema; what is left must still be a schema, and must not lead
/// to what was taken out (design section 4).
enum InternalVisibility {
    static let code = DiagnosticCode(2003)

    static func check(_ schema: Schema, _ report: inout [Diagnostic]) {
        for type in schema.types where !type.isBuiltIn && type.isComposite {
            guard let node = type.syntax else { continue }
            if type.isInternal {
                checkRoot(type, schema, &report)
                for id in type.interfaces {
                    let interface = schema[id]
                    append(
                        "The @internal type \(type.name) cannot implement \(interface.name), which is public: a value of "
                            + "\(interface.name) could be one of it.",
                        at: node, &report)
                }
                continue
            }
            for id in type.members where schema[id].isInternal {
                append("The public union \(type.name) exposes the @internal type \(schema[id].name).", at: node, &report, exposed: schema[id])
            }
            for field in type.fields where !field.isInternal && schema[field.type.named].isInternal {
                append(
                    "The public field \(type.name).\(field.name) exposes the @internal type \(schema[field.type.named].name).",
                    at: field.syntax ?? node, &report, exposed: schema[field.type.named])
            }
            if !type.fields.isEmpty, type.fields.allSatisfy(\.isInternal) {
                append("Every field of \(type.name) is @internal, but the type is public.", at: node, &report)
            }
            for id in type.interfaces {
                for expected in schema[id].fields where !expected.isInternal {
                    guard let field = type.field(named: expected.name), field.isInternal else { continue }
                    append(
                        "The field \(type.name).\(field.name) cannot be @internal, because \(schema[id].name).\(expected.name) is public.",
                        at: field.syntax ?? node, &report)
                }
            }
        }
        if let root = schema.subscriptionType {
            for field in schema[root].fields where field.isInternal {
                guard let node = field.syntax else { continue }
                append("The subscription field \(field.name) cannot be @internal: nobody could subscribe to it.", at: node, &report)
            }
        }
    }

    private static func checkRoot(_ type: TypeDefinition, _ schema: Schema, _ report: inout [Diagnostic]) {
        guard let node = type.syntax else { return }
        for root in [schema.queryType, schema.mutationType, schema.subscriptionType] {
            guard let root, schema[root].name == type.name else { continue }
            append("The root type \(type.name) cannot be @internal.", at: node, &report)
        }
    }

    private static func append(
        _ message: String, at node: SyntaxNode, _ report: inout [Diagnostic], exposed: TypeDefinition? = nil
    ) {
        let notes = exposed.flatMap { type in type.syntax.map { [("\(type.name) is @internal here.", $0)] } } ?? []
        report.append(Diagnostic(code: code, message, at: node, notes: notes))
    }
}
