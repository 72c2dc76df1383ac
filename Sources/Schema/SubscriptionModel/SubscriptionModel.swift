import SDLParser

/// Derives the dispatch table from a schema and checks subsgen's directives (design section 4).
public enum SubscriptionModel {
    public struct Result: Sendable {
        /// The table; nil when the schema has errors that concern subscriptions.
        public let table: DispatchTable?
        public let diagnostics: [Diagnostic]
    }

    public static func derive(from schema: Schema) -> Result {
        Result(table: nil, diagnostics: [])
    }
}
