import GraphQLSchema
import SDLParser

/// The map of the generator: documents in memory to the files of a package in memory.
///
/// Pure: it reads no disk, clock or environment, and the same documents give the same bytes.
public enum Pipeline {
    public struct Options: Sendable {
        /// An argument that selects nothing is an error.
        public var isStrict: Bool
        /// Payload classes for every type of the schema, and not only for those that `Subscription` leads to.
        public var hasAllTypes: Bool

        /// Directives for what the documents define, by coordinate: for schemas that one does not own.
        public var directives: [(coordinate: Quotation, text: Quotation)]
        /// The Python types of custom scalars.
        public var scalars: [ScalarType]
        /// What Python classes are made with.
        public var style: PythonStyle
        /// What is said of rules beside the schema.
        public var security: SecuritySettings

        public init(
            isStrict: Bool = false, hasAllTypes: Bool = false, directives: [(coordinate: Quotation, text: Quotation)] = [],
            scalars: [ScalarType] = [], style: PythonStyle = .msgspec, security: SecuritySettings = SecuritySettings()
        ) {
            self.isStrict = isStrict
            self.hasAllTypes = hasAllTypes
            self.directives = directives
            self.scalars = scalars
            self.style = style
            self.security = security
        }
    }

    public struct Result: Sendable {
        /// In the order of their paths; nil when there is an error among the diagnostics.
        public let files: [GeneratedFile]?
        /// All mistakes and warnings of the first stage that found an error.
        public let diagnostics: [Diagnostic]
        /// What the files expect of modules that the developer edited; nil where there are none.
        public let resolvers: ResolverExpectations?

        init(files: [GeneratedFile]?, diagnostics: [Diagnostic], resolvers: ResolverExpectations? = nil) {
            self.files = files
            self.diagnostics = diagnostics
            self.resolvers = resolvers
        }
    }

    /// Makes the package of one schema, which may be spread over several documents. `modules` are the developer's as they stand in its
    /// folder, by their paths: the package has contracts for the functions that they define.
    ///
    /// Throws only for a mistake in subsgen or in a template.
    public static func run(
        _ documents: [Source], options: Options = Options(), templates: TemplateLibrary, modules: [String: [UInt8]] = [:]
    ) throws(CodegenError) -> Result {
        let parsed = documents.map { SchemaDocument.parse($0) }
        var diagnostics = parsed.flatMap(\.diagnostics)
        if parsed.contains(where: \.hasErrors) { return Result(files: nil, diagnostics: diagnostics) }

        let added = options.directives.map { AddedDirectives.parse($0.text, for: $0.coordinate) }
        diagnostics += added.flatMap(\.diagnostics)
        if added.contains(where: { $0.directives == nil }) { return Result(files: nil, diagnostics: diagnostics) }

        let built = SchemaBuilder.build(parsed.map(\.tree), adding: added.compactMap(\.directives), options.security)
        diagnostics += built.diagnostics
        guard let schema = built.schema else { return Result(files: nil, diagnostics: diagnostics) }

        let derived = SubscriptionModel.derive(from: schema, strict: options.isStrict, claims: options.security.claims)
        diagnostics += derived.diagnostics.map { diagnostic in
            added.compactMap(\.directives).reduce(diagnostic) { $1.moved($0) }
        }
        guard let table = derived.table else { return Result(files: nil, diagnostics: diagnostics) }

        let scalars = PythonScalars(options.scalars, schema: schema, &diagnostics)
        if diagnostics.contains(where: { $0.severity == .error }) { return Result(files: nil, diagnostics: diagnostics) }

        let plan = PackagePlan(schema: schema, table: table, hasAllTypes: options.hasAllTypes)
        let python = PythonPackage(plan: plan, style: options.style, scalars: scalars, templates: templates)
        let sdl = SchemaPrinter.printBoth(schema)
        var files = [
            GeneratedFile(path: "schema.graphql", text: sdl.all), GeneratedFile(path: "schema.public.graphql", text: sdl.public),
        ]
        files += try python.files(modules)
        files += try SwiftPackage.files(
            schema: schema, sdl: sdl.all, table: table, hasAllTypes: options.hasAllTypes, templates: templates)
        return Result(
            files: files.sorted { $0.path < $1.path }, diagnostics: diagnostics, resolvers: ResolverExpectations(python))
    }
}
