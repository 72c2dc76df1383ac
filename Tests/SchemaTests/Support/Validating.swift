import GraphQLSchema
import SDLParser
import Testing

/// Expects exactly these diagnostics of validating an operation, in this order.
func expectOperation(
    _ marked: String, against schema: Schema, _ expected: [Expected] = [], _ location: Testing.SourceLocation = #_sourceLocation
) throws {
    let text = MarkedText(marked)
    let tree = try #require(parse([text.text], location).first, sourceLocation: location)
    let found = OperationValidator.validate(tree, against: schema)
    #expect(found.map { Expected($0, in: text) } == expected, sourceLocation: location)
}
