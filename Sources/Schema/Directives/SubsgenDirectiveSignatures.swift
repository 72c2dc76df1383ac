import SDLParser

/// A schema may define one of subsgen's directives itself, as Apollo's schemas do; the definition is used where everything that
/// it allows is understood, and refused where not (design section 4).
enum SubsgenDirectiveSignatures {
    static let code = DiagnosticCode(2001)

    /// What the field's own specifications write besides subsgen's signature: IBM's cost directives.
    private static let acceptedArgumentTypes = ["@cost(weight:)": ["String"]]
    private static let acceptedLocations = ["cost": ["ENUM", "INPUT_FIELD_DEFINITION", "SCALAR"]]

    static func check(_ directive: DirectiveDefinition, _ assembled: AssembledSchema, _ report: inout [Diagnostic]) {
        guard let ours = SubsgenDirectives.definitions[directive.name], let node = directive.syntax else { return }
        func refuse(_ reason: String, at place: SyntaxNode) {
            report.append(
                Diagnostic(
                    code: code, "The directive \"@\(directive.name)\" of this schema does not fit subsgen's: \(reason).", at: place,
                    hint: "subsgen defines `\(ours.signature)`. Remove the definition, or rename the directive."))
        }

        let known = Dictionary(ours.arguments.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for argument in directive.arguments {
            guard let place = argument.syntax else { continue }
            guard let expected = known[argument.name] else {
                refuse("it has no argument \"\(argument.name)\"", at: place)
                continue
            }
            let coordinate = "@\(directive.name)(\(argument.name):)"
            if !assembled.isUnknown(argument.type.named),
                !fits(argument.type, expected.type, also: acceptedArgumentTypes[coordinate] ?? [], assembled.schema)
            {
                refuse(
                    "its argument \"\(argument.name)\" is of type \(expected.source.text(expected.type.span)), not "
                        + assembled.schema.name(of: argument.type),
                    at: place)
            }
        }
        for expected in ours.arguments where directive.argument(named: expected.name) == nil {
            if case .nonNull = expected.type.content, expected.defaultValue == nil {
                refuse("its argument \"\(expected.name)\" is missing", at: node)
            }
        }
        let locations = Set(ours.locations.map(\.name) + (acceptedLocations[directive.name] ?? []))
        for location in DirectiveDefinitionSyntax(node: node).locations where !locations.contains(location.name) {
            refuse("it has no meaning on \(location.name)", at: location.node)
        }
        if directive.isRepeatable, !ours.isRepeatable { refuse("it is not repeatable", at: node) }
    }

    /// Whether every value of `type` means something to a directive that expects `expected`: the same lists, no more nulls, and
    /// the same scalar, a custom one in its place (Apollo's `federation__Scope`), or an enum without strange values.
    private static func fits(_ type: TypeReference, _ expected: TypeReferenceSyntax, also others: [String], _ schema: Schema) -> Bool {
        switch expected.content {
        case .nonNull(let inner): return type.isNonNull && fits(type.nullable, inner, also: others, schema)
        case .list(let inner):
            guard let element = type.element else { return false }
            return fits(element, inner, also: others, schema)
        case .named(let name):
            guard type.element == nil else { return false }
            let definition = schema[type.named]
            if let values = SubsgenDirectives.enumValues[name] {
                return definition.kind == .enum && definition.values.allSatisfy { values.contains($0.name) }
            }
            return definition.kind == .scalar && (definition.name == name || others.contains(definition.name) || !definition.isBuiltIn)
        }
    }
}

extension DirectiveDefinitionSyntax {
    /// The definition's own text, without its description.
    fileprivate var signature: String {
        let start = description?.span.end ?? span.start
        let text = source.text(SourceSpan(start: start, end: span.end))
        return String(text.drop { $0.isWhitespace })
    }
}
