/// The differences between two versions of a schema.
public struct SchemaDiff: Sendable {
    /// Breaking ones first, then dangerous and safe ones; among equals those of types before those of directives and of subscriptions,
    /// in the order of the schemas.
    public let changes: [SchemaChange]
    private let old: FieldsByType
    private let new: FieldsByType

    /// Compares what clients see, as the reference implementation does; then what only publishers and resolvers see.
    public init(from old: Schema, to new: Schema) {
        var visible = SchemaComparison(old: IntrospectedSchema(old), new: IntrospectedSchema(new))
        visible.compareTypes()
        let isVisible = Set(visible.changes)
        // Before the directives: whether a schema defines subsgen's directives itself changes nothing.
        visible.compareDirectives()
        var all = SchemaComparison(
            old: IntrospectedSchema(old, includingInternal: true), new: IntrospectedSchema(new, includingInternal: true))
        all.compareTypes()
        let hidden = all.changes.filter { !isVisible.contains($0) }.map {
            SchemaChange($0.kind, $0.description, of: $0.subject, isInternal: true)
        }
        let found = visible.changes + hidden + SubscriptionComparison.changes(from: old, to: new)
        changes = SchemaChange.Criticality.allCases.flatMap { criticality in found.filter { $0.criticality == criticality } }
        self.old = FieldsByType(old)
        self.new = FieldsByType(new)
    }

    public var isBreaking: Bool { changes.first?.criticality == .breaking }

    /// The subscription fields whose events, arguments or delivery a change touches, by their names. A description touches none.
    public func subscriptionFields(touchedBy change: SchemaChange) -> [String] {
        if change.kind == .descriptionChanged { return [] }
        let before = old.fields(touchedBy: change.subject)
        return before + new.fields(touchedBy: change.subject).filter { !before.contains($0) }
    }
}

/// The subscription fields of a schema, by the types that they lead to.
private struct FieldsByType: Sendable {
    private let root: String?
    private let fields: [(name: String, reached: Set<String>)]

    init(_ schema: Schema) {
        let root = schema.subscriptionType.map { schema[$0] }
        self.root = root?.name
        fields = (root?.fields ?? []).map { field in
            let reached = schema.reachableTypes(from: field)
            return (field.name, Set((reached.outputs + reached.inputs).map { schema[$0].name }))
        }
    }

    func fields(touchedBy subject: SchemaChange.Subject) -> [String] {
        switch subject {
        case .member(let type, let name) where type == root: fields.map(\.name).filter { $0 == name }
        case .type(let type) where type == root: fields.map(\.name)
        case .type(let type), .member(let type, _): fields.filter { $0.reached.contains(type) }.map(\.name)
        case .directive: []
        }
    }
}
