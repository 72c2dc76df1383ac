import GraphQLSchema

/// types.py: what events, inputs and arguments are.
extension PythonPackage {
    func typesFile() throws(CodegenError) -> String {
        var classes = PythonClasses(package: self)
        let enums = plan.enums.map { classes.enumeration($0) }
        let payloads =
            plan.objects.map { classes.object($0) } + plan.inputs.flatMap { classes.input($0) }
            + namedFields.map { classes.arguments(of: "Subscription." + $0.field.name, $0.field.definition, named: $0.names.argumentsClass) }
            + namedSuppliedFields.map { classes.arguments(of: $0.field.coordinate, $0.field.definition, named: $0.names.argumentsClass) }
        let aliases = plan.abstracts.map { classes.alias($0) } + plan.inputs.compactMap { classes.choice($0) }
        let scalars = plan.scalars.map { classes.scalar($0) }
        return try templates.render(
            "py_types",
            [
                "imports": .list(classes.imports.map { ["statement": .text($0)] }),
                "scalars": .list(scalars), "enums": .list(enums), "classes": .list(payloads), "aliases": .list(aliases),
            ])
    }
}

/// Makes the definitions of types.py and remembers what they must import.
private struct PythonClasses {
    let package: PythonPackage
    let types: PythonTypes
    private var used: Set<String> = []

    private var schema: Schema { package.plan.schema }

    init(package: PythonPackage) {
        self.package = package
        types = package.types()
    }

    // MARK: Scalars, interfaces and unions

    /// A custom scalar is what the configuration says, else whatever JSON it comes as.
    mutating func scalar(_ id: TypeID) -> TemplateValues {
        used.insert("TypeAlias")
        if package.scalars[id] == nil { used.insert("Any") }
        let type = package.scalars[id] ?? "Any"
        guard let conversion = package.scalars.conversion(of: id) else { return definition(of: id, PythonLayout.alias(name(id), [type])) }
        used.formUnion(["Annotated", "Final", "Scalar"])
        // A variable of its own, as type checkers do not look into what stands in Annotated.
        let functions = ["parse=\(conversion.parse)", "serialise=\(conversion.serialise)"]
        let variable = PythonLayout.call("_\(name(id)): Final[Scalar[\(type)]] = Scalar(", functions, ")")
        return definition(of: id, variable + "\n" + PythonLayout.call("\(name(id)): TypeAlias = Annotated[", [type, "_" + name(id)], "]"))
    }

    /// An interface or union: one of the classes of its possible types, told apart by `__typename`.
    mutating func alias(_ id: TypeID) -> TemplateValues {
        let possible = schema[id].possibleTypes.map(name)
        if possible.isEmpty { used.insert("Any") }
        let union = package.style.union(name(id), possible.isEmpty ? ["Any"] : possible)
        used.formUnion(union.names)
        return definition(of: id, union.statement)
    }

    /// A `@oneOf` input: one of its variants. Nil for another input, which is a class.
    mutating func choice(_ id: TypeID) -> TemplateValues? {
        guard let variants = package.names.variants[id] else { return nil }
        used.insert("TypeAlias")
        return definition(of: id, PythonLayout.alias(name(id), variants), notes: ["Exactly one of the fields is given."])
    }

    private func definition(of id: TypeID, _ statement: String, notes: [String] = []) -> TemplateValues {
        let text = PythonPackage.documentation(schema[id].description, notes: notes)
        return [
            "definition": .text(statement),
            "docstring": PythonPackage.optional("text", PythonDocstring.statement(text, indent: 0)),
        ]
    }

    // MARK: Enums

    mutating func enumeration(_ id: TypeID) -> TemplateValues {
        used.insert("OpenEnum")
        let values = schema[id].values
        let members = zip(values, PythonNames.members(values.map(\.name))).map { value, name -> TemplateValues in
            [
                "declaration": .text(PythonLayout.skippingIfTooLong("    \(name) = \"\(value.name)\"")),
                "docstring": docstring(value.description, deprecated: value.deprecationReason),
            ]
        }
        return [
            "header": .text(PythonLayout.skippingIfTooLong("class \(name(id))(OpenEnum):")),
            "docstring": docstring(schema[id].description), "members": .list(members),
        ]
    }

    // MARK: Classes

    /// An object: events need hold its non-null leaves only; all else may be absent, and is `UNSET` then.
    mutating func object(_ id: TypeID) -> TemplateValues {
        let type = schema[id]
        let fields = zip(type.eventFields, package.names.attributes(type.eventFields.map(\.name))).map { field, attribute in
            let isRequired = field.type.isNonNull && schema[field.type.named].isLeaf && !field.isSupplied
            let supplier = field.isSupplied ? package.names.suppliedFields["\(type.name).\(field.name)"] : nil
            return self.field(
                attribute, wire: field.name, field.type, default: isRequired ? nil : "UNSET",
                docstring: docstring(
                    field.description, deprecated: field.deprecationReason,
                    notes: (field.isInternal ? ["In events only: clients do not see it."] : [])
                        + (supplier.map { ["Clients get what ``field_resolvers/\($0.module).py`` supplies."] } ?? [])))
        }
        return payload(name(id), tag: package.plan.members.contains(id) ? type.name : nil, docstring(type.description), fields)
    }

