import GraphQLSchema

/// What the package holds for payload fields that functions supply: field_resolvers/, and their part in registry.py.
extension PythonPackage {
    /// None where the schema has no such field.
    func fieldResolverFiles() throws(CodegenError) -> [GeneratedFile] {
        if plan.suppliedFields.isEmpty { return [] }
        var files = [GeneratedFile(path: "field_resolvers/__init__.py", text: try templates.render("py_field_resolvers_init", [:]))]
        for (field, names) in namedSuppliedFields { files.append(try fieldResolverStub(field, names)) }
        return files
    }

    /// The module of a field as it is before its developer edits it.
    private func fieldResolverStub(
        _ field: PlannedSuppliedField, _ names: PythonNames.SuppliedFieldNames
    ) throws(CodegenError) -> GeneratedFile {
        let types = types()
        let definition = field.definition
        let parent = self.names.types[field.parent] ?? "Any"
        let classes = Set([parent, names.argumentsClass] + types.classes(definition.type))
        let description = Self.documentation(definition.description, deprecated: definition.deprecationReason)
        let text = try templates.render(
            "py_field_resolver",
            [
                "imports": .list(
                    statements(
                        typing: [], subsgen: ["unfilled"], leaves: types.imports(definition.type),
                        local: [PythonLayout.importing(classes, from: "..types")])),
                "header": .text(
                    PythonLayout.call(
                        "async def resolve(", ["parents: list[\(parent)]", "args: \(names.argumentsClass)"],
                        ") -> list[\(types.annotation(definition.type))]:")),
                "docstring": .text(
                    PythonDocstring.statement(description.isEmpty ? "Supplies ``\(field.coordinate)``." : description, indent: 4) ?? ""),
            ])
        return GeneratedFile(path: ResolverFiles.path(of: names), text: text, owner: .developer)
    }

    /// The bindings of registry.py, with the digests of stubs by their paths.
    func fieldResolverBindings(_ digests: [String: String]) -> [TemplateValues] {
        let types = types(qualifier: "types.")
        return namedSuppliedFields.map { field, names in
            [
                "value": .text(types.annotation(field.definition.type)), "type": .text(field.type), "name": .text(field.name), "parent": .text(self.names.types[field.parent] ?? "Any"),
                "arguments": .text(names.argumentsClass), "module": .text(names.module),
                "stub": Self.optional("digest", digests[ResolverFiles.path(of: names)]),
                "check": .text(PythonLayout.skippingIfTooLong("    _\(names.variable): contracts.\(names.contract) = \(names.variable)")),
            ]
        }
    }

    /// The modules, as registry.py imports them for type checkers; the runtime finds them by name.
    var fieldResolverImports: [TemplateValues] {
        let plain = namedSuppliedFields.map(\.names).filter { $0.variable == $0.module }
        let renamed = namedSuppliedFields.map(\.names).filter { $0.variable != $0.module }
            .sorted { NaturalOrder($0.module) < NaturalOrder($1.module) }
        let module = ".field_resolvers"
        let statements =
            (plain.isEmpty ? [] : [PythonLayout.importing(plain.map(\.module), from: module, indent: 4)])
            + renamed.map { PythonLayout.importing(["\($0.module) as \($0.variable)"], from: module, indent: 4) }
        return statements.map { ["statement": .text($0)] }
    }
}
