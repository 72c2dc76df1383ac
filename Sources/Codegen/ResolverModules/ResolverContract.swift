import GraphQLSchema

/// What a resolver module is to define: the functions that subsgen calls, with what it gives them.
///
/// contracts.py says it to type checkers, and `ResolverDiagnosis` to the developer of a module that was edited.
struct ResolverContract: Sendable {
    struct Function: Sendable {
        let name: String
        let parameters: [Parameter]
        let context: ContextUse
        /// What it returns, as a stub has it: `Message | Skip`.
        let result: String
        /// Its type in contracts.py, and of that the name that is imported from subsgen.
        let type: String
        let typeName: String
    }

    struct Parameter: Sendable {
        let name: String
        /// As a stub has it: `list[Message]`.
        let annotation: String
        /// The classes of types.py that the annotation takes.
        let classes: [String]
        /// The type of the schema that is in it; nil for arguments.
        let type: TypeID?
    }

    /// Whether the function is given a context behind its parameters.
    enum ContextUse: Sendable { case never, optional, always }

    /// In the package: `resolvers/message_added.py`.
    let path: String
    /// `Subscription.messageAdded`
    let coordinate: String
    /// The Protocol in contracts.py.
    let className: String
    /// The functions of which one must be there, in the order in which they are named.
    let required: [String]
    /// All that are called, also those.
    let functions: [Function]

    func function(named name: String) -> Function? { functions.first { $0.name == name } }

    /// The functions that contracts.py holds a module to: what it defines, and of the required ones the first where it has none.
    func held(_ module: ResolverModule?) -> [Function] {
        let defined = module?.names ?? []
        let missing = defined.isDisjoint(with: required) ? required.prefix(1) : []
        return functions.filter { defined.contains($0.name) || missing.contains($0.name) }
    }
}

extension PythonPackage {
    /// The contracts of all modules, in the order of the fields.
    var resolverContracts: [ResolverContract] {
        namedFields.map(contract) + namedSuppliedFields.map(contract)
    }

    private func contract(_ field: PlannedField, _ names: PythonNames.FieldNames) -> ResolverContract {
        let type = field.definition.type
        let (types, qualified) = (types(), self.types(qualifier: "types."))
        let (event, answer) = (types.annotation(type), types.annotation(type, or: "Skip"))
        let args = Self.arguments(names.argumentsClass)
        func events(_ name: String, _ annotation: String) -> ResolverContract.Parameter {
            ResolverContract.Parameter(name: name, annotation: annotation, classes: types.classes(type), type: type.named)
        }
        func function(
            _ name: String, _ parameters: [ResolverContract.Parameter], _ context: ResolverContract.ContextUse, _ result: String,
            _ typeName: String, hasEvent: Bool = true
        ) -> ResolverContract.Function {
            let arguments = (hasEvent ? [qualified.annotation(type)] : []) + ["types." + names.argumentsClass]
            return ResolverContract.Function(
                name: name, parameters: parameters, context: context, result: result,
                type: "\(typeName)[\(arguments.joined(separator: ", "))]", typeName: typeName)
        }
        return ResolverContract(
            path: ResolverFiles.path(of: names), coordinate: "Subscription.\(field.name)", className: names.contract,
            required: ["resolve", "resolve_batch"],
            functions: [
                function("resolve", [events("event", event), args], .optional, answer, "Resolve"),
                function(
                    "resolve_batch", [events("events", "list[\(event)]"), Self.arguments(names.argumentsClass, isList: true)], .never,
                    "list[\(answer)]", "ResolveBatch"),
                function("authorize", [args], .always, "bool", "Authorize", hasEvent: false),
                function("initial", [args], .always, answer, "Initial"),
                function("source", [args], .optional, "AsyncIterator[\(event)]", "Source"),
                function("on_subscribe", [args], .always, "None", "Hook", hasEvent: false),
                function("on_unsubscribe", [args], .always, "None", "Hook", hasEvent: false),
            ])
    }

    private func contract(_ field: PlannedSuppliedField, _ names: PythonNames.SuppliedFieldNames) -> ResolverContract {
        let type = field.definition.type
        let parent = self.names.types[field.parent] ?? "Any"
        let value = types(qualifier: "types.").annotation(type)
        let parents = ResolverContract.Parameter(
            name: "parents", annotation: "list[\(parent)]", classes: [parent], type: field.parent)
        let resolve = ResolverContract.Function(
            name: "resolve", parameters: [parents, Self.arguments(names.argumentsClass)], context: .optional,
            result: "list[\(types().annotation(type))]", type: "ResolveField[types.\(parent), types.\(names.argumentsClass), \(value)]",
            typeName: "ResolveField")
        return ResolverContract(
            path: ResolverFiles.path(of: names), coordinate: field.coordinate, className: names.contract, required: ["resolve"],
            functions: [resolve])
    }

    private static func arguments(_ name: String, isList: Bool = false) -> ResolverContract.Parameter {
        ResolverContract.Parameter(name: "args", annotation: isList ? "list[\(name)]" : name, classes: [name], type: nil)
    }

    /// The classes of types between which a value may be shared: the type itself, its possible types, and what it is a possible type of.
    func related(_ id: TypeID) -> Set<String> {
        let own = Set(plan.schema.possibleTypes(of: id) + [id])
        let wider = plan.schema.types.indices.map { TypeID(index: $0) }.filter { !own.isDisjoint(with: plan.schema[$0].possibleTypes) }
        return Set(own.union(wider).compactMap { names.types[$0] })
    }

    /// The classes of types.py.
    var classes: Set<String> {
        let types = [plan.scalars, plan.enums, plan.inputs, plan.objects, plan.abstracts].joined().compactMap { names.types[$0] }
        return Set(types + namedFields.map(\.names.argumentsClass) + namedSuppliedFields.map(\.names.argumentsClass))
    }
}