    /// The class of an input; of one that is `@oneOf`, a class for each of its variants.
    mutating func input(_ id: TypeID) -> [TemplateValues] {
        let type = schema[id]
        guard let variants = package.names.variants[id] else {
            return [payload(name(id), docstring(type.description), inputFields(type.inputFields))]
        }
        let attributes = zip(type.inputFields, package.names.attributes(type.inputFields.map(\.name)))
        return zip(attributes, variants).map { field, variant in
            let (value, attribute) = field
            let type = TypeReference(value.type.named, wrappers: value.type.nullable.wrappers + [.nonNull])
            let declaration = self.field(attribute, wire: value.name, type, default: nil, docstring: .list([]))
            return payload(variant, docstring(value.description, deprecated: value.deprecationReason), [declaration])
        }
    }

    mutating func arguments(of coordinate: String, _ field: FieldDefinition, named name: String) -> TemplateValues {
        payload(name, docstring("The arguments of ``\(coordinate)``."), inputFields(field.arguments))
    }

    private mutating func inputFields(_ values: [InputValueDefinition]) -> [TemplateValues] {
        zip(values, package.names.attributes(values.map(\.name))).map { value, attribute in
            let absent: String? = value.type.isNonNull ? nil : "UNSET"
            // The runtime fills defaults in; they are written here for those who call resolvers in tests.
            let standard = value.defaultValue.map { literal($0, value.type) } ?? absent
            return field(
                attribute, wire: value.name, value.type, default: standard,
                docstring: docstring(value.description, deprecated: value.deprecationReason))
        }
    }

    private mutating func payload(
        _ name: String, tag: String? = nil, _ docstring: TemplateValues.Value, _ fields: [TemplateValues]
    ) -> TemplateValues {
        let style = package.style
        used.formUnion(style.namesOfClass(hasTag: tag != nil))
        let typename = tag.flatMap(style.typename).map { text -> TemplateValues in ["declaration": .text(text), "docstring": .list([])] }
        let fields = (typename.map { [$0] } ?? []) + fields
        let isDocumented = if case .list(let texts) = docstring { !texts.isEmpty } else { false }
        return [
            "header": .text(style.header(name, tag: tag)),
            "docstring": docstring, "isSpaced": .flag(isDocumented && !fields.isEmpty),
            "isBare": .flag(!isDocumented && fields.isEmpty), "fields": .list(fields),
        ]
    }

    /// An attribute: `room_id: ID`.
    private mutating func field(
        _ attribute: String, wire: String, _ type: TypeReference, default standard: String?, docstring: TemplateValues.Value
    ) -> TemplateValues {
        used.formUnion(types.imports(type))
        let isOptional = standard == "UNSET"
        if isOptional { used.formUnion(["UNSET", "UnsetType"]) }
        let declaration = attribute + ": " + (isOptional ? types.optionalAnnotation(type) : types.annotation(type))
        let isRenamed = NameWords.camelCase(attribute) != wire
        if isRenamed { used.insert("field as _field") }
        return [
            "declaration": .text(package.style.attribute(declaration, default: standard, wire: isRenamed ? wire : nil)),
            "docstring": docstring,
        ]
    }

    /// A default in Python; nil for a list or object, which the runtime alone fills in.
    private func literal(_ value: ConstantValue, _ type: TypeReference) -> String? {
        // One value stands for a list of it, which Python would not take.
        if type.isList, value != .null { return nil }
        // Of a scalar with a type of its own, JSON is not how Python writes it.
        if package.scalars[type.named] != nil, value != .null { return nil }
        return switch value {
        case .null: "None"
        case .boolean(let flag): flag ? "True" : "False"
        case .string(let text): schema[type.named].name == "ID" ? "ID(\(PythonString.literal(text)))" : PythonString.literal(text)
        case .int(let digits): schema[type.named].name == "ID" ? "ID(\"\(digits)\")" : digits
        case .float(let digits): digits.lowercased()
        case .enumeration(let value): member(value, of: type.named)
        case .list, .object: nil
        }
    }

    private func member(_ value: String, of id: TypeID) -> String? {
        let values = schema[id].values.map(\.name)
        guard let index = values.firstIndex(of: value) else { return nil }
        return name(id) + "." + PythonNames.members(values)[index]
    }

    // MARK: Names and texts

    private func name(_ id: TypeID) -> String { package.names.types[id] ?? "Any" }

    private func docstring(_ description: String?, deprecated reason: String? = nil, notes: [String] = []) -> TemplateValues.Value {
        let text = PythonPackage.documentation(description, deprecated: reason, notes: notes)
        return PythonPackage.optional("text", PythonDocstring.statement(text, indent: 4))
    }

    /// The import statements, in the order of isort.
    var imports: [String] {
        let scalars = package.scalars.imports(of: package.plan.scalars)
        let imports = package.style.imports(used)
        var statements = scalars.standard + imports.standard
        if !statements.isEmpty, !imports.subsgen.isEmpty { statements.append("") }
        statements += imports.subsgen
        // Most likely they are of the project that the package is in.
        if !scalars.own.isEmpty { statements += [""] + scalars.own }
        return statements
    }
}
