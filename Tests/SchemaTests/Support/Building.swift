import SDLParser
import Testing

@testable import GraphQLSchema

/// Parses documents that a test means to be sound.
func parse(_ texts: [String], _ location: Testing.SourceLocation = #_sourceLocation) -> [SyntaxTree] {
    texts.enumerated().map { position, text in
        let result = Parser.parse(Source(name: "document \(position + 1)", text: text))
        #expect(result.diagnostics.map(\.message) == [], sourceLocation: location)
        return result.tree
    }
}

/// Builds a schema without errors.
func build(_ texts: String..., location: Testing.SourceLocation = #_sourceLocation) throws -> Schema {
    let result = SchemaBuilder.build(parse(texts, location))
    let errors = result.diagnostics.filter { $0.severity == .error }.map(\.message)
    #expect(errors == [], sourceLocation: location)
    return try #require(result.schema, sourceLocation: location)
}

/// The warning of a schema without a query root, which most tests leave out on purpose.
let missingQuery = 1013

/// Expects exactly these diagnostics of building a schema, in this order.
func expectBuild(_ marked: String, _ expected: [Expected], _ location: Testing.SourceLocation = #_sourceLocation) {
    let text = MarkedText(marked)
    let result = SchemaBuilder.build(parse([text.text], location))
    let found = result.diagnostics.filter { $0.code.number != missingQuery }
    #expect(found.map { Expected($0, in: text) } == expected, sourceLocation: location)
    #expect((result.schema == nil) == found.contains { $0.severity == .error }, sourceLocation: location)
}

/// Expects exactly these diagnostics of deriving the dispatch table, in this order, and gives the table.
@discardableResult
func expectDerive(
    _ marked: String, strict: Bool = false, _ expected: [Expected] = [],
    _ location: Testing.SourceLocation = #_sourceLocation
) throws -> DispatchTable? {
    let text = MarkedText(marked)
    let schema = try build(text.text, location: location)
    let result = SubscriptionModel.derive(from: schema, strict: strict)
    #expect(result.diagnostics.map { Expected($0, in: text) } == expected, sourceLocation: location)
    #expect((result.table == nil) == result.diagnostics.contains { $0.severity == .error }, sourceLocation: location)
    return result.table
}
