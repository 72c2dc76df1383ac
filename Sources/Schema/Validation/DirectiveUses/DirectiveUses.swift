import SDLParser

/// The rules for directives where they are applied, of which each is a file beside this one (spec section 5.7, which holds for
/// type systems too: section 3.13).
enum DirectiveUses {
    static func check(
        _ directives: [AppliedDirective], on location: DirectiveLocation, _ assembled: AssembledSchema, _ report: inout [Diagnostic]
    ) {
        if directives.isEmpty { return }
        UniqueDirectivesPerLocation.check(directives, assembled.schema, &report)
        for directive in directives {
            for argument in DirectiveSyntax(node: directive.syntax).arguments { UniqueInputFields.check(argument.value, &report) }
            guard let definition = assembled.schema.directives[directive.name] else {
                KnownDirectives.refuse(directive, assembled.schema, &report)
                continue
            }
            KnownDirectives.check(directive, definition, on: location, &report)
            if !directive.arguments.isEmpty {
                UniqueDirectiveArguments.check(directive, &report)
                KnownDirectiveArguments.check(directive, definition, &report)
                DirectiveArgumentValues.check(directive, definition, assembled.schema, &report)
            }
            RequiredDirectiveArguments.check(directive, definition, assembled.schema, &report)
        }
    }
}

/// The places of the type system where a directive may stand (spec section 3.13, TypeSystemDirectiveLocation).
enum DirectiveLocation: String {
    case schema = "SCHEMA"
    case scalar = "SCALAR"
    case object = "OBJECT"
    case fieldDefinition = "FIELD_DEFINITION"
    case argumentDefinition = "ARGUMENT_DEFINITION"
    case interface = "INTERFACE"
    case union = "UNION"
    case `enum` = "ENUM"
    case enumValue = "ENUM_VALUE"
    case inputObject = "INPUT_OBJECT"
    case inputFieldDefinition = "INPUT_FIELD_DEFINITION"
}

extension TypeDefinition.Kind {
    var directiveLocation: DirectiveLocation {
        switch self {
        case .scalar: .scalar
        case .object: .object
        case .interface: .interface
        case .union: .union
        case .enum: .enum
        case .inputObject: .inputObject
        }
    }
}
