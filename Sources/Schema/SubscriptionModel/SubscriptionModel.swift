import SDLParser

/// Derives the dispatch table from a schema and checks subsgen's directives (design section 4).
public enum SubscriptionModel {
    public struct Result: Sendable {
        /// The table; nil when there is an error among the diagnostics.
        public let table: DispatchTable?
        /// All mistakes and warnings, in the order of the files and of their places.
        public let diagnostics: [Diagnostic]
    }

    static let missingRoot = DiagnosticCode(2010)

    /// Derives the table of a schema that `SchemaBuilder` has accepted.
    ///
    /// An argument that selects nothing is a warning, or an error where `strict` is true; a subscription that gives it is refused
    /// either way. A schema without a subscription root is an error.
    ///
    /// `claims` are those that the application gives; where they are known, a rule compares no other.
    public static func derive(from schema: Schema, strict: Bool = false, claims: Set<String>? = nil) -> Result {
        var report: [Diagnostic] = []
        InternalVisibility.check(schema, &report)
        DirectivePlaces.check(schema, &report)
        if let claims { RuleChecks.checkClaims(schema, claims, &report) }
        OwnInputPlaces.check(schema, &report)

        var fields: [SubscriptionField] = []
        var inputFilters = InputFilterTable(schema: schema, strict: strict)
        var security = SecurityTable()
        if let root = schema.subscriptionType {
            var derivation = FieldDerivation(schema: schema, strict: strict)
            fields = schema[root].fields.map { derivation.derive($0) }
            report += derivation.report
            let secured = SecurityTableDerivation(schema: schema, root: root)
            security = secured.table
            let known = Set(secured.report.map(\.message))
            report += secured.report + derivation.rules.report.filter { !known.contains($0.message) }
            inputFilters = derivation.inputFilters
            RuleChecks.checkTenants(zip(schema[root].fields, fields).map { ($0, $1) }, strict: strict, &report)
            SharedTopics.check(zip(schema[root].fields, fields).map { ($0, $1) }, &report)
        } else {
            report.append(noRoot(schema))
        }
        inputFilters.checkUses(schema, &report)
        report = report.inOrder(of: schema.sources)
        let isSound = !report.contains { $0.severity == .error }
        guard isSound else { return Result(table: nil, diagnostics: report) }
        let supplied = schema.suppliedFields(from: schema.subscriptionType.map { schema[$0].fields } ?? []).map { parent, field in
            SuppliedField(type: schema[parent].name, name: field.name, valueType: schema.name(of: field.type))
        }
        let table = DispatchTable(fields: fields, suppliedFields: supplied, inputFilters: inputFilters.filters, security: security)
        return Result(table: table, diagnostics: report)
    }

    private static func noRoot(_ schema: Schema) -> Diagnostic {
        let source = schema.sources.first ?? Source(name: "schema", bytes: [])
        return Diagnostic(
            code: missingRoot, "The schema has no subscription root type, so there is nothing to subscribe to.", in: source,
            at: SourceSpan(start: 0, end: 0), hint: "Define `type Subscription { ... }`.")
    }
}
