import SDLParser

/// "The argument must accept a type where IsInputType(argumentType) returns true" (spec section 3.6); so must input fields (3.10).
enum InputTypes {
    static let code = DiagnosticCode(1015)

    static func check(
        _ input: InputValueDefinition, _ owner: InputOwner, _ assembled: AssembledSchema, _ report: inout [Diagnostic]
    ) {
        let schema = assembled.schema
        guard !schema[input.type.named].isInput, let node = input.syntax else { return }
        report.append(
            Diagnostic(
                code: code,
                "The type of \(owner.coordinate(of: input)) must be Input Type but got: \(schema.name(of: input.type)).",
                at: InputValueDefinitionSyntax(node: node).type.node))
    }
}

/// "The field must return a type where IsOutputType(fieldType) returns true" (spec section 3.6).
enum OutputTypes {
    static let code = DiagnosticCode(1016)

    static func check(_ field: FieldDefinition, of type: TypeDefinition, _ assembled: AssembledSchema, _ report: inout [Diagnostic]) {
        let schema = assembled.schema
        guard !schema[field.type.named].isOutput, let node = field.syntax else { return }
        report.append(
            Diagnostic(
                code: code,
                "The type of \(type.name).\(field.name) must be Output Type but got: \(schema.name(of: field.type)).",
                at: FieldDefinitionSyntax(node: node).type.node))
    }
}
