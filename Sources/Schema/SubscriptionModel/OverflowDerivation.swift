import SDLParser

extension FieldDerivation {
    static let overflowProblem = DiagnosticCode(2026)

    /// What `@overflow` on a subscription field says.
    mutating func overflow(of field: FieldDefinition) -> OverflowRule {
        guard let directive = field.appliedDirectives.first(named: "overflow") else { return OverflowRule() }
        func written(_ argument: String) -> ConstantValue? {
            let value = directive.argument(argument) ?? directive.defaultValue(of: argument, schema)
            return value == .null ? nil : value
        }
        var rule = OverflowRule()
        if case .enumeration(let name)? = written("policy"), let policy = OverflowPolicy(rawValue: name) { rule.policy = policy }
        if case .int(let text)? = written("capacity") {
            if let capacity = Int(text), capacity > 0 {
                rule.capacity = capacity
            } else {
                refuseOverflow(
                    "@overflow(capacity:) on \"\(field.name)\" must be positive: how many messages may wait.", directive.node(of: "capacity"))
            }
        }
        guard let key = written("key") else { return rule }
        let names = key.stringValue?.split(separator: ".", omittingEmptySubsequences: false).map(String.init) ?? []
        if rule.policy != .latest {
            refuseOverflow(
                "@overflow(key:) on \"\(field.name)\" has no meaning with \(rule.policy.rawValue): only LATEST keeps one message for each key.",
                directive.node(of: "key"), hint: "Remove `key`, or write `policy: LATEST`.")
        } else if let problem = keyProblem(names, in: field) {
            refuseOverflow("@overflow(key:) on \"\(field.name)\" \(problem)", directive.node(of: "key"))
        } else {
            rule.key = names
        }
        return rule
    }

    /// Why the values at a path cannot tell messages apart, as the end of a sentence; nil where they can.
    private func keyProblem(_ names: [String], in field: FieldDefinition) -> String? {
        if names.isEmpty || names.contains("") { return "must be the name of a payload field, or several with dots between them." }
        switch PayloadPath.find(names, in: field.type, schema) {
        case .failure(let problem): return "reaches no field: \(problem.message).\(problem.suggestion)"
        case .success(let path):
            let written = "\"\(names.joined(separator: "."))\""
            if !schema[path.type.named].isLeaf {
                return "must lead to a scalar or an enum; \(written) is of type \(schema.name(of: path.type))."
            }
            return path.crossesList || path.type.isList ? "must lead to one value; \(written) has several, for there is a list on the way." : nil
        }
    }

    private mutating func refuseOverflow(_ message: String, _ node: SyntaxNode, hint: String? = nil) {
        report.append(Diagnostic(code: Self.overflowProblem, message, at: node, hint: hint))
    }
}
