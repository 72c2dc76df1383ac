import SDLParser

/// Shapes events into responses: the selected fields of one operation, in its order and under its aliases.
///
/// It executes the operation's selection set (spec section 6.3) over the tape of an event: values are coerced by the spec's rules
/// for results, an error carries its path and place, null climbs to the nearest nullable field. What was not selected is not read.
public final class Projection: Sendable {
    let plan: ProjectionPlan
    /// Where the operation's parts are in the client's own text, for the places of errors.
    let layout: DocumentLayout
    /// Where the values of the plan's supplied fields come from.
    let supplies: [PlannedSupply]
    /// What holds the plan's guards against objects, for the subscribers whom the projection is for.
    let guards: [EventGate]
    /// Where a number stands for an object, the tape index of that object; empty for events, in which no number does.
    let references: [Int]

    /// The functions that are asked for values, as places in `DispatchTable.suppliedFields`; each once. Empty for nearly all operations.
    let suppliers: [Int]

    init(
        _ plan: ProjectionPlan, at layout: DocumentLayout, supplies: [PlannedSupply] = [], guards: [EventGate] = [], references: [Int] = []
    ) {
        self.plan = plan
        self.layout = layout
        self.supplies = supplies
        self.guards = guards
        self.references = references
        var suppliers: [Int] = []
        for case .call(let key) in supplies where !suppliers.contains(key.field) { suppliers.append(key.field) }
        self.suppliers = suppliers
    }

    /// The subscription field whose events it shapes, a place in `DispatchTable.fields`; nil for introspection.
    var fieldIndex: Int? { plan.fieldIndex }

    /// About how many bytes it takes in memory beside the plan.
    var size: Int {
        supplies.reduce(400 + layout.extents.count * 8 + suppliers.count * 8 + guards.count * 600) { size, supply in
            switch supply {
            case .call(let key): size + MemoryLayout<PlannedSupply>.stride + 32 + key.arguments.count
            case .failure(let error): size + MemoryLayout<PlannedSupply>.stride + 128 + error.message.utf8.count
            }
        }
    }

    /// The response body for one event: `{"data":…}`, and `"errors"` behind it where the event does not fit the schema. What functions
    /// would supply is null and an error.
    public func body(of event: JSONValue) -> [UInt8] {
        ProjectionRun.withRun(of: self, over: event) { $0.respond() }
    }

    /// The message for one event, with the value of the key that its field's overflow policy tells messages apart by.
    func message(of event: JSONValue, at cursor: Cursor? = nil) -> SharedBody {
        ProjectionRun.withRun(of: self, over: event) { run in
            let bytes = run.respond()
            return SharedBody(bytes, key: key(of: event), masked: run.masked, cursor: cursor)
        }
    }

    /// That value; nil where the field has no such key, or the event no value.
    func key(of event: JSONValue) -> MatchKey? {
        if plan.overflowKey.isEmpty { return nil }
        var value = event
        for name in plan.overflowKey {
            guard let member = value[name] else { return nil }
            value = member
        }
        return MatchKey.of(value)
    }

    /// The message with what functions have supplied. Nil where some of it is still to come; `supplied` has noted what.
    func message(of event: JSONValue, at cursor: Cursor?, with supplied: SuppliedValues) -> SharedBody? {
        ProjectionRun.withRun(of: self, over: event, supplied: supplied) { run in
            let bytes = run.respond()
            return run.isIncomplete ? nil : SharedBody(bytes, key: key(of: event), masked: run.masked, cursor: cursor)
        }
    }

    /// The response body when the resolver failed: null for the root field, which climbs to the whole response where the field is
    /// not nullable, and one error with the field's path and place.
    public func body(failure message: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("data")
        let fields = plan.root.fields
        if fields.contains(where: { plan.types[plan.fields[$0].type].isNonNull }) {
            writer.null()
        } else {
            writer.beginObject()
            for field in fields {
                writer.key(plan.descriptions[field].responseKey)
                writer.null()
            }
            writer.endObject()
        }
        let errors = fields.map { FieldError(message, at: plan.descriptions[$0]).located(in: layout) }
        if let errors = GraphQLErrors(errors) {
            writer.key("errors")
            errors.write(into: &writer)
        }
        writer.endObject()
        return writer.bytes
    }
}
