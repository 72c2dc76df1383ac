import GraphQLSchema
import SDLParser

/// What is wrong with a schema.
public struct SchemaErrors: Error, Sendable, CustomStringConvertible {
    /// Errors, and the warnings beside them, in the order of the document.
    public let diagnostics: [Diagnostic]

    /// All of them for people, with the lines that they speak of.
    public var description: String { DiagnosticPrinter().print(diagnostics) }
}

/// Makes a schema and its dispatch table of SDL.
enum SchemaLoader {
    static func load(sdl: String) throws(SchemaErrors) -> (Schema, DispatchTable) {
        let parsed = Parser.parse(Source(name: "schema", text: sdl))
        if parsed.hasErrors { throw SchemaErrors(diagnostics: parsed.diagnostics) }
        let built = SchemaBuilder.build([parsed.tree])
        guard let schema = built.schema else { throw SchemaErrors(diagnostics: built.diagnostics) }
        let derived = SubscriptionModel.derive(from: schema)
        guard let table = derived.table else { throw SchemaErrors(diagnostics: derived.diagnostics) }
        return (schema, table)
    }
}
