import SDLParser

/// "If an Input Object references itself either directly or through referenced Input Objects ... the default value of a field
/// must not result in a cycle" (spec section 3.10, InputObjectDefaultValueHasCycle).
///
/// Coercion completes a default value by the defaults of the fields that it leaves out; a cycle would never end.
enum DefaultValueCycles {
    static let code = DiagnosticCode(1023)

    /// A chain of defaults deeper than this is refused, so that following it cannot exhaust the stack.
    private static let depthLimit = 200

    static func check(_ assembled: AssembledSchema, _ report: inout [Diagnostic]) {
        let schema = assembled.schema
        var search = Search(schema: schema)
        for (index, type) in schema.types.enumerated() where type.kind == .inputObject {
            for position in type.inputFields.indices {
                search.follow(Field(type: TypeID(index: index), position: position))
            }
        }
        report += search.report
    }

    private struct Field: Hashable {
        let type: TypeID
        let position: Int
    }

    private struct Search {
        let schema: Schema
        var report: [Diagnostic] = []
        /// Fields whose default has been followed to its end, or is known to be wrong.
        private var done: Set<Field> = []
        /// Fields whose defaults are being completed, outermost first.
        private var path: [Field] = []

        init(schema: Schema) {
            self.schema = schema
        }

        private func definition(_ field: Field) -> InputValueDefinition { schema[field.type].inputFields[field.position] }

        mutating func follow(_ field: Field) {
            guard let value = definition(field).defaultValue, schema[definition(field).type.named].kind == .inputObject,
                !done.contains(field)
            else { return }
            if let start = path.firstIndex(of: field) { return append(path[start...].map { $0 }, isCycle: true) }
            guard path.count < depthLimit else { return append([field], isCycle: false) }
            path.append(field)
            complete(value, as: definition(field).type.named)
            path.removeLast()
            done.insert(field)
        }

        /// Looks at what is left out of a value of an input object type, or of a list of them.
        private mutating func complete(_ value: ConstantValue, as id: TypeID) {
            switch value {
            case .list(let items):
                for item in items { complete(item, as: id) }
            case .object(let fields):
                let given = Dictionary(fields.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
                for (position, field) in schema[id].inputFields.enumerated() {
                    if let value = given[field.name] {
                        if schema[field.type.named].kind == .inputObject { complete(value, as: field.type.named) }
                    } else {
                        follow(Field(type: id, position: position))
                    }
                }
            case .null, .int, .float, .string, .boolean, .enumeration: break
            }
        }

        private mutating func append(_ fields: [Field], isCycle: Bool) {
            guard let first = fields.first, let node = definition(first).syntax else { return }
            let coordinate = "\(schema[first.type].name).\(definition(first).name)"
            let notes = fields.dropFirst().compactMap { field in
                definition(field).syntax.map { (message: "The cycle goes on by the default value of this field.", node: $0) }
            }
            let message =
                isCycle
                ? "Invalid circular reference. The default value of Input Object field \(coordinate) references itself."
                : "The default value of Input Object field \(coordinate) is completed by more than \(depthLimit) other default values."
            report.append(Diagnostic(code: code, message, at: node, notes: notes))
        }
    }
}
