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

    /// The files for a folder in which the developer's `modules` stand, by their paths.
    func files(_ modules: [String: [UInt8]]) throws(CodegenError) -> [GeneratedFile] {
        var stubs: [GeneratedFile] = []
        for field in plan.fields { stubs.append(try resolverStub(field)) }
        stubs += try fieldResolverFiles()
        let scans = edited(stubs, modules)
        let files = [
            GeneratedFile(path: "__init__.py", text: try templates.render("py_init", ["runtimeVersion": .text(String(Self.runtimeVersion))])),
            GeneratedFile(path: "py.typed", text: ""),
            GeneratedFile(path: "types.py", text: try typesFile()),
            GeneratedFile(path: "topics.py", text: try topicsFile()),
            GeneratedFile(path: "contracts.py", text: try contractsFile(scans)),
            GeneratedFile(path: "registry.py", text: try registryFile(stubs)),
            GeneratedFile(path: "resolvers/__init__.py", text: try templates.render("py_resolvers_init", [:])),
        ]
        return files + stubs
    }

    /// What the modules define that are not as they are generated.
    private func edited(_ stubs: [GeneratedFile], _ modules: [String: [UInt8]]) -> [String: ResolverModule] {
        var scans: [String: ResolverModule] = [:]
        for stub in stubs where stub.owner == .developer {
            guard let bytes = modules[stub.path], !bytes.elementsEqual(stub.text.utf8) else { continue }
            scans[stub.path] = ResolverModule(bytes)
        }
        return scans
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
