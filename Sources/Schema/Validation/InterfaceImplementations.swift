import SDLParser

/// "An object type must be a super-set of all interfaces it implements" (spec section 3.6, IsValidImplementation; 3.7 for
/// interfaces that implement interfaces).
enum InterfaceImplementations {
    /// What may be declared after `implements`.
    static let declaration = DiagnosticCode(1024)
    /// What must be there because of it.
    static let field = DiagnosticCode(1025)

    static func check(_ type: TypeDefinition, _ assembled: AssembledSchema, _ report: inout [Diagnostic]) {
        if type.interfaces.isEmpty { return }
        let schema = assembled.schema
        let own = Set(type.interfaces)
        var seen: Set<TypeID> = []
        for (position, id) in type.interfaces.enumerated() where !assembled.isUnknown(id) {
            let interface = schema[id]
            func refuse(_ message: String) {
                report.append(Diagnostic(code: declaration, message, at: type.interfaceNodes[position]))
            }
            if interface.kind != .interface {
                refuse("Type \(type.name) must only implement Interface types, it cannot implement \(interface.name).")
            } else if interface.name == type.name {
                refuse("Type \(type.name) cannot implement itself because it would create a circular reference.")
            } else if !seen.insert(id).inserted {
                refuse("Type \(type.name) can only implement \(interface.name) once.")
            } else {
                for inherited in interface.interfaces where !own.contains(inherited) && !assembled.isUnknown(inherited) && inherited != id {
                    refuse(
                        schema[inherited].name == type.name
                            ? "Type \(type.name) cannot implement \(interface.name) because it would create a circular reference."
                            : "Type \(type.name) must implement \(schema[inherited].name) because it is implemented by \(interface.name).")
                }
                checkFields(of: type, against: interface, assembled, &report)
            }
        }
    }

    private static func checkFields(
        of type: TypeDefinition, against interface: TypeDefinition, _ assembled: AssembledSchema, _ report: inout [Diagnostic]
    ) {
        for expected in interface.fields {
            guard let found = type.field(named: expected.name) else {
                guard let node = type.syntax, let declared = expected.syntax else { continue }
                report.append(
                    Diagnostic(
                        code: field,
                        "Interface field \(interface.name).\(expected.name) expected but \(type.name) does not provide it.",
                        at: node, notes: [("\(interface.name).\(expected.name) is declared here.", declared)]))
                continue
            }
            let pair = FieldPair(type: type, found: found, interface: interface, expected: expected, schema: assembled.schema)
            pair.checkType(assembled, &report)
            if !expected.arguments.isEmpty || !found.arguments.isEmpty { pair.checkArguments(assembled, &report) }
            pair.checkDeprecation(&report)
        }
    }

    /// A field of an interface, and the field of the same name of a type that implements it.
    private struct FieldPair {
        let type: TypeDefinition
        let found: FieldDefinition
        let interface: TypeDefinition
        let expected: FieldDefinition
        let schema: Schema

        private var foundName: String { "\(type.name).\(found.name)" }
        private var expectedName: String { "\(interface.name).\(expected.name)" }

        /// "field must return a type which is equal to or a sub-type of (covariant) the return type of implementedField".
        func checkType(_ assembled: AssembledSchema, _ report: inout [Diagnostic]) {
            guard !schema.isSubtype(found.type, of: expected.type), !assembled.isUnknown(found.type.named),
                !assembled.isUnknown(expected.type.named), let node = found.syntax, let declared = expected.syntax
            else { return }
            report.append(
                Diagnostic(
                    code: field,
                    "Interface field \(expectedName) expects type \(schema.name(of: expected.type)) but \(foundName) is type "
                        + "\(schema.name(of: found.type)).",
                    at: FieldDefinitionSyntax(node: node).type.node,
                    notes: [("\(expectedName) is declared here.", FieldDefinitionSyntax(node: declared).type.node)]))
        }

        /// "field must include an argument of the same name for every argument defined in implementedField", of the same type;
        /// "any additional argument must not be required".
        func checkArguments(_ assembled: AssembledSchema, _ report: inout [Diagnostic]) {
            let foundByName = Dictionary(found.arguments.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
            for wanted in expected.arguments {
                guard let declared = wanted.syntax else { continue }
                let wantedName = "\(expectedName)(\(wanted.name):)"
                guard let argument = foundByName[wanted.name] else {
                    guard let node = found.syntax else { continue }
                    report.append(
                        Diagnostic(
                            code: field,
                            "Interface field argument \(wantedName) expected but \(foundName) does not provide it.", at: node,
                            notes: [("\(wantedName) is declared here.", declared)]))
                    continue
                }
                guard argument.type != wanted.type, !assembled.isUnknown(argument.type.named),
                    !assembled.isUnknown(wanted.type.named), let node = argument.syntax
                else { continue }
                report.append(
                    Diagnostic(
                        code: field,
                        "Interface field argument \(wantedName) expects type \(schema.name(of: wanted.type)) but "
                            + "\(foundName)(\(wanted.name):) is type \(schema.name(of: argument.type)).",
                        at: InputValueDefinitionSyntax(node: node).type.node,
                        notes: [("\(wantedName) is declared here.", InputValueDefinitionSyntax(node: declared).type.node)]))
            }
            let expectedNames = Set(expected.arguments.map(\.name))
            for argument in found.arguments where argument.isRequired && !expectedNames.contains(argument.name) {
                guard let node = argument.syntax, let declared = expected.syntax else { continue }
                report.append(
                    Diagnostic(
                        code: field,
                        "Object field \(foundName) includes required argument \(argument.name) that is missing from the Interface "
                            + "field \(expectedName).",
                        at: node, notes: [("\(expectedName) is declared here.", declared)]))
            }
        }

        /// "field must not be deprecated unless implementedField is deprecated". Published schemas often break this rule, which
        /// is new in the edition of September 2025, and no value depends on it: it is a warning.
        func checkDeprecation(_ report: inout [Diagnostic]) {
            guard !found.appliedDirectives.isEmpty, let deprecated = found.appliedDirectives.first(named: "deprecated"),
                expected.appliedDirectives.first(named: "deprecated") == nil, let declared = expected.syntax
            else { return }
            report.append(
                Diagnostic(
                    .warning, code: deprecation,
                    "Interface field \(expectedName) is not deprecated, so implementation field \(foundName) must not be deprecated.",
                    at: deprecated.syntax, notes: [("\(expectedName) is declared here.", declared)]))
        }
    }

    static let deprecation = DiagnosticCode(1026)
}
