import SDLParser

/// @topic, @filter and @resolverArgument say something about subscription fields; anywhere else they would be ignored in silence,
/// so they are refused there (design section 4).
enum DirectivePlaces {
    static let misplaced = DiagnosticCode(2011)
    static let inputFieldFilter = DiagnosticCode(2024)

    static func check(_ schema: Schema, _ report: inout [Diagnostic]) {
        let root = schema.subscriptionType.map { schema[$0].name }
        schema.forEachUseOfDirective { directive, place in
            switch (directive.name, place) {
            case ("topic", .field(let type, _)) where type == root: break
            case ("filter", .argument(let type, _, _)) where type == root: break
            case ("resolverArgument", .argument(let type, _, _)) where type == root: break
            case ("filter", .inputField):
                report.append(
                    Diagnostic(
                        code: inputFieldFilter, "@filter on the input field \(place.coordinate) is not supported by this version of subsgen.",
                        at: directive.syntax, hint: "Filter by arguments of scalar and enum types."))
            case ("topic", _): refuse(directive, place, "fields of the subscription root type", &report)
            case ("filter", _), ("resolverArgument", _): refuse(directive, place, "arguments of subscription fields", &report)
            default: break
            }
        }
    }

    private static func refuse(_ directive: AppliedDirective, _ place: DirectivePlace, _ right: String, _ report: inout [Diagnostic]) {
        report.append(
            Diagnostic(
                code: misplaced, "@\(directive.name) has no meaning on \(place.coordinate): it is for \(right).", at: directive.syntax))
    }
}
