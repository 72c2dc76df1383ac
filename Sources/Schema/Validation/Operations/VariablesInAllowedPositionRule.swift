import SDLParser

/// "For each variable usage in scope: IsVariableUsageAllowed must be true" (spec section 5.8.5).
enum VariablesInAllowedPositionRule {
    static let code = DiagnosticCode(3030)

    static func check(_ variables: OperationVariables, _ document: OperationDocument, _ report: inout OperationReport) {
        for usages in variables.usages where !report.isFull {
            for usage in usages { check(usage, variables, document, &report) }
        }
    }

    private static func check(
        _ usage: VariableUsage, _ variables: OperationVariables, _ document: OperationDocument, _ report: inout OperationReport
    ) {
        let schema = document.schema
        guard let position = usage.position, let definition = variables.definition(of: usage), let type = definition.type
        else { return }
        func refuse(_ reason: String) {
            report.add(
                code, "Variable \"$\(definition.name)\" \(reason).", at: definition.syntax.span, and: [usage.place],
                note: "\"$\(definition.name)\" is used here.")
        }
        if !isAllowed(type, definition.syntax.defaultValue, position, schema) {
            refuse("of type \"\(schema.name(of: type))\" used in position expecting type \"\(schema.name(of: position.type))\"")
        }
        if let oneOf = position.oneOf, !type.isNonNull {
            refuse(
                "is of type \"\(schema.name(of: type))\" but must be non-nullable to be used for OneOf Input Object "
                    + "\"\(schema[oneOf].name)\"")
        }
    }

    /// IsVariableUsageAllowed and AreTypesCompatible. A nullable variable may stand where a value must not be null if a default
    /// of either keeps null away; the null that a client gives all the same is refused when the value is coerced.
    private static func isAllowed(
        _ type: TypeReference, _ defaultValue: @autoclosure () -> ValueSyntax?, _ position: InputPosition, _ schema: Schema
    ) -> Bool {
        guard position.type.isNonNull, !type.isNonNull else { return schema.isSubtype(type, of: position.type) }
        let hasValue = defaultValue().map { $0.node.kind != .nullValue } ?? false
        return (hasValue || position.hasDefault) && schema.isSubtype(type, of: position.type.nullable)
    }
}
