import GraphQLSchema
import SDLParser

/// The resolvers' side of the package: contracts.py, registry.py and the stubs.
extension PythonPackage {
    /// contracts.py, for what the modules of `scans` define beside `resolve`.
    func contractsFile(_ scans: [String: ResolverModule]) throws(CodegenError) -> String {
        var functionTypes: Set<String> = []
        let contracts = resolverContracts.map { contract -> TemplateValues in
            let functions = contract.held(scans[contract.path])
            functionTypes.formUnion(functions.map(\.typeName))
            return [
                "header": .text(PythonLayout.call("class \(contract.className)(", ["Protocol"], "):")),
                "docstring": .text(
                    PythonDocstring.statement("``\(contract.path)``, for ``\(contract.coordinate)``.", indent: 4) ?? ""),
                "functions": .list(
                    functions.map { function in
                        ["declaration": .text(PythonLayout.call("def \(function.name)(", ["self"], ") -> \(function.type): ...", indent: 4))]
                    }),
            ]
        }
        let types = types(qualifier: "types.")
        let values = namedFields.map(\.field.definition.type) + namedSuppliedFields.map(\.field.definition.type)
        let leaves = values.flatMap(types.imports)
        return try templates.render(
            "py_contracts",
            [
                "imports": .list(
                    [
                        PythonLayout.importing(["TYPE_CHECKING", "Protocol"] + leaves.filter { $0 == "Any" }, from: "typing"), "",
                        // What annotations alone name.
                        "if TYPE_CHECKING:",
                        PythonLayout.importing(functionTypes.union(leaves.filter { $0 != "Any" }), from: "subsgen", indent: 4), "",
                        "    from . import types",
                    ].map { ["statement": .text($0)] }),
                "contracts": .list(contracts),
            ])
    }

    /// registry.py, for the stubs as they are generated, of which it remembers the digests.
    func registryFile(_ stubs: [GeneratedFile]) throws(CodegenError) -> String {
        let types = types(qualifier: "types.")
        // What a template of the user's makes of a stub is code like the developer's.
        let areOwn = templates.isOwn("py_resolver") && templates.isOwn("py_field_resolver")
        let digests = Dictionary((areOwn ? stubs : []).map { ($0.path, Self.digest(of: $0)) }, uniquingKeysWith: { first, _ in first })
        let fields = namedFields.map { field, names -> TemplateValues in
            [
                "name": .text(field.name), "event": .text(types.annotation(field.definition.type)),
                "arguments": .text(names.argumentsClass), "module": .text(names.variable),
                "stub": Self.optional("digest", digests[ResolverFiles.path(of: names)]),
                "check": .text(
                    PythonLayout.skippingIfTooLong("    _\(names.variable): contracts.\(names.contract) = \(names.variable)")),
            ]
        }
        // A call has no place for the formatter's `# fmt: skip`.
        let values =
            namedFields.flatMap { field, names in
                [
                    "\"\(types.annotation(field.definition.type))\"", "\"types.\(names.argumentsClass)\"", "\"\(field.name)\"", "f\"{__package__}.resolvers.\(names.variable)\"",
                ]
            }
            + namedSuppliedFields.flatMap { field, names in
                [
                    "\"\(types.annotation(field.definition.type))\"", "\"types.\(names.argumentsClass)\"", "\"types.\(field.type)\"",
                    "f\"{__package__}.field_resolvers.\(names.module)\"",
                ]
            }
        let isTooLong = values.contains { $0.utf8.count > PythonLayout.width - 30 }
        let modules = PythonLayout.importing(namedFields.map(\.names.variable), from: ".resolvers", indent: 4)
        return try templates.render(
            "py_registry",
            [
                "fields": .list(fields), "isTooLong": .flag(isTooLong),
                "payloadFields": .list(fieldResolverBindings(digests)), "hasPayloadFields": .flag(!plan.suppliedFields.isEmpty),
                "modules": .list(fieldResolverImports + [["statement": .text(modules)]]),
                "imports": .list(
                    statements(
                        typing: ["TYPE_CHECKING", "Final"],
                        subsgen: ["FieldModule", "Registry", "schema_text"] + (plan.suppliedFields.isEmpty ? [] : ["PayloadFieldModule"]),
                        leaves: [], local: [])),
            ])
    }

    /// As much of a digest as nobody comes upon twice by chance.
    private static func digest(of stub: GeneratedFile) -> String { String(SHA256.hexDigest(of: stub.text.utf8).prefix(32)) }

    /// The module of a field as it is before its developer edits it.
    func resolverStub(_ field: PlannedField) throws(CodegenError) -> GeneratedFile {
        guard let names = names.fields[field.name] else { throw CodegenError("the subscription field \(field.name) has no name in Python") }
        let types = types()
        let event = types.annotation(field.definition.type)
        let undecided = field.undecidedArguments
        let classes = types.classes(field.definition.type) + [names.argumentsClass]
        let description = Self.documentation(field.definition.description, deprecated: field.definition.deprecationReason)
        let text = try templates.render(
            "py_resolver",
            [
                "imports": .list(
                    statements(
                        typing: [], subsgen: ["Skip"] + (undecided.isEmpty ? ["passthrough"] : []),
                        leaves: types.imports(field.definition.type), local: [PythonLayout.importing(classes, from: "..types")])),
                "comment": .text(Self.comment(undecided)), "isPassthrough": .flag(undecided.isEmpty),
                "header": .text(
                    PythonLayout.call(
                        "async def resolve(", ["event: \(event)", "args: \(names.argumentsClass)"], ") -> \(types.annotation(field.definition.type, or: "Skip")):")),
                "docstring": .text(
                    PythonDocstring.statement(description.isEmpty ? "Answers ``Subscription.\(field.name)``." : description, indent: 4) ?? ""),
            ])
        return GeneratedFile(path: ResolverFiles.path(of: names), text: text, owner: .developer)
    }

    /// What a developer should know of the stub.
    private static func comment(_ undecided: [String]) -> String {
        if undecided.isEmpty {
            return """
                # The native runtime answers. Where there is something to decide, remove @passthrough
                # and write the body.
                """
        }
        return """
            # Say in the schema what these arguments select, by @filter(field: "...") or, where
            # this function reads them, @resolverArgument. Until then a subscription that
            # gives one is refused:
            """ + undecided.map { "\n# - `\($0)`" }.joined()
    }

    /// Import statements in the order of isort, a blank line between its sections. `leaves` are names of `ID` and the like.
    func statements(typing: [String], subsgen: [String], leaves: [String], local: [String]) -> [TemplateValues] {
        let typing = typing + leaves.filter { $0 == "Any" }
        let sections = [
            typing.isEmpty ? [] : [PythonLayout.importing(typing, from: "typing")],
            [PythonLayout.importing(subsgen + leaves.filter { $0 != "Any" }, from: "subsgen")], local,
        ]
        return sections.filter { !$0.isEmpty }.joined(separator: [""]).map { ["statement": .text($0)] }
    }
}
