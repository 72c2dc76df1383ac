import GraphQLSchema
import SDLParser

/// The documents of a schema and the directives that the configuration adds to them, built as far as it went.
struct LoadedSchema {
    /// Nil where there is an error among the diagnostics.
    let schema: Schema?
    /// All mistakes and warnings of the first stage that found an error.
    let diagnostics: [Diagnostic]
    /// The coordinates of added directives that name nothing in the schema.
    let unknownCoordinates: Set<String>
    private let added: [AddedDirectives]

    private let security: SecuritySettings

    init(
        _ sources: [Source], adding directives: [(coordinate: Quotation, text: Quotation)], _ security: SecuritySettings = SecuritySettings()
    ) {
        self.security = security
        let documents = sources.map { SchemaDocument.parse($0) }
        let parsed = directives.map { AddedDirectives.parse($0.text, for: $0.coordinate) }
        let told = documents.flatMap(\.diagnostics) + parsed.flatMap(\.diagnostics)
        added = parsed.compactMap(\.directives)
        guard !documents.contains(where: \.hasErrors), added.count == parsed.count else {
            (schema, diagnostics, unknownCoordinates) = (nil, told, [])
            return
        }
        let built = SchemaBuilder.build(documents.map(\.tree), adding: added, security)
        (schema, diagnostics) = (built.schema, told + built.diagnostics)
        let unknown = built.diagnostics.filter { $0.code == AddedDirectives.unknownCoordinate }
        unknownCoordinates = Set(
            directives.map(\.coordinate).filter { named in unknown.contains { $0.source === named.source && $0.span == named.span } }
                .map(\.text))
    }

    /// What the schema's subscriptions mean. Mistakes in added directives are told of where those stand.
    func derive(_ schema: Schema, strict: Bool = false) -> (table: DispatchTable?, diagnostics: [Diagnostic]) {
        let derived = SubscriptionModel.derive(from: schema, strict: strict, claims: security.claims)
        return (derived.table, derived.diagnostics.map { diagnostic in added.reduce(diagnostic) { $1.moved($0) } })
    }

    // MARK: For commands that want a sound schema and no more

    /// Reads and builds it; warnings go to standard error. Fails with all mistakes of the first stage that found one.
    static func load(_ choice: SchemaChoice) throws(Failure) -> Schema {
        let loaded = LoadedSchema(try sources(choice.paths), adding: choice.directives, choice.security)
        return try loaded.sound()
    }

    /// The files of a schema, none of them empty.
    static func sources(_ paths: [String], isQuiet: Bool = false) throws(Failure) -> [Source] {
        let sources = try InputFile.readAll(paths, status: .unreadableInput, isQuiet: isQuiet)
        try InputFile.refuseEmpty(sources)
        return sources
    }

    /// The schema, after its warnings were told. Fails where there is none.
    func sound() throws(Failure) -> Schema {
        guard let schema else { throw Self.failure(diagnostics) }
        StandardStream.error.write(Self.report(diagnostics))
        return schema
    }

    /// What ends the command for these mistakes.
    static func failure(_ diagnostics: [Diagnostic]) -> Failure {
        let isUnreadable = diagnostics.contains { $0.code == .invalidUTF8 || $0.code == .documentTooLarge }
        return Failure(isUnreadable ? .unreadableInput : .mistakes, text: report(diagnostics))
    }

    /// Diagnostics as they stand on standard error.
    static func report(_ diagnostics: [Diagnostic]) -> String {
        DiagnosticPrinter(style: StandardStream.error.showsColour ? .coloured : .plain).print(diagnostics)
    }
}
