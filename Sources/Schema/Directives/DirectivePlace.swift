/// What an applied directive stands on.
enum DirectivePlace {
    case schema
    case type(String)
    case field(type: String, String)
    case argument(type: String, field: String, String)
    case inputField(type: String, String)
    case enumValue(type: String, String)
    case directiveArgument(directive: String, String)

    /// As the field writes it: `Type.field(argument:)`.
    var coordinate: String {
        switch self {
        case .schema: "the schema"
        case .type(let name): name
        case .field(let type, let name), .inputField(let type, let name), .enumValue(let type, let name): "\(type).\(name)"
        case .argument(let type, let field, let name): "\(type).\(field)(\(name):)"
        case .directiveArgument(let directive, let name): "@\(directive)(\(name):)"
        }
    }
}

extension Schema {
    /// Visits every directive that the user's documents apply.
    func forEachUseOfDirective(_ visit: (AppliedDirective, DirectivePlace) -> Void) {
        for directive in appliedDirectives { visit(directive, .schema) }
        for type in types where !type.isBuiltIn {
            for directive in type.appliedDirectives { visit(directive, .type(type.name)) }
            for field in type.fields {
                for directive in field.appliedDirectives { visit(directive, .field(type: type.name, field.name)) }
                for argument in field.arguments {
                    for directive in argument.appliedDirectives {
                        visit(directive, .argument(type: type.name, field: field.name, argument.name))
                    }
                }
            }
            for field in type.inputFields {
                for directive in field.appliedDirectives { visit(directive, .inputField(type: type.name, field.name)) }
            }
            for value in type.values {
                for directive in value.appliedDirectives { visit(directive, .enumValue(type: type.name, value.name)) }
            }
        }
        for name in directiveOrder {
            for argument in directives[name]?.arguments ?? [] {
                for directive in argument.appliedDirectives {
                    visit(directive, .directiveArgument(directive: name, argument.name))
                }
            }
        }
    }
}
