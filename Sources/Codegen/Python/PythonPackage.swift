import GraphQLSchema

/// The Python package: the map from a plan to its files.
struct PythonPackage {
    /// The version of the contract between generated code and the `subsgen` package (`subsgen.RUNTIME_VERSION`).
    static let runtimeVersion = 1

    let plan: PackagePlan
    let style: PythonStyle
    let scalars: PythonScalars
    let names: PythonNames
    let templates: TemplateLibrary

    init(plan: PackagePlan, style: PythonStyle, scalars: PythonScalars, templates: TemplateLibrary) {
        self.plan = plan
        self.style = style
        self.scalars = scalars
        self.templates = templates
        names = PythonNames(
            schema: plan.schema, fields: plan.fields, suppliedFields: plan.suppliedFields, style: style, reserved: scalars.boundNames)
    }

    func files() throws(CodegenError) -> [GeneratedFile] {
        var files = [
            GeneratedFile(path: "__init__.py", text: try templates.render("py_init", ["runtimeVersion": .text(String(Self.runtimeVersion))])),
            GeneratedFile(path: "py.typed", text: ""),
            GeneratedFile(path: "types.py", text: try typesFile()),
            GeneratedFile(path: "topics.py", text: try topicsFile()),
            GeneratedFile(path: "contracts.py", text: try contractsFile()),
            GeneratedFile(path: "registry.py", text: try registryFile()),
            GeneratedFile(path: "resolvers/__init__.py", text: try templates.render("py_resolvers_init", [:])),
        ]
        for field in plan.fields { files.append(try resolverStub(field)) }
        return files + (try fieldResolverFiles())
    }

    /// The subscription fields with their names.
    var namedFields: [(field: PlannedField, names: PythonNames.FieldNames)] {
        plan.fields.compactMap { field in names.fields[field.name].map { (field, $0) } }
    }

    /// The payload fields that functions supply with their names.
    var namedSuppliedFields: [(field: PlannedSuppliedField, names: PythonNames.SuppliedFieldNames)] {
        plan.suppliedFields.compactMap { field in names.suppliedFields[field.coordinate].map { (field, $0) } }
    }

    /// Types as the annotations of types.py, or of another file, have them.
    func types(qualifier: String = "") -> PythonTypes { PythonTypes(schema: plan.schema, names: names, qualifier: qualifier) }

    /// For a section that stands once or not at all.
    static func optional(_ name: String, _ text: String?) -> TemplateValues.Value {
        .list(text.map { [TemplateValues(values: [name: .text($0)])] } ?? [])
    }

    /// A description with what else a reader should know of a definition.
    static func documentation(_ description: String?, deprecated reason: String? = nil, notes: [String] = []) -> String {
        ([description] + [reason.map { "Deprecated: " + $0 }] + notes).compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }
}
