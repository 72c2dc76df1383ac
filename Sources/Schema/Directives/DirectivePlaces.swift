import SDLParser

/// @topic, @overflow, @rateLimit, @filter, @resolverArgument and @ownArgument say something about subscription fields, @resolver about fields of payloads,
/// @tenant, @federation and @rowFilter about both, @cost about what an operation selects and gives to it; anywhere else they would be ignored in
/// silence, so they are refused there (design section 4).
///
/// @authenticated and its like may stand on queries and mutations, for those who answer them.
enum DirectivePlaces {
    static let misplaced = DiagnosticCode(2011)
    static let contradiction = DiagnosticCode(2025)

    static func check(_ schema: Schema, _ report: inout [Diagnostic]) {
        let root = schema.subscriptionType.map { schema[$0].name }
        let answeredElsewhere = [schema.queryType, schema.mutationType].compactMap { $0.map { schema[$0].name } }.filter { $0 != root }
        schema.forEachUseOfDirective { directive, place in
            switch (directive.name, place) {
            case ("topic", .field(let type, _)) where type == root: break
            case ("filter", .argument(let type, _, _)) where type == root: break
            case ("resolverArgument", .argument(let type, _, _)) where type == root: break
            case ("filter", .inputField): break  // whether a subscription filters by it is known when the table is made
            case ("overflow", .field(let type, _)) where type == root: break
            case ("rateLimit", .field(let type, _)) where type == root: break
            case ("ownArgument", .argument(let type, _, _)) where type == root: break
            case ("ownArgument", .inputField): break  // as with @filter, it holds where a subscription has the type
            case ("ownArgument", _): refuse(directive, place, "arguments of subscription fields", &report)
            case ("cost", .inputField), ("cost", .directiveArgument): refuse(directive, place, "output fields, their arguments, and types", &report)
            case ("topic", _), ("overflow", _), ("rateLimit", _): refuse(directive, place, "fields of the subscription root type", &report)
            case ("filter", _), ("resolverArgument", _): refuse(directive, place, "arguments of subscription fields", &report)
            case ("tenant", .field(let type, _)), ("tenant", .type(let type)), ("federation", .field(let type, _)),
                ("federation", .type(let type)), ("rowFilter", .field(let type, _)), ("rowFilter", .type(let type)):
                if answeredElsewhere.contains(type) { refuse(directive, place, "subscription fields and what is in events", &report) }
            case ("resolver", .field(let type, let field)): checkResolver(directive, place, type, field, schema, &report)
            default: break
            }
        }
    }

    /// A function supplies a field of an object in an event, which clients select.
    private static func checkResolver(
        _ directive: AppliedDirective, _ place: DirectivePlace, _ typeName: String, _ fieldName: String, _ schema: Schema,
        _ report: inout [Diagnostic]
    ) {
        guard let type = schema.type(named: typeName), let field = type.field(named: fieldName) else { return }
        if type.kind == .interface {
            refuse(
                directive, place, "fields of object types", &report,
                hint: "Put it on the field \"\(fieldName)\" of the object types that implement \(typeName).")
        } else if schema.isRoot(type) {
            refuse(
                directive, place, "fields of payloads", &report,
                hint: type.name == schema.subscriptionType.map { schema[$0].name }
                    ? "A subscription field has a resolver without it: resolvers/ of the generated package." : nil)
        } else if field.isInternal || type.isInternal {
            report.append(
                Diagnostic(
                    code: contradiction,
                    "\(place.coordinate) cannot have @resolver, because it is @internal: nobody selects it, so that nothing would be supplied.",
                    at: directive.syntax, hint: "Remove @internal where clients may see the field, else @resolver."))
        }
    }

    private static func refuse(
        _ directive: AppliedDirective, _ place: DirectivePlace, _ right: String, _ report: inout [Diagnostic], hint: String? = nil
    ) {
        report.append(
            Diagnostic(
                code: misplaced, "@\(directive.name) has no meaning on \(place.coordinate): it is for \(right).", at: directive.syntax,
                hint: hint))
    }
}
